"""Names and values: what is known of an activation in numbers.

It never rounds or writes a number: it is given texts.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

_TWO_COLUMNS = 33
"""Columns from which names and values stand in two columns."""


class Facts(Widget):
    """Names and values in one column, or in two where they fit."""

    pairs: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)
    """Each name and its value, as text."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the table takes in a width."""
        return -(-len(self.pairs) // self._columns(width))

    def render_line(self, y: int) -> Strip:
        """Return one row of the table; its first column is filled first."""
        width = self.size.width
        columns = self._columns(width)
        rows = -(-len(self.pairs) // columns)
        segments: list[Segment] = []
        for column in range(columns if y < rows else 0):
            inside = self.pairs[column * rows : (column + 1) * rows]
            if y < len(inside):
                room = width // 2 - 1 if columns == 2 and not column else width
                segments += _pair(inside, y, room)
        strip = Strip(segments)
        return strip.adjust_cell_length(width).apply_style(self.rich_style)

    def _columns(self, width: int) -> int:
        return 2 if width >= _TWO_COLUMNS and len(self.pairs) > 3 else 1


def _pair(pairs: tuple[tuple[str, str], ...], at: int, room: int) -> list[Segment]:
    """Return a name and its value, the values of a column below one another."""
    broad = max(len(name) for name, _ in pairs) + 1
    name, value = pairs[at]
    most = max(1, room - broad)
    if len(value) > most:
        value = f"{value[: most - 1]}…"
    return [
        Segment(name.ljust(broad), Style(dim=True)),
        Segment(f"{value.ljust(most)} "),
    ]
