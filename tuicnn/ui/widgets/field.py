"""One field of a form: its name, its value, and what is wrong with what was typed.

It never validates: it posts what was typed, and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tuicnn.core.drafts import stepped, typed
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

    def __init__(self, value: str, placeholder: str, signed: bool) -> None:
        super().__init__(
            value,
            placeholder,
            compact=True,
            max_length=_LONGEST,
            select_on_focus=False,
        )
        self.signed = signed

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
        """Something was typed, or chosen."""

        pane: Field
        text: str
        value: object
        chosen: bool

    def __init__(
        self,
        name: str,
        label: str,
        value: object,
        *,
        options: Sequence[object] = (),
        placeholder: str = "",
        signed: bool = False,
        text: str | None = None,
        needed: bool = False,
    ) -> None:
        super().__init__()
        self.field, self.label, self.needed = name, label, needed
        self.options, self.placeholder, self.signed = options, placeholder, signed
        self.text = typed(value) if text is None else text
        self.value = value

    def compose(self) -> ComposeResult:
        """Yield label and control side by side, and a line for what is wrong."""
        with Horizontal(classes="field-row"):
            mark = "*" if self.needed else " "
            yield Static(Content(f"{self.label}{mark}"), classes="field-label")
            if self.options:
                yield Choice(self.options, self.value)
            else:
                yield Entry(self.text, self.placeholder, self.signed)
        yield Static("", classes="field-problem", markup=False)

    def show(self, value: object, text: str | None = None) -> None:
        """Show another value, whatever was typed."""
        self.value, self.text = value, typed(value) if text is None else text
        for choice in self.query(Choice):
            choice.value = value
        for entry in self.query(Entry):
            with entry.prevent(Input.Changed):
                entry.value = self.text

    @property
    def busy(self) -> bool:
        """Whether somebody is typing here, or has typed what was not told yet."""
        entries = self.query(Entry)
        return any(one.has_focus or one.value != self.text for one in entries)

    def complain(self, problem: str, mark: str = "✗") -> None:
        """Show what is wrong; an empty text for nothing."""
        place = self.query_one(".field-problem", Static)
        place.update(Content(f"{mark} {problem}" if problem else ""))
        place.set_class(bool(problem), "-shown")

    def enter(self) -> None:
        """Take the focus."""
        for control in self.query("Entry, Choice"):
            self.screen.set_focus(control)  # now: keys may be on their way

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.text:
            self.text = event.value
            self.post_message(self.Typed(self, event.value, None, chosen=False))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    @on(Choice.Changed)
    def _chosen(self, event: Choice.Changed) -> None:
        event.stop()
        self.value = event.value
        self.post_message(self.Typed(self, "", event.value, chosen=True))
