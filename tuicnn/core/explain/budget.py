"""What a network costs in words: sums by share, and changes that get under a budget.

It never finds a change itself: `budget` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.budget import Budget, Measure, Sum, proposals, sums
from tuicnn.core.derivation import spelled
from tuicnn.core.explain.layer import first_error
from tuicnn.core.explain.lines import INDENT, fitted, section, within
from tuicnn.core.explain.proposal import consequence_lines
from tuicnn.core.explain.shares import MOST, shares
from tuicnn.core.proposal import consequence
from tuicnn.core.shapes import spell
from tuicnn.core.wording import bytes_spelled

if TYPE_CHECKING:
    from tuicnn.core.report import Report


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
        lines += first_error(report, INDENT)
    while lines and not lines[-1]:
        lines.pop()
    return [one for line in lines for one in fitted(line)]


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
        would = consequence_lines(consequence(report, one.edit))
        lines += [
            f"{INDENT}{number}. {one.title}",
            *(f"{INDENT}   {line}" for line in would),
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
