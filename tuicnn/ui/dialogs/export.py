"""What to export a network to: a format, a path, and how the file would begin.

It never writes a file: it returns the format and the path.
"""

from __future__ import annotations

import asyncio
import os
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tuicnn.core.report import Report
from tuicnn.errors import TuicnnError
from tuicnn.files import shown
from tuicnn.interop import formats
from tuicnn.ui.dialogs.ask import Dialog, visible
from tuicnn.ui.dialogs.save import Destination
from tuicnn.ui.options import Options

_LINES: Final = 60
"""Lines that are shown of what would be written."""

_CHARACTERS: Final = 500
"""Characters that are shown of a line."""


def beginning(report: Report, name: str) -> str:
    """Return the first lines of a report in a format, or why there are none."""
    try:
        text = formats.FORMATS[name](report)
    except TuicnnError as error:
        return "\n".join(filter(None, (error.message, error.hint)))
    lines = text[: _LINES * _CHARACTERS].splitlines()[:_LINES]
    return "\n".join(shown(line[:_CHARACTERS]) for line in lines)


class ExportDialog(Dialog[tuple[str, str]]):
    """Asks for a format and a path; returns both, None after escape.

    Args:
        report: What is exported.
        path: What stands in the line at first, but for its suffix, which follows the
            format; beside a file that is there another name is proposed.
    """

    CSS_PATH = "../styles/export.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "cancel", "Cancel", id="export.cancel", tooltip="Export nothing"
        ),
        Binding(
            "down",
            "choose(1)",
            "Next format",
            id="export.next",
            tooltip="Choose the next format",
        ),
        Binding(
            "up",
            "choose(-1)",
            "Format before",
            id="export.previous",
            tooltip="Choose the format before",
        ),
    ]

    def __init__(self, report: Report, path: str) -> None:
        super().__init__()
        self._report = report
        self._path = _beside(path)
        self._names = list(formats.FORMATS)
        self._previews: dict[str, str] = {}

    @property
    def chosen(self) -> str:
        """The format under the cursor."""
        return self._names[self.query_one(OptionList).highlighted or 0]

    def compose(self) -> ComposeResult:
        with Vertical(id="export") as frame:
            frame.border_title = "Export"
            yield Destination(self._path, formats.suffix_of(self._names[0]))
            with Horizontal(id="content"):
                choices = Options(*map(_option, self._names), compact=True)
                choices.can_focus = False
                yield choices
                yield Static(id="preview")
            with Horizontal(id="answers"):
                yield Button("Export", id="ok")
                yield Button("Cancel", id="cancel")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    @on(OptionList.OptionHighlighted)
    def _chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        name = self.chosen
        destination = self.query_one(Destination)
        if formats.format_of(destination.typed) != name:
            destination.retype(formats.suffix_of(name))
        known = self._previews.get(name)
        if known is None:
            self._read(name)
        else:
            self._show(known)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Choose the format that the suffix names."""
        event.stop()
        name = formats.format_of(event.value)
        if name is not None and name != self.chosen:
            self.query_one(OptionList).highlighted = self._names.index(name)

    @work(exclusive=True)
    async def _read(self, name: str) -> None:
        text = await asyncio.to_thread(beginning, self._report, name)
        self._previews[name] = text
        if self.there and name == self.chosen:  # still wanted
            self._show(text)

    def _show(self, text: str) -> None:
        self.query_one("#preview", Static).update(visible(text))

    @on(Input.Submitted)
    @on(Button.Pressed, "#ok")
    def _answered(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        path = self.query_one(Destination).confirmed()
        if path:
            self.answer((self.chosen, path))

    def action_choose(self, direction: int) -> None:
        """Choose another format."""
        choices = self.query_one(OptionList)
        if direction > 0:
            choices.action_cursor_down()
        else:
            choices.action_cursor_up()


def _option(name: str) -> Option:
    return Option(Content.assemble(f" {name:<10}", (formats.suffix_of(name), "dim")))


def _beside(path: str) -> str:
    """Return a path that does not propose to replace what it names."""
    stem, suffix = os.path.splitext(path)
    return f"{stem}-analysis{suffix}" if os.path.lexists(path) else path
