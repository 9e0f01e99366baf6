"""Symbolic sizes: a closed form for what leaves each layer, whatever the input's size.

It never holds a rule: each layer is sent sizes that remember how they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tuicnn.core import limits
from tuicnn.core.diagnostics import Pointer, Refusal
from tuicnn.core.domain import Domain, domain
from tuicnn.core.formula import Formula, Values, bounds, weight
from tuicnn.core.layer import Effect, LayerSpec
from tuicnn.core.layers import SkipMerge
from tuicnn.core.layers.structure import Concat, Parallel
from tuicnn.core.network import (
    Network,
    leaves_after_repetition,
    rows_after_repetition,
)
from tuicnn.core.report import INPUT
from tuicnn.core.scope import Value
from tuicnn.core.shapes import Shape, Window, elements
from tuicnn.core.traced import Relation, Traced, Trail, formula_of
from tuicnn.core.walk import Walk
from tuicnn.core.wording import subscript

LETTERS: Final = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
"""What the spatial axes of the input are called, by their number."""

BATCH: Final = "N"
"""What the number of samples is called, which every layer passes on."""

_LONGEST: Final = 12
"""Letters, floors and products that a formula may hold; a longer one gets a name."""


@dataclass(frozen=True, slots=True)
class Named:
    """A formula too long to be repeated, and the letter that stands for it."""

    letter: str
    formula: Formula
    path: str


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
        lossless: The same, and no window leaves out a cell at the end.
    """

    network: Network
    letters: tuple[str | None, ...]
    rows: tuple[SymbolicRow, ...]
    named: tuple[Named, ...]
    domain: Domain
    lossless: Domain

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
        if max(sizes[1:], default=1) > limits.INPUT_SIZE:
            return False
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
    walk = _Tracing(trail)
    shape = tuple(
        size if name is None else trail.size(here[name], name)
        for name, size in zip(names, network.input, strict=True)
    )
    if _countable(network):
        start = Value(shape, INPUT, "the input")
        walk.sequence(network.layers, start, None, "", ("layers",), 0)
    conditions = tuple(trail.conditions.values())
    walk.leave_nothing_out()
    return Symbolic(
        network,
        tuple(names),
        tuple(_rows(walk)),
        tuple(walk.named),
        domain(here, conditions),
        domain(here, trail.conditions.values()),
    )


def _countable(network: Network) -> bool:
    layers = network.layers
    return (
        leaves_after_repetition(layers) <= limits.LAYERS
        and rows_after_repetition(layers) <= limits.ROWS
    )


class _Tracing(Walk):
    """A pass that sends open sizes through the layers, in place of integers."""

    def __init__(self, trail: Trail) -> None:
        super().__init__({})
        self.trail = trail
        self.named: list[Named] = []

    def _effect(
        self, layer: LayerSpec, x: Shape, path: str, place: Pointer
    ) -> Effect | None:
        """Return what a layer does; a refusal has been told by `check`."""
        key = (id(layer), x)
        if key in self.known:  # nothing new would be asked
            return self.known[key][1]
        effect = self._asked(lambda: layer.infer(x), path)
        if effect is not None:
            self.known[key] = (layer, effect)
        return effect

    def _merge(
        self,
        layer: Parallel | SkipMerge,
        values: tuple[Value, ...],
        path: str,
        place: Pointer,
    ) -> Effect | None:
        """Return what a merge does to values that agree in their sizes."""
        shapes = tuple(value.shape for value in values if value.shape is not None)
        if len(shapes) < len(values):
            return None
        labels = tuple(value.path for value in values)

        def ask() -> Effect:
            return layer.merged(_agreed(layer, shapes), labels)

        return self._asked(ask, path)

    def _asked(self, ask: Callable[[], Effect], path: str) -> Effect | None:
        """Return an effect, with the conditions under which it is this one."""
        before = len(self.trail.conditions)
        self.trail.path = path
        try:
            effect = ask()
        except Refusal:
            self.trail.forget(before)
            return None
        output = tuple(self._short(size, path) for size in effect.output)
        return effect._replace(output=output)

    def _short(self, size: int, path: str) -> int:
        """Return a size whose formula is not too long to be repeated."""
        formula = formula_of(size)
        if weight(formula) <= _LONGEST:
            return size
        known = {one.formula: one.letter for one in self.named}
        name = known.get(formula)
        if name is None:
            name = f"a{subscript(len(self.named) + 1)}"
            self.named.append(Named(name, formula, path))
        return self.trail.size(int(size), name)

    def leave_nothing_out(self) -> None:
        """Ask that no window leaves out a cell at the end of an open axis."""
        asked = {
            id(row.effect): (row.effect, row.path)
            for row in reversed(self.rows)
            if row.effect is not None
        }
        for effect, path in reversed(asked.values()):
            self.trail.path = path
            for window in effect.windows:
                lost = window.discarded() if isinstance(window, Window) else 0
                if isinstance(lost, Traced):
                    self.trail.note(lost.formula, Relation.EQUAL)


def _agreed(
    layer: Parallel | SkipMerge, shapes: tuple[Shape, ...]
) -> tuple[Shape, ...]:
    """Return shapes in which sizes that are equal here are so by their formulas.

    Where they are written differently, that they are equal becomes a condition. An
    axis of size 1 beside another is repeated, and so agrees with any size.
    """
    if len({len(shape) for shape in shapes}) > 1:
        return shapes
    joined = _joined_axis(layer, len(shapes[0]))
    columns = [
        sizes if axis == joined else _equated(sizes, repeated=joined is None)
        for axis, sizes in enumerate(zip(*shapes, strict=True))
    ]
    return tuple(zip(*columns, strict=True))


def _joined_axis(layer: Parallel | SkipMerge, axes: int) -> int | None:
    """Return the axis along which a merge lines shapes up, if it does."""
    if isinstance(layer, Concat) or (
        isinstance(layer, Parallel) and layer.merge == "concat"
    ):
        return layer.dim - 1 if layer.dim > 0 else layer.dim + axes
    return None


def _equated(sizes: Shape, repeated: bool) -> Shape:
    """Return the sizes of one axis of several shapes, as one where they are equal."""
    binding = [
        size for size in sizes if isinstance(size, Traced) or not repeated or size != 1
    ]
    open_sizes = [size for size in binding if isinstance(size, Traced)]
    if not open_sizes or len({int(size) for size in binding}) > 1:
        return sizes
    fixed = [size for size in binding if not isinstance(size, Traced)]
    chosen = fixed[0] if fixed else min(open_sizes, key=_length)
    for size in open_sizes:
        difference = size.formula.minus(formula_of(chosen))
        if bounds(difference) != (0, 0):
            size.trail.note(difference, Relation.EQUAL)
    return (chosen,) * len(sizes)


def _length(size: int) -> tuple[int, str]:
    formula = formula_of(size)
    return weight(formula), repr(formula)


def _rows(walk: _Tracing) -> Iterator[SymbolicRow]:
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
