"""Layers that add cells around a map, or cut them off.

They never touch the channels.
"""

from operator import add
from typing import Annotated, Literal

from tuicnn.core import limits
from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.fields import Edges, PerEdge
from tuicnn.core.layer import (
    Effect,
    LayerSpec,
    Reads,
    each_edge,
    sizes_kept,
)
from tuicnn.core.layers.window import check_wrapped
from tuicnn.core.reach import moved
from tuicnn.core.shapes import Shape, spatial_names, spell
from tuicnn.core.terms import ENTERING, symbol


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
        edges = self.edges(len(sizes))
        if self.mode != "constant":
            for axis, size, (begin, end) in zip(
                spatial_names(len(sizes)), sizes, edges, strict=True
            ):
                check_wrapped(self, self.mode, size, begin, end, axis, "padding")
        grown = tuple(
            size + begin + end for size, (begin, end) in zip(sizes, edges, strict=True)
        )
        # What is cut is cut first, so it must be there.
        cut = [min(begin, 0) + min(end, 0) for begin, end in edges]
        left = tuple(map(add, sizes, cut))
        if any(one < 1 for one in grown) or any(one < 0 for one in left):
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

    def edges(self, rank: int) -> tuple[tuple[int, int], ...]:
        """Return the cells added at both ends of each axis; negative ones are cut."""
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
    for axis, size, (begin, end) in zip(
        spatial_names(len(sizes)), sizes, edges, strict=True
    ):
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
        if any(one < 1 for one in left):
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

    def edges(self, rank: int) -> tuple[tuple[int, int], ...]:
        """Return the cells added at both ends of each axis: none, less those cut."""
        cut = each_edge(self, "cropping", self.cropping, rank)
        return tuple((-begin, -end) for begin, end in cut)
