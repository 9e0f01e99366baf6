"""What is edited is kept for a crash, and what a crash left behind is offered.

It never writes on the screen's own time: a recorder does, in a thread.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import work
from textual.timer import Timer

from tuicnn import files
from tuicnn.core.network import Network
from tuicnn.errors import FileError
from tuicnn.files import recovery
from tuicnn.session import Session
from tuicnn.ui.aside import Recorder, aside
from tuicnn.ui.document import DocumentScreen

if TYPE_CHECKING:
    from tuicnn.files.recovery import Kept
    from tuicnn.recovering import Left

_REST: Final = 0.5
"""Seconds after the last key of a text or number at which it is kept."""
_STALE: Final = 3600.0
"""Seconds after which what a killed write left is nobody's any more."""
_RECOVERY = (
    ("r", "restore", "Restore"),
    ("f", "difference", "Difference"),
    ("X", "discard", "Discard"),  # no key that is typed ahead by chance
    ("escape", "later", "Later"),
)
_ELSEWHERE = (("r", "guest", "Read-only"), ("o", "open", "Open anyway"),
              ("escape", "cancel", "Cancel"))  # fmt: skip


class KeepingScreen(DocumentScreen):
    _kept: Session | None = None
    """The session whose versions are kept; none until it is known who else has it."""
    _admitted: Session | None = None
    _pause: Timer | None = None

    @property
    def recorder(self) -> Recorder:
        """What writes recovery files."""
        found: Recorder = self.app.recorder  # type: ignore[attr-defined]  # of our app
        return found

    def _show(self) -> None:
        before = self.report
        super()._show()
        session = self.session
        if session is self._kept and session.report is not before:
            if session.joining:
                self._stop_pause()
                self._pause = self.set_timer(_REST, self.keep_now)
            else:
                self.keep_now()

    def keep_now(self) -> None:
        """Keep the present version, in the recorder's time."""
        self._stop_pause()
        if self.session is self._kept:
            self.recorder.submit(self.session.entry())

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def offer_recovery(self) -> None:
        """Look, once the document is shown, for what was left of it."""
        self.call_after_refresh(self._look_around)

    @work(exclusive=True, group="looking")
    async def _look_around(self) -> None:
        session = self.session
        found = await aside(session.look_around)
        if session is not self.session or not await self.admitted(session, found.alive):
            return
        self._kept = session
        if session.path is not None or session.dirty:
            self.keep_now()
        for warning in found.warnings:
            self.notify(warning, severity="warning", markup=False, timeout=15)
        await aside(partial(_sweep, session.path))
        for left in found.left:
            if session is not self.session or not await self._offer(session, left):
                break

    async def admitted(self, session: Session, alive: Iterable[Kept]) -> bool:
        """Return whether a document may be edited that others edit, too."""
        other = next(iter(alive), None)
        if other is None or session is self._admitted:
            return True
        from tuicnn.ui.dialogs.ask import Ask  # the first screen is there before

        at = time.strftime("%H:%M", time.localtime(other.header.time))
        answer = await self.app.push_screen_wait(
            Ask(
                f"{session.label} is open in another editor.",
                _ELSEWHERE,
                f"Process {other.header.process.pid} wrote of it last at {at}. "
                "Read-only: it can be edited, and saved to another file. Open anyway: "
                "before one overwrites what the other saved, it asks.",
            )
        )
        if answer in ("guest", "open"):
            self._admitted = session
            session.guest = answer == "guest"
            return True
        if session is self.session:  # it was named when the program was started
            self.app.exit()
        return False

    async def _offer(self, session: Session, left: Left) -> bool:
        """Offer what was left; return whether there is more to be decided."""
        from tuicnn.ui.dialogs.ask import Ask

        name = left.network.name
        detail = "Its changes were kept. Undo takes them back, once they are restored."
        if left.changed:
            detail += " The file has been changed since by another program."
        while True:
            await self._alone()
            question = f"An earlier session ended before {name} was saved."
            answer = await self.app.push_screen_wait(Ask(question, _RECOVERY, detail))
            if answer == "difference":
                names = ("what is open", "what was kept")
                await self.show_difference(session.network, left.network, names)
                continue
            if answer == "discard":
                recovery.remove(left.kept.file)
                recovery.remove_restored(left.kept.header.restored)
            elif answer == "restore" and session is self.session:
                session.restore(left)
                self._show()
            return answer == "discard"

    async def _alone(self) -> None:
        """Wait until no other dialog is there."""
        while self.app.screen is not self:
            await asyncio.sleep(0.05)

    async def show_difference(
        self, before: Network, after: Network, names: tuple[str, str]
    ) -> None:
        """Show what differs between two versions."""
        from tuicnn.interop.difference import difference_lines
        from tuicnn.ui.dialogs.difference import Difference

        lines = await aside(lambda: tuple(difference_lines(before, after, names)))
        await self.app.push_screen_wait(Difference(lines))

    def leave(self, session: Session) -> None:
        """Keep nothing of a session any more: it has been saved, or shall be lost."""
        if session is self._kept:
            self._stop_pause()
            self._kept = None
        session.release()


def _sweep(path: str | None) -> None:
    """Remove what killed writes left long ago, where this document is written."""
    before = time.time() - _STALE
    with suppress(FileError):
        files.sweep(recovery.folder(), before)
    if path is not None:
        files.sweep(os.path.dirname(os.path.realpath(path)), before)
