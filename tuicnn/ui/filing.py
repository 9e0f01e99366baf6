"""What is done with files in the editor: open, save, export, quit without a loss.

It never reads or writes a document itself: the session does.
"""

from __future__ import annotations

import asyncio
import os
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from tuicnn import files
from tuicnn.errors import FileError, TuicnnError
from tuicnn.saving import Saving, Written
from tuicnn.session import EMPTY, ChangedOnDiskError, Session
from tuicnn.ui import recent
from tuicnn.ui.aside import aside
from tuicnn.ui.keeping import KeepingScreen

_LOSING = (("s", "save", "Save"), ("d", "discard", "Discard changes"),
           ("escape", "cancel", "Cancel"))  # fmt: skip
_CHANGED = (("r", "reload", "Reload"), ("o", "overwrite", "Overwrite"),
            ("a", "as", "Save as…"), ("f", "difference", "Difference"),
            ("escape", "cancel", "Cancel"))  # fmt: skip
_GONE = (("o", "overwrite", "Write it again"), ("a", "as", "Save as…"),
         ("escape", "cancel", "Cancel"))  # fmt: skip
_SOON: Final = 0.1
"""Seconds of a save after which the editor goes on without it."""
_LEAVING: Final = 2.0
"""Seconds that leaving waits for a save that is under way."""


class FilingScreen(KeepingScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="file.save",
                tooltip="Save the document to its file"),
        Binding("S", "save_as", "Save as", id="file.save-as", show=False,
                tooltip="Save the document to another file"),
        Binding("ctrl+o", "open", "Open", id="file.open", show=False,
                tooltip="Open a preset, a recent file, or another one"),
        Binding("ctrl+n", "new", "New", id="file.new", show=False,
                tooltip="Begin with an empty network"),
        Binding("ctrl+e", "export", "Export", id="file.export", show=False,
                tooltip="Write the network in another format"),
        Binding("q,ctrl+q", "quit", "Quit", id="app.quit", show=False,
                tooltip="Quit; asks if something would be lost"),
    ]  # fmt: skip

    _writing: asyncio.Task[bool] | None = None
    """The save that is under way."""

    def edit(self, session: Session) -> None:
        """Edit another document."""
        self.leave(self.session)
        self.session = session
        self.baseline = None
        self.renew()
        self._show()
        self.offer_recovery()

    def renew(self) -> None:
        """Forget what was remembered of the document before."""

    async def action_save(self) -> None:
        """Save the document; ask where, if it has no file yet."""
        await self.asking(self._save())

    async def action_save_as(self) -> None:
        """Save the document to another file."""
        await self.asking(self._save_as())

    async def _save(self) -> bool:
        if self.session.path is None:
            return await self._save_as()
        if self.session.guest:
            return await self._save_as("the file is open in another editor")
        try:
            return await self._saved(self.session, None, overwrite=False)
        except ChangedOnDiskError as error:
            return await self._changed(error)
        except FileError as error:
            return await self._save_as(_said(error))

    async def _saved(self, session: Session, path: str | None, overwrite: bool) -> bool:
        """Save in a thread: the editor goes on while a slow disk takes its time.

        One save follows the other, and what is edited meanwhile is not saved.
        """
        if self._writing is not None:
            self.tell("The save before has not ended yet.", "warning")
            return False
        saving = session.saving(path, overwrite)
        task = asyncio.ensure_future(self._write(session, saving))
        self._writing = task
        try:
            done, _ = await asyncio.wait({task}, timeout=_SOON)
            if not done:
                self.slow = True
                self.tell(f"Saving {files.shown(saving.target)}…")
            return await asyncio.shield(task)
        except asyncio.CancelledError:  # another dialog was opened meanwhile
            task.add_done_callback(self._tell_failure)
            raise

    async def _write(self, session: Session, saving: Saving) -> bool:
        try:
            written = await aside(saving.write)
        finally:
            self._writing, self.slow = None, False
        session.saved_as(saving, written)
        recent.remember(written.result.path)
        self.tell(_outcome(written))
        if session is self.session:
            self.keep_now()
            self._show()
        return True

    def _tell_failure(self, task: asyncio.Task[bool]) -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, TuicnnError):
            self.tell(f"Not saved: {_said(error)}.", "error")

    async def _save_as(self, message: str = "") -> bool:
        """Ask for a file until it is saved, or not any more."""
        from tuicnn.ui.dialogs.save import SaveAs

        session = self.session
        suggested = session.path or os.path.join(
            os.getcwd(), f"{_stem(session.network.name)}.json"
        )
        if session.guest:
            stem, suffix = os.path.splitext(suggested)
            suggested = f"{stem}-2{suffix}"
        while True:
            path = await self.app.push_screen_wait(SaveAs(suggested, message))
            if path is None:
                return False
            try:
                return await self._saved(session, path, overwrite=True)
            except FileError as error:
                suggested, message = path, _said(error)

    async def _changed(self, error: FileError) -> bool:
        """Ask what shall become of a file that somebody else has changed."""
        from tuicnn.ui.dialogs.ask import Ask

        path = self.session.path or ""
        there = os.path.lexists(path)
        what = "changed" if there else "removed"
        question = f"The file was {what} by another program."
        choices = _CHANGED if there else _GONE
        while True:
            answer = await self.app.push_screen_wait(
                Ask(question, choices, files.shown(path))
            )
            if answer != "difference":
                break
            await self._differ(path)
        if answer == "as":
            return await self._save_as()
        try:
            if answer == "overwrite":
                return await self._saved(self.session, None, overwrite=True)
            if answer == "reload":
                self.session.reload()
                self._show()
                self.tell("Reloaded; undo brings your version back.")
        except FileError as failure:
            self.tell(f"{_said(failure)}.", "error")
        return False

    async def _differ(self, path: str) -> None:
        """Show what differs between a file and what is edited."""
        try:
            theirs = Session.opened(path).network
        except FileError as error:
            self.tell(f"{_said(error)}.", "error")
            return
        names = ("the file", "this editor")
        await self.show_difference(theirs, self.session.network, names)

    async def _may_leave(self) -> bool:
        """Return whether the document may go: it is saved, or shall be lost."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_LEAVING)
        if not self.session.dirty:
            return True
        from tuicnn.ui.dialogs.ask import Ask

        answer = await self.app.push_screen_wait(
            Ask(f"{self.session.label} has changes that are not saved.", _LOSING)
        )
        if answer == "save":
            return await self._save()
        if answer == "discard":
            self.session.forget()
            return True
        return False

    async def action_open(self) -> None:
        """Open another document."""
        await self.asking(self._open())

    async def _open(self) -> None:
        source = await self._chosen("Open")
        if source is not None:
            await self.open(source)

    async def _chosen(self, title: str) -> str | None:
        from tuicnn.ui.dialogs.open import OpenDialog

        folder = os.path.dirname(self.session.path or "") or os.getcwd()
        return await self.app.push_screen_wait(
            OpenDialog(recent.recent_files(), folder, title, self.last)
        )

    async def open(self, source: str) -> None:
        """Edit the document that a source names, if the present one may go."""
        try:
            session = Session.opened(source)
        except TuicnnError as error:
            self.tell(f"{_said(error)}.", "error")
            return
        found = await aside(session.look_around)
        if await self.admitted(session, found.alive) and await self._may_leave():
            if session.path is not None:
                recent.remember(session.path)
            self.edit(session)

    async def action_new(self) -> None:
        """Begin with an empty network."""
        await self.asking(self._new())

    async def _new(self) -> None:
        if await self._may_leave():
            self.edit(Session(EMPTY))

    async def action_export(self) -> None:
        """Write the network in another format."""
        await self.asking(self._export())

    async def _export(self) -> None:
        from tuicnn.interop.formats import FORMATS
        from tuicnn.ui.dialogs.export import ExportDialog

        report = self.session.report
        answer = await self.app.push_screen_wait(
            ExportDialog(report, self.session.path or "")
        )
        if answer is None:
            return
        name, path = answer
        try:
            result = files.write_atomically(path, FORMATS[name](report).encode())
        except TuicnnError as error:
            self.tell(f"{_said(error)}.", "error")
        else:
            self.tell(" ".join((f"Exported to {files.shown(path)}.", *result.remarks)))

    async def action_quit(self) -> None:
        """Quit, unless something would be lost."""
        await self.asking(self._quit())

    async def _quit(self) -> None:
        if await self._may_leave():
            self.leave(self.session)
            self.app.exit()


def _outcome(written: Written) -> str:
    """Return what there is to say of a save."""
    said = [f"Saved {files.shown(written.result.path)}."]
    if not written.verified:
        said.append("Another program has changed it since.")
    return " ".join((*said, *written.result.remarks))


def _stem(name: str) -> str:
    """Return a network's name as the name of a file."""
    kept = "".join(one if one.isalnum() or one in "-_" else "-" for one in name)
    return kept.strip("-") or "network"


def _said(error: TuicnnError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
