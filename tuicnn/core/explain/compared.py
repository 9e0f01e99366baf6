"""What differs from a baseline, in words: of one layer, or of a whole network.

It never decides which layers answer to each other: `compare` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from tuicnn.core.budget.terms import Measure
from tuicnn.core.derivation import spelled
from tuicnn.core.explain.lines import section
from tuicnn.core.settings import settings
from tuicnn.core.shapes import spell
from tuicnn.core.wording import bytes_spelled, listed, percent

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row, Totals
    from tuicnn.core.shapes import Shape

TITLE: Final = "Against the baseline"
_NAMED: Final = 5
"""Layers that are named, of those that came or went."""
_HEAD: Final = 11


def explain_change(
    baseline: Report, report: Report, row: Row, before: Row | None
) -> list[str]:
    """Return how a layer differs from the one of the baseline that it answers to.

    Args:
        before: That one; None where no layer answers to it.
    """
    if before is None:
        return section(TITLE, ["Nothing there answers to this layer: it is new."])
    lines = []
    if before.path != row.path:
        lines.append(_line("name", before.path, row.path))
    told = settings(before.layer), settings(row.layer)
    if told[0] != told[1]:
        lines.append(_line("settings", *(one or "none" for one in told)))
    lines += _shapes(before.output, row.output)
    lines += _sums(baseline.totals_of(before), report.totals_of(row))
    return section(TITLE, lines or ["Nothing differs."])


def explain_changes(
    baseline: Report, report: Report, counterparts: Mapping[str, Row]
) -> list[str]:
    """Return how a network differs from its baseline: sums, and who came and went.

    Args:
        counterparts: By path, the row of the baseline that a row answers to.
    """
    lines = []
    entering = baseline.network.input, report.network.input
    if entering[0] != entering[1]:
        lines.append(_line("input", *map(spell, entering)))
    lines += _shapes(baseline.output, report.output)
    lines += _sums(baseline.totals, report.totals)
    left = {row.path for row in counterparts.values()}
    gone = [row.path for row in baseline.rows if row.path not in left]
    new = [row.path for row in report.rows if row.path not in counterparts]
    lines += _named("no more", gone) + _named("new", new)
    return section(TITLE, lines or ["Nothing differs in sum."])


def _shapes(before: Shape | None, after: Shape | None) -> list[str]:
    if before == after:
        return []
    told = ("?" if one is None else spell(one) for one in (before, after))
    return [_line("output", *told)]


def _sums(before: Totals, after: Totals) -> Iterator[str]:
    for measure in Measure:
        one, two = measure.of(before), measure.of(after)
        if one != two:
            sign = "−" if two < one else "+"
            share = f", {sign}{percent(abs(two - one), one)}" if one else ""
            memory = measure is Measure.ACTIVATIONS
            told = map(bytes_spelled if memory else spelled, (one, two))
            yield _line("memory" if memory else measure.called, *told) + share


def _named(what: str, paths: list[str]) -> list[str]:
    if not paths:
        return []
    more = len(paths) - _NAMED
    words = [*paths[:_NAMED], f"{more:,} more"] if more > 1 else paths
    return [f"{what.ljust(_HEAD)}{listed(words)}"]


def _line(what: str, before: str, after: str) -> str:
    return f"{what.ljust(_HEAD)}{before} → {after}"
