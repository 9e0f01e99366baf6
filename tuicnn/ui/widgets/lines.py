"""Lines of a stack: drawn only where they can be seen, gone through, selected.

It never changes the document, and asks for nothing but to look elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuicnn.core.compare import compare
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits import outermost
from tuicnn.core.report import Report, Row
from tuicnn.core.tree import container_of
from tuicnn.ui import columns
from tuicnn.ui.columns import MARKS, Columns, Piece
from tuicnn.ui.outline import Line, Outline, described, outline
from tuicnn.ui.request import Request

_MANY = 80
"""Lines from which containers are folded at first."""
_GUTTER = 4
"""Columns of the cursor, of the selection, of the problem, and a space."""


class Lines(ScrollView, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Select", id="stack.select", show=False,
                tooltip="Select the layer, or take it out of the selection"),
        Binding("v", "range", "Select a range", id="stack.range", show=False,
                tooltip="Select from here to where the cursor goes"),
        Binding("escape", "clear", "Clear the selection", id="stack.clear", show=False,
                tooltip="Select nothing, and show all lines"),
        Binding("down,j", "go(1)", "Down", id="stack.down", show=False,
                tooltip="Go to the next line"),
        Binding("up,k", "go(-1)", "Up", id="stack.up", show=False,
                tooltip="Go to the line above"),
        Binding("pagedown", "page(1.0)", "Page down", id="stack.page-down",
                show=False, tooltip="Go a page down"),
        Binding("pageup", "page(-1.0)", "Page up", id="stack.page-up", show=False,
                tooltip="Go a page up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", id="stack.half-down",
                show=False, tooltip="Go half a page down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", id="stack.half-up",
                show=False, tooltip="Go half a page up"),
        Binding("home,g", "edge(0)", "First line", id="stack.first", show=False,
                tooltip="Go to the input"),
        Binding("end,G", "edge(1)", "Last line", id="stack.last", show=False,
                tooltip="Go to the last layer"),
        Binding("left,h", "fold", "Fold", id="stack.fold", show=False,
                tooltip="Fold the container, or go to the one around"),
        Binding("right,l", "unfold", "Unfold", id="stack.unfold", show=False,
                tooltip="Unfold the container, or go into it"),
        Binding("z", "toggle_fold", "Fold or unfold", id="stack.toggle", show=False,
                tooltip="Fold or unfold the container"),
        Binding("Z", "toggle_folds", "Fold or unfold all", id="stack.toggle-all",
                show=False, tooltip="Fold or unfold every container"),
        Binding("n", "next(1)", "Next match", id="stack.next", show=False,
                tooltip="Go to the next layer that holds the text"),
        Binding("N", "next(-1)", "Previous match", id="stack.previous", show=False,
                tooltip="Go to the previous layer that holds the text"),
    ]  # fmt: skip

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
    last: reactive[bool] = reactive(False)
    """Whether channels are written last."""
    wanted: reactive[str] = reactive("")
    """Only lines that hold this text are shown."""

    @dataclass
    class Moved(Request):
        """The cursor or the selection shall be elsewhere."""

        pane: Lines
        pointer: Pointer
        selected: frozenset[Pointer]

    @dataclass
    class Opened(Request):
        """A line was clicked twice: it shall be edited."""

        pane: Lines
        pointer: Pointer

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.folded: set[Pointer] = set()
        self.outline: Outline | None = None
        self._anchor: Pointer | None = None
        self._clicked: Pointer | None = None
        self._pairs: dict[str, Row] = {}
        self._settled = False

    # What is shown

    def watch_report(self) -> None:
        """Show another version."""
        if self.report is not None and not self._settled:
            self._settled = True
            self._fold_at_first(self.report)
        self._pair()
        self._outline()

    def watch_baseline(self) -> None:
        """Compare with another version."""
        self._pair()
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
        """Forget folds and selection: another document is shown."""
        self._settled, self._anchor, self._clicked = False, None, None
        self.folded.clear()

    def _pair(self) -> None:
        self._pairs = {}
        if self.baseline is None or self.report is None:
            return
        before = {row.path: row for row in self.baseline.rows if row.container}
        self._pairs = {
            row.path: before[row.path]
            for row in self.report.rows
            if row.container and row.path in before
        }
        for pair in compare(self.baseline, self.report).pairs:
            if pair.left is not None and pair.right is not None:
                self._pairs[pair.right.path] = pair.left

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
        pieces = [*self._marks(line, number), *self._cells(line, width - _GUTTER)]
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
        number = columns.count(report, row, sizes.count > 9)
        counted = columns.right(number, sizes.count)
        if not sizes.bar:  # no room beside the number, but behind it
            counted = columns.shaded(counted, columns.share(report, row))
        found += counted
        if sizes.bar:
            found += columns.fitted([Piece(" "), columns.bar(report, row)], sizes.bar)
        if sizes.change and self.baseline is not None:
            piece = columns.change(report, row, self.baseline, self._pairs, self.last)
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

    # Going about

    async def _look(self, number: int, since: Pointer | None = None) -> None:
        """Go to a line; select all from another one, or from where that was begun."""
        if self.outline is None:
            return
        start = self._anchor if since is None else since
        number = min(max(number, 0), len(self.outline.lines) - 1)
        pointer = self.outline.lines[number].pointer
        selected = self.selected
        if start is not None:
            ends = sorted((self.outline.nearest(start), number))
            selected = frozenset(
                line.pointer
                for line in self.outline.lines[ends[0] : ends[1] + 1]
                if line.row is not None
            )
        await self._move(pointer, selected)

    async def _move(self, pointer: Pointer, selected: frozenset[Pointer]) -> None:
        await self.Moved(self, pointer, selected).settled_by(self)

    async def action_go(self, lines: int) -> None:
        """Go some lines down, or up."""
        await self._look(self.line + lines)

    async def action_page(self, pages: float) -> None:
        """Go a part of a page down, or up."""
        await self._look(self.line + round(pages * max(1, self.size.height - 1)))

    async def action_edge(self, end: int) -> None:
        """Go to the first line, or to the last."""
        await self._look(10**9 if end else 0)

    async def action_fold(self) -> None:
        """Fold the container, or go to the one around."""
        line = self.looked_at
        container = line.row is not None and line.row.container
        if container and line.pointer not in self.folded:
            self._set_folded(line.pointer, True)
            return
        around = container_of(line.pointer[:-1] if line.row else line.pointer)
        if self.outline is not None and around in self.outline.places:
            await self._look(self.outline.places[around])

    async def action_unfold(self) -> None:
        """Unfold the container, or go into it."""
        line = self.looked_at
        if line.pointer in self.folded:
            self._set_folded(line.pointer, False)
        elif line.row is not None and line.row.container:
            await self._look(self.line + 1)

    def action_toggle_fold(self) -> None:
        """Fold or unfold the container."""
        line = self.looked_at
        if line.row is not None and line.row.container:
            self._set_folded(line.pointer, line.pointer not in self.folded)

    async def action_toggle_folds(self) -> None:
        """Fold every container, or unfold all if any is folded."""
        if self.report is None:
            return
        if self.folded:
            self.folded = set()
        else:
            self.folded = {row.pointer for row in self.report.rows if row.container}
        self._outline()
        await self._look(self.line)

    def _set_folded(self, pointer: Pointer, folded: bool) -> None:
        (self.folded.add if folded else self.folded.discard)(pointer)
        self._outline()

    async def action_next(self, step: int) -> None:
        """Go to the next layer that holds the text."""
        if self.outline is None or not self.wanted:
            return
        text, lines = self.wanted.casefold(), self.outline.lines
        count = len(lines)
        for distance in range(1, count + 1):
            number = (self.line + step * distance) % count
            row = lines[number].row
            if row is not None and text in described(row).casefold():
                await self._look(number)
                return

    # Selecting

    async def action_select(self) -> None:
        """Select the layer, or take it out of the selection; go on."""
        self._anchor = None
        line = self.looked_at
        if line.row is not None:
            selected = self.selected ^ {line.pointer}
            await self._move(line.pointer, selected)
            await self._look(self.line + 1)

    async def action_range(self) -> None:
        """Select from here on, or end that."""
        self._anchor = None if self._anchor is not None else self.looked_at.pointer
        if self._anchor is not None:
            await self._look(self.line)

    async def action_clear(self) -> None:
        """Select nothing."""
        self._anchor = None
        await self._move(self.cursor, frozenset())

    @property
    def chosen(self) -> tuple[Pointer, ...]:
        """The layers that an edit is about: the selected ones, or the cursor's."""
        if self.selected:
            return outermost(self.selected)
        line = self.looked_at
        return (line.pointer,) if line.row is not None else ()

    def _what(self) -> str:
        chosen = self.chosen
        if len(chosen) == 1 and self.outline is not None:
            row = self.outline.lines[self.outline.nearest(chosen[0])].row
            if row is not None:
                return row.name
        return f"{len(chosen)} layers"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave escape to others where there is nothing to clear."""
        if action == "clear":
            return bool(self.selected) or self._anchor is not None
        return super().check_action(action, parameters)

    # The mouse

    async def on_click(self, event: events.Click) -> None:
        """Look at the line that was clicked; fold at its sign; edit at the second."""
        if self.outline is None:
            return
        place = event.get_content_offset(self)
        if place is None:
            return
        number = self.scroll_offset.y + place.y
        if number >= len(self.outline.lines):
            return
        line = self.outline.lines[number]
        sign = _GUTTER + 2 * line.depth
        if line.row is not None and line.row.container and place.x in (sign, sign + 1):
            self._set_folded(line.pointer, line.pointer not in self.folded)
        elif event.chain > 1:
            self.post_message(self.Opened(self, line.pointer))
        if event.shift:
            since = self.cursor if self._clicked is None else self._clicked
            await self._look(number, since)
        else:
            self._anchor, self._clicked = None, line.pointer
            await self._look(number)
