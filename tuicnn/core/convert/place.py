"""A list of layers as conversions look at it: each layer with all its rows.

It never changes the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.tree import TOP, Layers, every, lists_of

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class Stretch:
    """A list of layers, with the rows of each.

    Attributes:
        parent: The list's pointer.
        layers: The layers.
        rows: For each, its rows: one for each repetition of what holds it.
    """

    report: Report
    parent: Pointer
    layers: Layers
    rows: tuple[tuple[Row, ...], ...]

    def shapes(self, place: int) -> tuple[Shape, Shape] | None:
        """Return what enters and leaves a layer, if it is so in each repetition."""
        found = {(row.inputs, row.output) for row in self.rows[place]}
        if len(found) != 1:
            return None
        inputs, output = found.pop()
        if len(inputs) != 1 or inputs[0] is None or output is None:
            return None
        return inputs[0], output

    def read_once(self, place: int) -> bool:
        """Whether only the next layer reads what leaves a layer."""
        readers, end = self.report.readers, self.report.end
        return all(readers[r.index] == 1 and r.index != end for r in self.rows[place])

    def path(self, place: int) -> str:
        """Return the path of a layer, in its first repetition."""
        return self.rows[place][0].path

    @property
    def last(self) -> bool:
        """Whether what leaves the list leaves the network."""
        return self.parent == TOP


def stretches(report: Report) -> Iterator[Stretch]:
    """Yield every list of layers of a network that anything reaches."""
    rows: dict[Pointer, list[Row]] = {}
    for row in report.rows:
        rows.setdefault(row.pointer, []).append(row)
    lists = [(TOP, report.network.layers)]
    for pointer, layer in every(report.network):
        if isinstance(layer, (Block, Parallel)):
            lists += lists_of(layer, pointer)
    for parent, layers in lists:
        of_each = tuple(
            tuple(rows.get((*parent, place), ())) for place in range(len(layers))
        )
        if layers and all(of_each):
            yield Stretch(report, parent, layers, of_each)
