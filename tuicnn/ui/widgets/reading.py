"""A text to be read, however long: only the lines in sight are drawn.

It never takes a key: who shows it scrolls it.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class Reading(ScrollView, can_focus=True, inherit_bindings=False):
    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[Content] = ()

    def show(self, lines: Sequence[Content]) -> None:
        """Show other lines."""
        self.lines = lines
        widest = max((line.cell_length for line in lines), default=0)
        self.virtual_size = Size(widest, len(lines))
        self.refresh()

    def page(self, pages: int) -> None:
        """Scroll by pages, up where there are fewer than none."""
        step = max(1, self.scrollable_content_region.height - 1)
        self.scroll_relative(y=pages * step, animate=False, immediate=True)

    def aside(self, columns: int) -> None:
        """Scroll to the side."""
        self.scroll_relative(x=columns, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Return one line of the visible part."""
        left, top = self.scroll_offset
        width = self.scrollable_content_region.width
        if top + y >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        segments = self.lines[top + y].render_segments(self.visual_style)
        line = Strip(segments).crop(left, left + width)
        return line.adjust_cell_length(width, self.rich_style)
