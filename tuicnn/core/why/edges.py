"""Which cell of the input an output sees first, and which last.

It never composes what is seen: `receptive` did. Merges of unlike branches ask for it.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from tuicnn.core.derivation import Step
from tuicnn.core.reach import WHOLE, Pattern, Span
from tuicnn.core.shapes import AXES
from tuicnn.core.sight import reading_along
from tuicnn.core.terms import larger, smaller, symbol
from tuicnn.core.wording import subscript

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

FIRST: Final = "first cell seen, "
LAST: Final = "last cell seen, "


def edge(report: Report, row: Row, axis: str, first: bool) -> Step | None:
    """Return the step of the first or last cell that the output in cell 0 sees.

    Args:
        axis: An axis of the network's input.
    """
    field = report.fields[row.index]
    if field is None or axis not in AXES[len(field.patterns)]:
        return None
    number = AXES[len(field.patterns)].index(axis)
    own = field.patterns[number]
    span = own.spans[0]
    quantity = f"{FIRST if first else LAST}{axis}"
    if span is None:
        return Step.of(quantity, symbol("0", 0, "it sees nothing"))
    entering = [one for at in row.sources if (one := report.fields[at]) is not None]
    patterns = tuple(one.patterns[number] for one in entering)
    if len(patterns) > 1 or row.container:
        return _merged(quantity, patterns, own, span, first)
    if not first:
        return _last(quantity, own, span)
    reading = reading_along(row, entering[0], number)
    return _first(quantity, patterns[0], reading, own, span)


def _merged(
    quantity: str, patterns: tuple[Pattern, ...], own: Pattern, span: Span, first: bool
) -> Step:
    cell = span[0] if first else span[1]
    spans = [one.spans[0] for one in patterns if one.period == 1]
    cells = dict.fromkeys(one[0] if first else one[1] for one in spans if one)
    if own.period > 1 or not own.shift or len(spans) < len(patterns) or not cells:
        return Step.of(quantity, symbol("c", cell, "cell that its branches see"))
    what = "first" if first else "last"
    letters = [
        symbol(f"c{subscript(at)}", one, f"{what} cell that a branch sees")
        for at, one in enumerate(cells, start=1)
    ]
    return Step.of(quantity, reduce(smaller if first else larger, letters))


def _last(quantity: str, own: Pattern, span: Span) -> Step:
    if own.period > 1:
        return Step.of(quantity, symbol("c", span[1], "cell that it reads"))
    start = symbol("a", span[0], "first cell that it sees")
    return Step.of(quantity, start + symbol("R", own.width, "cells that it sees") - 1)


def _first(
    quantity: str,
    outer: Pattern,
    reading: Pattern | str | None,
    own: Pattern,
    span: Span,
) -> Step:
    if reading == WHOLE or not own.shift:
        return Step.of(quantity, symbol("0", 0, "it sees the whole axis"))
    entering = outer.spans[0]
    if own.period > 1 or outer.period > 1 or entering is None:
        return Step.of(quantity, symbol("c", span[0], "cell that it reads"))
    a = symbol("a", entering[0], "first cell that what enters sees")
    if not isinstance(reading, Pattern):
        return Step.of(quantity, a)
    begin = reading.spans[0]
    if begin is None or reading.period > 1 or not (outer.exact and own.exact):
        return Step.of(quantity, symbol("c", span[0], "cell that it reads"))
    move = symbol("J", int(outer.shift), "cells that the sight of what enters moves")
    window = symbol("f", begin[0], "where the first window begins")
    return Step.of(quantity, a + window * move)
