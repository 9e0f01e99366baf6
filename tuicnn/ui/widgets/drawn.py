"""A report drawn line by line, only where it can be seen.

It never moves a cursor, nor changes what is selected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.report import Report, Row
from tuicnn.ui import columns
from tuicnn.ui.columns import MARKS, Columns, Piece
from tuicnn.ui.outline import Line, Outline, outline

_MANY = 80
"""Lines from which containers are folded at first."""
GUTTER = 4
"""Columns of the cursor, of the selection, of the problem, and a space."""


class DrawnLines(ScrollView):
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"stack--{name}"
        for name in (
            "name", "type", "settings", "branch", "shape", "count", "held", "bar",
            "changed", "dim", "error", "warning", "note", "good", "cursor", "selected",
            "idle", "share",
        )
    }  # fmt: skip

    report: reactive[Report | None] = reactive(None)
    """What is shown."""
    cursor: reactive[Pointer] = reactive(())
    """The layer, branch or empty place that is looked at; () is the input."""
    selected: reactive[frozenset[Pointer]] = reactive(frozenset())
    """Layers that the next edit is about, beside the cursor's."""
    ticks: reactive[Mapping[str, bool]] = reactive({})
    """Whether the forward pass has confirmed a path, where it came there."""
    baseline: reactive[Report | None] = reactive(None)
    """The version that rows are compared with."""
    counterparts: reactive[Mapping[str, Row]] = reactive({})
    """Which row of it each path answers to."""
    last: reactive[bool] = reactive(False)
    """Whether channels are written last."""
    wanted: reactive[str] = reactive("")
    """Only lines that hold this text are shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.folded: set[Pointer] = set()
        self.outline: Outline | None = None
        self._settled = False

    # What is shown

    def watch_report(self) -> None:
        """Show another version."""
        if self.report is not None and not self._settled:
            self._settled = True
            self._fold_at_first(self.report)
        self._outline()

    def watch_baseline(self) -> None:
        """Compare with another version."""
        self.refresh()

    def watch_cursor(self, before: Pointer) -> None:
        """Show the line that is looked at; no other line but the last one changes."""
        self._unfold_around(self.cursor)
        if self.wanted and self.outline and self.cursor not in self.outline.places:
            self._outline()  # a layer that was added need not hold what is looked for
        self._show_cursor()
        if self.outline is not None:
            self.refresh_line(self.outline.nearest(before))
            self.refresh_line(self.line)

    def watch_wanted(self) -> None:
        """Show other lines."""
        self._outline()

    def watch_selected(self) -> None:
        """Show what is selected."""
        self.refresh()

    def watch_ticks(self) -> None:
        """Show what is confirmed."""
        self.refresh()

    def watch_last(self) -> None:
        """Write shapes the other way."""
        self.refresh()

    def renew(self) -> None:
        """Forget folds: another document is shown."""
        self._settled = False
        self.folded.clear()

    def _fold_at_first(self, report: Report) -> None:
        if len(outline(report).lines) > _MANY:
            self.folded = {row.pointer for row in report.top_level if row.container}

    def _outline(self) -> None:
        if self.report is None:
            return
        # What is looked for is found in what is folded, too.
        folded = () if self.wanted else self.folded
        self.outline = outline(
            self.report, folded, self.wanted, self.outline, self.cursor
        )
        self._measure()
        self._show_cursor()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the columns to the width."""
        self._measure()
        self._show_cursor()

    def _measure(self) -> None:
        if self.outline is not None:
            self.virtual_size = Size(0, len(self.outline.lines))

    def _unfold_around(self, pointer: Pointer) -> None:
        around = {one for one in self.folded if pointer[: len(one)] == one != pointer}
        if around:
            self.folded -= around
            self._outline()

    def _show_cursor(self) -> None:
        if self.outline is None or not self.size.height:
            return
        line = self.line
        self.scroll_to_region(
            Region(0, line, 1, 1), animate=False, force=True, immediate=True
        )

    @property
    def line(self) -> int:
        """The number of the line that is looked at."""
        return 0 if self.outline is None else self.outline.nearest(self.cursor)

    @property
    def looked_at(self) -> Line:
        """The line that is looked at."""
        if self.outline is None:
            return Line("input", (), 0)
        return self.outline.lines[self.line]

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Return one line of the visible part."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if self.outline is None or number >= len(self.outline.lines):
            return Strip.blank(width, self.rich_style)
        line = self.outline.lines[number]
        pieces = [*self._marks(line, number), *self._cells(line, width - GUTTER)]
        base = self._base(line, number)
        segments = [Segment(one.text, base + self._style(one.style)) for one in pieces]
        return Strip(segments).adjust_cell_length(width, base)

    def _base(self, line: Line, number: int) -> Style:
        style = self.rich_style
        if line.row is not None and not line.row.reached:
            style += self.get_component_rich_style("stack--dim", partial=True)
        if line.pointer in self.selected:
            style += self.get_component_rich_style("stack--selected", partial=True)
        if number == self.line:
            name = "stack--cursor" if self.has_focus else "stack--idle"
            style += self.get_component_rich_style(name, partial=True)
        return style

    def _style(self, name: str) -> Style:
        if not name:
            return Style.null()
        style = self.get_component_rich_style(f"stack--{name}", partial=True)
        # A bar behind numbers is their background: without colours, a line under them.
        under = name == "share" and (self.app.no_color or self.app.ansi_color)
        return style + Style(underline=True) if under else style

    def _marks(self, line: Line, number: int) -> list[Piece]:
        assert self.outline is not None
        cursor = "›" if number == self.line else " "
        chosen = "•" if line.pointer in self.selected else " "
        severity = self.outline.problems.get(line.pointer)
        if severity is None and line.pointer in self.outline.folded:
            inside = [
                one
                for pointer, one in self.outline.problems.items()
                if pointer[: len(line.pointer)] == line.pointer
            ]
            severity = min(inside, default=None, key=list(MARKS).index)
        mark = Piece(" ") if severity is None else Piece(MARKS[severity], severity)
        return [Piece(cursor + chosen), mark, Piece(" ")]

    def _cells(self, line: Line, width: int) -> list[Piece]:
        assert self.report is not None and self.outline is not None
        report, row = self.report, line.row
        sizes = columns.columns(width, self.baseline is not None)
        if line.kind == "input":
            return self._input_cells(report, sizes)
        pieces = columns.label(line, line.pointer in self.outline.folded, sizes.name)
        found = columns.fitted(pieces, sizes.name)
        if row is None:
            return found
        found += columns.right(columns.output(row, self.last), sizes.shape)
        number = columns.count(report, row, sizes.count)
        counted = columns.right(number, sizes.count)
        if not sizes.bar:  # no room beside the number, but behind it
            counted = columns.shaded(counted, columns.share(report, row))
        found += counted
        if sizes.bar:
            found += columns.fitted([Piece(" "), columns.bar(report, row)], sizes.bar)
        if sizes.change and self.baseline is not None:
            room = sizes.change - 1
            piece = columns.change(
                report, row, self.baseline, self.counterparts, self.last, room
            )
            found += columns.fitted([Piece(" "), piece], sizes.change)
        tick = self._tick(row) if sizes.tick else Piece("")
        return [*found, *columns.right(tick, sizes.tick)]

    def _input_cells(self, report: Report, sizes: Columns) -> list[Piece]:
        found = columns.fitted(columns.entering(report), sizes.name)
        shape = columns.oriented(report.network.input, self.last)
        return [*found, *columns.right(Piece(shape, "shape"), sizes.shape)]

    def _tick(self, row: Row) -> Piece:
        confirmed = self.ticks.get(row.path)
        if confirmed is None:
            return Piece("")
        return Piece("✓", "good") if confirmed else Piece("≠", "error")
