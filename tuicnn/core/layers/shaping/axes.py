"""Layers that join, split and reorder axes: every number stays, in its order.

They never look at what the axes mean but to name them.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal

from tuicnn.core import limits
from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.fields import Axis, Integers
from tuicnn.core.layer import (
    Effect,
    LayerSpec,
    Reads,
    axis_of,
    kept_axes,
    sizes_kept,
)
from tuicnn.core.reach import WHOLE
from tuicnn.core.shapes import Shape, axis_names, elements
from tuicnn.core.terms import (
    ALL_NUMBERS,
    ENTERING,
    Term,
    exact_quotient,
    product,
    symbol,
)


def axis_letters(x: Shape) -> tuple[Term, ...]:
    """Return a letter for each axis: C, H, W."""
    known = {"channels": "C", "features": "F", "depth": "D", "height": "H"}
    known |= {"width": "W", "length": "L"}
    return tuple(
        symbol(known.get(name, f"n{number}"), size, f"{ENTERING}{name}")
        for number, (name, size) in enumerate(
            zip(axis_names(x), x, strict=True), start=1
        )
    )


class Flatten(LayerSpec):
    """Lays the axes of a map out in one row: channel by channel, row by row."""

    aliases = ("Flatten", "view", "reshape to vector")
    type: Literal["flatten"] = "flatten"

    start_dim: Axis = 1
    """First axis that is joined, counted with the batch as 0."""

    end_dim: Axis = -1
    """Last axis that is joined."""

    def infer(self, x: Shape) -> Effect:
        """Return what joining axes start_dim … end_dim does to a shape."""
        first = axis_of(self, "start_dim", self.start_dim, x)
        last = axis_of(self, "end_dim", self.end_dim, x)
        if first > last:
            raise Refusal(
                Code.AXIS,
                f"start_dim ({self.start_dim}) lies behind end_dim ({self.end_dim}).",
                field="start_dim",
                hint="Exchange the two.",
            )
        joined = elements(x[first : last + 1])
        output = (*x[:first], joined, *x[last + 1 :])
        if first == last:
            return Effect(output, kept_axes(x))
        inside = range(first, last + 1)
        axes = tuple(WHOLE if axis in inside else None for axis in range(len(x)))
        carries = (*range(first), None, *range(last + 1, len(x)))
        return Effect(
            output,
            lambda: self._derive(x, first, last, output),
            reads=Reads(axes, carries),
        )

    def _derive(
        self, x: Shape, first: int, last: int, output: Shape
    ) -> tuple[Step, ...]:
        letters = axis_letters(x)[first : last + 1]
        steps = list(sizes_kept(x))
        steps[first : last + 1] = [Step.of("", product(letters))]
        named = (
            replace(step, quantity=f"output {name}")
            for step, name in zip(steps, axis_names(output), strict=True)
        )
        return (*named, *_strides(letters))


def _strides(letters: tuple[Term, ...]) -> list[Step]:
    """Return how far apart neighbours of each axis lie in the row."""
    return [
        Step.of(
            f"places to the next {letter.symbols[0].axis}",
            product(letters[number:]),
        )
        for number, letter in enumerate(letters[:-1], start=1)
    ]


def _completed(layer: LayerSpec, field: str, wanted: Shape, count: int) -> Shape:
    """Return a shape of `count` elements with its −1 replaced, or refuse it."""
    unknown = wanted.count(-1)
    known = math.prod(size for size in wanted if size != -1)
    if unknown > 1:
        raise Refusal(
            Code.CONFLICTING_FIELDS,
            f"{field} has {unknown} entries −1; only one can be worked out.",
            field=field,
            hint="Write the others out.",
        )
    # Nothing divides by a size of 0.
    fits = known and count % known == 0 if unknown else count == known
    if not fits:
        shown = ", ".join(map(spelled, wanted))
        raise Refusal(
            Code.ELEMENT_COUNT,
            f"{field} [{shown}] does not hold the {spelled(count)} numbers that "
            "arrive" + (f": it holds {spelled(known)}." if not unknown else "."),
            field=field,
            hint=f"The sizes must multiply to {spelled(count)}; −1 stands for the one "
            "that is left.",
            declared=known if not unknown else None,
        )
    return tuple(count // known if size == -1 else size for size in wanted)


def _placed(count: Term, wanted: Shape, names: Iterable[str]) -> list[Step]:
    """Return the steps of sizes that are stated; −1 among them is what is left."""
    stated = [
        None if size == -1 else symbol(f"d{number}", size, "a size that is stated")
        for number, size in enumerate(wanted, 1)
    ]
    known = [one for one in stated if one is not None]
    left = exact_quotient(count, product(known)) if known else count
    return [
        Step.of(f"output {name}", left if term is None else term)
        for term, name in zip(stated, names, strict=True)
    ]


class Unflatten(LayerSpec):
    """Splits one axis into several."""

    aliases = ("Unflatten", "reshape")
    type: Literal["unflatten"] = "unflatten"

    dim: Axis
    """Axis that is split, counted with the batch as 0."""

    unflattened_size: Annotated[tuple[int, ...], Integers(-1)]
    """The sizes it is split into; one may be −1."""

    def infer(self, x: Shape) -> Effect:
        """Return what splitting an axis does to a shape."""
        axis = axis_of(self, "dim", self.dim, x)
        split = _completed(self, "unflattened_size", self.unflattened_size, x[axis])
        output = (*x[:axis], *split, *x[axis + 1 :])
        carries = (
            *range(axis),
            *(None for _ in split),
            *range(axis + 1, len(x)),
        )
        axes = tuple(WHOLE if one == axis and one else None for one in range(len(x)))

        def derive() -> tuple[Step, ...]:
            names, kept = axis_names(output), list(sizes_kept(x))
            count = symbol("n", x[axis], f"{ENTERING}{axis_names(x)[axis]}")
            parts = names[axis : axis + len(split)]
            kept[axis : axis + 1] = _placed(count, self.unflattened_size, parts)
            return tuple(
                replace(step, quantity=f"output {name}")
                for step, name in zip(kept, names, strict=True)
            )

        return Effect(output, derive, reads=Reads(axes, carries))


class Reshape(LayerSpec):
    """Gives the same numbers, in the same order, another shape."""

    aliases = ("Reshape", "view")
    type: Literal["reshape"] = "reshape"

    shape: Annotated[tuple[int, ...], Integers(-1)]
    """Shape of one sample, without the batch; one size may be −1."""

    def infer(self, x: Shape) -> Effect:
        """Return what reshaping does: the shape asked for, if it holds as much."""
        output = _completed(self, "shape", self.shape, elements(x))
        if output == x:
            return Effect(x, kept_axes(x))
        axes = tuple(WHOLE for _ in x)
        return Effect(
            output,
            lambda: self._derive(x, output),
            reads=Reads(axes, tuple(None for _ in output)),
        )

    def _derive(self, x: Shape, output: Shape) -> tuple[Step, ...]:
        count = symbol("n", elements(x), f"{ENTERING}{ALL_NUMBERS}")
        return tuple(_placed(count, self.shape, axis_names(output)))


class Permute(LayerSpec):
    """Reorders the axes."""

    aliases = ("Permute", "transpose", "channels last", "channels first")
    type: Literal["permute"] = "permute"

    dims: Annotated[tuple[int, ...], Integers(-limits.AXES)]
    """The axes in their new order, the batch (0) first: [0, 2, 3, 1]."""

    def infer(self, x: Shape) -> Effect:
        """Return what another order of axes does to a shape."""
        rank = len(x) + 1
        order = tuple(axis + rank if axis < 0 else axis for axis in self.dims)
        if order[0] != 0 or sorted(order) != list(range(rank)):
            wanted = ", ".join(map(str, range(rank)))
            raise Refusal(
                Code.AXIS,
                f"dims must hold each axis once, the batch first: some order of "
                f"[{wanted}]. Received: [{', '.join(map(str, self.dims))}].",
                field="dims",
                hint=f"Axes 1 to {rank - 1} are {', '.join(axis_names(x))}.",
            )
        axes = tuple(axis - 1 for axis in order[1:])
        output = tuple(x[axis] for axis in axes)

        def derive() -> tuple[Step, ...]:
            letters = axis_letters(x)
            names = axis_names(output)
            return tuple(
                Step.of(f"output {name}", letters[axis])
                for name, axis in zip(names, axes, strict=True)
            )

        return Effect(output, derive, reads=Reads((), axes))
