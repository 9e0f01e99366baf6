"""A difference: the lines that one version has, and those of the other.

It never finds them, and never draws more than it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer, Vertical
from textual.content import Content
from textual.widgets import Static

from tuicnn.ui.dialogs.ask import Dialog, visible

_STYLES = {"+": "$text-success", "-": "$text-error", "@": "$text-muted"}


class Difference(Dialog[None]):
    """Shows lines that begin with `+` and `-`, and those around them."""

    CSS_PATH = "../styles/difference.tcss"
    AUTO_FOCUS = "#lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "cancel", "Close", id="difference.close",
                tooltip="Close the difference"),
    ]  # fmt: skip

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        with Vertical(id="difference") as frame:
            frame.border_title = Content("Difference")
            frame.border_subtitle = Content("esc closes · arrows scroll")
            with ScrollableContainer(id="lines", can_focus=True):
                yield Static(Content("\n").join(map(_line, self._lines)))


def _line(text: str) -> Content:
    return visible(text).stylize(_STYLES.get(text[:1], ""))
