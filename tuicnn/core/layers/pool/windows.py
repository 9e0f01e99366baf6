"""Pools over windows: the largest, the mean or the p-norm of what each window sees.

They never have a parameter.
"""

from typing import Annotated, Literal

from pydantic import Field

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Fix, Refusal
from tuicnn.core.fields import Padding, Size, Window
from tuicnn.core.layer import Effect, MapLayer, sizes_kept
from tuicnn.core.layers.window import Sliding, sliding_over
from tuicnn.core.shapes import AXES, Shape


def _pooled(x: Shape, found: Sliding) -> Effect:
    return Effect(
        (x[0], *found.positions),
        lambda: (*sizes_kept(x)[:1], *found.derive()),
        reads=found.reads,
        windows=found.windows,
        notes=found.notes,
    )


class _WindowPool(MapLayer):
    kernel_size: Window
    """Side of the window, in cells."""

    stride: Window | None = None
    """Step between windows, in cells; left out, as large as the window."""

    padding: Padding = 0
    """Cells added around the map, at most half a window."""

    ceil_mode: bool = False
    """Whether a last, incomplete window counts."""

    def _step(self) -> Size:
        return self.kernel_size if self.stride is None else self.stride

    def _check_padding(self, found: Sliding) -> None:
        """Refuse padding beyond half a kernel, dilation not counted.

        Source: what PyTorch 2.13 raises; `Pool.h` alone would count the dilation.
        """
        windows = found.windows
        for axis, window in zip(AXES[len(windows)], windows, strict=True):
            spans = window.kernel
            if not window.same and max(window.begin, window.end) > spans // 2:
                raise Refusal(
                    Code.POOL_PADDING,
                    f"padding of {axis} is {max(window.begin, window.end)}, but may be "
                    f"at most half of the kernel ({spans}), that is {spans // 2}.",
                    field="padding",
                    hint="More would give windows that see nothing but padding.",
                    fixes=(
                        Fix(
                            f"set padding to {spans // 2}",
                            (self.changed(padding=spans // 2),),
                        ),
                    ),
                )


class _MaxPool(_WindowPool):
    dilation: Window = 1
    """Distance between neighbouring cells of the window."""

    def infer(self, x: Shape) -> Effect:
        """Return what a maximum over windows does to a map (C, *sizes)."""
        found = sliding_over(
            self,
            self.spatial(x),
            self.kernel_size,
            self._step(),
            self.padding,
            self.dilation,
            self.ceil_mode,
        )
        self._check_padding(found)
        return _pooled(x, found)


class MaxPool1d(_MaxPool):
    """Keeps the largest value of each window of a sequence."""

    rank = 1
    aliases = ("MaxPooling1D", "maxpool")
    type: Literal["max_pool1d"] = "max_pool1d"


class MaxPool2d(_MaxPool):
    """Keeps the largest value of each window."""

    rank = 2
    aliases = ("MaxPooling2D", "maxpool", "subsampling")
    type: Literal["max_pool2d"] = "max_pool2d"


class MaxPool3d(_MaxPool):
    """Keeps the largest value of each window of a volume."""

    rank = 3
    aliases = ("MaxPooling3D", "maxpool")
    type: Literal["max_pool3d"] = "max_pool3d"


class _AvgPool(_WindowPool):
    count_include_pad: bool = True
    """Whether padding counts as zeros in the mean."""

    def infer(self, x: Shape) -> Effect:
        """Return what a mean over windows does to a map (C, *sizes)."""
        found = sliding_over(
            self,
            self.spatial(x),
            self.kernel_size,
            self._step(),
            self.padding,
            ceil_mode=self.ceil_mode,
        )
        self._check_padding(found)
        return _pooled(x, found)


class AvgPool1d(_AvgPool):
    """Takes the mean of each window of a sequence."""

    rank = 1
    aliases = ("AveragePooling1D", "avgpool", "mean pool")
    type: Literal["avg_pool1d"] = "avg_pool1d"


Divisor = Annotated[int, Field(ge=1, le=limits.ELEMENTS)]


class AvgPool2d(_AvgPool):
    """Takes the mean of each window."""

    rank = 2
    aliases = ("AveragePooling2D", "avgpool", "mean pool", "subsampling")
    type: Literal["avg_pool2d"] = "avg_pool2d"

    divisor_override: Divisor | None = None
    """What sums are divided by, instead of the window's cells."""


class AvgPool3d(_AvgPool):
    """Takes the mean of each window of a volume."""

    rank = 3
    aliases = ("AveragePooling3D", "avgpool", "mean pool")
    type: Literal["avg_pool3d"] = "avg_pool3d"

    divisor_override: Divisor | None = None
    """What sums are divided by, instead of the window's cells."""


class _LpPool(MapLayer):
    norm_type: Annotated[float, Field(gt=0, le=limits.WINDOW)]
    """The power p of the norm; 1 sums, 2 is Euclid's."""

    kernel_size: Window
    """Side of the window, in cells."""

    stride: Window | None = None
    """Step between windows, in cells; left out, as large as the window."""

    ceil_mode: bool = False
    """Whether a last, incomplete window counts."""

    def infer(self, x: Shape) -> Effect:
        """Return what a p-norm over windows does to a map (C, *sizes)."""
        found = sliding_over(
            self,
            self.spatial(x),
            self.kernel_size,
            self.kernel_size if self.stride is None else self.stride,
            ceil_mode=self.ceil_mode,
        )
        return _pooled(x, found)


class LpPool1d(_LpPool):
    """Takes the p-norm of each window of a sequence."""

    rank = 1
    aliases = ("LpPool", "power pool")
    type: Literal["lp_pool1d"] = "lp_pool1d"


class LpPool2d(_LpPool):
    """Takes the p-norm of each window."""

    rank = 2
    aliases = ("LpPool", "power pool")
    type: Literal["lp_pool2d"] = "lp_pool2d"
