"""What to open: presets, recent files and folders, each described as one comes by.

It never keeps what it reads, and never reads but the document under the cursor.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList
from textual.widgets.option_list import Option

from tuicnn.files import shown
from tuicnn.ui.diagram import described
from tuicnn.ui.dialogs.ask import Dialog, Line, visible
from tuicnn.ui.openable import (
    Entry,
    Glance,
    Listing,
    folder_entry,
    glance_at,
    listing_of,
    presets_with,
    recent_with,
    shortened,
)
from tuicnn.ui.options import Options

_MOST: Final = 500
"""Entries of a section that are listed at once."""

_KEPT: Final = 16
"""Descriptions that are kept while the dialog is open."""

_PAUSE: Final = 0.03
"""Seconds that the cursor rests on an entry before it is read."""


class Section(NamedTuple):
    """Entries below a heading; where there are none, a line that says why."""

    heading: str
    entries: Sequence[Entry]
    empty: str


class Description(Widget):
    """The document under the cursor: title, figures, and a picture of its stack."""

    last: reactive[bool] = reactive(False)
    """Whether shapes are written channels last."""
    glance: reactive[Glance | None] = reactive(None)
    """What was seen of it; None while nothing is."""

    def render(self) -> Content:
        if self.glance is None:
            return Content("")
        report, message, hint = self.glance
        if report is not None:
            return described(report, *self.content_size, self.last)
        told = Content.styled(visible(hint).plain, "dim")
        return Content("\n\n").join([visible(message), told])


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
        self._folder = os.path.abspath(folder)
        self._title = title
        self._rows: list[Entry | None] = []
        self._firsts: list[int] = []
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
        query = self.query_one(Line).value.strip()
        if "/" in query or query.startswith("~"):
            return os.path.join(self._folder, os.path.expanduser(query))
        return None

    @property
    def _entry(self) -> Entry | None:
        """The entry under the cursor."""
        at = self.query_one(OptionList).highlighted
        return None if at is None or at >= len(self._rows) else self._rows[at]

    def _refresh(self) -> None:
        """List what the query asks for, put the cursor on it, and describe that."""
        self._rows, self._firsts = [], []
        options = []
        for section in self._sections():
            options.append(_remark(section.heading, "bold $text-accent"))
            self._rows.append(None)
            if section.entries:
                self._firsts.append(len(self._rows))
            listed = section.entries[:_MOST]
            options += map(_option, listed)
            self._rows += listed
            more = len(section.entries) - len(listed)
            told = f"and {more:,} more: type to search" if more else section.empty
            if more or not listed:
                options.append(_remark(f"  {told}", "dim"))
                self._rows.append(None)
        choices = self.query_one(OptionList)
        choices.set_options(options)
        choices.highlighted = self._cursor()
        self._describe()

    def _sections(self) -> list[Section]:
        """Return what there is for the query: of a path its folder, else all three."""
        typed = self._typed
        if typed is not None:
            return [self._path_section(typed)]
        query = self.query_one(Line).value.strip()
        recent = recent_with(query, self._recent)
        sections = [
            Section("Recent files", recent, "no recent files yet"),
            Section("Presets", presets_with(query), "no presets are installed"),
            self._folder_section(query),
        ]
        if not query:
            return sections
        nothing = Section("Nothing matches", (), "a path begins with / or ~")
        return [one for one in sections if one.entries] or [nothing]

    def _path_section(self, typed: str) -> Section:
        """Return the entries that a path which is being typed may become."""
        folder, beginning = os.path.split(typed)
        folder = os.path.normpath(folder)
        low = shown(beginning).casefold()
        listing = self._listing(folder)
        found = [one for one in listing.entries if one.label.casefold().startswith(low)]
        return Section(shortened(folder), found, listing.problem or "no such file here")

    def _folder_section(self, query: str) -> Section:
        """Return the entries of the folder that hold every word of a query."""
        words = query.casefold().split()
        listing = self._listing(self._folder)
        found = [
            one
            for one in listing.entries
            if all(word in one.label.casefold() for word in words)
        ]
        empty = listing.problem or "no documents here"
        return Section(shortened(self._folder), found, empty)

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

    def _cursor(self) -> int | None:
        """Return where the cursor belongs; None while that is not known."""
        if self._wanted is not None and self._wanted in self._rows:
            return self._rows.index(self._wanted)
        if self._inside is None:
            return self._firsts[0] if self._firsts else None
        up = None
        for at, entry in enumerate(self._rows):
            if entry is None or entry.kind == "preset" or entry.note:
                continue
            if os.path.dirname(entry.source) == self._inside:
                return at
            up = at
        return up

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
            self.answer(os.path.abspath(typed))
        elif entry is None:
            if typed is not None and os.path.isdir(typed):  # a hidden one
                self._enter(os.path.abspath(typed))
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
        elif self._firsts:
            choices = self.query_one(OptionList)
            at = choices.highlighted or 0
            before = [one for one in self._firsts if one < at]
            after = [one for one in self._firsts if one > at]
            onward = after[0] if after else self._firsts[0]
            back = before[-1] if before else self._firsts[-1]
            choices.highlighted = onward if direction > 0 else back

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


def _option(entry: Entry) -> Option:
    note = Content.styled(f"  {entry.note}", "dim") if entry.note else ""
    return Option(Content.assemble("  ", visible(entry.label), note))


def _remark(text: str, style: str) -> Option:
    """Return a line that the cursor passes over."""
    return Option(Content.styled(visible(text).plain, style), disabled=True)
