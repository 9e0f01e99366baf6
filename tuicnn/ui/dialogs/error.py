"""Paste an error: which layer a framework's message is about, and what to do.

It never reads a message, and changes nothing: it returns the layer that is named.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tuicnn.core import limits
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.pasted import Pasted, pasted, pasted_lines
from tuicnn.core.report import Report
from tuicnn.ui.dialogs.ask import Dialog, Line, visible
from tuicnn.ui.pages import laid
from tuicnn.ui.widgets.keys import Keys
from tuicnn.ui.widgets.reading import Reading

MOST: Final = limits.PASTE
"""Characters of a message that are taken: the last ones, where the error stands."""
_REST: Final = 0.05
"""Seconds without a key after which the message is read."""
_OBEYED: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)", re.DOTALL
)
"""What a terminal obeys: colours, titles, and the like."""


_HELP: Final = (
    "Paste a shape error of PyTorch, Keras or ONNX Runtime here.",
    "A whole traceback may be pasted, too: it ends with the error.",
    "",
    "You are told which layer raises it, why, and what to do.",
)


def joined(text: str) -> tuple[str, str]:
    """Return a pasted text as one line, and what was left out of it, in words."""
    cut = len(text) - MOST
    text, sequences = _OBEYED.subn("", text[-MOST:])
    text = " ".join(text.split())
    taken = "".join(filter(str.isprintable, text))
    count = sequences + len(text) - len(taken)
    told = []
    if cut > 0:
        plural = "character was" if cut == 1 else "characters were"
        told.append(f"The first {cut:,} {plural} cut off: it was too long.")
    if count:
        plural = "character was" if count == 1 else "characters were"
        told.append(f"{count:,} control {plural} left out.")
    return taken, " ".join(told)


class ErrorLine(Line):
    """A message of a framework; a pasted one takes the place of the one before."""

    left_out = ""
    """What was left out of the message that was pasted last, in words."""

    def _take(self, text: str) -> None:
        """Take all lines of a message, as one."""
        taken, self.left_out = joined(text)
        self.replace(taken, 0, len(self.value))


class ErrorDialog(Dialog[Pointer]):
    """Explains a message as it is pasted or typed; returns the layer that it names.

    Args:
        report: The network that the message is about.
    """

    CSS_PATH = "../styles/error.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "Go to the layer", id="error.go", show=False,
                tooltip="Close, and go to the layer that is named"),
        Binding("pagedown", "page(1)", "Read on", id="error.read-on", show=False,
                tooltip="Read on what it means"),
        Binding("pageup", "page(-1)", "Read back", id="error.read-back", show=False,
                tooltip="Read back what it means"),
        Binding("escape", "cancel", "Close", id="error.cancel", tooltip="Close"),
    ]  # fmt: skip

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report
        self._lines: Sequence[str] = _HELP

    def compose(self) -> ComposeResult:
        """Yield the line for the message, what it means, and the keys."""
        with Vertical(id="error") as frame:
            frame.border_title = visible(
                f"Paste an error · {self._report.network.name}"
            )
            yield ErrorLine(placeholder="paste a shape error here", id="pasted")
            with Static(id="left-out", markup=False) as left_out:
                left_out.display = False
            reading = Reading(id="reading")
            reading.can_focus = False
            yield reading
            yield Keys()

    def on_mount(self) -> None:
        """Say what can be pasted."""
        self.query_one(ErrorLine).focus()
        self._look("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        line = self.query_one(ErrorLine)
        left_out = self.query_one("#left-out", Static)
        left_out.update(line.left_out)
        left_out.display = bool(line.left_out)
        self._look(event.value)

    @work(exclusive=True, group="error")
    async def _look(self, text: str) -> None:
        """Say what a message means, unless more is typed meanwhile."""
        await asyncio.sleep(_REST if text else 0)
        found = await asyncio.to_thread(_read, self._report, text)
        if self.there and text == self.query_one(ErrorLine).value:
            self._show(found)

    def _show(self, found: Pasted | None) -> None:
        """Show what a message means; of none, what can be pasted."""
        row = None if found is None else found.row
        frame = self.query_one("#error")
        frame.border_subtitle = visible(f"enter goes to {row.path}" if row else "")
        self._lines = _HELP if found is None else pasted_lines(self._report, found)
        self._lay()
        self.query_one(Reading).scroll_home(animate=False, immediate=True)

    def _lay(self) -> None:
        reading = self.query_one(Reading)
        reading.show(laid(self._lines, reading.scrollable_content_region.width))

    def on_resize(self) -> None:
        """Lay the text out anew."""
        self.call_after_refresh(self._lay)

    @on(Input.Submitted)
    async def action_go(self) -> None:
        """Return the layer that the message names, where it names one."""
        text = self.query_one(ErrorLine).value
        found = await asyncio.to_thread(_read, self._report, text)
        if found is not None and found.row is not None:
            self.answer(found.row.pointer)

    def action_page(self, pages: int) -> None:
        """Scroll what the message means by a page."""
        self.query_one(Reading).page(pages)


def _read(report: Report, text: str) -> Pasted | None:
    return pasted(report, text) if text.strip() else None
