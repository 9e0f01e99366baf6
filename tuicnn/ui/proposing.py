"""What the editor offers to change: fixes, ways to a shape or a budget, conversions.

It never finds or draws any: `offers` and a dialog do.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from tuicnn.core.diagnostics import Diagnostic
from tuicnn.core.report import Report
from tuicnn.ui.outline import layer_pointer
from tuicnn.ui.previewing import PreviewingScreen
from tuicnn.ui.widgets.problems import Problems

if TYPE_CHECKING:
    from tuicnn.ui.dialogs.propose import Source

_EFFORT = 20_000
"""Rows that are looked at for the fixes that the list of problems tells of."""
_REST = 0.2
"""Seconds without a change before they are looked for: the screen is painted first."""


class ProposingScreen(PreviewingScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("F", "fixes", "Fixes…", id="fix.open", show=False,
                tooltip="Show all fixes of a problem, and what each would change"),
        Binding("s", "reach", "Reach…", id="solve.open",
                tooltip="Find the edits that reach a shape, or stay within a budget"),
        Binding("V", "convert", "Convert…", id="convert.open", show=False,
                tooltip="Write the layer otherwise, with the same weights if possible"),
    ]  # fmt: skip

    def network_changed(self) -> None:
        """Find the fixes that the list of problems tells of."""
        super().network_changed()
        self._find_remedies(self.session.report)

    @work(exclusive=True, group="remedies")
    async def _find_remedies(self, report: Report) -> None:
        if report.diagnostics:
            await asyncio.sleep(_REST)
            titles = await asyncio.to_thread(_remedies, report)
            if report is self.session.report:
                for pane in self.query(Problems):  # none where the editor ends
                    pane.remedies = titles

    @on(Problems.Fix)
    async def _fixed(self, event: Problems.Fix) -> None:
        event.stop()
        try:
            await self._mend(event.problem)
        finally:
            event.done.set()

    async def _mend(self, problem: Diagnostic) -> None:
        """Apply the first fix of a problem."""
        from tuicnn.ui.offers import fixes_offered

        report = self.session.report
        found = await asyncio.to_thread(fixes_offered, report, problem)
        if report is not self.session.report or problem not in report.diagnostics:
            return  # it is another network by now
        if not found.ways:
            self.tell("There is no remedy that can be applied by itself.", "warning")
        elif self.do(found.ways[0].edit):
            self.tell(f"Done: {found.ways[0].title}; u takes it back.")

    async def action_fixes(self) -> None:
        """Show every fix of the problem that is looked at."""
        problem = self._problem()
        if problem is None:
            self.tell("There are no problems.")
            return
        from tuicnn.ui.offers import fixes_offered

        report = self.session.report
        title = f"Fixes: {problem.code.code}"
        await self.asking(
            self._propose(title, lambda _: fixes_offered(report, problem))
        )

    def _problem(self) -> Diagnostic | None:
        """Return the highlighted problem, the layer's, or the first one."""
        report, pane = self.session.report, self.query_one(Problems)
        if self.focused is pane and pane.problem is not None:
            return pane.problem
        here = (
            one
            for one in report.diagnostics
            if layer_pointer(report, one) == self.cursor
        )
        return next(here, next(iter(report.diagnostics), None))

    async def action_reach(self) -> None:
        """Ask for a shape or a budget, and offer the edits that get there."""
        from tuicnn.ui.offers import ways_offered

        report = self.session.report
        row = report.at(self.cursor)
        where = "the output" if row is None else f"the output of {row.path}"
        await self.asking(
            self._propose(
                f"Reach: {where}",
                partial(ways_offered, report, row, last=self.last),
                f"{'100x50x1' if self.last else '1x100x50'}, keep, halve, "
                "size of conv1, parameters 100000, mirror",
            )
        )

    async def action_convert(self) -> None:
        """Offer other ways to write the layer."""
        from tuicnn.ui.offers import conversions_offered

        report = self.session.report
        row = report.at(self.cursor)
        title = f"Convert {'the network' if row is None else row.path}"
        await self.asking(
            self._propose(title, lambda _: conversions_offered(report, row))
        )

    async def _propose(self, title: str, source: Source, placeholder: str = "") -> None:
        from tuicnn.ui.dialogs.propose import ProposeDialog

        way = await self.app.push_screen_wait(
            ProposeDialog(
                title,
                self.session.report,
                source,
                typed=bool(placeholder),
                placeholder=placeholder,
                last=self.last,
            )
        )
        if way is not None and self.do(way.edit):
            self.tell(f"Done: {way.title}; u takes it back.")


def _remedies(report: Report) -> dict[Diagnostic, str]:
    """Return the first fix of each problem; what finds it is loaded off the screen."""
    from tuicnn.ui.offers import first_fixes

    return first_fixes(report, _EFFORT)
