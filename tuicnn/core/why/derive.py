"""The step behind a number: the layer's own, or that of a number in between.

It never derives more than the number that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.accounting import each_step, each_summary_step
from tuicnn.core.derivation import Step
from tuicnn.core.layers.structure import Parallel
from tuicnn.core.report import INPUT
from tuicnn.core.shapes import AXES, BYTES_PER_NUMBER, Shape, axis_names, elements
from tuicnn.core.sight import MOVED, SEEN
from tuicnn.core.terms import ENTERING, Term, product, symbol
from tuicnn.core.why.edges import FIRST, LAST, edge
from tuicnn.core.why.number import NETWORK, OUTPUT, Number
from tuicnn.core.wording import subscript

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

SPAN: Final = "window span, "
SHARE: Final = "share of channels"
ENTERING_NUMBERS: Final = "entering numbers"
OUTPUT_BYTES: Final = "output bytes"


def step_behind(report: Report, number: Number) -> Step | None:
    """Return how a number came about; None where the network has no such number.

    What a letter stands for has no step of its own: that is the step of its quantity.
    """
    place, quantity, _ = number
    if place == NETWORK:
        return _named(each_summary_step(report), quantity)
    if place == INPUT:
        return _named(_of_input(report), quantity)
    if not 0 <= place < len(report.rows):
        return None
    row = report.rows[place]
    extra = _between(report, row, quantity)
    return extra or _named(each_step(report, row), quantity)


def _named(steps: Iterator[Step], quantity: str) -> Step | None:
    return next((step for step in steps if step.quantity == quantity), None)


def _of_input(report: Report) -> Iterator[Step]:
    shape = report.network.input
    for axis, size in zip(axis_names(shape), shape, strict=True):
        yield Step.of(f"{OUTPUT}{axis}", symbol("i", size, "the input"))
    for axis in AXES[len(shape) - 1]:
        yield Step.of(f"{SEEN}{axis}", symbol("1", 1, "a cell sees itself"))
        yield Step.of(f"{MOVED}{axis}", symbol("1", 1, "one cell further on"))
        yield Step.of(f"{FIRST}{axis}", symbol("0", 0, "cells count from 0"))
        yield Step.of(f"{LAST}{axis}", symbol("0", 0, "cells count from 0"))
    yield _bytes(shape)


def _bytes(shape: Shape) -> Step:
    return Step.of(OUTPUT_BYTES, BYTES_PER_NUMBER * _sizes(shape, OUTPUT))


def _sizes(shape: Shape, whose: str) -> Term:
    """Return the product of the sizes of a shape, as letters."""
    return product(
        symbol(f"n{subscript(at)}", size, f"{whose}{axis}")
        for at, (axis, size) in enumerate(
            zip(axis_names(shape), shape, strict=True), start=1
        )
    )


def _between(report: Report, row: Row, quantity: str) -> Step | None:
    """Return the step of a number that stands in no table, but in a derivation."""
    if quantity == OUTPUT_BYTES and row.output is not None:
        return _bytes(row.output)
    if quantity == "buffers" and not row.container:
        return _tensors(row)
    if quantity == ENTERING_NUMBERS and row.inputs[0] is not None:
        return Step.of(quantity, _sizes(row.inputs[0], ENTERING))
    if quantity == SHARE and isinstance(row.layer, Parallel):
        return _share(row, row.layer)
    axis = quantity.rpartition(", ")[2]
    if quantity.startswith(SPAN):
        return _span(row, axis)
    if quantity.startswith((FIRST, LAST)):
        return edge(report, row, axis, quantity.startswith(FIRST))
    return None


def _tensors(row: Row) -> Step | None:
    letters = [
        symbol(name, elements(shape), f"numbers in {name}")
        for name, shape in row.buffers.items()
    ]
    return Step.of("buffers", sum(letters[1:], letters[0])) if letters else None


def _share(row: Row, layer: Parallel) -> Step | None:
    shape = row.inputs[0]
    if shape is None or layer.split is None:
        return None
    channels = symbol("C", shape[0], "entering channels")
    branches = symbol("b", len(layer.branches), "the field branches")
    return Step.of(SHARE, channels // branches)


def _span(row: Row, axis: str) -> Step | None:
    """Return how many cells a window spans, holes of dilation included."""
    steps = () if row.effect is None else row.effect.derive()
    known = {one.meaning: one for step in steps for one in step.symbols}
    kernel = known.get(f"kernel {axis}")
    if kernel is None:
        return None
    dilation = None
    if "dilation" in type(row.layer).model_fields:
        dilation = known.get(f"dilation, {axis}")
    k = symbol("k", int(kernel.value), kernel.meaning)
    if dilation is None:
        return Step.of(f"{SPAN}{axis}", k)
    d = symbol("d", int(dilation.value), dilation.meaning)
    return Step.of(f"{SPAN}{axis}", d * (k - 1) + 1)
