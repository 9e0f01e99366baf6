"""Examine: studies of the whole network, one of which is read.

It never computes one, and changes nothing: it returns which was read last.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tuicnn.core.report import Report, Row
from tuicnn.ui.dialogs.ask import Dialog, visible
from tuicnn.ui.pages import laid
from tuicnn.ui.studies import STUDIES
from tuicnn.ui.turned import turned_if
from tuicnn.ui.widgets.keys import Keys
from tuicnn.ui.widgets.reading import Reading

_ASIDE: Final = 8
"""Columns of a step to the side."""


class Examine(Dialog[int]):
    """Shows studies; returns the number of the one that was looked at last.

    Args:
        report: The network that they are of.
        row: The layer that some of them are of; None: the network.
        at: The study that is looked at first.
        last: Whether channels are written last.
    """

    CSS_PATH = "../styles/examine.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (108, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "choose(1)", "Next", id="examine.next",
                tooltip="Go to the next study"),
        Binding("up,k", "choose(-1)", "Before", id="examine.previous",
                tooltip="Go to the study before"),
        Binding("pagedown,space", "page(1)", "Read on", id="examine.read-on",
                tooltip="Read on"),
        Binding("pageup", "page(-1)", "Read back", id="examine.read-back",
                tooltip="Read back"),
        Binding("right", "aside(1)", "Right", id="examine.right", show=False,
                tooltip="Read what stands to the right of a wide table"),
        Binding("left", "aside(-1)", "Left", id="examine.left", show=False,
                tooltip="Go back to the left of a wide table"),
        Binding("home", "edge(0)", "Beginning", id="examine.beginning", show=False,
                tooltip="Go to the beginning of the text"),
        Binding("end", "edge(1)", "End", id="examine.end", show=False,
                tooltip="Go to the end of the text"),
        Binding("escape,q", "close", "Close", id="examine.close", tooltip="Close"),
    ]  # fmt: skip

    def __init__(
        self, report: Report, row: Row | None, at: int = 0, last: bool = False
    ) -> None:
        super().__init__()
        self._last = last
        self._report, self._row, self._at = report, row, at
        self._begun: set[int] = set()
        self._found: dict[int, list[str]] = {}

    def compose(self) -> ComposeResult:
        """Yield the list of studies, the text of one, and the keys."""
        with Vertical(id="examine") as frame:
            frame.border_title = visible(f"Examine · {self._report.network.name}")
            with Container(id="studies-and-text"):
                studies = OptionList(
                    *(Option(one.title) for one in STUDIES),
                    id="studies",
                    markup=False,
                    compact=True,
                )
                studies.can_focus = False
                yield studies
                with Vertical(id="text"):
                    yield Static(id="meaning", markup=False)
                    yield Reading(id="reading")
            yield Keys()

    def on_mount(self) -> None:
        """Show the first study."""
        self.query_one(Reading).focus()
        self.query_one(OptionList).highlighted = self._at

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._at = event.option_index
        self.query_one("#meaning", Static).update(STUDIES[self._at].meaning)
        reading = self.query_one(Reading)
        reading.scroll_home(animate=False, immediate=True)
        if self._at in self._found:
            self._lay()
            return
        reading.show([Content("…")])
        if self._at not in self._begun:
            self._begun.add(self._at)
            self._study(self._at)

    @work(group="studies")
    async def _study(self, at: int) -> None:
        """Find what a study has to say, and keep it."""
        lines = await asyncio.to_thread(STUDIES[at].lines, self._report, self._row)
        last = self._last and not STUDIES[at].as_frameworks
        self._found[at] = turned_if(last, lines, self._report)
        if at == self._at and self.there:
            self._lay()

    @work(exclusive=True, group="laying")
    async def _lay(self) -> None:
        """Show the text, in lines that fit."""
        at, reading = self._at, self.query_one(Reading)
        if at not in self._found:
            return  # another study is looked at since this one was found
        width = reading.scrollable_content_region.width
        lines = await asyncio.to_thread(laid, self._found[at], width)
        if at == self._at and self.there:
            reading.show(lines)

    def on_resize(self) -> None:
        """Lay the text out anew."""
        self.call_after_refresh(self._lay_anew)

    def _lay_anew(self) -> None:
        if self._at in self._found and self.there:
            self._lay()

    def action_choose(self, step: int) -> None:
        """Go to another study."""
        studies = self.query_one(OptionList)
        at = (studies.highlighted or 0) + step
        studies.highlighted = max(0, min(at, len(STUDIES) - 1))

    def action_page(self, pages: int) -> None:
        """Scroll the text by a page."""
        self.query_one(Reading).page(pages)

    def action_aside(self, steps: int) -> None:
        """Scroll the text to the side."""
        self.query_one(Reading).aside(steps * _ASIDE)

    def action_edge(self, end: int) -> None:
        """Go to the beginning of the text, or to its end."""
        reading = self.query_one(Reading)
        top = reading.max_scroll_y if end else 0
        reading.scroll_to(y=top, animate=False, immediate=True)

    def action_close(self) -> None:
        """Return the study that is looked at."""
        self.answer(self.query_one(OptionList).highlighted)
