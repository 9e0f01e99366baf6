"""Fixes: edits that mend a problem, each of them tried before it is offered.

Nothing is worked out before somebody asks, so that `check` pays for none of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Final

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.fixes import (
    axes,
    channels,
    document,
    frameworks,
    habits,
    merges,
    skips,
    text,
    windows,
)
from tuicnn.core.fixes.remedy import Finder, Remedy, place_of
from tuicnn.core.fixes.trial import Trial
from tuicnn.core.layers.broken import Broken
from tuicnn.core.report import Report
from tuicnn.core.tree import every

FINDERS: Final[dict[Code, Finder]] = {
    **axes.FINDERS,
    **channels.FINDERS,
    **document.FINDERS,
    **frameworks.FINDERS,
    **habits.FINDERS,
    **merges.FINDERS,
    **skips.FINDERS,
    **text.FINDERS,
    **windows.FINDERS,
}
"""What may mend each kind of problem."""

_TRIED: Final = 16
"""Candidates of one problem that are tried."""

_OFFERED: Final = 5
"""Fixes of one problem that are offered."""

EFFORT: Final = 100_000
"""Rows that may be looked at for all problems of a network: less than a second."""

_START: Final = 100
"""What a candidate costs besides, in rows."""

_SEARCH: Final = 300
"""What it costs to look for the layer that a merge may mean, in rows."""

_READING: Final = 10
"""What it costs to read an entry of a layer that cannot be read, in rows."""


class Fixes:
    """The fixes of the problems of one report, worked out when they are asked for.

    Attributes:
        report: The report.
        left: Rows that may still be looked at; None: as many as it takes. After that,
            no problem has a fix any more.
    """

    def __init__(self, report: Report, effort: int | None = None) -> None:
        self.report = report
        self.left = effort

    @cached_property
    def _trial(self) -> Trial:
        return Trial(self.report)

    def of(self, problem: Diagnostic) -> tuple[Remedy, ...]:
        """Return up to five fixes of a problem: safe ones first, then small ones."""
        found: list[tuple[tuple[int, ...], Remedy]] = []
        for number, remedy in enumerate(self._candidates(problem)):
            outcome = self._trial.of(problem, remedy)
            if outcome is None:
                continue
            safe = remedy.safe and not outcome.risky
            offered = Remedy(remedy.title, remedy.edit, safe)
            found.append(((not safe, *outcome[1:], number), offered))
        found.sort(key=lambda one: one[0])
        return tuple(offered for _, offered in found[:_OFFERED])

    def safe(self, problem: Diagnostic) -> Remedy | None:
        """Return the fix that may be applied without a question, if there is one."""
        first = next(iter(self.of(problem)), None)
        return first if first is not None and first.safe else None

    def titles(self, problem: Diagnostic) -> tuple[str, ...]:
        """Return what the fixes of a problem are called."""
        return tuple(one.title for one in self.of(problem))

    def _candidates(self, problem: Diagnostic) -> Iterator[Remedy]:
        finder = FINDERS.get(problem.code)
        if finder is None or not problem.pointer or not self._affordable:
            return
        # Where problems are left out, nobody can tell whether there are fewer.
        full = len(self.report.diagnostics) >= limits.DIAGNOSTICS
        if full and problem.severity is not Severity.ERROR:
            return
        titles = set()
        for remedy in islice(finder(place_of(self.report, problem)), _TRIED):
            if remedy.title in titles:
                continue
            if not self._affordable:
                return
            if self.left is not None:
                self.left -= self._price
            titles.add(remedy.title)
            yield remedy

    @property
    def _affordable(self) -> bool:
        return self.left is None or self.left >= self._price

    @cached_property
    def _price(self) -> int:
        """What it costs to try a candidate, in rows."""
        network = self.report.network
        codes = Counter(one.code for one in self.report.diagnostics)
        entries = sum(
            _entries(layer.document)
            for _, layer in every(network)
            if isinstance(layer, Broken)
        )
        reading = _READING * (entries + len(network.layers) * bool(entries))
        searching = _SEARCH * codes[Code.UNKNOWN_SKIP]
        return len(self.report.rows) + _START + searching + reading


def _entries(document: object) -> int:
    """Return how many values there are in a JSON value."""
    if isinstance(document, dict):
        return 1 + sum(map(_entries, document.values()))
    if isinstance(document, list):
        return 1 + sum(map(_entries, document))
    return 1


def fixes_of(report: Report, problem: Diagnostic) -> tuple[Remedy, ...]:
    """Return the fixes of a problem of a report: safe ones first, then small ones.

    After any of them the problem is gone, and nothing is worse than before.
    """
    return Fixes(report).of(problem)


__all__ = ["EFFORT", "FINDERS", "Fixes", "Remedy", "fixes_of"]
