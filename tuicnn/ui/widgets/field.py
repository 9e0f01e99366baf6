"""One field of a form: its name, its value, and what is wrong with what was typed.

It never validates: it posts what was typed, and is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tuicnn.core.drafts import MISSING, stepped, typed
from tuicnn.ui import forms
from tuicnn.ui.ordered import OrderedInput
from tuicnn.ui.widgets.choice import Choice

_LONGEST = 5_000
"""Characters of a text; what is longer is longer than any field takes."""


class Entry(OrderedInput):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up,ctrl+up", "step(1)", "+1", id="field.more",
                tooltip="Make the number larger; + does too"),
        Binding("shift+down,ctrl+down", "step(-1)", "−1", id="field.less",
                tooltip="Make the number smaller; − does too"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(compact=True, max_length=_LONGEST)
        self.signed = False

    async def on_key(self, event: events.Key) -> None:
        """Let + and − count, where no number can begin with a sign."""
        by = {"+": 1, "-": -1}.get(event.character or "")
        if by is None or self.signed or stepped(self.value, by) is None:
            return
        event.prevent_default().stop()
        self.action_step(by)

    def action_step(self, by: int) -> None:
        """Make each number in the text larger or smaller."""
        text = stepped(self.value, by)
        if text is not None:
            self.value = text
            self.cursor_position = len(text)


class Field(Vertical):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,enter", "app.focus_next", "Next field", id="field.next",
                show=False, tooltip="Go to the next field"),
        Binding("up", "app.focus_previous", "Field above", id="field.previous",
                show=False, tooltip="Go to the field above"),
    ]  # fmt: skip

    @dataclass
    class Typed(Message):
        """Something was typed, or chosen.

        Attributes:
            entry: The field that was shown then.
            value: What was chosen; `MISSING` where something was typed.
        """

        pane: Field
        entry: forms.Entry
        text: str
        value: object = MISSING

    def __init__(self) -> None:
        super().__init__()
        self.entry = forms.Entry("", "", None, "")
        self.text = ""
        self.value: object = None
        self._label = Static("", classes="field-label", markup=False)
        self._line, self._choice = Entry(), Choice()
        self._problem = Static("", classes="field-problem", markup=False)

    def compose(self) -> ComposeResult:
        """Yield label and control side by side, and a line for what is wrong."""
        with Horizontal(classes="field-row"):
            yield self._label
            yield self._choice
            yield self._line
        yield self._problem

    def become(self, entry: forms.Entry) -> None:
        """Show another field: to mount widgets anew would cost far more."""
        self.entry = entry
        self._label.update(Content(f"{entry.label}{'*' if entry.needed else ' '}"))
        self._choice.options = entry.options
        self._choice.display = bool(entry.options)
        self._line.display = not entry.options
        self._line.placeholder, self._line.signed = entry.placeholder, entry.signed
        self.show(entry.value, entry.text)
        self.complain("")

    @property
    def field(self) -> str:
        """The name of the field in the layer's class."""
        return self.entry.field

    def show(self, value: object, text: str | None = None) -> None:
        """Show another value, whatever was typed."""
        self.value, self.text = value, typed(value) if text is None else text
        self._choice.value = value
        with self._line.prevent(Input.Changed):
            self._line.value = self.text

    @property
    def busy(self) -> bool:
        """Whether somebody is typing here, or has typed what was not told yet."""
        line = self._line
        return line.display and (line.has_focus or line.value != self.text)

    def complain(self, problem: str, mark: str = "✗") -> None:
        """Show what is wrong; an empty text for nothing."""
        if problem or self._problem.has_class("-shown"):
            self._problem.update(Content(f"{mark} {problem}" if problem else ""))
            self._problem.set_class(bool(problem), "-shown")

    def enter(self) -> None:
        """Take the focus."""
        control = self._line if self._line.display else self._choice
        self.screen.set_focus(control)  # now: keys may be on their way

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self._line.value != self.text:  # else it comes too late
            self.text = event.value
            self.post_message(self.Typed(self, self.entry, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    @on(Choice.Changed)
    def _chosen(self, event: Choice.Changed) -> None:
        event.stop()
        self.value = event.value
        self.post_message(self.Typed(self, self.entry, "", event.value))
