"""Questions: one of a few choices, or one line of text.

They return the answer and never act upon it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, TypeVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tuicnn.ui.ordered import OrderedInput
from tuicnn.ui.pasted import Pasted, one_line_of

Answer = TypeVar("Answer")

Choice = tuple[str, str, str]
"""Key, as Textual calls it, id and label of a choice."""

WIDTHS: Final = [(0, "-narrow"), (40, "-normal"), (80, "-wide")]
"""Classes of a dialog's screen, by its columns."""

HEIGHTS: Final = [(0, "-short"), (14, "-tall")]
"""Classes of a dialog's screen, by its lines."""

_FEW: Final = 4
"""Choices that stand side by side in a narrow question."""

_KEYS: Final = {"escape": "esc"}

LONGEST: Final = 4096
"""Characters that a paste brings into a line at most, as many as a path has."""


def visible(text: str) -> Content:
    """Return a text as it may be drawn: never markup, without control characters."""
    return Content("".join(map(_picture, text)))


def _picture(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "�"


class _Pictures(Highlighter):
    """Draws a picture in the place of each control character of a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def highlight(self, text: Text) -> None:
        value = self._line.value
        if not value.isprintable():  # Rich has dropped some characters by now
            text.plain = visible(value.replace("\n", "\r")).plain


class Line(OrderedInput):
    """One line of text that may hold any character, as file names do."""

    def __init__(
        self,
        value: str = "",
        placeholder: str = "",
        *,
        select_on_focus: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(
            value,
            placeholder,
            _Pictures(self),
            select_on_focus=select_on_focus,
            compact=True,
            id=id,
        )

    def taken(self, text: str, room: int | None) -> Pasted:
        """Return no more of a paste than is sensible; no blanks around it."""
        return one_line_of(text.strip(), LONGEST)


class Dialog(ModalScreen[Answer | None]):
    """A screen that returns one answer, None after escape, and knows its size."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    @property
    def there(self) -> bool:
        """Whether it can be written on.

        Work in a thread may end after the dialog was closed, or with the program.
        """
        return (
            self.is_attached and self.app.is_running and self in self.app.screen_stack
        )

    def answer(self, answer: Answer | None) -> None:
        """Return an answer; what comes after it, from keys on their way, is ignored."""
        if self.is_current:
            self.dismiss(answer)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Return nothing."""
        self.answer(None)


class Ask(Dialog[str]):
    """A question with a few choices; returns the chosen id, None after escape.

    Args:
        question: What is asked.
        choices: Key, id and label of each; the first has the focus.
        detail: What one should know to answer.
    """

    CSS_PATH = "../styles/ask.tcss"
    AUTO_FOCUS = "Button"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            "Cancel",
            id="ask.cancel",
            tooltip="Close the question without an answer",
        ),
        Binding(
            "right,down",
            "app.focus_next",
            "Next choice",
            show=False,
            id="ask.next",
            tooltip="Go to the next choice",
        ),
        Binding(
            "left,up",
            "app.focus_previous",
            "Previous choice",
            show=False,
            id="ask.previous",
            tooltip="Go to the choice before",
        ),
        Binding(
            "pagedown",
            "scroll_detail(1)",
            "Scroll down",
            show=False,
            id="ask.page_down",
            tooltip="Read on",
        ),
        Binding(
            "pageup",
            "scroll_detail(-1)",
            "Scroll up",
            show=False,
            id="ask.page_up",
            tooltip="Read back",
        ),
    ]

    def __init__(
        self, question: str, choices: Sequence[Choice], detail: str = ""
    ) -> None:
        super().__init__()
        self._question = question
        self._choices = tuple(choices)
        self._detail = detail
        for number, (key, _, label) in enumerate(self._choices):
            if key != "escape":
                self._bind(key, number, visible(label).plain)

    def _bind(self, keys: str, number: int, label: str) -> None:
        wanted = Binding(keys, f"choose({number})", label, show=False)
        for binding in Binding.make_bindings([wanted]):
            self._bindings.key_to_bindings[binding.key] = [binding]

    def compose(self) -> ComposeResult:
        with Vertical(id="ask") as frame:
            frame.set_class(len(self._choices) > _FEW, "-many")
            yield Static(visible(self._question), id="question")
            with VerticalScroll(id="detail", can_focus=False) as scroll:
                scroll.display = bool(self._detail)
                yield Static(visible(self._detail))
            with Horizontal(id="choices"):
                for number, (key, _, label) in enumerate(self._choices):
                    yield Button(_marked(label, key), id=f"choice-{number}")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_choose(int(str(event.button.id).removeprefix("choice-")))

    def action_choose(self, number: int) -> None:
        """Return a choice."""
        self.answer(self._choices[number][1])

    def action_scroll_detail(self, direction: int) -> None:
        """Scroll a long detail by a page."""
        scroll = self.query_one("#detail", VerticalScroll)
        scroll.scroll_relative(y=direction * max(1, scroll.size.height - 1))


def _marked(label: str, key: str) -> Content:
    """Return a label in which the key of its choice is underlined."""
    content = visible(label)
    at = content.plain.lower().find(key.lower())
    if len(key) == 1 and at >= 0:
        return content.stylize("underline", at, at + 1)
    return Content.assemble(
        content, "  ", (_KEYS.get(key, visible(key).plain[:8]), "dim")
    )


class AskText(Dialog[str]):
    """A question that one line of text answers; returns it, None after escape.

    Args:
        question: What is asked.
        value: What stands in the line at first.
        placeholder: What an empty line shows.
        check: Says what is wrong with a text, "" if nothing is.
    """

    CSS_PATH = "../styles/ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            "Cancel",
            id="ask_text.cancel",
            tooltip="Close the question without an answer",
        ),
    ]

    def __init__(
        self,
        question: str,
        value: str = "",
        placeholder: str = "",
        check: Callable[[str], str] = lambda _: "",
    ) -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._placeholder = placeholder
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Static(visible(self._question), id="question")
            placeholder = visible(self._placeholder).plain
            yield Line(self._value, placeholder, select_on_focus=True)
            yield Static(id="wrong")
            with Horizontal(id="choices"):
                yield Button("OK", id="ok")
                yield Button("Cancel", id="cancel")

    def on_mount(self) -> None:
        self._tell(self._value)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell(event.value)

    @on(Input.Submitted)
    @on(Button.Pressed, "#ok")
    def _answered(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        value = self.query_one(Line).value
        if not self._tell(value):
            self.answer(value)

    def _tell(self, value: str) -> str:
        """Show what is wrong with a text, and return it."""
        wrong = self._check(value)
        self.query_one("#wrong", Static).update(visible(wrong and f"✗ {wrong}"))
        self.query_one("#ok", Button).disabled = bool(wrong)
        return wrong
