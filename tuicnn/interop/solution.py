"""Ways to a target: as lines for a person, and as entries for a program.

It never looks for a way: `core.solve` does.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.solve import Answer, Place, Solution
from tuicnn.interop.analysis import diagnostic_entry
from tuicnn.interop.oneline import one_line

WIDTH: Final = 80
_SHAPES: Final = 6
"""Shapes that are shown of one answer."""
_PROBLEMS: Final = 3
"""Problems that are shown of one answer."""
_INDENT: Final = "    "


def solution_lines(solution: Solution) -> Iterator[str]:
    """Yield the ways to a target, numbered, or why there is none."""
    target = solution.target
    yield from _asked(target.place, target.shape)
    for number, answer in enumerate(solution.answers, start=1):
        yield from _answered(number, answer)
    for sentence in solution.why:
        yield from _wrapped(sentence, "")


def _answered(number: int, answer: Answer) -> Iterator[str]:
    """Yield one answer under its number."""
    yield ""
    yield from textwrap.wrap(
        one_line(answer.proposal.title),
        WIDTH,
        initial_indent=f"{number:2}  ",
        subsequent_indent=_INDENT,
        break_on_hyphens=False,
    )
    yield from _shapes(answer)
    yield from _wrapped(_counted(answer), _INDENT)
    yield from _left(answer.problems)


def _asked(place: Place, wanted: Shape) -> Iterator[str]:
    here = "not known" if place.shape is None else spell(place.shape)
    name = one_line(place.report.network.name)
    yield from _wrapped(f"{name}: {one_line(place.called)} is {here}.", "")
    yield f"Wanted: {spell(wanted)}."


def _shapes(answer: Answer) -> Iterator[str]:
    """Yield what leaves the layers that change."""
    rows = [pair.right for pair in answer.consequence.changed if pair.right]
    shown = rows[:_SHAPES]
    said = [
        f"{one_line(row.path)} {'?' if row.output is None else spell(row.output)}"
        for row in shown
    ]
    more = len(rows) - len(shown)
    end = f", and {more} more" if more else ""
    yield from _wrapped(f"gives {', '.join(said)}{end}", _INDENT)


def _counted(answer: Answer) -> str:
    """Return what it costs: parameters and MACs, more or less than now."""
    more, now = answer.consequence.difference, answer.consequence.after.totals
    return (
        f"parameters {_signed(more.parameters)} → {spelled(now.parameters)}; "
        f"MACs {_signed(more.macs)} → {spelled(now.macs)}"
    )


def _signed(number: int) -> str:
    return f"+{spelled(number)}" if number > 0 else spelled(number) if number else "±0"


def _left(problems: Sequence[Diagnostic]) -> Iterator[str]:
    for one in problems[:_PROBLEMS]:
        where = f"{one.path}: " if one.path else ""
        text = f"{one.severity}: {where}{one.message}"
        yield from _wrapped(one_line(text), _INDENT)
    if len(problems) > _PROBLEMS:
        yield f"{_INDENT}and {len(problems) - _PROBLEMS} more problems"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def solution_entry(solution: Solution) -> dict[str, object]:
    """Return the ways to a target as JSON."""
    target, place = solution.target, solution.target.place
    return {
        "network": place.report.network.name,
        "path": None if place.row is None else place.row.path,
        "shape": None if place.shape is None else list(place.shape),
        "target": list(target.shape),
        "reached": target.reached,
        "answers": [_answer_entry(answer) for answer in solution.answers],
        "why": list(solution.why),
    }


def _answer_entry(answer: Answer) -> dict[str, object]:
    made = answer.consequence
    errors = [one for one in answer.problems if one.severity is Severity.ERROR]
    return {
        "title": answer.proposal.title,
        "layers": [
            {
                "path": pair.right.path,
                "type": pair.right.layer.type,
                "output_shape": pair.right.output and list(pair.right.output),
            }
            for pair in made.changed
            if pair.right
        ],
        "output_shape": made.after.output and list(made.after.output),
        "parameters": made.after.totals.parameters,
        "parameters_change": made.difference.parameters,
        "macs": made.after.totals.macs,
        "macs_change": made.difference.macs,
        "errors": len(errors),
        "problems": [diagnostic_entry(one) for one in answer.problems],
    }
