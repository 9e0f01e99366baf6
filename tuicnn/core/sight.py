"""Where receptive fields and effective strides come from: a step for each axis.

It never composes a field: `receptive` does, and the steps say how.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from itertools import chain
from typing import Final

from tuicnn.core.derivation import Step
from tuicnn.core.reach import WHOLE, Pattern
from tuicnn.core.receptive import Field
from tuicnn.core.report import Report, Row
from tuicnn.core.shapes import AXES
from tuicnn.core.terms import Symbol, Term, larger, smaller, symbol
from tuicnn.core.wording import subscript

SEEN: Final = "receptive field "
MOVED: Final = "effective stride "
"""How the quantities begin; the name of the axis follows."""


def sight(report: Report, row: Row) -> tuple[Step, ...]:
    """Return how much of each axis is seen, and how far the sight moves."""
    field = report.fields[row.index]
    if field is None:
        return ()
    if row.effect is None:
        return sight_behind(report, row.sources[0])
    sources = [
        source for index in row.sources if (source := report.fields[index]) is not None
    ]
    pairs = (
        _merged(axis, tuple(source.patterns[number] for source in sources), found)
        if len(sources) > 1 or row.container
        else _read(
            axis,
            sources[0].patterns[number],
            reading_along(row, sources[0], number),
            found,
        )
        for number, (axis, found) in enumerate(_by_axis(field))
    )
    return tuple(chain.from_iterable(pairs))


def _by_axis(field: Field) -> Iterator[tuple[str, Pattern]]:
    return zip(AXES[len(field.patterns)], field.patterns, strict=True)


def sight_behind(report: Report, source: int) -> tuple[Step, ...]:
    """Return the steps of what a list sees, which is what its last layer sees."""
    field = report.fields[source]
    if field is None:
        return ()
    whose = report.called(source)
    pairs = (_kept(axis, found, whose) for axis, found in _by_axis(field))
    return tuple(chain.from_iterable(pairs))


def reading_along(row: Row, entering: Field, number: int) -> Pattern | str | None:
    """Return what a layer reads along one axis of the network's input."""
    axes = () if row.effect is None else row.effect.reads.axes
    for axis, reading in enumerate(axes):
        if reading is not None and entering.axes[axis] == number:
            return reading
    return None


def _read(
    axis: str, outer: Pattern, reading: Pattern | str | None, found: Pattern
) -> tuple[Step, Step]:
    """Return the steps behind a layer that reads what entered."""
    if reading == WHOLE:
        return _whole(axis, found)
    if not isinstance(reading, Pattern) or not outer.shift:
        return _kept(axis, outer, "what enters")
    if not (outer.exact and reading.exact and found.exact):
        return _span(axis, found), _stride(axis, found, "this output")
    stride = _stride(axis, outer, "what enters", reading)
    if outer.period > 1 or reading.period > 1 or not outer.width:
        return _span(axis, found), stride
    size = symbol("R", outer.width, "cells that what enters sees")
    window = symbol("kₑ", reading.width, "cells that the window spans")
    move = symbol("J", int(outer.shift), _moving("what enters"))
    return Step.of(f"{SEEN}{axis}", size + (window - 1) * move), stride


def _merged(
    axis: str, branches: tuple[Pattern, ...], found: Pattern
) -> tuple[Step, Step]:
    """Return the steps behind a merge: from any branch's first cell to any's last."""
    if not found.shift:
        return _whole(axis, found)
    if all(branch == found for branch in branches):
        return _kept(axis, found, "each branch")
    stride = _stride(axis, found, "the first branch")
    if not found.exact:
        return _span(axis, found), stride
    spans = [branch.spans[0] for branch in branches if branch.period == 1]
    known = dict.fromkeys(span for span in spans if span is not None)
    if None in spans or len(spans) < len(branches):
        return _span(axis, found), stride
    firsts = _cells("a", [lo for lo, _ in known], "first cell that a branch sees")
    lasts = _cells("b", [hi for _, hi in known], "last cell that a branch sees")
    size = reduce(larger, lasts) - reduce(smaller, firsts) + 1
    return Step.of(f"{SEEN}{axis}", size), stride


def _cells(letter: str, cells: list[int], meaning: str) -> list[Term]:
    return [
        symbol(letter + subscript(number), cell, meaning)
        for number, cell in enumerate(cells, start=1)
    ]


def _whole(axis: str, found: Pattern) -> tuple[Step, Step]:
    cells = symbol("n", found.width, f"all cells of the input's {axis}")
    still = symbol("0", 0, "what sees everything has nowhere to move")
    return (
        Step.of(f"{SEEN}{axis}", cells),
        Step.of(f"{MOVED}{axis}", still),
    )


def _kept(axis: str, found: Pattern, whose: str) -> tuple[Step, Step]:
    size = symbol("R", found.width, f"cells that {whose} sees")
    return Step.of(f"{SEEN}{axis}", size), _stride(axis, found, whose)


def _span(axis: str, found: Pattern) -> Step:
    """Return the step of the widest output, where outputs see unequally much."""
    quantity = f"{SEEN}{axis}"
    spans = [span for span in found.spans if span is not None]
    if not spans:
        return Step(quantity, "0", "0", 0, brief="0")
    lo, hi = max(spans, key=lambda span: span[1] - span[0])
    first = symbol("a", lo, "first cell that the widest output sees")
    last = symbol("b", hi, "last cell that it sees")
    return Step.of(quantity, last - first + 1)


def _stride(
    axis: str, outer: Pattern, whose: str, reading: Pattern | None = None
) -> Step:
    """Return how far the sight moves from output to output: J, J·s, J / f or J·s / f.

    Args:
        reading: What a layer reads of what has that sight; None where it is kept.
    """
    formula, substitution = "J", str(outer.stride)
    symbols = [Symbol("J", _number(outer.stride), _moving(whose))]
    value = outer.stride
    if reading is not None:
        value *= reading.stride
        if reading.shift != 1 or reading.period == 1:
            formula, substitution = f"{formula}·s", f"{substitution}·{reading.shift}"
            symbols.append(Symbol("s", reading.shift, "cells from window to window"))
        if reading.period > 1:
            formula = f"{formula} / f"
            substitution = f"{substitution} / {reading.period}"
            symbols.append(Symbol("f", reading.period, "outputs made of them"))
    return Step(
        f"{MOVED}{axis}",
        formula,
        substitution,
        value.numerator if value.denominator == 1 else value,
        tuple(symbols),
        substitution,
    )


def _moving(whose: str) -> str:
    return f"cells that the sight of {whose} moves"


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
