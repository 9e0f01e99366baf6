"""Layers that trade channels for cells, and deal channels out.

PyTorch's order of channels is ONNX' CRD.
"""

from fractions import Fraction
from typing import Literal

from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Fix, Refusal
from tuicnn.core.fields import Channels, Factor
from tuicnn.core.layer import (
    POINTWISE,
    Effect,
    LayerSpec,
    Reads,
    kept_axes,
)
from tuicnn.core.layers.shaping.axes import axis_letters
from tuicnn.core.reach import Pattern, resampled
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.terms import exact_quotient, symbol


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
            c, h, w = axis_letters(x)
            factor = symbol("r", r, "the field upscale_factor")
            return (
                Step.of("output channels", exact_quotient(c, factor**2)),
                Step.of("output height", h * factor),
                Step.of("output width", w * factor),
            )

        grown = tuple(size * r for size in sizes)
        patterns = (resampled(Fraction(1, r), Fraction(0), 0, 0),) * 2
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
            c, h, w = axis_letters(x)
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
