"""Pools whose output has a given size: adaptive ones, and global ones, of size 1.

They never have a window of their own, nor a parameter.
"""

from dataclasses import replace
from typing import ClassVar, Literal

from tuicnn.core.derivation import Step
from tuicnn.core.fields import OutputSize
from tuicnn.core.layer import Effect, LayerSpec, MapLayer, Reads, sizes_kept
from tuicnn.core.reach import WHOLE, binned
from tuicnn.core.shapes import AXES, Shape, spatial_names
from tuicnn.core.terms import ENTERING, symbol


class _AdaptivePool(MapLayer):
    output_size: OutputSize | None
    """Size that leaves, whatever arrives; null keeps an axis as it is."""

    def infer(self, x: Shape) -> Effect:
        """Return what pooling into a given number of bins does to a map."""
        sizes = self.spatial(x)
        wanted = (
            self.output_size
            if isinstance(self.output_size, tuple)
            else (self.output_size,) * len(sizes)
        )
        bins = tuple(
            size if want is None else want
            for size, want in zip(sizes, wanted, strict=True)
        )

        def derive() -> tuple[Step, ...]:
            return (*sizes_kept(x)[:1], *_bin_steps(sizes, wanted))

        readings = (
            WHOLE if int(count) == 1 else binned(size, count)
            for size, count in zip(sizes, bins, strict=True)
        )
        return Effect((x[0], *bins), derive, reads=Reads((None, *readings)))


def _bin_steps(sizes: Shape, wanted: tuple[int | None, ...]) -> list[Step]:
    return [
        Step.of(
            f"output {axis}",
            symbol("i", size, f"{ENTERING}{axis}")
            if want is None
            else symbol("o", want, "the field output_size"),
        )
        for axis, size, want in zip(AXES[len(sizes)], sizes, wanted, strict=True)
    ]


class AdaptiveAvgPool1d(_AdaptivePool):
    """Takes means over as many stretches as the output shall have."""

    rank = 1
    aliases = ("AdaptiveAveragePooling1D",)
    type: Literal["adaptive_avg_pool1d"] = "adaptive_avg_pool1d"


class AdaptiveAvgPool2d(_AdaptivePool):
    """Takes means over as many fields as the output shall have."""

    rank = 2
    aliases = ("AdaptiveAveragePooling2D",)
    type: Literal["adaptive_avg_pool2d"] = "adaptive_avg_pool2d"


class AdaptiveAvgPool3d(_AdaptivePool):
    """Takes means over as many blocks as the output shall have."""

    rank = 3
    aliases = ("AdaptiveAveragePooling3D",)
    type: Literal["adaptive_avg_pool3d"] = "adaptive_avg_pool3d"


class AdaptiveMaxPool1d(_AdaptivePool):
    """Keeps the largest value of as many stretches as the output shall have."""

    rank = 1
    aliases = ("AdaptiveMaxPooling1D",)
    type: Literal["adaptive_max_pool1d"] = "adaptive_max_pool1d"


class AdaptiveMaxPool2d(_AdaptivePool):
    """Keeps the largest value of as many fields as the output shall have."""

    rank = 2
    aliases = ("AdaptiveMaxPooling2D",)
    type: Literal["adaptive_max_pool2d"] = "adaptive_max_pool2d"


class AdaptiveMaxPool3d(_AdaptivePool):
    """Keeps the largest value of as many blocks as the output shall have."""

    rank = 3
    aliases = ("AdaptiveMaxPooling3D",)
    type: Literal["adaptive_max_pool3d"] = "adaptive_max_pool3d"


class _GlobalPool(LayerSpec):
    rank: ClassVar[int | None] = None

    keepdim: bool = True
    """Whether the axes stay, with size 1; if not, one number a channel is left."""

    def infer(self, x: Shape) -> Effect:
        """Return what pooling whole maps does to (C, *sizes)."""
        sizes = self.spatial(x)
        output = (x[0], *(1 for _ in sizes)) if self.keepdim else (x[0],)
        carries = None if self.keepdim else (0,)

        def derive() -> tuple[Step, ...]:
            kept = sizes_kept(x)[0]
            if not self.keepdim:
                return (replace(kept, quantity="output features"),)
            one = symbol("1", 1, "one number for each map")
            return (
                kept,
                *(Step.of(f"output {axis}", one) for axis in spatial_names(len(sizes))),
            )

        reads = Reads((None, *(WHOLE for _ in sizes)), carries)
        return Effect(output, derive, reads=reads)


class GlobalAvgPool(_GlobalPool):
    """Takes the mean of each map as a whole."""

    aliases = ("GlobalAveragePooling2D", "GlobalAveragePool", "gap")
    type: Literal["global_avg_pool"] = "global_avg_pool"


class GlobalMaxPool(_GlobalPool):
    """Keeps the largest value of each map as a whole."""

    aliases = ("GlobalMaxPooling2D", "GlobalMaxPool")
    type: Literal["global_max_pool"] = "global_max_pool"
