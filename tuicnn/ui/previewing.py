"""The forward pass in the background: begun after each change, stopped, shown.

It never computes: `forwarding` does, in a thread.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer

from tuicnn.core.report import Report
from tuicnn.core.shapes import spell
from tuicnn.errors import TuicnnError
from tuicnn.files import shown
from tuicnn.preview.faults import Cancelled, PreviewError
from tuicnn.session import Session
from tuicnn.ui.filing import FilingScreen
from tuicnn.ui.forwarding import (
    automatic,
    invitation,
    read_given,
    run_pass,
    save_activations,
)
from tuicnn.ui.passed import Passed
from tuicnn.ui.widgets.activations import Activations

if TYPE_CHECKING:
    from tuicnn.preview.inputs import Input

_REST: Final = 0.4
"""Seconds without a change after which a pass begins."""
_PATIENCE: Final = 0.1
"""Seconds of a pass after which its progress is shown."""


class PreviewingScreen(FilingScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "preview", "Preview", id="preview.run",
                tooltip="Send a tensor through the network, whatever it costs"),
        Binding("escape", "cancel", "Cancel", id="preview.cancel", show=False,
                tooltip="Stop the forward pass"),
        Binding("f7", "input", "Input…", show=False, id="preview.input",
                tooltip="Send numbers, an array or an image through, not random ones"),
        Binding("f6", "save_activations", "Save activations", show=False,
                id="preview.save", tooltip="Write every layer's output as .npz"),
    ]  # fmt: skip

    busy: var[float | None] = var(None)
    """How much of the running pass is done; None where none is running."""

    @dataclass
    class Progressed(Message):
        """A pass has come to a layer."""

        token: threading.Event
        path: str
        share: float

    @dataclass
    class Ended(Message):
        """A pass has ended."""

        token: threading.Event
        passed: Passed | None

    _given: tuple[Session, Input] | None = None
    _token: threading.Event | None = None
    _storing: threading.Event | None = None
    """Stops the pass that writes outputs: edits do not, that version was asked for."""
    _resting: Timer | None = None

    def network_changed(self) -> None:
        """Stop the pass of the version before, and begin one where that is cheap."""
        self._stop()
        self.passed, self.ticks = None, {}
        report = self.session.report
        pane = self.query_one(Activations)
        pane.note = ""
        if automatic(report):
            self._resting = self.set_timer(_REST, self._begin)
        elif report.valid:
            pane.note = invitation(report)

    def action_preview(self) -> None:
        """Send a tensor through the network."""
        self._begin()

    def _begin(self, keep: str | None = None) -> None:
        self._stop()
        token = threading.Event()
        self._token = token
        report = self.session.report
        self._pass(report, token, keep or self.path or None, self._entering())

    def _entering(self) -> Input | None:
        """Return what was given to go in, while it fits; None: random numbers."""
        if self._given is not None:
            session, given = self._given
            shape = given.array.shape[1:]
            if session is self.session and shape == session.network.input:
                return given
        return None

    @property
    def computing(self) -> bool:
        """Whether there is a pass that can be stopped."""
        return self._token is not None or self._storing is not None

    def _stop(self) -> None:
        """Stop the pass that runs, and the one that is soon to begin."""
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        if self._token is not None:
            self._token.set()
            self._token = None
            self._idle()

    def _idle(self) -> None:
        self.busy = None
        pane = self.query_one(Activations)
        pane.busy, pane.busy_with = None, ""

    @work(thread=True, group="preview", exit_on_error=False)
    def _pass(
        self,
        report: Report,
        token: threading.Event,
        keep: str | None,
        given: Input | None,
    ) -> None:
        def progress(path: str, share: float) -> None:
            self.post_message(self.Progressed(token, path, share))

        try:
            passed = run_pass(report, token, progress, keep, given)
        except Cancelled:
            passed = None
        except Exception as error:  # noqa: BLE001 - a fault of ours is told, not fatal
            kind = type(error).__name__
            passed = Passed(report.network, failure=f"The pass failed: {kind}: {error}")
        self.post_message(self.Ended(token, passed))

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        if event.token is not self._token:
            return
        self.busy = event.share
        pane = self.query_one(Activations)
        pane.busy, pane.busy_with = event.share, event.path

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        if event.token is not self._token:
            return  # a version that nobody looks at any more
        self._token = None
        self._idle()
        if event.passed is not None:
            self.query_one(Activations).note = ""
            self.passed = event.passed
            self.ticks = {one.path: one.confirmed for one in event.passed.confirmations}

    @on(Activations.Wanted)
    def _wanted(self, event: Activations.Wanted) -> None:
        event.stop()
        if self._token is None and automatic(self.session.report):
            self._begin(event.path)

    def action_cancel(self) -> None:
        """Stop the forward pass, and one that writes outputs."""
        self._stop()
        if self._storing is not None:
            self._storing.set()

    async def action_input(self) -> None:
        """Ask what shall go through the network."""
        await self.asking(self._ask_input())

    async def _ask_input(self) -> None:
        from tuicnn.ui.dialogs.ask import AskText

        sample = self.session.report.network.input
        answer = await self.app.push_screen_wait(
            AskText(
                f"What goes in, as {spell(sample)}? Numbers, a .npy file or an image",
                placeholder="empty: random numbers",
            )
        )
        if answer is None:
            return
        try:
            given = (
                await asyncio.to_thread(read_given, answer, sample)
                if answer.strip()
                else None
            )
        except (PreviewError, TuicnnError) as error:
            self.tell(f"{error.message}.", "error")
            return
        self._given = None if given is None else (self.session, given)
        self._begin()

    async def action_save_activations(self) -> None:
        """Ask for a file, and write every layer's output to it."""
        await self.asking(self._save_activations())

    async def _save_activations(self) -> None:
        from tuicnn.ui.dialogs.save import SaveAs

        path = await self.app.push_screen_wait(
            SaveAs("activations.npz", suffix=".npz", title="Save every layer's output")
        )
        if path is None:
            return
        if self._storing is not None:
            self._storing.set()
        token = self._storing = threading.Event()
        self.tell(f"Saving the outputs to {shown(path)}…")
        entering = self._entering()
        self._write_activations(self.session.report, Path(path), token, entering)

    @work(thread=True, group="preview", exit_on_error=False)
    def _write_activations(
        self, report: Report, path: Path, token: threading.Event, given: Input | None
    ) -> None:
        try:
            count, result = save_activations(report, path, token, given)
            saved = f"Saved the outputs of {count} layers to {shown(path)}."
            text, severity = " ".join((saved, *result.remarks)), "information"
        except Cancelled:
            text, severity = "Stopped: no outputs were saved.", "warning"
        except (PreviewError, TuicnnError) as error:
            text, severity = f"{error.message}.", "error"
        self.app.call_from_thread(self._stored, token, text, severity)

    def _stored(self, token: threading.Event, text: str, severity: str) -> None:
        if token is self._storing:
            self._storing = None
        self.tell(text, severity)
