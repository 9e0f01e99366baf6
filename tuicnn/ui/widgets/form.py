"""The form of what is looked at: its fields, and what was typed in each.

It never changes the document: it posts edits. What is typed and not valid stays here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from textual import on
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import var

from tuicnn.core.diagnostics import Diagnostic, Pointer
from tuicnn.core.drafts import MISSING, value_of
from tuicnn.core.edits import Edit, EditRefused
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import Network
from tuicnn.core.report import Report, Row
from tuicnn.ui.columns import MARKS
from tuicnn.ui.forms import Entry, layer_edit, layer_form, network_edit, network_form
from tuicnn.ui.outline import layer_pointer
from tuicnn.ui.turned import turned_if
from tuicnn.ui.widgets.field import Field

Thing = LayerSpec | Network


class Form(Vertical):
    report: var[Report | None] = var(None)
    """What is known of the network."""
    cursor: var[Pointer] = var(())
    """The layer that is looked at; () is the input."""
    last: var[bool] = var(False)
    """Whether channels are written last."""

    @dataclass
    class Edited(Message):
        """An edit is wanted, of a layer as a version has it."""

        pane: Form
        edit: Edit
        shown: Network

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.entries: dict[str, Entry] = {}
        """What the form shows, by the names of the fields."""
        self._shown: Thing | None = None
        self._fields: list[Field] = []
        self._drafts: dict[tuple[int, str], tuple[Thing, str]] = {}
        self._overwrite = False
        self._at: Pointer = ()
        self._version: Network | None = None

    # What is shown

    def watch_last(self) -> None:
        """Forget what was written the other way."""
        self._shown = None

    def shows(self, thing: Thing | None) -> bool:
        """Whether the form is about this, but for its values."""
        shown = self._shown
        if shown is None or type(shown) is not type(thing) or self._at != self.cursor:
            return False
        drafts = any(owner == id(shown) for owner, _ in self._drafts)
        # Another layer may have come to this place: only typing makes a next version.
        return shown is thing or self.has_focus_within or not drafts

    async def become(
        self, report: Report, thing: Thing | None, row: Row | None
    ) -> None:
        """Show the fields of something else; of nothing, none."""
        at = self.cursor
        await self._mount(0 if thing is None else len(self._form(thing, row)))
        # Nothing waits below: what is typed is for the old fields or for the new ones.
        self._shown, self._at, self._version = thing, at, report.network
        entries = [] if thing is None else self._form(thing, row)
        self.entries = {entry.field: entry for entry in entries}
        for field, entry in zip_longest(self._fields, entries):
            field.display = entry is not None
            if entry is not None:
                field.become(entry)
        self._restore(thing)
        self._show_problems()

    async def _mount(self, count: int) -> None:
        """Have so many fields; they cost far too much to mount them anew each time."""
        missing = count - len(self._fields)
        if missing > 0:
            new = [Field() for _ in range(missing)]
            await self.mount_all(new)
            self._fields += new

    def follow(self, report: Report, thing: Thing, row: Row | None) -> None:
        """Show other values; what is being typed stays as it is."""
        self._version = report.network
        before, self._shown = self._shown, thing
        overwrite, self._overwrite = self._overwrite, False
        for entry in self._form(thing, row):
            old = self.entries.get(entry.field)
            self.entries[entry.field] = entry
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

    def _form(self, thing: Thing, row: Row | None) -> list[Entry]:
        if isinstance(thing, Network):
            return network_form(thing, self.last)
        return layer_form(thing, row)

    def renew(self) -> None:
        """Let the document's values stand even where somebody types, once."""
        self._overwrite = True

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
        return self._fields[: len(self.entries)]

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
            if one.field and layer_pointer(report, one) == self._at:
                found.setdefault(one.field, one)
        for field in self.fields:
            entry = self.entries[field.field]
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

    # What is typed

    def wanted(self, name: str) -> Field | None:
        """Return a field by its name in documents; without, one that must be given."""
        fields = self.fields
        found = [
            one for one in fields if name in (one.field, self.entries[one.field].label)
        ]
        needed = [one for one in fields if one.entry.needed]
        return next(iter(found or needed or fields), None)

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
        entry = self.entries[event.entry.field]
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
                entry = self.entries[field.field]
                field.show(entry.value, entry.text)
                self._show_problems()
                return True
        return False

    @property
    def drafts(self) -> int:
        """How many fields hold something that is not valid, and not in the document."""
        return len(self._drafts)
