"""A field with few values: one line, gone through with the arrow keys.

It never opens a list: what can be chosen is one key away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Choice(Widget, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "step(1)", "Next value", id="choice.next",
                tooltip="Take the next value"),
        Binding("left,h", "step(-1)", "Previous value", id="choice.previous",
                tooltip="Take the value before", show=False),
    ]  # fmt: skip

    value: reactive[object] = reactive[object](None, always_update=True)
    """What is chosen."""

    @dataclass
    class Changed(Message):
        """Another value was chosen."""

        pane: Choice
        value: object

    def __init__(self) -> None:
        super().__init__()
        self.options: Sequence[object] = ()

    def render(self) -> Content:
        """Return the value between arrows."""
        return Content(f"‹ {spoken(self.value)} ›")

    def action_step(self, by: int) -> None:
        """Take the next value, or the one before."""
        at = self.options.index(self.value) if self.value in self.options else -1
        self.value = self.options[(at + by) % len(self.options)]
        self.post_message(self.Changed(self, self.value))

    def on_click(self, event: events.Click) -> None:
        """Take the next value; the one before at the left arrow."""
        self.action_step(-1 if event.x < 2 else 1)


def spoken(value: object) -> str:
    """Return a value as a person reads it."""
    words: dict[object, str] = {True: "yes", False: "no", None: "none"}
    return str(value) if isinstance(value, str) else words.get(value, str(value))
