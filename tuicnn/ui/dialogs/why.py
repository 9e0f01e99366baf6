"""Why: the numbers of a layer, how each came about, and the way up to the input.

It never derives a number and changes nothing: it returns where to look next.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.report import Report, Row
from tuicnn.core.tree import container_of
from tuicnn.core.why import name_of, why
from tuicnn.core.why.lines import number_spelled
from tuicnn.ui.dialogs.ask import Dialog, visible
from tuicnn.ui.explaining import told
from tuicnn.ui.tracing import (
    Link,
    link_lines,
    link_said,
    links_behind,
    links_of,
    nothing_said,
    walked,
)
from tuicnn.ui.turned import turned_if
from tuicnn.ui.widgets.numbers import Entry, Numbers

_REST: Final = 0.03
"""Seconds that a number is looked at before it is explained: keys repeat."""

_LONG: Final = 300
"""Characters of a formula that are written out."""


class Level(NamedTuple):
    """One list of the walk.

    Attributes:
        title: What its numbers are about.
        links: The numbers.
        at: The one that was looked at when the walk went on.
    """

    title: str
    links: tuple[Link, ...]
    at: int = 0


class WhyDialog(Dialog[Pointer]):
    """Shows where numbers come from; returns the layer to look at, None after escape.

    Args:
        report: Whose numbers are asked about.
        pointer: The layer they are of at first; () asks for the network's.
        last: Whether channels are written last.
    """

    CSS_PATH = "../styles/why.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right", "into", "Made from", id="why.into",
                tooltip="Show what the number is made from"),
        Binding("backspace,left", "back", "Back", id="why.back",
                tooltip="Go back to the number before"),
        Binding("g", "go_there", "Its layer", id="why.go",
                tooltip="Close, and go to the layer that made the number"),
        Binding("escape", "cancel", "Close", id="why.cancel", tooltip="Close"),
        Binding("pagedown", "scroll_told(1)", "Read on", id="why.read-on", show=False,
                tooltip="Read on how the number came about"),
        Binding("pageup", "scroll_told(-1)", "Read back", id="why.read-back",
                show=False, tooltip="Read back how the number came about"),
    ]  # fmt: skip

    def __init__(self, report: Report, pointer: Pointer, last: bool = False) -> None:
        super().__init__()
        self._last = last
        self._report = report
        self._row = _row_at(report, pointer)
        self._levels: list[Level] = []
        self._lines: list[str] = []

    def compose(self) -> ComposeResult:
        """Yield the path, the numbers, and why the one that is looked at is so."""
        with Vertical(id="why") as frame:
            frame.border_title = visible(f"Why · {_called(self._row)}")
            yield Static(id="walked", markup=False)
            yield Static(id="about", markup=False)
            with Container(id="numbers-and-why"):
                yield Numbers(id="numbers")
                with VerticalScroll(id="told", can_focus=False):
                    yield Static(id="because", markup=False)

    async def on_mount(self) -> None:
        """Show the numbers of the layer."""
        frame = self.query_one("#why")
        frame.border_subtitle = visible(self._hints())
        links = await asyncio.to_thread(links_of, self._report, self._row)
        if not self.there:
            return
        self._levels = [Level(f"Numbers of {_called(self._row)}", links)]
        self._show()
        self.query_one(Numbers).focus()

    def _hints(self) -> str:
        """Return the first key of each action, as it is set."""
        shown: dict[str, str] = {}
        for bindings in self._bindings.key_to_bindings.values():
            for one in bindings:
                if one.show and one.id:
                    key = self.app.get_key_display(one)
                    shown.setdefault(one.description.lower(), key)
        return " · ".join(f"{key} {what}" for what, key in shown.items())

    # What is shown

    @property
    def _link(self) -> Link | None:
        """The number that is looked at."""
        links = self._levels[-1].links if self._levels else ()
        return links[self.query_one(Numbers).at] if links else None

    def _show(self) -> None:
        """Show the last list of the walk."""
        level = self._levels[-1]
        entries = [Entry(one.letter, number_spelled(one.value)) for one in level.links]
        self.query_one(Numbers).show(entries, self._words, level.at)
        self.query_one("#about", Static).update(visible(level.title))
        self._changed()

    def _words(self, at: int) -> tuple[str, bool]:
        words, ends = link_said(self._report, self._levels[-1].links[at])
        (words,) = turned_if(self._last, [words], self._report)
        return visible(words).plain, ends

    @on(Numbers.Moved)
    def _changed(self) -> None:
        link = self._link
        self._draw_path()
        if link is None:
            assert self._row is not None  # a network always has totals
            self._tell(nothing_said(self._report, self._row))
        else:
            self._explain(link)

    def _draw_path(self) -> None:
        """Show the values on the way here, the one that is looked at behind them."""
        path = [level.links[level.at] for level in self._levels[:-1]]
        path += [] if self._link is None else [self._link]
        line = self.query_one("#walked", Static)
        text = walked([one.value for one in path], max(10, line.content_size.width))
        start = text.rfind(" ") + 1
        line.update(Content(text).stylize("bold", start))

    @work(exclusive=True, group="why")
    async def _explain(self, link: Link) -> None:
        """Say why a number is so, unless another one is looked at meanwhile."""
        await asyncio.sleep(_REST)
        lines = await asyncio.to_thread(link_lines, self._report, link)
        if self.there and link is self._link:
            self._tell(lines)

    def _tell(self, lines: list[str]) -> None:
        self._lines = turned_if(self._last, lines, self._report)
        self._lay_out()
        self.query_one("#told", VerticalScroll).scroll_home(animate=False)

    def _lay_out(self) -> None:
        width = self.query_one("#told").scrollable_content_region.width
        text = told([visible(line).plain for line in self._lines], max(20, width))
        self.query_one("#because", Static).update(text)

    def on_resize(self) -> None:
        """Lay the text out anew."""
        if self._levels:
            self.call_after_refresh(self._draw_path)
            self.call_after_refresh(self._lay_out)

    # Walking

    @on(Numbers.Chosen)
    async def action_into(self) -> None:
        """Show what the number is made from, where it is made from anything."""
        link = self._link
        if link is None:
            return
        level = await asyncio.to_thread(_behind, self._report, link)
        if self.there and level.links and link is self._link:
            at = self.query_one(Numbers).at
            self._levels[-1] = self._levels[-1]._replace(at=at)
            self._levels.append(level)
            self._show()

    def action_back(self) -> None:
        """Show the list before."""
        if len(self._levels) > 1:
            self._levels.pop()
            self._show()

    def action_go_there(self) -> None:
        """Return the layer that made the number."""
        link = self._link
        if link is not None:
            place = link.number.place
            self.answer(self._report.rows[place].pointer if place >= 0 else ())

    def action_scroll_told(self, pages: int) -> None:
        """Scroll how the number came about."""
        scroll = self.query_one("#told", VerticalScroll)
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 1), animate=False)


def _row_at(report: Report, pointer: Pointer) -> Row | None:
    """Return the row of a place; of a branch or an empty place, the one around."""
    while pointer:
        row = report.at(pointer)
        if row is not None:
            return row
        pointer = container_of(pointer) or ()
    return None


def _called(row: Row | None) -> str:
    return "the network" if row is None else row.path


def _behind(report: Report, link: Link) -> Level:
    """Return what a number is made from, as a list."""
    found = why(report, link.number)
    if found is None:
        return Level("", ())
    made = found.brief or found.substitution
    if len(made) > _LONG:
        made = f"a sum of {len(found.parents):,} terms"
    value = number_spelled(found.value)
    title = name_of(report, found.number)
    if made not in ("", str(found.value)):
        title = f"{value} = {made}: {title}"
    return Level(title, links_behind(report, found))
