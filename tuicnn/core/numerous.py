"""How many problems there are, where so many are told and no more.

It never counts what was left out: to find all of that would take as long as it is long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from tuicnn.core import limits
from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.report import Report
from tuicnn.core.wording import counted

_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


def number_of(report: Report, severity: Severity | None = None) -> str:
    """Return how many problems a network has: 12, or 1,000+ where some were left out.

    Args:
        severity: Only those. What matters more is left out last.
    """
    ranks = Counter(_RANK[one.severity] for one in report.diagnostics)
    if severity is None:
        count = told = ranks.total()
    else:
        rank = _RANK[severity]
        count, told = ranks[rank], sum(ranks[one] for one in range(rank + 1))
    return f"{count:,}{'+' if report.more and told >= limits.DIAGNOSTICS else ''}"


def tally(problems: Iterable[Diagnostic]) -> list[str]:
    """Return how many problems there are of each severity: 2 errors, 1 note."""
    counts = Counter(one.severity for one in problems)
    return [
        counted(counts[severity], severity.value)
        for severity in Severity
        if counts[severity]
    ]


def first_shown() -> str:
    """Return what is said where problems were left out."""
    return f"the first {limits.DIAGNOSTICS:,} problems; there are more"
