"""Arrays as large as they are drawn: means of their areas, or values repeated.

It never knows a colour or a character. It imports NumPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]

_LARGEST: Final = 8
"""Pixels that one value is drawn with, at most, along each axis."""


@dataclass(frozen=True)
class Pixels:
    """An array as large as it is drawn.

    Attributes:
        values: (rows, columns); NaN where a value in the pixel is not finite.
        low: The least that is drawn; NaN where nothing finite is.
        high: The greatest.
        nans: Values of the array that are no number.
        infinities: Values of the array that are infinite.
        area: Rows and columns of the array in one pixel; 1 where it is drawn larger.
    """

    values: Numbers
    low: float
    high: float
    nans: int
    infinities: int
    area: tuple[int, int]

    @property
    def shares(self) -> Numbers:
        """How far each pixel stands from low to high, 0 … 1; a half where all agree."""
        # Of halves: the difference of the largest numbers would be infinite.
        spread = self.high / 2 - self.low / 2
        if not spread > 0:
            return np.where(np.isnan(self.values), np.nan, 0.5)
        found: Numbers = (self.values / 2 - self.low / 2) / spread
        return found


def sampled(
    values: Numbers, width: int, height: int, ratio: int, *, taller: bool = False
) -> Pixels:
    """Return an array as pixels that fit, its proportions kept.

    An array that is too large gives the mean of each pixel's area; one that is small
    repeats its values, each as often as the others.

    Args:
        values: (H, W).
        width: Pixels there is room for.
        height: Pixels there is room for.
        ratio: How many times a pixel is higher than wide.
        taller: Whether the height does not bind, so that the width alone counts.
    """
    wide = np.asarray(values, np.float64)
    finite = np.isfinite(wide)
    nans = int(np.isnan(wide).sum())
    infinities = wide.size - int(finite.sum()) - nans
    lines, columns = wide.shape
    if not wide.size or width < 1 or height < 1:
        return Pixels(wide[:0, :0], math.nan, math.nan, nans, infinities, (1, 1))
    scale = width / columns
    if not taller:
        scale = min(scale, ratio * height / lines)
    if scale >= ratio:
        scale = min(math.floor(scale / ratio) * ratio, _LARGEST * ratio)
    elif scale >= 1:
        scale = 1
    shape = (
        lines if taller else max(1, min(height, round(lines * scale / ratio))),
        max(1, min(width, round(columns * scale))),
    )
    pixels = np.where(finite, wide, np.nan)
    for axis, count in enumerate(shape):
        pixels = _along(pixels, axis, count)
    known = pixels[np.isfinite(pixels)]
    low, high = (known.min(), known.max()) if known.size else (math.nan, math.nan)
    area = (-(-lines // shape[0]), -(-columns // shape[1]))
    return Pixels(pixels, float(low), float(high), nans, infinities, area)


def _along(values: Numbers, axis: int, count: int) -> Numbers:
    """Return so many pixels along an axis: means of stretches, or repetitions."""
    size = values.shape[axis]
    if count >= size:
        return np.repeat(values, count // size, axis)
    starts = np.arange(count) * size // count
    lengths = np.diff(starts, append=size)
    shape = [1] * values.ndim
    shape[axis] = size
    # Divided before they are added: a sum of large numbers would be infinite.
    portions = values / np.repeat(lengths, lengths).reshape(shape)
    with np.errstate(over="ignore"):  # the largest number's portions, rounded up
        found: Numbers = np.add.reduceat(portions, starts, axis)
    most = np.maximum.reduceat(values, starts, axis)
    return np.clip(found, np.minimum.reduceat(values, starts, axis), most)
