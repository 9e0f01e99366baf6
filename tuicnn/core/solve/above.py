"""The layers above a place, and what each would have to make so that a size is reached.

It never asks how a layer above is to make it: `settings` does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core import limits
from tuicnn.core.diagnostics import Refusal
from tuicnn.core.layer import POINTWISE
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    SeparableConv2d,
)
from tuicnn.core.layers.dense import Linear
from tuicnn.core.report import INPUT

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape
    from tuicnn.core.solve.windows import Ranges

_SIZES: Final = range(1, limits.INPUT_SIZE + 1)

Filters = (
    Conv1d
    | Conv2d
    | Conv3d
    | ConvTranspose1d
    | ConvTranspose2d
    | ConvTranspose3d
    | SeparableConv2d
)
"""Layers whose output channels are a choice."""


class Link(NamedTuple):
    """A layer above, and the sizes of each axis that it may make."""

    row: Row
    wanted: Ranges


def links(report: Report, row: Row | None, wanted: Ranges) -> Iterator[Link]:
    """Yield a layer and those above it, each with the sizes that would do.

    It ends where layers join values, or reorder axes.

    Args:
        row: The layer whose output shall have the sizes.
        wanted: The sizes of each spatial axis.
    """
    while row is not None and len(row.inputs) == 1 and not row.container:
        yield Link(row, wanted)
        source, x, effect = row.sources[0], row.inputs[0], row.effect
        if source == INPUT or x is None or effect is None:
            return
        if effect.reads.carries is not None or len(effect.output) != len(x):
            return
        if effect.reads is not POINTWISE:
            wanted = _entering(row, x, wanted)
        if not all(wanted):
            return
        row = report.rows[source]


def chooser(report: Report, row: Row | None) -> Row | None:
    """Return the layer that chooses the channels, or features, that leave a row."""
    while row is not None and len(row.inputs) == 1 and not row.container:
        layer, x, effect = row.layer, row.inputs[0], row.effect
        if isinstance(layer, Filters):
            return row
        if isinstance(layer, Linear):
            return row if x is None or len(x) == 1 else None
        if effect is None or effect.reads.carries is not None or x is None:
            return None
        if effect.output[0] != x[0] or row.sources[0] == INPUT:
            return None
        row = report.rows[row.sources[0]]
    return None


def _entering(row: Row, x: Shape, wanted: Ranges) -> Ranges:
    """Return the sizes that may enter a layer, so that those wanted leave it."""
    found = []
    for axis, sizes in enumerate(wanted, start=1):

        def leaving(size: int, axis: int = axis) -> int:
            try:
                return row.layer.infer((*x[:axis], size, *x[axis + 1 :])).output[axis]
            except Refusal:
                return 0  # too small for the layer

        first = bisect_left(_SIZES, sizes[0], key=leaving)
        found.append(_SIZES[first : bisect_right(_SIZES, sizes[-1], key=leaving)])
    return tuple(found)


def between(report: Report, upper: Row, row: Row | None) -> int:
    """Return how many layers that change sizes, or mix cells, lie between two.

    Args:
        upper: The higher one; it does not count.
        row: The lower one, which counts where it is not the upper one itself.
    """
    count = 0
    while row is not None and row.index != upper.index and row.sources[0] != INPUT:
        count += row.effect is None or row.effect.reads is not POINTWISE
        row = report.rows[row.sources[0]]
    return count


def trunk(report: Report, row: Row | None, pointers: Collection[Pointer]) -> list[Row]:
    """Return the rows from the uppermost of some layers down to a row.

    Args:
        row: The last of them.
        pointers: Layers among those above it, down to it; empty for none.
    """
    found: list[Row] = []
    missing = set(pointers)
    while missing and row is not None:
        found.append(row)
        missing.discard(row.pointer)
        source = row.sources[0]
        row = None if source == INPUT else report.rows[source]
    return found[::-1]
