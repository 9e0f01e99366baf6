"""Lines of a stack: gone through, folded, looked for and selected.

It never changes the document, and asks for nothing but to look elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits import outermost
from tuicnn.core.tree import container_of
from tuicnn.ui.outline import described
from tuicnn.ui.request import Request
from tuicnn.ui.widgets.drawn import GUTTER, DrawnLines


class Lines(DrawnLines, can_focus=True):
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
        self._anchor: Pointer | None = None
        self._clicked: Pointer | None = None

    def renew(self) -> None:
        """Forget folds and selection: another document is shown."""
        super().renew()
        self._anchor, self._clicked = None, None

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
        sign = GUTTER + 2 * line.depth
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
