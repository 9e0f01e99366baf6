"""The inspector: the fields of what is looked at, and where its numbers come from.

It never changes the document: it posts edits. What is typed and not valid stays here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer
from textual.widgets import Static

from tuicnn.core.diagnostics import Diagnostic, Pointer
from tuicnn.core.drafts import MISSING, value_of
from tuicnn.core.edits import Edit, EditRefused
from tuicnn.core.explain import explain_layer, explain_network
from tuicnn.core.explain.glossed import with_words
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.broken import Broken
from tuicnn.core.network import Network
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind
from tuicnn.core.tree import layer_at, list_at
from tuicnn.ui.columns import MARKS
from tuicnn.ui.explaining import told
from tuicnn.ui.forms import Entry, layer_edit, layer_form, network_edit, network_form
from tuicnn.ui.outline import layer_pointer
from tuicnn.ui.turned import turned_if
from tuicnn.ui.widgets.field import Field

_REST = 0.12
"""Seconds that the cursor rests before a form is built for where it is."""
_STORY = 300
"""Rows up to which a whole network is explained while it changes."""

Thing = LayerSpec | Network


class Inspector(VerticalScroll, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back to the stack", id="inspector.leave",
                tooltip="Go back to the stack"),
    ]  # fmt: skip

    report: var[Report | None] = var(None)
    """What is shown."""
    cursor: var[Pointer] = var(())
    """The layer that is looked at; () is the input."""
    last: var[bool] = var(False)
    """Whether channels are written last."""

    @dataclass
    class Edited(Message):
        """An edit is wanted, of a layer as a version has it."""

        pane: Inspector
        edit: Edit
        shown: Network

    @dataclass
    class Left(Message):
        """The stack shall have the focus."""

        pane: Inspector

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: Thing | None = None
        self._entries: dict[str, Entry] = {}
        self._fields: list[Field] = []
        self._drafts: dict[tuple[int, str], tuple[Thing, str]] = {}
        self._overwrite = False
        self._at: Pointer = ()
        self._version: Network | None = None
        self._timer: Timer | None = None
        self._lock = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """Yield the headline, the form, its help and the explanation."""
        yield Static("", id="inspector-title", markup=False)
        yield Vertical(id="inspector-form")
        yield Static("", id="inspector-help", markup=False)
        yield Static("", id="inspector-why", markup=False)

    # What is shown

    def watch_report(self) -> None:
        """Show what has changed."""
        self._soon()

    def watch_cursor(self) -> None:
        """Show another layer."""
        self._soon()

    def watch_last(self) -> None:
        """Write shapes the other way."""
        self._shown = None
        self._soon()

    def _soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self.is_mounted:
            self._timer = self.set_timer(_REST, self.settle)

    def on_resize(self) -> None:
        """Lay the explanation out anew."""
        self._soon()

    def on_mount(self) -> None:
        """Show the first layer."""
        self._soon()

    @property
    def unsettled(self) -> bool:
        """Whether something is to be shown that is not shown yet."""
        return self._timer is not None

    async def settle(self) -> None:
        """Show what is looked at, now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        async with self._lock:
            if self.report is not None and self.is_mounted:
                await self._settle(self.report)

    async def _settle(self, report: Report) -> None:
        row = report.at(self.cursor)
        thing, self._version = self._thing(report), report.network
        if thing is None:
            self._shown = None
            await self._build([], None)
        elif self._same_form(thing):
            self._refresh(thing, row)
        else:
            self._shown, self._at = thing, self.cursor
            await self._build(self._form(thing, row), thing)
        self._explain(report, row, thing)

    def _thing(self, report: Report) -> Thing | None:
        if not self.cursor:
            return report.network
        return layer_at(report.network, self.cursor)

    def _form(self, thing: Thing, row: Row | None) -> list[Entry]:
        if isinstance(thing, Network):
            return network_form(thing, self.last)
        return layer_form(thing, row)

    def _same_form(self, thing: Thing) -> bool:
        """Whether the form that is shown is about this, but for its values."""
        shown = self._shown
        if shown is None or type(shown) is not type(thing) or self._at != self.cursor:
            return False
        drafts = any(owner == id(shown) for owner, _ in self._drafts)
        # Another layer may have come to this place: only typing makes a next version.
        return shown is thing or self.has_focus_within or not drafts

    async def _build(self, entries: list[Entry], thing: Thing | None) -> None:
        self._entries = {entry.field: entry for entry in entries}
        if self.has_focus_within:
            self.screen.set_focus(self)  # what is typed next was not meant for another
        missing = len(entries) - len(self._fields)
        if missing > 0:
            new = [Field() for _ in range(missing)]
            self._fields += new
            await self.query_one("#inspector-form", Vertical).mount_all(new)
        for field, entry in zip_longest(self._fields, entries):
            field.display = entry is not None
            if entry is not None:
                field.become(entry)
        self._restore(thing)
        self._show_problems()
        self._help("")

    def _refresh(self, thing: Thing, row: Row | None) -> None:
        """Show other values; what is being typed stays as it is."""
        before, self._shown = self._shown, thing
        overwrite, self._overwrite = self._overwrite, False
        for entry in self._form(thing, row):
            old = self._entries.get(entry.field)
            self._entries[entry.field] = entry
            field = self._field(entry.field)
            if field is None or (field.busy and not overwrite):
                continue
            key = (id(before), entry.field)
            same = old is not None and old.value == entry.value
            if same and key in self._drafts:
                continue
            if value_of(field.text) != entry.value or entry.options:
                field.show(entry.value, entry.text)
            self._drafts.pop(key, None)
        self._carry(before, thing)
        self._show_problems()

    def renew(self) -> None:
        """Show the document's values even where somebody types: they were undone."""
        self._overwrite = True
        self._soon()

    def _carry(self, before: Thing | None, thing: Thing) -> None:
        """Keep drafts of a layer for its next version."""
        for (owner, name), (_, text) in list(self._drafts.items()):
            if owner == id(before) and before is not thing:
                del self._drafts[owner, name]
                self._drafts[id(thing), name] = (thing, text)

    def _restore(self, thing: Thing | None) -> None:
        """Show again what was typed here and was not valid."""
        for (owner, name), (_, text) in self._drafts.items():
            field = self._field(name) if owner == id(thing) else None
            if field is not None:
                field.show(field.value, text)

    @property
    def fields(self) -> list[Field]:
        """The fields of the form; those mounted beyond them wait for a longer one."""
        return self._fields[: len(self._entries)]

    def _field(self, name: str) -> Field | None:
        found = (one for one in self.fields if one.field == name)
        return next(found, None)

    def _show_problems(self) -> None:
        """Put each diagnostic beside the field that it is about, and each draft's."""
        report, thing = self.report, self._shown
        if report is None:
            return
        found: dict[str, Diagnostic] = {}
        for one in report.diagnostics:
            if one.field and layer_pointer(report, one) == self.cursor:
                found.setdefault(one.field, one)
        for field in self.fields:
            entry = self._entries[field.field]
            draft = self._drafts.get((id(thing), field.field))
            problem = found.get(entry.label)
            if draft is not None:
                edit = self._edit(entry, draft[1], MISSING)
                field.complain(edit if isinstance(edit, str) else "")
            elif problem is not None:
                (message,) = turned_if(self.last, [problem.message], report)
                field.complain(message, MARKS[problem.severity])
            else:
                field.complain("")

    def _explain(self, report: Report, row: Row | None, thing: Thing | None) -> None:
        title, lines = self._said(report, row, thing)
        lines = turned_if(self.last, lines, report)
        self.query_one("#inspector-title", Static).update(Content(title))
        why = self.query_one("#inspector-why", Static)
        why.update(told(lines, max(20, self.content_size.width - 1)))

    def _said(
        self, report: Report, row: Row | None, thing: Thing | None
    ) -> tuple[str, list[str]]:
        if isinstance(thing, Network):
            few = len(report.rows) <= _STORY
            return "input", explain_network(report) if few else []
        if thing is None:
            return _place(report, self.cursor)
        if isinstance(thing, Broken):
            return f"{kind(thing)}: unreadable", [
                one.message
                for one in report.diagnostics
                if one.path and row and one.path == row.path
            ]
        if row is None:
            return kind(thing), []
        title = f"{row.path} · {kind(thing)}"
        return title, with_words(explain_layer(report, row)[1:])

    def _help(self, text: str) -> None:
        self.query_one("#inspector-help", Static).update(Content(text))

    # What is typed

    async def enter(self, field: str = "") -> None:
        """Go to a field, by its name in documents; to the first one without."""
        await self.settle()
        fields = self.fields
        wanted = [
            one
            for one in fields
            if field in (one.field, self._entries[one.field].label)
        ]
        needed = [one for one in fields if one.entry.needed]
        for one in (wanted or needed or fields)[:1]:
            one.enter()
        if not fields:
            self.screen.set_focus(self)

    @property
    def has_focus_within(self) -> bool:
        """Whether one of its fields has the focus."""
        focused = self.screen.focused
        return focused is not None and self in focused.ancestors

    @on(DescendantFocus)
    def _focused(self, event: DescendantFocus) -> None:
        field = next(
            (one for one in event.widget.ancestors if isinstance(one, Field)), None
        )
        if field is not None and field.field in self._entries:
            self._help(self._entries[field.field].help)

    def _edit(self, entry: Entry, text: str, value: object) -> Edit | str:
        if isinstance(self._shown, Network):
            return network_edit(self._shown, entry, text, self.last)
        assert self._shown is not None and self.report is not None
        edit = layer_edit(self._shown, self._at, entry, text, value)
        if isinstance(edit, Edit) and entry.field == "name":
            try:
                edit.apply(self.report.network)
            except EditRefused as refused:
                return str(refused)
        return edit

    @on(Field.Typed)
    def _typed(self, event: Field.Typed) -> None:
        event.stop()
        shows_it = event.entry is event.pane.entry
        if not shows_it or self._shown is None or self._version is None:
            return  # the form shows something else by now
        entry = self._entries[event.entry.field]
        key = (id(self._shown), entry.field)
        edit = self._edit(entry, event.text, event.value)
        if isinstance(edit, str):
            self._drafts[key] = (self._shown, event.text)
            event.pane.complain(edit)
            return
        if self._drafts.pop(key, None) is not None:
            event.pane.complain("")
        self.post_message(self.Edited(self, edit, self._version))

    def drop_draft(self) -> bool:
        """Take back what is typed in the focused field, if that is not valid."""
        for field in self.fields:
            key = (id(self._shown), field.field)
            if key in self._drafts and field.has_focus_within:
                del self._drafts[key]
                entry = self._entries[field.field]
                field.show(entry.value, entry.text)
                self._show_problems()
                return True
        return False

    @property
    def drafts(self) -> int:
        """How many fields hold something that is not valid, and not in the document."""
        return len(self._drafts)

    def action_leave(self) -> None:
        """Go back to the stack."""
        self.post_message(self.Left(self))


def _place(report: Report, pointer: Pointer) -> tuple[str, list[str]]:
    """Return what is said of a branch, or of a container that holds nothing yet."""
    layers = list_at(report.network, pointer) or ()
    title = f"branch {pointer[-1]}" if pointer[-2:-1] == ("branches",) else "empty"
    told = "Nothing stands here yet: what enters leaves as it is."
    if layers:
        told = f"{len(layers)} layers in a row, beside the other branches."
    keys = ["Press a to add a layer at its top, p to paste one."]
    if title != "empty":
        keys.append("+ adds a branch, d deletes this one.")
    return title, [told, *keys]
