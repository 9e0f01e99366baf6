"""Layers that move numbers without changing them, and those that add or drop some.

None has a parameter.
"""

import math
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from tuicnn.core import limits
from tuicnn.core.derivation import (
    ENTERING,
    Step,
    Term,
    exact_quotient,
    product,
    scaled,
    spelled,
    symbol,
)
from tuicnn.core.diagnostics import Code, Fix, Refusal
from tuicnn.core.fields import Axis, Channels, Edges, Factor, Integers, PerEdge
from tuicnn.core.layer import (
    POINTWISE,
    Effect,
    LayerSpec,
    Reads,
    axis_of,
    each_edge,
    kept_axes,
    sizes_kept,
)
from tuicnn.core.layers.window import check_wrapped
from tuicnn.core.reach import WHOLE, Pattern, moved, stretched
from tuicnn.core.shapes import AXES, Shape, axis_names, elements, spell


def _letters(x: Shape) -> tuple[Term, ...]:
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
        letters = _letters(x)[first : last + 1]
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
    fits = count % known == 0 if unknown else count == known
    if known < 1 or not fits:
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


def _placed(quantity: str, x: Shape, wanted: Shape, output: Shape) -> list[Step]:
    count = symbol("n", elements(x), "entering numbers")
    known = [
        symbol(f"d{number}", size, "a size that is stated")
        for number, size in enumerate(wanted, 1)
        if size != -1
    ]
    names = axis_names(output)
    steps = []
    for number, size in enumerate(wanted, 1):
        if size != -1:
            term = symbol(f"d{number}", size, "a size that is stated")
        else:
            term = exact_quotient(count, product(known)) if known else count
        steps.append(Step.of(f"{quantity} {names[number - 1]}", term))
    return steps


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
            stated = (*x[:axis], *self.unflattened_size, *x[axis + 1 :])
            return tuple(_placed("output", x, stated, output))

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
            lambda: tuple(_placed("output", x, self.shape, output)),
            reads=Reads(axes, tuple(None for _ in output)),
        )


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
            letters = _letters(x)
            names = axis_names(output)
            return tuple(
                Step.of(f"output {name}", letters[axis])
                for name, axis in zip(names, axes, strict=True)
            )

        return Effect(output, derive, reads=Reads((), axes))


class Pad(LayerSpec):
    """Adds cells around a map."""

    aliases = ("ZeroPad2d", "ZeroPadding2D", "ConstantPad2d", "ReflectionPad2d")
    type: Literal["pad"] = "pad"

    padding: Annotated[Edges, PerEdge(minimum=-limits.WINDOW)]
    """Cells at the ends: one number, [begin, end] of each axis, or PyTorch's flat list
    from the last axis back ([left, right, top, bottom]); negative ones crop."""

    mode: Literal["constant", "reflect", "replicate", "circular"] = "constant"
    """What the cells hold."""

    value: float = 0.0
    """The number in them, where the mode is constant."""

    def infer(self, x: Shape) -> Effect:
        """Return what cells added at both ends of each axis do to a map."""
        sizes = self.spatial(x)
        edges = self._edges(len(sizes))
        if self.mode != "constant":
            for axis, size, (begin, end) in zip(
                AXES[len(sizes)], sizes, edges, strict=True
            ):
                check_wrapped(self, self.mode, size, begin, end, axis, "padding")
        grown = tuple(
            size + begin + end for size, (begin, end) in zip(sizes, edges, strict=True)
        )
        if min(grown) < 1:
            raise Refusal(
                Code.CROP_TOO_LARGE,
                f"Nothing would be left of {spell(sizes)}: the padding cuts it to "
                f"{', '.join(map(spelled, grown))}.",
                field="padding",
                hint="Cut less.",
            )
        reads = Reads((None, *(moved(begin) for begin, _ in edges)))

        def derive() -> tuple[Step, ...]:
            return (*sizes_kept(x)[:1], *_edge_steps(sizes, edges, 1))

        return Effect((x[0], *grown), derive, reads=reads)

    def _edges(self, rank: int) -> tuple[tuple[int, int], ...]:
        flat = self.padding
        if isinstance(flat, int) or isinstance(flat[0], tuple):
            return each_edge(self, "padding", flat, rank)
        numbers = list(flat)
        if len(numbers) % 2 or len(numbers) > 2 * rank:
            raise Refusal(
                Code.CONFLICTING_FIELDS,
                f"A flat padding list holds two numbers for each axis, at most "
                f"{2 * rank} here. Received: {len(numbers)}.",
                field="padding",
                hint="PyTorch's order is from the last axis back: [left, right, top, "
                "bottom].",
            )
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        pairs += [(0, 0)] * (rank - len(pairs))
        return tuple(reversed(pairs))


def _edge_steps(
    sizes: Shape, edges: tuple[tuple[int, int], ...], sign: int
) -> list[Step]:
    steps = []
    for axis, size, (begin, end) in zip(AXES[len(sizes)], sizes, edges, strict=True):
        i = symbol("i", size, f"{ENTERING}{axis}")
        p0 = symbol("p₀", begin, f"cells before, {axis}")
        p1 = symbol("p₁", end, f"cells after, {axis}")
        term = i + p0 + p1 if sign > 0 else i - p0 - p1
        steps.append(Step.of(f"output {axis}", term))
    return steps


class Crop(LayerSpec):
    """Cuts cells off around a map."""

    aliases = ("Cropping2D", "CenterCrop")
    type: Literal["crop"] = "crop"

    cropping: Annotated[Edges, PerEdge()]
    """Cells cut off: one number, one for each axis, or [begin, end] of each axis."""

    def infer(self, x: Shape) -> Effect:
        """Return what is left of a map (C, *sizes)."""
        sizes = self.spatial(x)
        edges = each_edge(self, "cropping", self.cropping, len(sizes))
        left = tuple(
            size - begin - end for size, (begin, end) in zip(sizes, edges, strict=True)
        )
        if min(left) < 1:
            raise Refusal(
                Code.CROP_TOO_LARGE,
                f"Nothing would be left of {spell(sizes)}: the crop cuts it to "
                f"{', '.join(map(spelled, left))}.",
                field="cropping",
                hint="Cut less than the size of each axis.",
            )
        reads = Reads((None, *(moved(-begin) for begin, _ in edges)))

        def derive() -> tuple[Step, ...]:
            return (*sizes_kept(x)[:1], *_edge_steps(sizes, edges, -1))

        return Effect((x[0], *left), derive, reads=reads)


Scale = Annotated[float, Field(gt=0, le=limits.WINDOW)]
_NEIGHBOURS = {"nearest": (0, 0), "bicubic": (1, 2)}
"""Cells read before and after the one below, by mode; one on each side if linear."""
_MODES = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}


class Upsample(LayerSpec):
    """Enlarges a map by repeating cells or interpolating between them."""

    aliases = ("Upsample", "UpSampling2D", "interpolate", "Resize", "unpool")
    type: Literal["upsample"] = "upsample"

    size: Annotated[int | tuple[int, ...], Integers(1, alone=True)] | None = None
    """Size that leaves; either this or scale_factor."""

    scale_factor: Scale | tuple[Scale, ...] | None = None
    """How many times larger it leaves."""

    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"] = "nearest"
    """How new cells are filled."""

    align_corners: bool | None = None
    """Whether corners stay corners; changes values, not sizes."""

    def infer(self, x: Shape) -> Effect:
        """Return what resizing does to a map (C, *sizes)."""
        sizes = self.spatial(x)
        rank = len(sizes)
        if (self.size is None) == (self.scale_factor is None):
            raise self._conflict(
                "size", "Give either size or scale_factor: one of the two."
            )
        if self.mode != "nearest" and self.mode not in _MODES.get(rank, ()):
            fitting = " or ".join(("nearest", *_MODES.get(rank, ())))
            raise self._conflict(
                "mode", f"{self.mode} does not fit a map with {rank} axes: {fitting}."
            )
        if self.align_corners is not None and self.mode == "nearest":
            raise self._conflict(
                "align_corners", "align_corners goes with the interpolating modes only."
            )
        output = self._resized(sizes)
        before, after = _NEIGHBOURS.get(self.mode, (1, 1))
        patterns: tuple[Pattern | None, ...] = tuple(
            stretched(size, target, before, after)
            for size, target in zip(sizes, output, strict=True)
        )
        return Effect(
            (x[0], *output),
            lambda: (*sizes_kept(x)[:1], *self._derive(sizes)),
            reads=Reads((None, *patterns)),
        )

    def _factors(self, rank: int) -> tuple[float, ...]:
        factor = self.scale_factor
        assert factor is not None
        return factor if isinstance(factor, tuple) else (factor,) * rank

    def _resized(self, sizes: Shape) -> Shape:
        rank = len(sizes)
        if self.size is not None:
            size = self.size if isinstance(self.size, tuple) else (self.size,)
            output = size * rank if len(size) == 1 else size
            field = "size"
        else:
            factors = self._factors(rank)
            field = "scale_factor"
            output = tuple(map(scaled, sizes, factors))
            if len(factors) != rank:
                output = ()
        if len(output) != rank:
            raise self._conflict(field, f"{field} must have one entry, or {rank}.")
        if min(output) < 1:
            raise Refusal(
                Code.OUTPUT_TOO_SMALL,
                f"Nothing would be left of {spell(sizes)} at this scale.",
                field=field,
                hint="Take a larger factor.",
            )
        return output

    def _derive(self, sizes: Shape) -> list[Step]:
        names = AXES[len(sizes)]
        output = self._resized(sizes)
        if self.size is not None:
            return [
                Step.of(f"output {axis}", symbol("o", size, "the field size"))
                for axis, size in zip(names, output, strict=True)
            ]
        return [
            Step.of(
                f"output {axis}",
                scaled(symbol("i", size, f"{ENTERING}{axis}"), factor),
            )
            for axis, size, factor in zip(
                names, sizes, self._factors(len(sizes)), strict=True
            )
        ]

    def _conflict(self, field: str, message: str) -> Refusal:
        return Refusal(
            Code.CONFLICTING_FIELDS,
            message,
            field=field,
            hint="For twice the size: scale_factor 2, mode nearest.",
            fixes=(
                Fix(
                    "double the size: scale_factor 2, nearest",
                    (Upsample(name=self.name, scale_factor=2.0),),
                ),
            ),
        )


class PixelShuffle(LayerSpec):
    """Turns r² channels into r×r cells of one."""

    rank = 2
    aliases = ("PixelShuffle", "DepthToSpace", "depth_to_space", "subpixel")
    type: Literal["pixel_shuffle"] = "pixel_shuffle"

    upscale_factor: Factor
    """How many times larger each side becomes."""

    def infer(self, x: Shape) -> Effect:
        """Return (C / r², r·H, r·W)."""
        sizes = self.spatial(x)
        r = self.upscale_factor
        if x[0] % r**2:
            raise Refusal(
                Code.NOT_DIVISIBLE,
                f"pixel_shuffle needs channels divisible by r² = {r**2}. "
                f"Received: {spelled(x[0])}.",
                field="upscale_factor",
                hint=f"Let the layer above make {spelled(_next_multiple(x[0], r**2))} "
                "channels.",
            )

        def derive() -> tuple[Step, ...]:
            c, h, w = _letters(x)
            factor = symbol("r", r, "the field upscale_factor")
            return (
                Step.of("output channels", exact_quotient(c, factor**2)),
                Step.of("output height", h * factor),
                Step.of("output width", w * factor),
            )

        grown = tuple(size * r for size in sizes)
        patterns = tuple(stretched(size, size * r, 0, 0) for size in sizes)
        return Effect((x[0] // r**2, *grown), derive, reads=Reads((None, *patterns)))


def _next_multiple(number: int, divisor: int) -> int:
    return -(-number // divisor) * divisor


class PixelUnshuffle(LayerSpec):
    """Turns r×r cells into r² channels of one."""

    rank = 2
    aliases = ("PixelUnshuffle", "SpaceToDepth", "space_to_depth")
    type: Literal["pixel_unshuffle"] = "pixel_unshuffle"

    downscale_factor: Factor
    """How many times smaller each side becomes."""

    def infer(self, x: Shape) -> Effect:
        """Return (C·r², H / r, W / r)."""
        sizes = self.spatial(x)
        r = self.downscale_factor
        if any(size % r for size in sizes):
            raise Refusal(
                Code.NOT_DIVISIBLE,
                f"pixel_unshuffle needs height and width divisible by {r}. "
                f"Received: {spell(sizes)}.",
                field="downscale_factor",
                hint="Pad to "
                f"{spell(tuple(_next_multiple(size, r) for size in sizes))} first.",
            )

        def derive() -> tuple[Step, ...]:
            c, h, w = _letters(x)
            factor = symbol("r", r, "the field downscale_factor")
            return (
                Step.of("output channels", c * factor**2),
                Step.of("output height", exact_quotient(h, factor)),
                Step.of("output width", exact_quotient(w, factor)),
            )

        shrunk = tuple(size // r for size in sizes)
        block = Pattern(1, r, ((0, r - 1),))
        return Effect((x[0] * r**2, *shrunk), derive, reads=Reads((None, block, block)))


class ChannelShuffle(LayerSpec):
    """Deals the channels of each group out over all groups."""

    aliases = ("ChannelShuffle",)
    type: Literal["channel_shuffle"] = "channel_shuffle"

    groups: Channels
    """Groups into which the channels are split."""

    def infer(self, x: Shape) -> Effect:
        """Return what reordering channels does to a shape: nothing."""
        self.spatial(x)
        if x[0] % self.groups:
            raise Refusal(
                Code.NOT_DIVISIBLE,
                f"groups is {self.groups}, which does not divide the {spelled(x[0])} "
                "channels.",
                field="groups",
                hint=f"Take a divisor of {spelled(x[0])}.",
                fixes=(Fix("set groups to 1", (self.changed(groups=1),)),),
            )
        return Effect(x, kept_axes(x), reads=POINTWISE)
