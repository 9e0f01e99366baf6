"""A list of numbers, however long: only what can be seen is put into words.

It never knows what a number is made from: what stands on a line is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

_LETTERS: Final = 12
"""Columns of a letter at most: terms of a sum have long names."""


class Entry(NamedTuple):
    """One line.

    Attributes:
        letter: How a formula calls the number; empty outside of one.
        value: The number.
    """

    letter: str
    value: str


Said = Callable[[int], tuple[str, bool]]
"""Gives the words of a line, and whether it leads no further."""


class Numbers(ScrollView, can_focus=True, inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "go(1)", "Down", id="numbers.down", show=False,
                tooltip="Go to the next number"),
        Binding("up,k", "go(-1)", "Up", id="numbers.up", show=False,
                tooltip="Go to the number above"),
        Binding("ctrl+d", "page(1)", "Page down", id="numbers.page-down", show=False,
                tooltip="Go a page of numbers down"),
        Binding("ctrl+u", "page(-1)", "Page up", id="numbers.page-up", show=False,
                tooltip="Go a page of numbers up"),
        Binding("home", "edge(0)", "First", id="numbers.first", show=False,
                tooltip="Go to the first number"),
        Binding("end", "edge(1)", "Last", id="numbers.last", show=False,
                tooltip="Go to the last number"),
    ]  # fmt: skip

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "numbers--value", "numbers--end", "numbers--cursor", "numbers--idle",
    }  # fmt: skip

    at: reactive[int] = reactive(0)
    """The line that is looked at."""

    @dataclass
    class Moved(Message):
        """Another line is looked at."""

        pane: Numbers
        at: int

    @dataclass
    class Chosen(Message):
        """The line that is looked at was clicked."""

        pane: Numbers

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._said: Said = lambda _: ("", True)
        self._words: dict[int, tuple[str, bool]] = {}
        self._letters = self._values = 0

    def show(self, entries: Sequence[Entry], said: Said, at: int = 0) -> None:
        """Show other numbers, and look at one of them."""
        self._entries, self._said, self._words = entries, said, {}
        self._letters = max((cell_len(one.letter) for one in entries), default=0)
        self._letters = min(self._letters, _LETTERS)
        self._values = max((cell_len(one.value) for one in entries), default=0)
        self.virtual_size = Size(0, len(entries))
        self.set_reactive(Numbers.at, at)
        self._show_line()
        self.refresh()

    def watch_at(self, before: int) -> None:
        """Show the line that is looked at."""
        self._show_line()
        self.refresh_line(before)
        self.refresh_line(self.at)
        self.post_message(self.Moved(self, self.at))

    def on_resize(self) -> None:
        """Keep the line in sight."""
        self._show_line()

    def _show_line(self) -> None:
        if self._entries and self.size.height:
            self.scroll_to_region(
                Region(0, self.at, 1, 1), animate=False, force=True, immediate=True
            )

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Return one line of the visible part."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if number >= len(self._entries):
            return Strip.blank(width, self.rich_style)
        words, ends = self._worded(number)
        base = self._base(number)
        letter, value = self._entries[number]
        head = f"{'›' if number == self.at else ' '} "
        if self._letters:
            head += f"{letter[: self._letters]:>{self._letters}} = "
        room = width - cell_len(head) - self._values - 2
        if cell_len(words) > room:
            words = f"{set_cell_size(words, max(0, room - 1))}…"
        segments = [
            Segment(head, base),
            Segment(f"{value:>{self._values}}", base + self._style("value")),
            Segment(f"  {words}", base + self._style("end" if ends else "")),
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _worded(self, number: int) -> tuple[str, bool]:
        if number not in self._words:
            self._words[number] = self._said(number)
        return self._words[number]

    def _base(self, number: int) -> Style:
        if number != self.at:
            return self.rich_style
        return self.rich_style + self._style("cursor" if self.has_focus else "idle")

    def _style(self, name: str) -> Style:
        if not name:
            return Style.null()
        return self.get_component_rich_style(f"numbers--{name}", partial=True)

    # Going about

    def action_go(self, lines: int) -> None:
        """Go some lines down, or up."""
        self.at = min(max(self.at + lines, 0), max(0, len(self._entries) - 1))

    def action_page(self, pages: int) -> None:
        """Go a page down, or up."""
        self.action_go(pages * max(1, self.size.height - 1))

    def action_edge(self, end: int) -> None:
        """Go to the first line, or to the last."""
        self.action_go(len(self._entries) if end else -len(self._entries))

    def on_click(self, event: events.Click) -> None:
        """Look at a line; walk on where it is looked at."""
        event.stop()
        number = self.scroll_offset.y + event.y
        if number >= len(self._entries):
            return
        if number == self.at:
            self.post_message(self.Chosen(self))
        else:
            self.at = number
