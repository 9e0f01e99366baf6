"""What a network costs in words: sums by share, and changes that get under a budget.

It never finds a change itself: `budget` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.budget import Budget, Measure, Sum, proposals, sums
from tuicnn.core.derivation import spelled
from tuicnn.core.explain.layer import first_error
from tuicnn.core.explain.lines import INDENT, fitted, section, within
from tuicnn.core.explain.shares import MOST, shares
from tuicnn.core.proposal import Consequence, Proposal, consequence
from tuicnn.core.shapes import elements, spell
from tuicnn.core.wording import bytes_spelled, percent

if TYPE_CHECKING:
    from tuicnn.core.compare import Pair
    from tuicnn.core.report import Report

_SHOWN: Final = 4
"""Layers of a proposal whose change is written out."""


def explain_budget(report: Report, budget: Budget | None = None) -> list[str]:
    """Return what a network costs, and what brings it under a budget, as lines."""
    network = report.network
    title = network.title or network.name
    lines = [title if title == network.name else f"{title} ({network.name})", ""]
    for one in sums(report):
        lines += section(_heading(one), _terms(one))
    if budget is not None and budget.limits:
        lines += _verdict(report, budget)
    if not report.valid:
        lines += ["The network has an error; what is below it is not counted:"]
        lines += [f"{INDENT}{line}" for line in first_error(report)]
    while lines and not lines[-1]:
        lines.pop()
    return [one for line in lines for one in fitted(line)]


def explain_proposal(found: Proposal, would: Consequence) -> list[str]:
    """Return what a proposal does to counts and shapes, as lines."""
    return [one for line in _told(found, would) for one in fitted(line)]


def _heading(one: Sum) -> str:
    name = one.measure.called
    return f"{name[:1].upper()}{name[1:]}: {one.measure.meaning}"


def _terms(one: Sum) -> Iterator[str]:
    if not one.total:
        yield "none"
        return
    yield from shares([(term.count, term.path) for term in one.terms], one.total)
    total = spelled(one.total)
    if 1 < len(one.terms) <= MOST:
        summed = " + ".join(spelled(term.count) for term in one.terms)
        total = f"{summed} = {total}"
    if one.measure is Measure.ACTIVATIONS:
        total = f"{total} bytes, that is {bytes_spelled(one.total)}"
    yield total


def _verdict(report: Report, budget: Budget) -> list[str]:
    lines = section("The budget", _limits(report, budget))
    if not report.valid or not budget.exceeded(report.totals):
        return lines
    found = proposals(report, budget)
    if not found:
        return [*lines, *section("What to change", _nothing(report))]
    leaving = "" if report.output is None else spell(report.output)
    lines.append(f"What to change: each gets there alone, and {leaving} still leaves")
    for number, one in enumerate(found, start=1):
        first, *rest = _told(one, consequence(report, one.edit))
        lines += [
            f"{INDENT}{number}. {first}",
            *(f"{INDENT}   {line}" for line in rest),
        ]
    return lines


def _limits(report: Report, budget: Budget) -> Iterator[str]:
    for measure, most in budget.limits.items():
        count = measure.of(report.totals)
        over = count - most
        judged = f"over by {spelled(over)}" if over > 0 else "within the budget"
        yield f"{measure.called}: {spelled(count)} of {spelled(most)}, {judged}"


def _nothing(report: Report) -> Iterator[str]:
    yield from within(
        "No single change that was tried gets there and keeps the shape that leaves. "
        "Take a larger budget, or a smaller input."
    )
    if report.network.parameters or report.network.expect:
        yield from within(
            "Values of parameters and expectations of this document hold some layers "
            "as they are."
        )


def _told(found: Proposal, would: Consequence) -> Iterator[str]:
    yield found.title
    for measure in Measure:
        before = measure.of(would.before.totals)
        after = measure.of(would.after.totals)
        if before != after:
            sign = "−" if after < before else "+"
            share = f" ({sign}{percent(abs(after - before), before)})" if before else ""
            yield f"{measure.called} {spelled(before)} → {spelled(after)}{share}"
    changed = would.changed
    for pair in changed[:_SHOWN]:
        yield _difference(pair)
    if len(changed) > _SHOWN:
        yield f"and {len(changed) - _SHOWN} more layers change"
    for one in would.raised[:_SHOWN]:
        yield f"new {one.severity}, {one.path or 'input'}: {one.message}"


def _difference(pair: Pair) -> str:
    left, right = pair.left, pair.right
    if left is None or right is None:
        row = left or right
        assert row is not None
        sign = "+" if left is None else "−"
        shape = "" if row.output is None else f" {spell(row.output)}"
        return f"{sign} {row.path}{shape}"
    shapes = [spell(row.output) for row in (left, right) if row.output is not None]
    if len(set(shapes)) == 1:
        shapes = [f"{shapes[0]} as before"]
    counts = [
        spelled(sum(map(elements, row.parameters.values()))) for row in (left, right)
    ]
    learnt = f", parameters {' → '.join(counts)}" if counts[0] != counts[1] else ""
    return f"{right.path}: {' → '.join(shapes)}{learnt}"
