"""Help for what has the focus: its keys, and those of the screen.

It never lists a key by hand: bindings say what they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static


class Section(NamedTuple):
    """The keys of one part of the screen.

    Attributes:
        title: What it is called.
        entries: Keys, name and explanation of each.
    """

    title: str
    entries: tuple[tuple[str, str, str], ...]


_TITLES = {
    "stack": "Stack",
    "inspector": "Layer",
    "problems": "Problems",
    "preview": "Values",
}


class Help(ModalScreen[None]):
    CSS_PATH = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss(None)", "Close", id="help.close",
                tooltip="Close the help"),
    ]  # fmt: skip

    def __init__(self, sections: Iterable[Section]) -> None:
        super().__init__()
        self.sections = tuple(sections)

    def compose(self) -> ComposeResult:
        """Yield a table for each section."""
        with Vertical(id="help") as frame:
            frame.border_title = Content("Keys")
            frame.border_subtitle = Content("esc closes · arrows scroll")
            with VerticalScroll(can_focus=True):
                for section in self.sections:
                    yield Static(Content(section.title), classes="help-title")
                    yield Static(_table(section), classes="help-table")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()


def _table(section: Section) -> Content:
    width = max((len(keys) for keys, _, _ in section.entries), default=0)
    lines = [
        Content.assemble((f"{keys:<{width}}", "$text-accent"), f"  {text}")
        for keys, _, text in section.entries
    ]
    return Content("\n").join(lines)


def section(node: DOMNode, title: str) -> Section:
    """Return the keys that a widget or screen has itself, as they are set."""
    found: dict[str, tuple[list[str], Binding]] = {}
    for bindings in node._bindings.key_to_bindings.values():
        for one in bindings:
            if one.id is None or not one.tooltip or one.system:
                continue
            found.setdefault(one.id, ([], one))[0].append(node.app.get_key_display(one))
    return Section(
        title,
        tuple(
            (" ".join(dict.fromkeys(shown)), one.description, one.tooltip)
            for shown, one in found.values()
        ),
    )


def sections(screen: Screen[None]) -> Iterator[Section]:
    """Yield the keys of what has the focus, of what is around it, and of the screen."""
    focused = screen.focused
    around = () if focused is None else (focused, *focused.ancestors)
    for one in around:
        if isinstance(one, Widget) and one is not screen:
            found = section(one, _TITLES.get(one.id or "", "Here"))
            if found.entries:
                yield found
    yield section(screen, "Everywhere")
