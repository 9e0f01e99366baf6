"""A channel of an activation as a map, a row as bars.

It never chooses what is shown, and computes nothing but its picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from tuicnn.ui.heatmap import Cell, Picture
    from tuicnn.ui.pixels import Numbers


class HeatMap(Widget):
    """Draws a map (H, W), a row (n,), or the middle slice of a volume (…, H, W).

    The last line says what the colours mean.
    """

    values: reactive[Numbers | None] = reactive(None, always_update=True)
    """What is drawn; None: nothing."""

    colour: reactive[bool] = reactive(True)
    """Whether values are told apart by colour; else by shades of characters."""

    chosen: reactive[int | None] = reactive(None)
    """The value of a row below which a mark stands."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[list[Cell]] = []
        self._key: tuple[object, ...] | None = None

    def watch_values(self) -> None:
        """Forget the picture of other values."""
        self._key = None

    def render_line(self, y: int) -> Strip:
        """Return one line of the picture, or of the legend below it."""
        key = (self.size, self.colour, self.chosen)
        if key != self._key:
            self._lines = self._drawn()
            self._key = key
        cells = self._lines[y] if y < len(self._lines) else []
        strip = Strip(_segments(cells), len(cells))
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _drawn(self) -> list[list[Cell]]:
        """Return the picture in the present size, with its legend where that fits."""
        width, height = self.size
        if self.values is None or not width or not height:
            return []
        from tuicnn.ui.heatmap import folded

        picture = self._picture(width, height - 1)
        legend = folded(picture.legend, width)
        if len(legend) > 1 and height > 5:
            picture = self._picture(width, height - len(legend))
            legend = folded(picture.legend, width)
        return [*picture.rows, *legend][:height]

    def _picture(self, width: int, height: int) -> Picture:
        from tuicnn.ui.heatmap import Cell, Picture, bars, heat, shades

        assert self.values is not None
        values, height = self.values, max(1, height)
        if values.ndim < 2:
            return bars(values.reshape(-1), width, height, self.chosen)
        draw = heat if self.colour else shades
        if values.ndim == 2:
            return draw(values, width, height)
        slices = values.reshape(-1, *values.shape[-2:])
        rows, legend = draw(slices[len(slices) // 2], width, height)
        return Picture(rows, [*legend, [Cell(one) for one in "middle slice"]])


def _segments(cells: list[Cell]) -> list[Segment]:
    from tuicnn.ui.heatmap import runs

    return [Segment(text, _style(cell)) for text, cell in runs(cells)]


def _style(cell: Cell) -> Style:
    front = None if cell.front is None else Color.from_rgb(*cell.front)
    back = None if cell.back is None else Color.from_rgb(*cell.back)
    return Style(color=front, bgcolor=back, reverse=cell.reverse or None)
