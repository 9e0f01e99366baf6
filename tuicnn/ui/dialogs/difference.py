"""A difference: the lines that one version has, and those of the other.

It never finds them, and never draws more of them than are seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuicnn.ui.dialogs.ask import Dialog, visible

_CLASSES: Final = {"+": "added", "-": "removed", "@": "place"}


class DifferenceLines(ScrollView, can_focus=True):
    """Lines that differ in colour by what they begin with."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"added", "removed", "place"}

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(id="lines")
        self._lines = tuple(visible(line).plain for line in lines)

    def on_mount(self) -> None:
        """Say how far there is to scroll."""
        width = max((Segment(line).cell_length for line in self._lines), default=0)
        self.virtual_size = Size(width, len(self._lines))

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        x, top = map(int, self.scroll_offset)
        width = self.size.width
        line = self._lines[top + y] if top + y < len(self._lines) else ""
        known = _CLASSES.get(line[:1])
        style = self.get_component_rich_style(known) if known else self.rich_style
        strip = Strip([Segment(line, style)])
        return strip.crop_extend(x, x + width, self.rich_style)


class Difference(Dialog[None]):
    """Shows lines that begin with `+` and `-`, and those around them."""

    CSS_PATH = "../styles/difference.tcss"
    AUTO_FOCUS = "#lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "cancel", "Close", id="difference.close",
                tooltip="Close the difference"),
    ]  # fmt: skip

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.lines = tuple(lines)

    def compose(self) -> ComposeResult:
        with Vertical(id="difference") as frame:
            frame.border_title = Content("Difference")
            frame.border_subtitle = Content("esc closes · arrows scroll")
            yield DifferenceLines(self.lines)
