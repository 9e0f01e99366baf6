"""Interpolation: layers that enlarge or shrink a map by its cells.

They have nothing to learn; a transposed convolution has.
"""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from tuicnn.core import limits
from tuicnn.core.derivation import Step
from tuicnn.core.diagnostics import Code, Fix, Refusal
from tuicnn.core.fields import PerAxis, Size
from tuicnn.core.layer import (
    Effect,
    LayerSpec,
    Reads,
    each_axis,
    sizes_kept,
)
from tuicnn.core.reach import Pattern, resampled
from tuicnn.core.shapes import Shape, spatial_names, spell
from tuicnn.core.terms import ENTERING, scaled, symbol

Scale = Annotated[float, Field(gt=0, le=limits.WINDOW)]


_NEIGHBOURS = {"nearest": (0, 0), "bicubic": (1, 2)}
"""Cells read before and after the one below, by mode; the next one if linear."""


_MODES = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}


class Upsample(LayerSpec):
    """Enlarges a map by repeating cells or interpolating between them."""

    aliases = ("Upsample", "UpSampling2D", "interpolate", "Resize", "unpool")
    type: Literal["upsample"] = "upsample"

    size: Annotated[Size, PerAxis(1, limits.INPUT_SIZE)] | None = None
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
        factors = (None,) * rank if self.size is not None else self._factors(rank)
        patterns: tuple[Pattern | None, ...] = tuple(
            self._pattern(int(size), int(target), factor)
            for size, target, factor in zip(sizes, output, factors, strict=True)
        )
        return Effect(
            (x[0], *output),
            lambda: (*sizes_kept(x)[:1], *self._derive(sizes)),
            reads=Reads((None, *patterns)),
        )

    def _pattern(self, size: int, target: int, factor: float | None) -> Pattern:
        """Return what one axis reads; source: aten/src/ATen/native/UpSample.h."""
        before, after = _NEIGHBOURS.get(self.mode, (0, 1))
        # A factor as it is typed: 1.6 is 8/5, and its reciprocal 5/8.
        scale = Fraction(size, target) if factor is None else 1 / Fraction(repr(factor))
        first = Fraction(0)
        if self.align_corners:
            scale = Fraction(size - 1, target - 1) if target > 1 else Fraction(size)
        elif self.mode != "nearest":
            first = (scale - 1) / 2
        return resampled(scale, first, before, after)

    def _factors(self, rank: int) -> tuple[float, ...]:
        factor = self.scale_factor
        assert factor is not None
        return factor if isinstance(factor, tuple) else (factor,) * rank

    def _resized(self, sizes: Shape) -> Shape:
        rank = len(sizes)
        if self.size is not None:
            output = each_axis(self.size, rank)
            field = "size"
        else:
            factors = self._factors(rank)
            field = "scale_factor"
            output = tuple(map(scaled, sizes, factors))
            if len(factors) != rank:
                output = ()
        if len(output) != rank:
            raise self._conflict(
                field, f"{field} must be one number, or {rank} of them."
            )
        if any(one < 1 for one in output):
            raise Refusal(
                Code.OUTPUT_TOO_SMALL,
                f"Nothing would be left of {spell(sizes)} at this scale.",
                field=field,
                hint="Take a larger factor.",
            )
        return output

    def _derive(self, sizes: Shape) -> list[Step]:
        names = spatial_names(len(sizes))
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
