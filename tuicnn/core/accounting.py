"""Where every number of a row, and of a whole network, comes from: a step for each.

It never decides a number: layers, totals and receptive fields do; the steps say how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, chain
from typing import Final

from tuicnn.core.derivation import Step
from tuicnn.core.layers.structure import Block
from tuicnn.core.report import INPUT, Report, Row, Totals
from tuicnn.core.shapes import BYTES_PER_NUMBER, Shape, axis_names, elements
from tuicnn.core.sight import sight, sight_behind
from tuicnn.core.terms import Term, product, symbol
from tuicnn.core.wording import subscript

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
    return tuple(each_step(report, row))


def each_step(report: Report, row: Row) -> Iterator[Step]:
    """Yield the steps of one row, none before it is asked for."""
    yield from _sizes(report, row)
    yield from _counts(report, row)
    yield from sight(report, row)


def summary_steps(report: Report) -> tuple[Step, ...]:
    """Return the steps of the totals of a network."""
    return tuple(each_summary_step(report))


def each_summary_step(report: Report) -> Iterator[Step]:
    """Yield the steps of the totals of a network, none before it is asked for."""
    yield from _passed_on(report, report.end, report.output)
    yield from _sums(report, 0, len(report.rows), "")
    parameters = symbol("P", report.totals.parameters, "parameters")
    yield Step.of("parameter bytes", BYTES_PER_NUMBER * parameters)
    yield _peak(report)
    yield from sight_behind(report, report.end)


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
    name = report.called(source)
    return tuple(
        Step.of(f"output {axis}", symbol("o", size, f"{axis} behind {name}"))
        for axis, size in zip(axis_names(output), output, strict=True)
    )


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
        symbol(_LETTERS.get(name) or f"n{subscript(number)}", size, f"output {name}")
        for number, (name, size) in enumerate(
            zip(axis_names(shape), shape, strict=True), start=1
        )
    )


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
            f"bytes that leave {report.called(source)}",
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
