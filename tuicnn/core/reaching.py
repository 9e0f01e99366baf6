"""Which cells of the input reach the output: from the output back, layer by layer.

What a normalisation's statistics read is not counted, as in receptive fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuicnn.core.cells import EVERY, all_of, held, read_by, settled
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    DepthwiseConv2d,
    SeparableConv2d,
)
from tuicnn.core.layers.shaping import Flatten, Pad, Reshape, Unflatten, Upsample
from tuicnn.core.layers.structure import Parallel, joined_axis
from tuicnn.core.reach import WHOLE, Pattern
from tuicnn.core.report import INPUT

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape

Box = tuple[int, ...]
"""Cells that are needed together: a set for each axis, channels first."""

_MOST: Final = 16
"""Boxes that are told apart; more are joined."""

_LONGEST: Final = 2**22
"""Cells of an axis that are told apart."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The cells of the input that reach the output.

    Attributes:
        axes: For each spatial axis, the set of rows, columns, … of which any cell does.
        exact: Whether these are all of them and no others; if not, it is no others that
            are certain: interpolation may read less than is counted.
    """

    axes: tuple[int, ...]
    exact: bool


def reached(report: Report) -> Reached | None:
    """Return the cells of the input that reach the output; None after an error."""
    if report.output is None:
        return None
    walk = _Back(report)
    walk.need(report.end, (EVERY,) * len(report.output))
    for index in reversed(report.order):
        row = report.rows[index]
        for box in walk.boxes.pop(index, ()):
            walk.pass_on(row, box)
    found = walk.boxes.get(INPUT, [])
    shape = report.network.input
    axes = []
    for axis in range(1, len(shape)):
        cells = 0
        for box in found:
            cells |= box[axis]
        axes.append(settled(cells, shape[axis]))
    return Reached(tuple(axes), walk.exact)


class _Back:
    """What is needed of each row's output, the rows behind it done."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.boxes: dict[int, list[Box]] = {}
        self.exact = True

    def need(self, source: int, box: Box) -> None:
        """Note what is needed of an output, unless it is known already."""
        known = self.boxes.setdefault(source, [])
        if 0 in box or any(_inside(box, other) for other in known):
            return
        known[:] = [other for other in known if not _inside(other, box)]
        known.append(box)
        if len(known) > _MOST:
            known[:] = [_joined(known)]
            # Of the input only whole rows and columns are told: these stay the same.
            self.exact = self.exact and source == INPUT

    def pass_on(self, row: Row, box: Box) -> None:
        """Note what a row reads for what is needed of it."""
        if row.container or len(row.sources) > 1:
            for source, shape, part in self._merged(row, box):
                self._enter(source, shape, part)
            return
        entering = row.inputs[0]
        assert entering is not None
        if _is_vague(row, box):
            self.exact = False
        axes = (self._read(row, axis, box) for axis in range(len(entering)))
        self._enter(row.sources[0], entering, tuple(axes))

    def _enter(self, source: int, shape: Shape, box: Box) -> None:
        """Note what is needed of what enters, which may be a share of an output."""
        whole = self._output(source)
        self.need(
            source,
            tuple(
                cells if part == size or not cells else EVERY
                for cells, part, size in zip(box, shape, whole, strict=True)
            ),
        )

    def _output(self, source: int) -> Shape:
        if source == INPUT:
            return self.report.network.input
        output = self.report.rows[source].output
        assert output is not None
        return output

    def _read(self, row: Row, axis: int, box: Box) -> int:
        """Return the cells of an entering axis that are read for those that leave."""
        effect = row.effect
        shape = row.inputs[0]
        assert effect is not None and shape is not None
        axes, carries = effect.reads
        reading = axes[axis] if axis < len(axes) else None
        order: Sequence[int | None] = range(len(box)) if carries is None else carries
        place = order.index(axis) if axis in order else None
        if place is None or reading == WHOLE:
            return EVERY
        if not isinstance(reading, Pattern):
            return box[place]
        count = effect.output[place]
        if isinstance(row.layer, Upsample) and not _copies(
            row.layer, effect.output, shape
        ):
            return EVERY
        if not reading.exact or max(count, shape[axis]) > _LONGEST:
            self.exact = False
            return EVERY
        return read_by(reading, box[place], count, shape[axis], _beyond(row.layer))

    def _merged(self, row: Row, box: Box) -> Iterator[tuple[int, Shape, Box]]:
        """Yield each source of a merge, its share, and what is needed of it."""
        layer, output = row.layer, row.output
        assert output is not None
        joined = joined_axis(layer, len(output))
        offset = 0
        for source in row.sources:
            shape = self._share(row, source)
            part = tuple(
                _cut(cells, offset, size)
                if axis == joined
                else (EVERY if size == 1 and cells else cells)
                for axis, (cells, size) in enumerate(zip(box, shape, strict=True))
            )
            offset += 0 if joined is None else shape[joined]
            yield source, shape, part

    def _share(self, row: Row, source: int) -> Shape:
        """Return the shape of what comes from a source: an empty branch has a share."""
        shape = self._output(source)
        layer = row.layer
        empty = isinstance(layer, Parallel) and source < row.index
        if isinstance(layer, Parallel) and layer.split and empty:
            return layer.share(shape)
        return shape


def _is_vague(row: Row, box: Box) -> bool:
    """Whether what a layer reads is known from above only."""
    layer, entering, leaving = row.layer, row.inputs[0], row.output
    assert entering is not None and leaving is not None
    all_needed = all(cells == EVERY for cells in box)
    if isinstance(layer, Upsample):
        grows = all(new >= old for new, old in zip(leaving, entering, strict=True))
        mixes = layer.mode != "nearest" and grows and all_needed
        return not (mixes or _copies(layer, leaving, entering))
    return isinstance(layer, (Flatten, Unflatten, Reshape)) and not all_needed


def _copies(layer: Upsample, leaving: Shape, entering: Shape) -> bool:
    """Whether each cell is a copy of the one that lies under it.

    Under a factor that is no whole number, PyTorch divides by the factor, and not by
    the sizes that came of it.
    """
    pairs = zip(leaving[1:], entering[1:], strict=True)
    even = layer.size is not None or all(not new % old for new, old in pairs)
    return layer.mode == "nearest" and even


def _inside(box: Box, other: Box) -> bool:
    return all(held(cells, more) for cells, more in zip(box, other, strict=True))


def _joined(boxes: list[Box]) -> Box:
    joined = list(boxes[0])
    for box in boxes[1:]:
        joined = [cells | more for cells, more in zip(joined, box, strict=True)]
    return tuple(joined)


def _cut(cells: int, offset: int, size: int) -> int:
    """Return the part of a set that comes from one of several joined axes."""
    return cells if cells == EVERY else settled(cells >> offset & all_of(size), size)


def _beyond(layer: LayerSpec) -> str:
    """Return what a layer finds beyond the ends of a map."""
    if isinstance(layer, Pad):
        return layer.mode
    if isinstance(layer, (Conv1d, Conv2d, Conv3d, DepthwiseConv2d, SeparableConv2d)):
        return layer.padding_mode
    return "zeros"
