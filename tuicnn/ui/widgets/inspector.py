"""The inspector: what is looked at, its form, and where its numbers come from.

It never changes the document, and never reads what is typed: its form does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer
from textual.widgets import Static

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.explain import explain_layer, explain_network
from tuicnn.core.explain.glossed import with_words
from tuicnn.core.layers.broken import Broken
from tuicnn.core.network import Network
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind
from tuicnn.core.tree import layer_at, list_at
from tuicnn.ui.explaining import told
from tuicnn.ui.turned import turned_if
from tuicnn.ui.widgets.field import Field
from tuicnn.ui.widgets.form import Form, Thing

_REST = 0.12
"""Seconds that the cursor rests before a form is built for where it is."""
_STORY = 300
"""Rows up to which a whole network is explained while it changes."""


class Inspector(VerticalScroll, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back to the stack", id="inspector.leave",
                tooltip="Go back to the stack"),
    ]  # fmt: skip

    report: var[Report | None] = var(None)
    """What is shown."""
    cursor: var[Pointer] = var(())
    """The layer that is looked at; () is the input."""
    baseline: var[Report | None] = var(None)
    """The version that everything is compared with."""
    counterparts: var[Mapping[str, Row]] = var({})
    """Which row of it each path answers to."""
    last: var[bool] = var(False)
    """Whether channels are written last."""

    @dataclass
    class Left(Message):
        """The stack shall have the focus."""

        pane: Inspector

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.form = Form(id="inspector-form")
        self._timer: Timer | None = None
        self._lock = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """Yield the headline, the form, its help and the explanation."""
        yield Static("", id="inspector-title", markup=False)
        yield self.form
        yield Static("", id="inspector-help", markup=False)
        yield Static("", id="inspector-why", markup=False)

    # What is shown

    def watch_report(self) -> None:
        """Show what has changed."""
        self.form.report = self.report
        self._soon()

    def watch_cursor(self) -> None:
        """Show another layer."""
        self.form.cursor = self.cursor
        self._soon()

    def watch_baseline(self) -> None:
        """Compare with another version."""
        self._soon()

    def watch_last(self) -> None:
        """Write shapes the other way."""
        self.form.last = self.last
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
        thing = self._thing(report)
        if thing is not None and self.form.shows(thing):
            self.form.follow(report, thing, row)
        else:
            if self.has_focus_within:
                # What is typed next was not meant for another.
                self.screen.set_focus(self)
            await self.form.become(report, thing, row)
            self._help("")
        self._explain(report, row, thing)

    def renew(self) -> None:
        """Show the document's values even where somebody types: they were undone."""
        self.form.renew()
        self._soon()

    def _thing(self, report: Report) -> Thing | None:
        if not self.cursor:
            return report.network
        return layer_at(report.network, self.cursor)

    def _explain(self, report: Report, row: Row | None, thing: Thing | None) -> None:
        title, lines = self._said(report, row, thing)
        reports = [report] if self.baseline is None else [report, self.baseline]
        lines = turned_if(self.last, lines, *reports)
        self.query_one("#inspector-title", Static).update(Content(title))
        why = self.query_one("#inspector-why", Static)
        why.update(told(lines, max(20, self.content_size.width - 1)))

    def _said(
        self, report: Report, row: Row | None, thing: Thing | None
    ) -> tuple[str, list[str]]:
        if isinstance(thing, Network):
            few = len(report.rows) <= _STORY
            lines = explain_network(report) if few else []
            return "input", _with(lines, self._changes(report))
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
        lines = explain_layer(report, row)[1:]
        return title, with_words(_with(lines, self._change(report, row)))

    def _changes(self, report: Report) -> list[str]:
        if self.baseline is None:
            return []
        from tuicnn.core.explain.compared import explain_changes

        return explain_changes(self.baseline, report, self.counterparts)

    def _change(self, report: Report, row: Row) -> list[str]:
        if self.baseline is None:
            return []
        from tuicnn.core.explain.compared import explain_change

        before = self.counterparts.get(row.path)
        return explain_change(self.baseline, report, row, before)

    def _help(self, text: str) -> None:
        self.query_one("#inspector-help", Static).update(Content(text))

    # Its fields

    async def enter(self, field: str = "") -> None:
        """Go to a field, by its name in documents; to the first one without."""
        await self.settle()
        wanted = self.form.wanted(field)
        if wanted is None:
            self.screen.set_focus(self)
        else:
            wanted.enter()

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
        if field is not None and field.field in self.form.entries:
            self._help(self.form.entries[field.field].help)

    def action_leave(self) -> None:
        """Go back to the stack."""
        self.post_message(self.Left(self))


def _with(lines: list[str], change: list[str]) -> list[str]:
    """Return an explanation with a section behind its first paragraph."""
    if not change:
        return lines
    end = lines.index("") + 1 if "" in lines else len(lines)
    return [*lines[:end], *change, *lines[end:]]


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
