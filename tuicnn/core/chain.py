"""Where a size comes from: the chain of layers that made it, back to the input.

It never computes a size: it follows the steps that layers derive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tuicnn.core.derivation import Step
from tuicnn.core.layer import POINTWISE
from tuicnn.core.layers.structure import Parallel
from tuicnn.core.report import Row
from tuicnn.core.shapes import axis_names
from tuicnn.core.terms import ALL_NUMBERS, ENTERING, exact_quotient, symbol

if TYPE_CHECKING:
    from tuicnn.core.report import Report
    from tuicnn.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class Link:
    """One number of a chain.

    Attributes:
        axis: The axis it measures, as the layer names it.
        value: The number.
        row: The layer that made it; None where it is the network's input.
        step: How; None where it is the network's input.
    """

    axis: str
    value: int | Fraction
    row: Row | None
    step: Step | None


Known = dict[tuple[object, ...], Step]
"""Steps that need not be derived again, by what a layer is set to and what enters."""

_Onward = tuple[Row | None, int, str]
"""Where a chain goes on: the row that reads, what it reads, and along which axis."""


def chain(
    report: Report,
    source: int,
    axis: str,
    known: Known | None = None,
    reader: Row | None = None,
) -> Iterator[Link]:
    """Yield the links that lead from a row's output back to the input.

    Layers that keep the size are passed over. Where a layer joins several axes
    (flatten), the chain goes on along each of them.

    Args:
        source: A row, or `INPUT`.
        axis: An axis of what leaves it: height.
        known: Shared by the chains of several axes, which meet the same layers.
        reader: The row that it enters, which may be given a share of its channels.
    """
    known = {} if known is None else known
    pending: list[_Onward] = [(reader, source, axis)]
    while pending:
        links, onward = _next_links(report, *pending.pop(0), known)
        yield from links
        pending = [*onward, *pending]


def _next_links(
    report: Report, reader: Row | None, source: int, axis: str, known: Known
) -> tuple[list[Link], list[_Onward]]:
    """Return what changed a size last, and the axes that it was made from."""
    while True:
        shares = [] if reader is None else _shares(report, reader, source, axis)
        if shares:
            return shares, [(None, source, axis)]
        if source < 0:
            break
        row = report.rows[source]
        if _passes_on(row):
            reader, source = row, row.sources[0]
            continue
        step = _known_step(row, axis, known)
        entering = _axes_read(row, step)
        kept = len(entering) == 1 and step.value in [
            symbol.value for symbol in step.symbols if symbol.axis is not None
        ]
        if not kept:
            onward: list[_Onward] = [(row, row.sources[0], name) for name in entering]
            return [Link(axis, step.value, row, step)], onward
        # Branches of a merge have equal sizes: the shortest way tells them.
        reader, source, axis = row, min(row.sources), entering[0]
    shape = report.network.input
    size = dict(zip(axis_names(shape), shape, strict=True))[axis]
    return [Link(axis, size, None, None)], []


def _shares(report: Report, reader: Row, source: int, axis: str) -> list[Link]:
    """Return how a row's channels were dealt out of a source's, the last share first.

    None are returned where it is given all of them.
    """
    shape = report.network.input if source < 0 else report.rows[source].output
    assert shape is not None
    if _given(reader, source, shape) == shape or axis != axis_names(shape)[0]:
        return []
    around = report.rows[source + 1 : reader.index + 1]
    return [
        _dealt(row, row.layer, axis)
        for row in reversed(around)
        if row.stop > reader.index and isinstance(row.layer, Parallel)
        if row.layer.split is not None
    ]


def _dealt(row: Row, layer: Parallel, axis: str) -> Link:
    """Return how a container makes shares of its channels."""
    shape = row.inputs[0]
    assert shape is not None
    whole = symbol("C", shape[0], f"{ENTERING}{axis}")
    branches = symbol("b", len(layer.branches), "the field branches")
    step = Step.of(f"share of {axis}", exact_quotient(whole, branches))
    return Link(axis, step.value, row, step)


def _given(reader: Row, source: int, shape: Shape) -> Shape:
    """Return what a row is given of the shape that leaves a source."""
    layer = reader.layer
    if isinstance(layer, Parallel):  # an empty branch passes its share on
        return layer.share(shape) if source < reader.index else shape
    given = reader.inputs[reader.sources.index(source)]
    assert given is not None
    return given


def _axes_read(row: Row, step: Step) -> list[str]:
    """Return the axes of what enters a row that a size was made from."""
    axes = [symbol.axis for symbol in step.symbols if symbol.axis is not None]
    if ALL_NUMBERS in axes and row.inputs[0] is not None:
        return list(axis_names(row.inputs[0]))
    return list(dict.fromkeys(axes))


def _passes_on(row: Row) -> bool:
    """Whether a layer plainly keeps its shape: most do, and need no derivation."""
    effect = row.effect
    return (
        effect is not None
        and effect.reads is POINTWISE
        and len(row.sources) == 1
        and effect.output == row.inputs[0]
    )


def _known_step(row: Row, axis: str, known: Known) -> Step:
    """Return the step of an axis, once for layers that do the same to the same shape.

    Deep networks repeat a few layers thousands of times.
    """
    if len(row.sources) != 1 or row.container:  # a merge tells its branches by name
        return _step_of(row, axis)
    fields = vars(row.layer).items()
    settings = [value for name, value in fields if name != "name"]
    key = (axis, row.inputs[0], *settings)
    if key not in known:
        known[key] = _step_of(row, axis)
    return known[key]


def _step_of(row: Row, axis: str) -> Step:
    """Return the step that derives one axis of what leaves a row."""
    assert row.effect is not None
    return next(
        step for step in row.effect.derive() if step.quantity == f"output {axis}"
    )
