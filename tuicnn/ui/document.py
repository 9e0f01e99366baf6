"""A screen on one document: the session, and the reactives that widgets are given.

It never draws: `_show` is the one place that says what is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import TypeVar

from textual.content import Content
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tuicnn.core.compare import counterparts
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits import Edit, EditRefused
from tuicnn.core.network import Network
from tuicnn.core.report import Report, Row
from tuicnn.errors import TuicnnError
from tuicnn.session import Session
from tuicnn.ui.passed import Passed
from tuicnn.ui.saying import said

Result = TypeVar("Result")

_READING = 4.0
"""Seconds that a message stays."""
_SOON = 0.1
"""Seconds of a task after which the editor goes on without it."""
_TURN, _TURNS = 0.005, 200
"""Seconds between two looks whether a dialog is there, and how many at most."""


class DocumentScreen(Screen[None]):
    report: var[Report | None] = var(None)
    """What is known of the network."""
    cursor: var[Pointer] = var(())
    """The layer that is looked at; () is the input."""
    selected: var[frozenset[Pointer]] = var(frozenset())
    """The layers that are selected."""
    baseline: var[Report | None] = var(None)
    """The version that everything is compared with."""
    counterparts: var[Mapping[str, Row]] = var({})
    """Which row of the baseline each path answers to."""
    last: var[bool] = var(False)
    """Whether channels are written last."""
    dirty: var[bool] = var(False)
    """Whether something is not saved."""
    label: var[str] = var("")
    """What the document is called."""
    path: var[str] = var("")
    """Path of the row that is looked at."""
    passed: var[Passed | None] = var(None)
    """What became of the last forward pass of this network."""
    ticks: var[Mapping[str, bool]] = var({})
    """Whether the forward pass has confirmed a path."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._telling: Timer | None = None
        self._ways = (False, False)
        self._typed: list[Network] = []
        self.slow = False
        """Whether what was begun takes so long that the keys go on without it."""

    def _show(self) -> None:
        """Give every widget what the session holds now."""
        session = self.session
        changed = session.report is not self.report
        if changed:
            self._pair(session.report)
        self.report = session.report
        present = session.history.present
        self.selected = frozenset(present.selected)
        self.cursor = present.cursor
        self.dirty, self.label = session.dirty, session.label
        row = session.report.at(present.cursor)
        self.path = "" if row is None else row.path
        if changed:
            self.network_changed()
        ways = (session.history.undoes != "", session.history.redoes != "")
        if ways != self._ways:  # the footer is made anew: not after every key
            self._ways = ways
            self.refresh_bindings()

    def watch_baseline(self) -> None:
        """Compare with another version."""
        self._pair(self.session.report)

    def _pair(self, report: Report) -> None:
        baseline = self.baseline
        self.counterparts = {} if baseline is None else counterparts(baseline, report)

    def network_changed(self) -> None:
        """Do what a new version of the network asks for."""

    def do(self, edit: Edit) -> bool:
        """Edit the network; say why where it cannot be done."""
        try:
            self.session.do(edit)
        except EditRefused as refused:
            self.tell(f"Not done: {refused}.", "warning")
            return False
        self._show()
        return True

    def do_typed(self, edit: Edit, shown: Network) -> None:
        """Edit what a form shows, unless something else has come to its place.

        Args:
            shown: The version that the form was made of; what is typed fast comes
                before the form is made anew.
        """
        typed, network = self._typed, self.session.network
        if not typed or typed[-1] is not network or shown is network:
            typed = [network]
        if all(one is not shown for one in typed):
            why = "Not done: the network has changed meanwhile. Try it again."
            self.tell(why, "warning")
            return
        self.do(edit)
        self._typed = [*typed, self.session.network]

    def look(
        self, pointer: Pointer, selected: frozenset[Pointer] = frozenset()
    ) -> None:
        """Look at another layer."""
        self.session.look(pointer, tuple(sorted(selected, key=str)))
        self._show()

    async def asking(self, work: Coroutine[object, object, object]) -> None:
        """Begin what may ask a question, and return once it is there to be answered.

        Keys that come meanwhile wait, and go to the dialog: typed ahead, they must not
        edit what is behind it.
        """
        worker = self.run_worker(work, exclusive=True, group="dialog")
        for _ in range(_TURNS):
            asked = self.app.screen
            if (
                worker.is_finished
                or self.slow
                or (asked is not self and asked.focused is not None)
            ):
                return
            await asyncio.sleep(_TURN)

    async def patiently(
        self, doing: str, task: asyncio.Task[Result], failed: str = "Failed"
    ) -> Result:
        """Return what a task returns that waits for a disk; say so where that is slow.

        Args:
            doing: What it does, in words.
            failed: What is said where it fails and nobody waits for it any more.
        """
        done, _ = await asyncio.wait({task}, timeout=_SOON)
        if not done:
            self.slow = True
            task.add_done_callback(self._not_slow)
            self.tell(f"{doing}…")
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:  # another dialog was opened meanwhile
            task.add_done_callback(partial(self._tell_failure, failed))
            raise

    def _not_slow(self, _: object) -> None:
        self.slow = False

    def _tell_failure(self, failed: str, task: asyncio.Task[Result]) -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, TuicnnError):
            self.tell(f"{failed}: {said(error)}.", "error")

    def tell(self, text: str, severity: str = "information") -> None:
        """Show a message for some seconds: on the last line, if it fits there."""
        if severity == "error" or len(text) + 4 > self.size.width:
            level: SeverityLevel = "error" if severity == "error" else "warning"
            self.notify(text, severity=level, markup=False, timeout=10)
            return
        mark = "▲ " if severity == "warning" else ""
        line = self.query_one("#message", Static)
        line.update(Content(f"{mark}{text}"))
        line.set_class(severity == "warning", "-warning")
        self.add_class("-telling")
        if self._telling is not None:
            self._telling.stop()
        self._telling = self.set_timer(_READING, self.fall_silent)

    def fall_silent(self) -> None:
        """Take the message away."""
        self.remove_class("-telling")
