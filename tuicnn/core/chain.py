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
from tuicnn.core.shapes import axis_names

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row


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


Known = dict[tuple[object, ...], Step | None]
"""Steps that need not be derived again, by what a layer is set to and what enters."""


def chain(
    report: Report, source: int, axis: str, known: Known | None = None
) -> Iterator[Link]:
    """Yield the links that lead from a row's output back to the input.

    Layers that keep the size are passed over. Where a layer joins several axes
    (flatten), the chain goes on along each of them.

    Args:
        source: A row, or `INPUT`.
        axis: An axis of what leaves it: height.
        known: Shared by the chains of several axes, which meet the same layers.
    """
    known = {} if known is None else known
    pending = [(source, axis)]
    seen: set[tuple[int, str]] = set()
    while pending:
        link, onward = _next_link(report, *pending.pop(0), known)
        key = (-1 if link.row is None else link.row.index, link.axis)
        if key not in seen:
            seen.add(key)
            yield link
            pending = [*onward, *pending]


def _next_link(
    report: Report, source: int, axis: str, known: Known
) -> tuple[Link, list[tuple[int, str]]]:
    """Return the next layer that changes a size, and the axes that it made it from."""
    while source >= 0:
        row = report.rows[source]
        if _passes_on(row):
            source = row.sources[0]
            continue
        step = _known_step(row, axis, known)
        if step is None:
            break
        entering = list(
            dict.fromkeys(
                symbol.axis for symbol in step.symbols if symbol.axis is not None
            )
        )
        kept = len(entering) == 1 and step.value in [
            symbol.value for symbol in step.symbols if symbol.axis is not None
        ]
        if not kept:
            onward = [(row.sources[0], name) for name in entering]
            return Link(axis, step.value, row, step), onward
        # Branches of a merge have equal sizes: the shortest way tells them.
        source, axis = min(row.sources), entering[0]
    shape = report.network.input
    size = dict(zip(axis_names(shape), shape, strict=True)).get(axis, shape[0])
    return Link(axis, size, None, None), []


def _passes_on(row: Row) -> bool:
    """Whether a layer plainly keeps its shape: most do, and need no derivation."""
    effect = row.effect
    return (
        effect is not None
        and effect.reads is POINTWISE
        and len(row.sources) == 1
        and effect.output == row.inputs[0]
    )


def _known_step(row: Row, axis: str, known: Known) -> Step | None:
    """Return the step of an axis, once for layers that do the same to the same shape.

    Deep networks repeat a few layers thousands of times.
    """
    if len(row.sources) != 1 or row.container:  # a merge tells its branches by name
        return step_of(row, axis)
    fields = vars(row.layer).items()
    settings = [value for name, value in fields if name != "name"]
    key = (axis, row.inputs[0], *settings)
    if key not in known:
        known[key] = step_of(row, axis)
    return known[key]


def step_of(row: Row, axis: str) -> Step | None:
    """Return the step that derives one axis of what leaves a row."""
    if row.effect is None:
        return None
    for step in row.effect.derive():
        if step.quantity == f"output {axis}":
            return step
    return None
