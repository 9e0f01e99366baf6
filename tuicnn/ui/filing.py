"""What is done with files in the editor: open, save, export, quit without a loss.

It never reads or writes a document itself: the session does.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from tuicnn import files
from tuicnn.errors import FileError, TuicnnError
from tuicnn.files import WriteResult
from tuicnn.saving import Saving, Written
from tuicnn.session import EMPTY, ChangedOnDiskError, Session
from tuicnn.ui import recent
from tuicnn.ui.aside import aside
from tuicnn.ui.keeping import KeepingScreen
from tuicnn.ui.saying import outcome, said, stem_of

_LOSING = (("s", "save", "Save"), ("d", "discard", "Discard changes"),
           ("escape", "cancel", "Cancel"))  # fmt: skip
_CHANGED = (("r", "reload", "Reload"), ("o", "overwrite", "Overwrite"),
            ("a", "as", "Save as…"), ("f", "difference", "Difference"),
            ("escape", "cancel", "Cancel"))  # fmt: skip
_GONE = (("o", "overwrite", "Write it again"), ("a", "as", "Save as…"),
         ("escape", "cancel", "Cancel"))  # fmt: skip
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
            return await self._save_as(said(error))

    async def _saved(self, session: Session, path: str | None, overwrite: bool) -> bool:
        """Save in a thread: the editor goes on while a slow disk takes its time.

        One save follows the other, and what is edited meanwhile is not saved.
        """
        if self._writing is not None:
            self.tell("The save before has not ended yet.", "warning")
            return False
        saving = session.saving(path, overwrite)
        self._writing = asyncio.ensure_future(self._write(session, saving))
        doing = f"Saving {files.shown(saving.target)}"
        return await self.patiently(doing, self._writing, "Not saved")

    async def _write(self, session: Session, saving: Saving) -> bool:
        try:
            written = await aside(partial(_written, saving))
        finally:
            self._writing = None
        session.saved_as(saving, written)
        self.tell(outcome(written))
        if session is self.session:
            self.keep_now()
            self._show()
        return True

    async def _read(self, source: str) -> Session:
        """Return a session on a source, read in a thread."""
        reading = asyncio.ensure_future(aside(partial(Session.opened, source)))
        doing = f"Reading {files.shown(source)}"
        return await self.patiently(doing, reading, "Not read")

    async def _save_as(self, message: str = "") -> bool:
        """Ask for a file until it is saved, or not any more."""
        from tuicnn.ui.dialogs.save import SaveAs

        session = self.session
        suggested = session.path or os.path.join(
            files.here(), f"{stem_of(session.network.name)}.json"
        )
        if session.guest:
            stem, suffix = os.path.splitext(suggested)
            suggested = f"{stem}-2{suffix}"
        while True:
            path = await self.app.push_screen_wait(SaveAs(suggested, message))
            if path is None:
                return False
            another = path != session.path
            try:
                return await self._saved(session, path, overwrite=another)
            except ChangedOnDiskError as error:
                return await self._changed(error)
            except FileError as error:
                suggested, message = path, said(error)

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
                await self._reload(path)
        except FileError as failure:
            self.tell(f"{said(failure)}.", "error")
        return False

    async def _reload(self, path: str) -> None:
        session = self.session
        fresh = await self._read(path)
        if session is self.session:
            session.reload(fresh)
            self._show()
            self.tell("Reloaded; undo brings your version back.")

    async def _differ(self, path: str) -> None:
        """Show what differs between a file and what is edited."""
        try:
            theirs = (await self._read(path)).network
        except FileError as error:
            self.tell(f"{said(error)}.", "error")
            return
        names = ("the file", "this editor")
        await self.show_difference(theirs, self.session.network, names)

    async def _may_leave(self) -> bool:
        """Return whether the document may go: it is saved, or shall be lost."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_LEAVING)
        from tuicnn.ui.dialogs.ask import Ask

        # Again after a save: while that took its time, the editor went on.
        while self.session.dirty:
            answer = await self.app.push_screen_wait(
                Ask(f"{self.session.label} has changes that are not saved.", _LOSING)
            )
            if answer == "discard":
                self.session.forget()
                break
            if answer != "save" or not await self._save():
                return False
        return True

    async def action_open(self) -> None:
        """Open another document."""
        await self.asking(self._open())

    async def _open(self) -> None:
        source = await self._chosen("Open")
        if source is not None:
            await self.open(source)

    async def _chosen(self, title: str) -> str | None:
        from tuicnn.ui.dialogs.open import OpenDialog

        folder = os.path.dirname(self.session.path or "") or files.here()
        return await self.app.push_screen_wait(
            OpenDialog(recent.recent_files(), folder, title, self.last)
        )

    async def open(self, source: str) -> None:
        """Edit the document that a source names, if the present one may go."""
        try:
            session = await self._read(source)
        except TuicnnError as error:
            self.tell(f"{said(error)}.", "error")
            return
        found = await aside(session.look_around)
        if await self.admitted(session, found.alive) and await self._may_leave():
            self.edit(await self._newest(session))
            if session.path is not None:
                await aside(partial(recent.remember, session.path))

    async def _newest(self, session: Session) -> Session:
        """Read a file again that has been saved since it was read."""
        if not await aside(session.changed_on_disk):
            return session
        with suppress(FileError):  # it is gone, or half written: what was read is there
            return await self._read(session.path or "")
        return session

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

        def write() -> WriteResult:
            return files.write_atomically(path, FORMATS[name](report).encode())

        await self.patiently(
            f"Exporting to {files.shown(path)}",
            asyncio.ensure_future(self._exported(path, write)),
        )

    async def _exported(self, path: str, write: Callable[[], WriteResult]) -> None:
        try:
            result = await aside(write)
        except TuicnnError as error:
            self.tell(f"{said(error)}.", "error")
        else:
            self.tell(" ".join((f"Exported to {files.shown(path)}.", *result.remarks)))

    async def action_quit(self) -> None:
        """Quit, unless something would be lost."""
        await self.asking(self._quit())

    async def _quit(self) -> None:
        if await self._may_leave():
            self.leave(self.session)
            self.app.exit()


def _written(saving: Saving) -> Written:
    written = saving.write()
    recent.remember(written.result.path)
    return written
