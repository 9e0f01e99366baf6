"""The problems: each with its mark, code, path, and what to do about it.

It never finds any: the report has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.report import Report
from tuicnn.ui.columns import MARKS
from tuicnn.ui.options import Options
from tuicnn.ui.request import Request
from tuicnn.ui.turned import turned_if

_SHOWN = 200
"""Problems that are listed; more would not be read."""
_STYLES = {
    Severity.ERROR: "$text-error",
    Severity.WARNING: "$text-warning",
    Severity.NOTE: "$text-muted",
}


class Problems(Options):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Go there", id="problems.go",
                tooltip="Go to the layer, and to the field"),
        Binding("f", "fix", "Fix", id="problems.fix",
                tooltip="Apply the first remedy; undo takes it back"),
        Binding("j", "cursor_down", "Down", id="problems.down", show=False,
                tooltip="Go to the next problem"),
        Binding("k", "cursor_up", "Up", id="problems.up", show=False,
                tooltip="Go to the problem above"),
        Binding("escape", "leave", "Back to the stack", id="problems.leave",
                show=False, tooltip="Go back to the stack"),
    ]  # fmt: skip

    virtual_size: reactive[Size] = reactive(Size(0, 0))
    """Lines of the list. The pane's size does not follow it, so nothing is laid out."""
    report: var[Report | None] = var(None)
    """Whose problems are shown."""
    last: var[bool] = var(False)
    """Whether channels are written last."""
    remedies: var[Mapping[Diagnostic, str]] = var({})
    """What the first fix of a problem is called, where that is known by now."""

    @dataclass
    class Chosen(Message):
        """The place of a problem is wanted."""

        pane: Problems
        problem: Diagnostic

    @dataclass
    class Fix(Request):
        """The first remedy of a problem is wanted."""

        pane: Problems
        problem: Diagnostic

    @dataclass
    class Left(Message):
        """The stack shall have the focus."""

        pane: Problems

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._found: tuple[Diagnostic, ...] | None = None

    def watch_report(self) -> None:
        """Show the problems of another version, if they are others."""
        found = () if self.report is None else self.report.diagnostics
        if found != self._found:
            self._list(found)

    def watch_last(self) -> None:
        """Write shapes the other way."""
        if self._found:
            self._list(self._found)

    def watch_remedies(self) -> None:
        """Tell what `f` would do, once that is found."""
        if self._found:
            self._list(self._found)

    def _list(self, found: tuple[Diagnostic, ...]) -> None:
        at = self.highlighted
        self._found = found
        options = [Option(self._said(one)) for one in found[:_SHOWN]]
        if len(found) > _SHOWN:
            assert self.report is not None
            least = "more than " * self.report.more
            others = f"and {least}{len(found) - _SHOWN:,} others: mend some of these"
            options.append(Option(Content(f"{others} first"), disabled=True))
        if not found:
            options.append(Option(Content("✓ no problems"), disabled=True))
        self.set_options(options)
        if found:
            self.highlighted = min(at or 0, len(found) - 1)

    def _said(self, one: Diagnostic) -> Content:
        """Return a problem as lines: mark, code and path; message; hint; remedy."""
        assert self.report is not None
        head = Content.assemble(
            (
                f"{MARKS[one.severity]} {one.severity} {one.code.code}",
                _STYLES[one.severity],
            ),
            (f"  {one.path}" if one.path else "", "bold"),
        )
        texts = (one.message, one.hint, self.remedies.get(one, ""))
        message, hint, remedy = turned_if(self.last, texts, self.report)
        lines = [head, Content(message)]
        if hint:
            lines.append(Content(hint).stylize("dim"))
        if remedy:
            lines.append(Content(f"f: {remedy}").stylize("$text-success"))
        return Content("\n").join(lines)

    @property
    def problem(self) -> Diagnostic | None:
        """The problem under the cursor."""
        found, at = self._found or (), self.highlighted
        return found[at] if at is not None and at < len(found) else None

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.problem is not None:
            self.post_message(self.Chosen(self, self.problem))

    async def action_fix(self) -> None:
        """Ask for the first remedy."""
        if self.problem is not None:
            await self.Fix(self, self.problem).settled_by(self)

    def action_leave(self) -> None:
        """Go back to the stack."""
        self.post_message(self.Left(self))
