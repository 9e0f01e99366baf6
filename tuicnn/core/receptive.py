"""Receptive fields: which part of the input each output sees, through branches too.

It never knows a layer type: layers say what they read, axis by axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from tuicnn.core.layer import POINTWISE, Reads
from tuicnn.core.reach import IDENTITY, WHOLE, Pattern, compose, everything, union

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape


class Field(NamedTuple):
    """What one output cell of a row sees of the network's input.

    Attributes:
        patterns: For each spatial axis of the input, the cells read.
        axes: For each axis of the row's output, the spatial axis of the input that it
            runs along; None for channels and for axes that see everything.
    """

    patterns: tuple[Pattern, ...]
    axes: tuple[int | None, ...]

    @property
    def size(self) -> tuple[int, ...]:
        """Cells that the widest output sees, on each spatial axis of the input."""
        return tuple(pattern.width for pattern in self.patterns)

    @property
    def stride(self) -> tuple[Fraction, ...]:
        """How far the sight moves from one output to the next; 0: not at all."""
        return tuple(pattern.stride for pattern in self.patterns)


def receptive_fields(report: Report) -> dict[int, Field | None]:
    """Return the field of each row, and of the input (−1); None after an error."""
    shape = report.network.input
    identity = (IDENTITY,) * (len(shape) - 1)
    found: dict[int, Field | None] = {
        -1: Field(identity, (None, *range(len(shape) - 1)))
    }
    rows = report.rows
    for index in report.order:
        found[index] = _field(rows[index], found, shape)
    _pass_through(report, found)
    return found


def changed_fields(
    report: Report, earlier: Mapping[int, Field | None], index: int
) -> dict[int, Field | None]:
    """Return the fields after one row was exchanged: only what follows is new."""
    found = dict(earlier)
    rows = report.rows
    moved: set[int] = set()
    for later in report.order[report.order.index(index) :]:
        row = rows[later]
        if later != index and moved.isdisjoint(row.sources):
            continue
        found[later] = _field(row, found, report.network.input)
        if found[later] != earlier[later]:
            moved.add(later)
    _pass_through(report, found)
    return found


def _pass_through(report: Report, found: dict[int, Field | None]) -> None:
    """Give each block the field of what leaves it."""
    if len(report.order) < len(report.rows):
        for row in reversed(report.rows):  # inner blocks first
            if row.effect is None and row.container and row.output is not None:
                found[row.index] = found[row.sources[0]]
            found.setdefault(row.index, None)


def _field(row: Row, found: Mapping[int, Field | None], shape: Shape) -> Field | None:
    """Return the field of one row, its sources' fields known."""
    effect = row.effect
    if effect is None:
        return None
    if len(row.sources) == 1 and not row.container:
        source = found[row.sources[0]]
        reads = effect.reads
        if source is None or reads is POINTWISE:
            return source
        return _through(source, reads, shape)
    fields = tuple(
        field for source in row.sources if (field := found[source]) is not None
    )
    return _merged(fields) if len(fields) == len(row.sources) else None


def _merged(fields: tuple[Field, ...]) -> Field:
    first = fields[0]
    if all(field is first for field in fields):
        return first
    axes = list(zip(*(field.patterns for field in fields), strict=True))
    if all(axis == axes[0] for axis in axes):  # square maps, square windows
        return Field((union(axes[0]),) * len(axes) if axes else (), first.axes)
    return Field(tuple(map(union, axes)), first.axes)


def _through(field: Field, reads: Reads, shape: Shape) -> Field:
    """Return the field behind a layer."""
    patterns = list(field.patterns)
    for axis, reading in enumerate(reads.axes):
        source = field.axes[axis]
        if reading is None or source is None:
            continue
        if reading == WHOLE:
            patterns[source] = everything(shape[source + 1])
        elif isinstance(reading, Pattern) and patterns[source].shift:
            patterns[source] = compose(patterns[source], reading)
    axes = field.axes
    if reads.carries is not None:
        axes = tuple(
            None if carried is None else axes[carried] for carried in reads.carries
        )
    return Field(tuple(patterns), axes)
