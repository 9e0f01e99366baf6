"""The values of an activation as a histogram.

It never counts them: it is given how many lie where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from tuicnn.ui.histogram import Tally


class Histogram(Widget):
    """Draws how many values lie where, with the ends and zero named below."""

    tally: reactive[Tally | None] = reactive(None, always_update=True)
    """The values, counted; None: nothing."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[str] = []
        self._drawn_in: Size | None = None

    def watch_tally(self) -> None:
        """Forget the picture of other values."""
        self._drawn_in = None

    def render_line(self, y: int) -> Strip:
        """Return one line of the histogram; it is drawn once in each size."""
        if self.size != self._drawn_in:
            self._lines = self._drawn()
            self._drawn_in = self.size
        text = self._lines[y] if y < len(self._lines) else ""
        strip = Strip([Segment(text)], len(text))
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _drawn(self) -> list[str]:
        if self.tally is None:
            return []
        from tuicnn.ui.histogram import histogram

        width, height = self.size
        return histogram(self.tally, width, width, height)
