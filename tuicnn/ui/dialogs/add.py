"""What to add: types and templates by any name, each with what it would do here.

It never changes a network: it returns the layers, and the editor puts them in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, OptionList, Static

from tuicnn.core.addition import Outcome, outcome
from tuicnn.core.layer import LayerSpec
from tuicnn.core.search import Found, search
from tuicnn.core.shapes import Shape
from tuicnn.core.wording import brief
from tuicnn.ui.candidates import detail, row_of
from tuicnn.ui.columns import oriented
from tuicnn.ui.dialogs.ask import Dialog, Line, visible
from tuicnn.ui.options import Options

Layers = tuple[LayerSpec, ...]

_QUERY: Final = 32
"""Characters of a query that are repeated."""
_WIDTHS: Final = [(0, "-narrow"), (40, "-normal"), (96, "-wide")]
_HEIGHTS: Final = [(0, "-flat"), (9, "-short"), (18, "-tall"), (32, "-roomy")]
"""Classes of the screen, by its columns and lines."""


class Choices(Options, can_focus=False):
    """The list: one line for each type and template."""

    def __init__(self, id: str, last: bool) -> None:
        super().__init__(id=id, compact=True, markup=False)
        self._last = last
        self._rows: Sequence[tuple[Found, Outcome]] = ()

    def show(self, rows: Sequence[tuple[Found, Outcome]]) -> None:
        """Show these, and go to the first."""
        self._rows = rows
        self._draw(0)

    def _draw(self, highlighted: int | None) -> None:
        width = self.scrollable_content_region.width - 2  # an empty cell at each end
        self.set_options(
            row_of(found, seen, width, self._last) for found, seen in self._rows
        )
        self.highlighted = highlighted if self._rows else None

    def on_resize(self) -> None:
        """Draw the columns that there is room for now."""
        self._draw(self.highlighted)

    def on_click(self, event: events.Click) -> None:
        """Go to an entry; clicked once more, it is chosen."""
        event.prevent_default()
        at = event.style.meta.get("option")
        if at is not None and at == self.highlighted:
            self.action_select()
        elif at is not None:
            self.highlighted = at


class AddLayer(Dialog[Layers]):
    """Asks what to add; returns the layers, or None after escape.

    Args:
        entering: Shape that arrives; None where it is not known, for an error above.
        earlier: Names a skip can refer to with what leaves them, in the order of the
            stack: the last of them is what arrives.
        where: Where it will stand, such as “after conv1”.
        last: Whether shapes are written channels last.
    """

    CSS_PATH = "../styles/add.tcss"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            "Cancel",
            id="add.cancel",
            tooltip="Add nothing; clears the query where nothing is called so",
        ),
        Binding(
            "enter",
            "insert",
            "Insert",
            id="add.insert",
            tooltip="Add what is highlighted",
        ),
        Binding(
            "down,ctrl+n",
            "go('cursor_down')",
            "Next",
            show=False,
            id="add.next",
            tooltip="Go to the next entry",
        ),
        Binding(
            "up,ctrl+p",
            "go('cursor_up')",
            "Previous",
            show=False,
            id="add.previous",
            tooltip="Go to the entry before",
        ),
        Binding(
            "pagedown",
            "go('page_down')",
            "Page down",
            show=False,
            id="add.page_down",
            tooltip="Go a page down",
        ),
        Binding(
            "pageup",
            "go('page_up')",
            "Page up",
            show=False,
            id="add.page_up",
            tooltip="Go a page up",
        ),
        Binding(
            "shift+down",
            "read(1)",
            "Read on",
            show=False,
            id="add.read_on",
            tooltip="Scroll what is said of the entry down",
        ),
        Binding(
            "shift+up",
            "read(-1)",
            "Read back",
            show=False,
            id="add.read_back",
            tooltip="Scroll what is said of the entry up",
        ),
    ]

    def __init__(
        self,
        entering: Shape | None,
        earlier: Sequence[tuple[str, Shape]] = (),
        where: str = "",
        last: bool = False,
    ) -> None:
        super().__init__()
        self._entering = entering
        self._earlier = tuple(earlier)
        self._where, self._last = where, last
        self._found: list[Found] = []
        self._query = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="add") as frame:
            frame.border_title = visible(f"Add a layer {self._where}".strip())
            frame.border_subtitle = visible(self._arriving)
            yield Line(placeholder="conv, dense, swish, residual, …", id="query")
            with Container(id="content"):
                yield Choices("choices", self._last)
                yield Static(id="nothing", markup=False)
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(id="text", markup=False)
            with Horizontal(id="answers"):
                for label, key in (("Insert", "enter"), ("Cancel", "esc")):
                    button = Button(
                        Content.assemble(label, "  ", (key, "dim")), id=label.lower()
                    )
                    button.can_focus = False
                    yield button

    @property
    def _arriving(self) -> str:
        if self._entering is None:
            return "nothing arrives yet"
        return f"{oriented(self._entering, self._last)} arrives"

    def on_mount(self) -> None:
        self._search("")

    def on_resize(self) -> None:
        """Wrap what is said of the entry to the width there is now."""
        self.call_after_refresh(self._describe)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    def _search(self, query: str) -> None:
        """Show what a query finds, its best answer highlighted."""
        self._query = query
        self._found = search(query, self._entering, self._earlier)
        self.query_one(Choices).show([(one, self._seen(one)) for one in self._found])
        told = f"No layer is called “{brief(query.strip(), _QUERY)}”; esc clears."
        self.query_one("#nothing", Static).update(visible(told))
        self.set_class(not self._found, "-nothing")
        self._describe()

    def _seen(self, found: Found) -> Outcome:
        return outcome(found.kind, self._entering, self._earlier)

    @property
    def _chosen(self) -> Found | None:
        """The entry that is highlighted."""
        at = self.query_one(Choices).highlighted
        return None if at is None or at >= len(self._found) else self._found[at]

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._describe()

    def _describe(self) -> None:
        """Say all there is to say of the highlighted entry."""
        if not self.is_attached:  # resized while it closed
            return
        found = self._chosen
        about = self.query_one("#about", VerticalScroll)
        text = Content("")
        if found is not None:
            width = about.scrollable_content_region.width
            text = detail(found, self._seen(found), self._entering, width, self._last)
        about.scroll_home(animate=False)
        self.query_one("#text", Static).update(text)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    @on(Button.Pressed, "#insert")
    def _answered(self, event: Message) -> None:
        event.stop()
        self.action_insert()

    def action_insert(self) -> None:
        """Return the layers of the highlighted entry, if it can be made at all."""
        query = self.query_one("#query", Line).value
        if query != self._query:  # enter may come before the news of the last key
            self._search(query)
        found = self._chosen
        layers = self._seen(found).layers if found is not None else ()
        if layers:
            self.answer(layers)
        else:
            self.app.bell()

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Return nothing; where nothing was found, clear the query first."""
        if self._found:
            self.answer(None)
        else:
            self.query_one("#query", Line).clear()

    def action_go(self, step: str) -> None:
        """Move the highlight, while the query keeps the focus."""
        getattr(self.query_one(Choices), f"action_{step}")()

    def action_read(self, direction: int) -> None:
        """Scroll what is said of the entry."""
        about = self.query_one("#about", VerticalScroll)
        step = max(1, about.size.height - 1)
        about.scroll_relative(y=direction * step, animate=False)
