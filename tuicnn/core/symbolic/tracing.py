"""A pass over the network with open sizes, which writes down what the layers ask.

It never knows a layer's rule: it asks the layer, as every pass does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tuicnn.core.diagnostics import Pointer, Refusal
from tuicnn.core.layer import Effect, LayerSpec
from tuicnn.core.layers import SkipMerge
from tuicnn.core.layers.structure import Parallel, joined_axis
from tuicnn.core.report import Known
from tuicnn.core.shapes import Shape, Window
from tuicnn.core.symbolic.extremes import bounds
from tuicnn.core.symbolic.formula import Formula, number, weight
from tuicnn.core.symbolic.traced import (
    Condition,
    Relation,
    Traced,
    Trail,
    formula_of,
)
from tuicnn.core.walk import Walk
from tuicnn.core.wording import subscript

_LONGEST: Final = 12
"""Letters, floors and products that a formula may hold; a longer one gets a name."""


@dataclass(frozen=True, slots=True)
class Named:
    """A formula too long to be repeated, and the letter that stands for it."""

    letter: str
    formula: Formula
    path: str


class Tracing(Walk):
    """A pass that sends open sizes through the layers, in place of integers."""

    def __init__(self, trail: Trail) -> None:
        super().__init__({})
        self.trail = trail
        self.named: list[Named] = []
        self.known: Known = {}

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

    def _merged(
        self,
        layer: Parallel | SkipMerge,
        shapes: tuple[Shape, ...],
        labels: tuple[str, ...],
        path: str,
        place: Pointer,
    ) -> Effect | None:
        """Return what a merge does to shapes that agree in their sizes."""

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

    def lossless(self) -> Iterator[Condition]:
        """Yield what must hold so that windows read every cell of the open axes.

        A loss that no size here can mend is asked for in vain, and not yielded.
        """
        asked = {
            id(row.effect): (row.effect, row.path)
            for row in reversed(self.rows)
            if row.effect is not None
        }
        for effect, path in reversed(asked.values()):
            for window in effect.windows:
                lost = window.discarded() if isinstance(window, Window) else 0
                if isinstance(lost, Traced):
                    yield Condition(lost.formula, Relation.EQUAL, path)

    def same_tensors(self) -> Iterator[Condition]:
        """Yield what must hold so that every learnt tensor keeps its shape."""
        asked = {
            size.formula.minus(number(int(size))): row.path
            for row in reversed(self.rows)
            for shape in row.parameters.values()
            for size in shape
            if isinstance(size, Traced)
        }
        for formula, path in reversed(asked.items()):
            yield Condition(formula, Relation.EQUAL, path)


def _agreed(
    layer: Parallel | SkipMerge, shapes: tuple[Shape, ...]
) -> tuple[Shape, ...]:
    """Return shapes in which sizes that are equal here are so by their formulas.

    Where they are written differently, that they are equal becomes a condition. An
    axis of size 1 beside another is repeated, and so agrees with any size.
    """
    if len({len(shape) for shape in shapes}) > 1:
        return shapes
    joined = joined_axis(layer, len(shapes[0]))
    columns = [
        sizes if axis == joined else _equated(sizes, repeated=joined is None)
        for axis, sizes in enumerate(zip(*shapes, strict=True))
    ]
    return tuple(zip(*columns, strict=True))


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
