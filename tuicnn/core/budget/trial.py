"""Whether an edit brings a network under a budget: tried, not estimated.

It never thinks of an edit: `changes` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.edits import Edit, EditRefused, Replace
from tuicnn.core.proposal import Proposal, Together, consequence

if TYPE_CHECKING:
    from tuicnn.core.budget.terms import Budget
    from tuicnn.core.report import Report

_DECLARED: Final = frozenset(
    (
        Code.IN_CHANNELS_MISMATCH,
        Code.IN_FEATURES_MISMATCH,
        Code.NUM_FEATURES_MISMATCH,
        Code.LINEAR_ON_MAP,
    )
)
"""Errors of layers that state what the stack above makes, and must say it anew."""
_MOST: Final = 32
"""Edits of one proposal: the change itself, and stated sizes that follow it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A network, and what it may cost."""

    report: Report
    budget: Budget

    def accepted(self, edit: Edit) -> Proposal | None:
        """Return an edit as a proposal; None where it does not lead under the budget.

        Sizes that layers below state are brought up to date. The network must stay
        valid, and the shape that leaves it what it is.
        """
        done = [edit]
        try:
            report = consequence(self.report, edit).after
            while len(done) < _MOST and (mending := _restated(report)) is not None:
                done.append(mending)
                report = consequence(report, mending).after
        except EditRefused:
            return None
        if report.output != self.report.output or self.budget.exceeded(report.totals):
            return None
        if not report.valid:
            return None
        return Proposal(edit.label, Together(tuple(done), edit.label))

    def last(
        self, values: Sequence[int], propose: Callable[[int], Proposal | None]
    ) -> Proposal | None:
        """Return the proposal for the last of some values that gets there.

        Args:
            values: From what costs least to what costs most.
            propose: What makes a proposal of a value.
        """
        best = propose(values[0]) if values else None
        if best is None:
            return None
        low, high = 0, len(values)  # the first gets there; the one behind does not
        while high - low > 1:
            middle = (low + high) // 2
            found = propose(values[middle])
            if found is None:
                high = middle
            else:
                low, best = middle, found
        return best


def _restated(report: Report) -> Edit | None:
    """Return what mends the first error, where a stated size is all that is wrong."""
    for one in report.found:
        if one.severity is Severity.ERROR:
            return _mended(one)
    return None


def _mended(one: Diagnostic) -> Edit | None:
    if one.code not in _DECLARED or one.field is None or not one.fixes:
        return None
    fix = one.fixes[-1]  # of linear: the last axis, as the layer states
    return Replace(one.pointer[:-1], fix.layers, fix.title)
