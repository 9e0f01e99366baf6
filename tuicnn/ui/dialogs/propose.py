"""Proposals: a list of edits, each with all that it would change, to take one of.

It never applies one: it returns the edit that was taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tuicnn.core.proposal import Proposal
from tuicnn.core.report import Report
from tuicnn.ui.dialogs.ask import Dialog, Line, visible
from tuicnn.ui.explaining import told
from tuicnn.ui.offers import Offers, told_of
from tuicnn.ui.options import Options
from tuicnn.ui.turned import turned_if

_REST: Final = 0.05
"""Seconds without a key after which what was typed is looked for."""
_DIGITS: Final = 9
"""Proposals that a digit takes, where nothing is typed."""

Source = Callable[[str], Offers]
"""What is offered for a text; it may take its time."""


class ProposeDialog(Dialog[Proposal]):
    """Shows edits and their consequences; returns the one that is taken.

    Args:
        title: What the proposals are for.
        report: The network that they are about.
        source: Makes them.
        typed: Whether a text is asked for that says what is wanted.
        placeholder: What an empty line shows.
        last: Whether channels are written last.
    """

    CSS_PATH = "../styles/propose.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Close", id="propose.cancel",
                tooltip="Close, and change nothing"),
        Binding("enter", "take", "Take it", id="propose.take",
                tooltip="Do what is highlighted; undo takes it back"),
        Binding("down,ctrl+n", "choose(1)", "Next", id="propose.next", show=False,
                tooltip="Go to the next proposal"),
        Binding("up,ctrl+p", "choose(-1)", "Before", id="propose.previous",
                show=False, tooltip="Go to the proposal before"),
        Binding("pagedown", "scroll_told(1)", "Read on", id="propose.read-on",
                show=False, tooltip="Read on what it would change"),
        Binding("pageup", "scroll_told(-1)", "Read back", id="propose.read-back",
                show=False, tooltip="Read back what it would change"),
    ]  # fmt: skip

    def __init__(
        self,
        title: str,
        report: Report,
        source: Source,
        *,
        typed: bool = False,
        placeholder: str = "",
        last: bool = False,
    ) -> None:
        super().__init__()
        self._last = last
        self._title, self._report, self._source = title, report, source
        self._typed, self._placeholder = typed, placeholder
        self._offers: Offers | None = None
        self._asked = ""
        self._consequences: dict[int, tuple[str, ...]] = {}

    def compose(self) -> ComposeResult:
        with Vertical(id="propose") as frame:
            frame.border_title = visible(self._title)
            frame.border_subtitle = Content("enter takes it · esc closes")
            if self._typed:
                yield Line(placeholder=visible(self._placeholder).plain, id="wanted")
            with Container(id="offers"):
                ways = Options(id="ways", markup=False, compact=True)
                ways.can_focus = not self._typed
                yield ways
                with VerticalScroll(id="told", can_focus=False):
                    yield Static(id="would", markup=False)
            with Horizontal(id="answers"):
                yield Button("Take it", id="take")
                yield Button("Close", id="cancel")

    def on_mount(self) -> None:
        self.query_one("#wanted" if self._typed else "#ways").focus()
        self._look("")

    @on(Input.Changed, "#wanted")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._asked, self._offers = event.value, None
        self._look(event.value)

    @work(exclusive=True, group="offers")
    async def _look(self, text: str) -> None:
        """Find what there is to offer, unless more is typed meanwhile."""
        await asyncio.sleep(_REST if text else 0)
        offers = await asyncio.to_thread(self._source, text)
        if text == self._asked and self.there:
            self._show(offers)

    def _show(self, offers: Offers) -> None:
        beside = turned_if(self._last, offers.told, self._report)
        offers = replace(offers, told=tuple(beside))
        self._offers, self._consequences = offers, {}
        ways = self.query_one("#ways", OptionList)
        numbered = not self._typed
        titles = turned_if(self._last, [way.title for way in offers.ways], self._report)
        ways.set_options(
            Option(visible(f"{at + 1}  {title}" if numbered else title))
            for at, title in enumerate(titles)
        )
        ways.display = bool(offers.ways)
        self.query_one("#take", Button).disabled = not offers.ways
        self.set_class(offers.invalid, "-invalid")
        if offers.ways:
            ways.highlighted = 0
        else:
            self._tell(offers.told)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        known = self._consequences.get(event.option_index)
        if known is None:
            self._weigh(event.option_index)
        else:
            self._tell(known)

    @work(exclusive=True, group="weighing")
    async def _weigh(self, at: int) -> None:
        """Find what a proposal would change."""
        offers = self._offers
        if offers is None or at >= len(offers.ways):
            return
        lines = await asyncio.to_thread(
            told_of, self._report, offers.ways[at], self._last
        )
        if self._offers is offers and self.there:
            self._consequences[at] = (*lines, *self._beside(offers))
            if self.query_one("#ways", OptionList).highlighted == at:
                self._tell(self._consequences[at])

    def _beside(self, offers: Offers) -> tuple[str, ...]:
        return ("", *offers.told) if offers.told else ()

    def _tell(self, lines: tuple[str, ...]) -> None:
        would = self.query_one("#would", Static)
        width = self.query_one("#told").scrollable_content_region.width
        would.update(told([visible(line).plain for line in lines], max(20, width)))
        self.query_one("#told", VerticalScroll).scroll_home(animate=False)

    def on_resize(self) -> None:
        """Lay the text out anew."""
        if self._offers is not None and self.there:
            at = self.query_one("#ways", OptionList).highlighted
            shown = None if at is None else self._consequences.get(at)
            self._tell(shown or self._offers.told)

    # What is taken

    @property
    def _taken(self) -> Proposal | None:
        offers, at = self._offers, self.query_one("#ways", OptionList).highlighted
        if offers is None or at is None or at >= len(offers.ways):
            return None
        return offers.ways[at]

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    @on(Button.Pressed, "#take")
    def _submitted(self, event: events.Event) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Return the highlighted proposal, where there is one by now."""
        if self._taken is not None:
            self.answer(self._taken)

    def action_choose(self, step: int) -> None:
        """Go to another proposal."""
        ways = self.query_one("#ways", OptionList)
        if ways.option_count:
            at = (ways.highlighted or 0) + step
            ways.highlighted = max(0, min(at, ways.option_count - 1))

    def action_scroll_told(self, pages: int) -> None:
        """Scroll what a proposal would change."""
        scroll = self.query_one("#told", VerticalScroll)
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 1), animate=False)

    def on_key(self, event: events.Key) -> None:
        """Take the proposal of a digit, where nothing is typed."""
        digit = event.character or ""
        if self._typed or self._offers is None or digit not in "123456789" or not digit:
            return
        event.stop()
        if int(digit) <= min(_DIGITS, len(self._offers.ways)):
            self.answer(self._offers.ways[int(digit) - 1])
