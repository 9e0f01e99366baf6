"""Pictures of an activation: a channel as a map, values as a histogram and in numbers.

They never choose what is shown, and compute nothing but their pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from tuicnn.ui.heatmap import Cell, Picture
    from tuicnn.ui.histogram import Tally
    from tuicnn.ui.pixels import Numbers

_TWO_COLUMNS = 33
"""Columns from which names and values stand in two columns."""


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
