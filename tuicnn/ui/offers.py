"""What can be offered: fixes of a problem, ways to a target, conversions of a layer.

It never draws: a dialog shows what is offered, and the screen applies what is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tuicnn.core.budget import Budget, proposals
from tuicnn.core.convert import conversions
from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Diagnostic
from tuicnn.core.edits import EditRefused
from tuicnn.core.explain.proposal import consequence_lines, solved_lines
from tuicnn.core.fixes import Fixes, fixes_of
from tuicnn.core.proposal import Proposal, consequence
from tuicnn.core.report import Report, Row
from tuicnn.core.shapes import spell
from tuicnn.core.solve import mirror, parse_target, solve, targets
from tuicnn.core.solve.answer import Solution
from tuicnn.ui.turned import turned_if

_SHOWN: Final = 12
"""Layers, and problems of a kind, that are written out."""
_MOST: Final = 12
"""Ways that are offered."""
_BUDGET: Final = re.compile(
    r"(?P<what>parameters|params|macs|activations|memory)\s*(?:<=?|=|:|to|under)?\s*"
    r"(?P<number>\d[\d,_]{0,15}(?:\.\d{1,6})?)\s*(?P<unit>[kmgt]?)(?P<bytes>i?b)?",
    re.IGNORECASE,
)
_MIRRORS: Final = ("mirror", "decoder")


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered, and why it is no more.

    Attributes:
        ways: The proposals, the best first.
        told: What is to be said beside them, as lines.
        invalid: Whether what was typed means nothing.
    """

    ways: tuple[Proposal, ...] = ()
    told: tuple[str, ...] = ()
    invalid: bool = False


def fixes_offered(report: Report, problem: Diagnostic) -> Offers:
    """Return the fixes of a problem, and the problem."""
    told = [f"{problem.path or 'input'}: {problem.message}", problem.hint]
    found = fixes_of(report, problem)
    if not found:
        told += ["", "Nothing that was tried mends it without harm elsewhere."]
    return Offers(found, tuple(told))


def first_fixes(report: Report, effort: int) -> dict[Diagnostic, str]:
    """Return what the first fix of each problem is called, as far as effort goes.

    Args:
        effort: Rows that may be looked at.
    """
    fixes = Fixes(report, effort)
    found = ((one, fixes.titles(one)) for one in report.diagnostics)
    return {one: titles[0] for one, titles in found if titles}


def ways_offered(
    report: Report, row: Row | None, text: str, last: bool = False
) -> Offers:
    """Return the edits that reach what a text asks for.

    Args:
        row: The layer that it is about; None: the network.
        text: A target of the solver, a budget, or the wish for a mirror.
        last: Whether a shape is typed with its channels last.
    """
    wanted = text.strip()
    if not wanted:
        return Offers(told=tuple(_suggested(report, row)))
    if wanted.casefold() in _MIRRORS:
        return _solved(mirror(report, row))
    limit = _BUDGET.fullmatch(wanted)
    if limit is not None:
        return _within(report, limit)
    target = parse_target(wanted, report, row, last)
    if isinstance(target, str):
        return Offers(told=(target,), invalid=True)
    if target.reached:
        return Offers(told=(f"{spell(target.shape)} leaves here already.",))
    return _solved(solve(target, _MOST))


def conversions_offered(report: Report, row: Row | None) -> Offers:
    """Return the other ways to write a layer; without one, every layer of a list."""
    found = conversions(report, None, None if row is None else row.path)
    ways = tuple(one.proposal for one in found[:_MOST])
    if ways:
        return Offers(ways)
    where = "here" if row is None else f"at {row.path}"
    return Offers(
        told=(
            f"Nothing can be written otherwise {where}.",
            "Linear layers behind a flatten, convolutions before a batch norm or a "
            "pool, and classic convolutions can.",
        )
    )


def told_of(report: Report, way: Proposal, last: bool = False) -> tuple[str, ...]:
    """Return what a proposal would do to a network, as lines.

    Args:
        last: Whether channels are written last.
    """
    try:
        would = consequence(report, way.edit)
    except EditRefused as refused:
        return (f"It cannot be done: {refused}.",)
    before, after = would.before.output, would.after.output
    lines = list(solved_lines(would, _SHOWN))
    if after is not None and after != before:
        lines.append(f"{spell(after)} would leave the network")
    counts = list(consequence_lines(would, _SHOWN))
    lines += counts or ["shapes and counts stay as they are"]
    found = (way.title, *(f"  {line}" for line in lines))
    return tuple(turned_if(last, found, would.before, would.after))


def _solved(found: Solution) -> Offers:
    return Offers(tuple(one.proposal for one in found.answers), tuple(found.why))


def _within(report: Report, limit: re.Match[str]) -> Offers:
    """Return the changes that get under a budget."""
    scale = 1024 if limit["bytes"] or limit["what"].lower() in _BYTES else 1000
    unit = scale ** " kmgt".index(limit["unit"].lower() or " ")
    most = int(float(re.sub("[,_]", "", limit["number"])) * unit)
    name = _MEASURES[limit["what"].lower()]
    budget = Budget(**{name: most})
    if not budget.exceeded(report.totals):
        return Offers(told=(f"It has no more than {spelled(most)} already.",))
    found = proposals(report, budget, _MOST)
    if found:
        return Offers(found)
    return Offers(told=("No single change that was tried gets there.",))


_BYTES: Final = ("activations", "memory")
_MEASURES: Final = {
    "parameters": "parameters",
    "params": "parameters",
    "macs": "macs",
    "activations": "activations",
    "memory": "activations",
}


def _suggested(report: Report, row: Row | None) -> Iterator[str]:
    """Yield what can be asked for here."""
    yield "Type what you want to leave here:"
    yield ""
    for number, one in enumerate(targets(report, row)):
        if number == 5:
            break
        yield f"  {one.said:<24}{spell(one.shape)}"
    yield "  1x100x50                a shape; _ keeps a size: _x100x50"
    yield "  height=100              one axis"
    yield "  parameters 100000       a budget; macs and activations too"
    yield "  mirror                  a decoder for what stands above"
