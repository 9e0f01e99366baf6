"""The place that a target is about: a layer, or the output of the network.

It never changes a network: it says where an edit would be made, and what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuicnn.core.layers.structure import Parallel
from tuicnn.core.report import INPUT
from tuicnn.core.tree import TOP

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape

OUTPUT: Final = "the output"
"""What the output of the network is called."""


@dataclass(frozen=True)
class Place:
    """Where a shape is wanted.

    Attributes:
        report: What is known of the network.
        row: The layer whose output is meant; None: the output of the network.
    """

    report: Report
    row: Row | None = None

    @property
    def called(self) -> str:
        """What it is called: a path, or the output."""
        return OUTPUT if self.row is None else self.row.path

    @property
    def shape(self) -> Shape | None:
        """What leaves here; None where that cannot be known."""
        return self.report.output if self.row is None else self.row.output

    @property
    def maker(self) -> Row | None:
        """The row that makes what leaves here; None where it is the input."""
        end = self.report.end
        if self.row is not None:
            end = self.row.index
            if self.row.container and not isinstance(self.row.layer, Parallel):
                end = self.row.sources[0]
        return None if end == INPUT else self.report.rows[end]

    @property
    def entering(self) -> Shape | None:
        """What enters the layer that makes it."""
        row = self.row or self.maker
        return self.report.network.input if row is None else row.inputs[0]

    @property
    def behind(self) -> Pointer:
        """Where a layer would be put in."""
        if self.row is None:
            return (*TOP, len(self.report.network.layers))
        return self._moved(1)

    def reached(self, after: Report, inserted: int) -> Shape | None:
        """Return what leaves here in a later version.

        Args:
            inserted: How many layers were put in behind; the last of them is meant.
        """
        if self.row is None:
            return after.output
        old = [one.index for one in self.report.rows if one.pointer == self.row.pointer]
        turn = old.index(self.row.index)  # of a block's repetitions
        pointer = self._moved(inserted)
        new = [one for one in after.rows if one.pointer == pointer]
        return new[turn].output if turn < len(new) else None

    def _moved(self, by: int) -> Pointer:
        assert self.row is not None
        *parent, index = self.row.pointer
        assert isinstance(index, int)
        return (*parent, index + by)
