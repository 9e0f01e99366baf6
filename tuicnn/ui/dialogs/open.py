"""What to open: presets, recent files and folders, each described as one comes by.

It never keeps what it reads, and never reads but the document under the cursor.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList
from textual.widgets.option_list import Option

from tuicnn.files import absolute
from tuicnn.ui.dialogs.ask import Dialog, Line, visible
from tuicnn.ui.openable import (
    Entry,
    Glance,
    Listing,
    folder_entry,
    glance_at,
    listing_of,
)
from tuicnn.ui.options import Options
from tuicnn.ui.sections import Remark, Rows, path_typed, rows_of, sections_for
from tuicnn.ui.widgets.description import Description

_KEPT: Final = 16
"""Descriptions that are kept while the dialog is open."""

_PAUSE: Final = 0.03
"""Seconds that the cursor rests on an entry before it is read."""


class OpenDialog(Dialog[str]):
    """Asks what to open; returns a preset's name or an absolute path, or None.

    Args:
        recent: Paths of files, newest first.
        folder: Where the list of files begins.
        title: What the document is wanted for.
        last: Whether shapes are written channels last.
    """

    CSS_PATH = "../styles/open.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="open.cancel", tooltip="Open nothing"),
        Binding(
            "tab",
            "section(1)",
            "Next section",
            id="open.next",
            tooltip="Go to the next section, or complete a path",
        ),
        Binding(
            "shift+tab",
            "section(-1)",
            "Section before",
            show=False,
            id="open.previous",
            tooltip="Go to the section before",
        ),
        Binding(
            "backspace",
            "up",
            "Folder above",
            priority=True,
            id="open.up",
            tooltip="Go to the folder above, while nothing is typed",
        ),
        *(
            Binding(
                key,
                f"move('{move}')",
                words,
                show=False,
                id=f"open.{move}",
                tooltip=f"Move the cursor {words.lower()}",
            )
            for key, move, words in (
                ("down", "cursor_down", "Down"),
                ("up", "cursor_up", "Up"),
                ("pagedown", "page_down", "Down a page"),
                ("pageup", "page_up", "Up a page"),
            )
        ),
    ]

    def __init__(
        self,
        recent: Sequence[str],
        folder: str,
        title: str = "Open",
        last: bool = False,
    ) -> None:
        super().__init__()
        self._last = last
        self._recent = [path for path in recent if os.path.isabs(path)]
        self._folder = absolute(folder)
        self._title = title
        self._rows = Rows()
        self._wanted: Entry | None = None
        self._inside: str | None = None
        self._listings: dict[str, Listing | None] = {}
        self._glances: dict[Entry, Glance] = {}
        self._reached: int | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="open") as frame:
            frame.border_title = visible(self._title)
            yield Line(placeholder="search, or a path such as ~/net.json")
            with Horizontal(id="content"):
                choices = Options(compact=True)
                choices.can_focus = False
                yield choices
                description = Description()
                description.last = self._last
                yield description
            with Horizontal(id="answers"):
                for name, label, key in (
                    ("ok", "Open", "enter"),
                    ("cancel", "Cancel", "esc"),
                ):
                    button = Button(
                        Content.assemble(label, "  ", (key, "dim")), id=name
                    )
                    button.can_focus = False
                    yield button

    def on_mount(self) -> None:
        self._refresh()

    @property
    def _typed(self) -> str | None:
        """The path that was typed; None if it is none."""
        return path_typed(self.query_one(Line).value, self._folder)

    @property
    def _entry(self) -> Entry | None:
        """The entry under the cursor."""
        return self._rows.entry(self.query_one(OptionList).highlighted)

    def _refresh(self) -> None:
        """List what the query asks for, put the cursor on it, and describe that."""
        query = self.query_one(Line).value
        self._rows = rows_of(
            sections_for(query, self._recent, self._folder, self._listing)
        )
        choices = self.query_one(OptionList)
        choices.set_options(map(_option, self._rows.lines))
        choices.highlighted = self._rows.cursor(self._wanted, self._inside)
        self._describe()

    def _listing(self, folder: str) -> Listing:
        """Return what is known of a folder; it is read if that is nothing."""
        if folder not in self._listings:
            self._listings[folder] = None
            self._list(folder)
        return self._listings[folder] or Listing(problem="reading…")

    @work(group="list")
    async def _list(self, folder: str) -> None:
        self._listings[folder] = await asyncio.to_thread(listing_of, folder)
        if self.there:
            self._refresh()

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        typed = self._typed
        self._wanted = None
        self._inside = typed and os.path.normpath(os.path.dirname(typed))
        self._refresh()

    @on(OptionList.OptionHighlighted)
    def _arrived(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._reached = event.option_index
        self._wanted = self._entry
        self._describe()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        """Open what is clicked when it was under the cursor already."""
        event.stop()
        if self._reached == event.option_index:
            self._reached = None
        else:
            self._open()

    @on(Input.Submitted)
    @on(Button.Pressed, "#ok")
    def _answered(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self._open()

    def _open(self) -> None:
        """Return what was typed or is under the cursor, or go into the folder."""
        typed, entry = self._typed, self._entry
        if typed is not None and os.path.isfile(typed):
            self.answer(absolute(typed))
        elif entry is None:
            if typed is not None and os.path.isdir(typed):  # a hidden one
                self._enter(absolute(typed))
            else:
                self.app.bell()
        elif entry.kind == "folder":
            self._enter(entry.source)
        else:
            self.answer(entry.source)

    def _enter(self, folder: str) -> None:
        """Show a folder: in the path that is being typed, or in its section."""
        below = os.path.dirname(self._folder) == folder
        self._wanted = folder_entry(self._folder) if below else None
        line = self.query_one(Line)
        if self._typed is not None and folder.isprintable():
            line.value = os.path.join(folder, "")
            line.cursor_position = len(line.value)
            return
        self._folder = self._inside = folder
        with line.prevent(Input.Changed):
            line.value = ""
        self._refresh()

    def _describe(self) -> None:
        """Describe the entry under the cursor, once it rests there."""
        entry = self._entry
        if entry is None or entry in self._glances:
            glance = None if entry is None else self._glances[entry]
            self.query_one(Description).glance = glance
        else:
            self._look(entry)

    @work(exclusive=True, group="look")
    async def _look(self, entry: Entry) -> None:
        await asyncio.sleep(_PAUSE)
        glance = await asyncio.to_thread(glance_at, entry)
        if len(self._glances) >= _KEPT:
            del self._glances[next(iter(self._glances))]
        self._glances[entry] = glance
        if self.there and self._entry == entry:
            self.query_one(Description).glance = glance

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave backspace to the line while there is something in it."""
        return action != "up" or not any(line.value for line in self.query(Line))

    def action_move(self, move: str) -> None:
        """Move the cursor."""
        getattr(self.query_one(OptionList), f"action_{move}")()

    def action_section(self, direction: int) -> None:
        """Go to the beginning of another section, or complete a path."""
        entry = self._entry
        if self._typed is not None and entry is not None and direction > 0:
            self._complete(entry)
            return
        choices = self.query_one(OptionList)
        at = self._rows.section(choices.highlighted or 0, direction)
        if at is not None:
            choices.highlighted = at

    def _complete(self, entry: Entry) -> None:
        """Put an entry's path into the line."""
        if entry.kind == "folder":
            self._enter(entry.source)
        elif entry.source.isprintable():
            line = self.query_one(Line)
            line.value = entry.source
            line.cursor_position = len(line.value)

    def action_up(self) -> None:
        """Go to the folder above."""
        self._enter(os.path.dirname(self._folder))


def _option(line: Entry | Remark) -> Option:
    if isinstance(line, Remark):
        style = "bold $text-accent" if line.heading else "dim"
        return Option(Content.styled(visible(line.text).plain, style), disabled=True)
    note = Content.styled(f"  {line.note}", "dim") if line.note else ""
    return Option(Content.assemble("  ", visible(line.label), note))
