"""Proposals that bring a network under a budget, those that keep most of it first.

It never offers what was not tried: the shape that leaves is kept, and nothing breaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.budget.changes import CHANGES, SLIDING, Place
from tuicnn.core.budget.trial import Trial
from tuicnn.core.budget.width import all_separable, narrower
from tuicnn.core.layers.conv import SeparableConv2d
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.structure import Block
from tuicnn.core.proposal import Proposal, consequence

if TYPE_CHECKING:
    from tuicnn.core.budget.terms import Budget
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.report import Report, Row, Totals

MOST: Final = 8
"""Proposals that are offered."""
_PLACES: Final = 5
"""The heaviest layers of each measure, which may change."""
_WEIGHING: Final = (*SLIDING, SeparableConv2d, Linear)
"""The layers with weights that a change knows how to make smaller."""


def proposals(report: Report, budget: Budget, most: int = MOST) -> tuple[Proposal, ...]:
    """Return the changes that each bring a network under a budget.

    None are needed where it is under it already, and none are found where the network
    has errors.
    """
    if not report.valid or not budget.exceeded(report.totals):
        return ()
    trial = Trial(report, budget)
    found: dict[Totals, tuple[float, Proposal]] = {}
    for one in _tried(trial):
        totals = consequence(report, one.edit).after.totals
        found.setdefault(totals, (_used(totals, budget), one))
    ranked = sorted(found.values(), key=lambda pair: -pair[0])
    return tuple(one for _, one in ranked[:most])


def _tried(trial: Trial) -> Iterator[Proposal]:
    """Yield everything that gets there."""
    for place in _places(trial):
        for change in CHANGES:
            found = change(place)
            if found is not None:
                yield found
    for throughout in (all_separable, narrower):
        found = throughout(trial)
        if found is not None:
            yield found


def _places(trial: Trial) -> list[Place]:
    """Return the layers that may change.

    The heaviest of each measure that is over its limit, and those that decide how
    large the maps are.
    """
    report = trial.report
    first: dict[Pointer, Row] = {}
    repeated: set[Pointer] = set()
    for row in report.rows:
        if first.setdefault(row.pointer, row) is not row:
            repeated.add(row.pointer)
    chosen: dict[Pointer, None] = {}
    for measure in trial.budget.exceeded(report.totals):
        for kinds in (_WEIGHING, (Block,)):
            weights: Counter[Pointer] = Counter()
            for row in report.rows:
                if isinstance(row.layer, kinds):
                    weights[row.pointer] += measure.of(report.totals_of(row))
            chosen |= dict.fromkeys(place for place, _ in weights.most_common(_PLACES))
    for word in ("flatten", "pool"):
        beside = [place for place, row in first.items() if word in row.layer.type]
        chosen |= dict.fromkeys(beside[:_PLACES])
    return [Place(trial, first[place], place in repeated) for place in chosen]


def _used(totals: Totals, budget: Budget) -> float:
    """Return the share of the limits that is used, on average."""
    limits = budget.limits.items()
    used = [measure.of(totals) / most for measure, most in limits if most]
    return sum(used) / len(used) if used else 0.0
