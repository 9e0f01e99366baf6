"""Symbolic sizes: a closed form for what leaves each layer, whatever the input's size.

It never holds a rule: each layer is sent sizes that remember how they were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import (
    Network,
    leaves_after_repetition,
    rows_after_repetition,
)
from tuicnn.core.report import INPUT
from tuicnn.core.scope import Value
from tuicnn.core.shapes import Shape, elements
from tuicnn.core.symbolic.domain import Domain, domain, within
from tuicnn.core.symbolic.formula import Formula, Values
from tuicnn.core.symbolic.traced import Traced, Trail, formula_of
from tuicnn.core.symbolic.tracing import Named, Tracing

LETTERS: Final = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
"""What the spatial axes of the input are called, by their number."""

BATCH: Final = "N"
"""What the number of samples is called, which every layer passes on."""


@dataclass(frozen=True, slots=True)
class SymbolicRow:
    """One layer, or container, with the closed form of what leaves it.

    Attributes:
        path: The layer's path.
        layer: The layer of the document.
        container: Whether it holds other rows.
        entering: The formula of each axis that enters; None below an error.
        output: The formula of each axis that leaves, without the batch; None where the
            layer refuses what arrives, or is not reached.
        tensors: The formulas of learnt tensors that change with the input's size.
    """

    path: str
    layer: LayerSpec
    container: bool
    entering: tuple[Formula, ...] | None
    output: tuple[Formula, ...] | None
    tensors: tuple[tuple[str, tuple[Formula, ...]], ...]

    @property
    def changes(self) -> bool:
        """Whether what leaves has another shape than what enters, and is known."""
        return self.output is not None and self.output != self.entering


@dataclass(frozen=True, slots=True)
class Symbolic:
    """The closed forms of a network.

    Attributes:
        network: The network.
        letters: What each axis of the input is called; None for an axis that is kept
            as it is.
        rows: One for each row of the report, in its order.
        named: Formulas that stand under a letter of their own.
        domain: Where all of this holds.
        lossless: The part of it in which windows read every cell of the open axes, but
            for gaps between them.
        same_tensors: The part of it in which learnt tensors have the shapes they have.
    """

    network: Network
    letters: tuple[str | None, ...]
    rows: tuple[SymbolicRow, ...]
    named: tuple[Named, ...]
    domain: Domain
    lossless: Domain
    same_tensors: Domain

    def values(self, sizes: Shape) -> Values | None:
        """Return what each letter stands for at these sizes of the input's axes.

        None where an axis that is kept as it is would have another size, or one letter
        two sizes.
        """
        found: dict[str, int] = {}
        for name, size, here in zip(
            self.letters, sizes, self.network.input, strict=True
        ):
            if name is None and size != here:
                return None
            if name is not None and found.setdefault(name, size) != size:
                return None
        for one in self.named:
            found[one.letter] = one.formula.at(found)
        return found

    def shape(self, row: SymbolicRow, sizes: Shape) -> Shape | None:
        """Return what leaves a row for an input of these sizes, by its closed form."""
        values = self.values(sizes)
        if values is None or row.output is None:
            return None
        return tuple(one.at(values) for one in row.output)

    def holds(self, sizes: Shape) -> bool:
        """Whether the closed forms are claimed for an input of these sizes."""
        values = self.values(sizes)
        if values is None or not self.domain.holds(values):
            return False
        shapes = (self.shape(row, sizes) for row in self.rows)
        return elements(sizes) <= limits.ELEMENTS and all(
            elements(shape) <= limits.ELEMENTS for shape in shapes if shape is not None
        )


def symbolic(network: Network) -> Symbolic:
    """Return the closed form of every size, each spatial axis of the input open."""
    return with_letters(network, (None, *LETTERS.get(len(network.input) - 1, ())))


def with_letters(network: Network, names: Sequence[str | None]) -> Symbolic:
    """Return closed forms with some axes of the input open.

    Args:
        names: For each axis a letter, or None to keep it as it is. Axes of one letter
            have one size.
    """
    here = {
        name: size
        for name, size in zip(names, network.input, strict=True)
        if name is not None
    }
    trail = Trail()
    walk = Tracing(trail)
    shape = tuple(
        size if name is None else trail.size(here[name], name)
        for name, size in zip(names, network.input, strict=True)
    )
    if _countable(network):
        start = Value(shape, INPUT, "the input")
        walk.sequence(network.layers, start, None, "", ("layers",), 0)
    claimed = within(domain(here), here, trail.conditions.values())
    return Symbolic(
        network,
        tuple(names),
        tuple(_rows(walk)),
        tuple(walk.named),
        claimed,
        within(claimed, here, walk.lossless()),
        within(claimed, here, walk.same_tensors()),
    )


def _countable(network: Network) -> bool:
    layers = network.layers
    return (
        leaves_after_repetition(layers) <= limits.LAYERS
        and rows_after_repetition(layers) <= limits.ROWS
    )


def _rows(walk: Tracing) -> Iterator[SymbolicRow]:
    for row in walk.rows:
        entering = row.inputs[0] if row.inputs else None
        yield SymbolicRow(
            row.path,
            row.layer,
            row.container,
            None if entering is None else _formulas(entering),
            None if row.output is None else _formulas(row.output),
            tuple(
                (name, _formulas(shape))
                for name, shape in row.parameters.items()
                if any(isinstance(size, Traced) for size in shape)
            ),
        )


def _formulas(shape: Shape) -> tuple[Formula, ...]:
    return tuple(map(formula_of, shape))
