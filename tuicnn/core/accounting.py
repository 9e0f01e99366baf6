"""Where every number of a row, and of a whole network, comes from: a step for each.

It never decides a number: layers, totals and receptive fields do; the steps say how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from itertools import accumulate, chain
from typing import Final

from tuicnn.core.derivation import Step, Symbol, Term, larger, product, smaller, symbol
from tuicnn.core.layers.structure import Block
from tuicnn.core.reach import WHOLE, Pattern
from tuicnn.core.receptive import Field
from tuicnn.core.report import INPUT, Report, Row, Totals
from tuicnn.core.shapes import AXES, BYTES_PER_NUMBER, Shape, axis_names, elements

_COUNTED: Final[Mapping[str, Callable[[Totals], int]]] = {
    "parameters": lambda totals: totals.parameters,
    "buffers": lambda totals: totals.buffers,
    "MACs": lambda totals: totals.macs,
    "activation bytes": lambda totals: totals.activation_bytes,
}
"""What is summed over the layers of a list."""

_LETTERS: Final = {
    "channels": "C",
    "features": "F",
    "length": "L",
    "depth": "D",
    "height": "H",
    "width": "W",
}


def steps(report: Report, row: Row) -> tuple[Step, ...]:
    """Return the steps of one row: a layer's own, its counts, and what it sees."""
    return (*_sizes(report, row), *_counts(report, row), *_sight(report, row))


def summary_steps(report: Report) -> tuple[Step, ...]:
    """Return the steps of the totals of a network."""
    sums = tuple(_sums(report, 0, len(report.rows), ""))
    parameters = symbol("P", report.totals.parameters, "parameters")
    return (
        *_passed_on(report, report.end, report.output),
        *sums,
        Step.of("parameter bytes", BYTES_PER_NUMBER * parameters),
        _peak(report),
        *_unchanged(report, report.end),
    )


# Sizes.


def _sizes(report: Report, row: Row) -> tuple[Step, ...]:
    if row.effect is not None:
        return row.effect.derive()
    if isinstance(row.layer, Block):
        return _passed_on(report, row.sources[0], row.output)
    return ()


def _passed_on(report: Report, source: int, output: Shape | None) -> tuple[Step, ...]:
    """Return the steps of a shape that leaves a list as its last layer left it."""
    if output is None:
        return ()
    name = _called(report, source)
    return tuple(
        Step.of(f"output {axis}", symbol("o", size, f"{axis} behind {name}"))
        for axis, size in zip(axis_names(output), output, strict=True)
    )


def _called(report: Report, source: int) -> str:
    return "the input" if source == INPUT else report.rows[source].path


# Counts.


def _counts(report: Report, row: Row) -> tuple[Step, ...]:
    if row.container:
        return tuple(_sums(report, row.index + 1, row.stop, f"{row.path}."))
    if row.effect is None or row.output is None:
        return ()
    tensors = (
        symbol(name, elements(shape), f"numbers in {name}")
        for name, shape in row.parameters.items()
    )
    # A layer that multiplies by weights has said how often.
    macs = () if row.effect.macs else (_total("MACs", ()),)
    size = BYTES_PER_NUMBER * product(_letters(row.output))
    return (_total("parameters", tensors), *macs, Step.of("activation bytes", size))


def _letters(shape: Shape) -> tuple[Term, ...]:
    return tuple(
        symbol(_LETTERS.get(name) or f"n{_subscript(number)}", size, f"output {name}")
        for number, (name, size) in enumerate(
            zip(axis_names(shape), shape, strict=True), start=1
        )
    )


def _subscript(number: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(number))


def _sums(report: Report, first: int, stop: int, prefix: str) -> Iterator[Step]:
    """Yield the steps that sum the counts of one list of rows.

    Args:
        prefix: What the paths of these rows begin with.
    """
    listed = [(row, report.totals_of(row)) for row in _content(report, first, stop)]
    for quantity, count in _COUNTED.items():
        terms = (
            symbol(
                row.path.removeprefix(prefix),
                count(totals),
                f"{quantity} of {row.path}",
            )
            for row, totals in listed
        )
        yield _total(quantity, terms)


def _content(report: Report, index: int, stop: int) -> Iterator[Row]:
    """Yield the rows of one list, but not what containers among them hold."""
    while index < stop:
        row = report.rows[index]
        yield row
        index = row.stop


def _total(quantity: str, terms: Iterable[Term]) -> Step:
    """Return the step that adds terms up; those that are zero are passed over."""
    found = [term for term in terms if term.value]
    return Step.of(
        quantity,
        Term(
            sum(term.value for term in found),
            " + ".join(term.formula for term in found) or "0",
            " + ".join(term.substitution for term in found) or "0",
            tuple(chain.from_iterable(term.symbols for term in found)),
        ),
    )


# Memory.


def _peak(report: Report) -> Step:
    """Return the step of the fullest moment: the outputs that are alive in it."""
    terms = (
        symbol(
            "input" if source == INPUT else report.rows[source].path,
            _output_bytes(report, source),
            f"bytes that leave {_called(report, source)}",
        )
        for source in _alive_at_peak(report)
    )
    return _total("peak activation bytes", terms)


def _output_bytes(report: Report, source: int) -> int:
    shape = report.network.input if source == INPUT else report.rows[source].output
    return 0 if shape is None else elements(shape) * BYTES_PER_NUMBER


def _alive_at_peak(report: Report) -> list[int]:
    """Return the rows whose outputs are in memory when it is fullest."""
    order = (INPUT, *report.order)
    last_use = dict.fromkeys(order, len(order))
    for position, index in enumerate(order[1:], start=1):
        row = report.rows[index]
        until = len(order) if row.output is None else position
        last_use |= dict.fromkeys(row.sources, until)
    change = [0] * (len(order) + 2)
    for position, index in enumerate(order):
        change[position] += _output_bytes(report, index)
        change[last_use[index] + 1] -= _output_bytes(report, index)
    occupied = list(accumulate(change))
    fullest = occupied.index(max(occupied))
    return [
        index
        for position, index in enumerate(order)
        if position <= fullest <= last_use[index]
    ]


# What is seen.


def _sight(report: Report, row: Row) -> tuple[Step, ...]:
    """Return how much of each axis is seen, and how far the sight moves."""
    field = report.fields[row.index]
    if field is None:
        return ()
    if row.effect is None:
        return _unchanged(report, row.sources[0])
    sources = [
        source for index in row.sources if (source := report.fields[index]) is not None
    ]
    pairs = (
        _merged(axis, tuple(source.patterns[number] for source in sources), found)
        if len(sources) > 1 or row.container
        else _read(
            axis, sources[0].patterns[number], _reading(row, sources[0], number), found
        )
        for number, (axis, found) in enumerate(_by_axis(field))
    )
    return tuple(chain.from_iterable(pairs))


def _by_axis(field: Field) -> Iterator[tuple[str, Pattern]]:
    return zip(AXES[len(field.patterns)], field.patterns, strict=True)


def _unchanged(report: Report, source: int) -> tuple[Step, ...]:
    """Return the steps of what a list sees, which is what its last layer sees."""
    field = report.fields[source]
    if field is None:
        return ()
    whose = _called(report, source)
    pairs = (_kept(axis, found, whose) for axis, found in _by_axis(field))
    return tuple(chain.from_iterable(pairs))


def _reading(row: Row, entering: Field, number: int) -> Pattern | str | None:
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
    stride = _stride(axis, outer, "what enters", reading)
    if outer.period > 1 or reading.period > 1 or not outer.width:
        return _span(axis, found), stride
    size = symbol("R", outer.width, "cells that what enters sees")
    window = symbol("kₑ", reading.width, "cells that the window spans")
    move = symbol("J", outer.shift, _moving("what enters"))
    return Step.of(f"receptive field {axis}", size + (window - 1) * move), stride


def _merged(
    axis: str, branches: tuple[Pattern, ...], found: Pattern
) -> tuple[Step, Step]:
    """Return the steps behind a merge: from any branch's first cell to any's last."""
    if not found.shift:
        return _whole(axis, found)
    if all(branch == found for branch in branches):
        return _kept(axis, found, "each branch")
    stride = _stride(axis, found, "the first branch")
    spans = [branch.spans[0] for branch in branches if branch.period == 1]
    known = dict.fromkeys(span for span in spans if span is not None)
    if None in spans or len(spans) < len(branches):
        return _span(axis, found), stride
    firsts = _cells("a", [lo for lo, _ in known], "first cell that a branch sees")
    lasts = _cells("b", [hi for _, hi in known], "last cell that a branch sees")
    size = reduce(larger, lasts) - reduce(smaller, firsts) + 1
    return Step.of(f"receptive field {axis}", size), stride


def _cells(letter: str, cells: list[int], meaning: str) -> list[Term]:
    return [
        symbol(letter + _subscript(number), cell, meaning)
        for number, cell in enumerate(cells, start=1)
    ]


def _whole(axis: str, found: Pattern) -> tuple[Step, Step]:
    cells = symbol("n", found.width, f"all cells of the input's {axis}")
    still = symbol("0", 0, "what sees everything has nowhere to move")
    return (
        Step.of(f"receptive field {axis}", cells),
        Step.of(f"effective stride {axis}", still),
    )


def _kept(axis: str, found: Pattern, whose: str) -> tuple[Step, Step]:
    size = symbol("R", found.width, f"cells that {whose} sees")
    return Step.of(f"receptive field {axis}", size), _stride(axis, found, whose)


def _span(axis: str, found: Pattern) -> Step:
    """Return the step of the widest output, where outputs see unequally much."""
    quantity = f"receptive field {axis}"
    spans = [span for span in found.spans if span is not None]
    if not spans:
        return _total(quantity, ())
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
        f"effective stride {axis}",
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
