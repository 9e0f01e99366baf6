"""Mean, deviation, extremes, and what is no number, of values that come in blocks.

It never keeps a value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tuicnn.preview.kernels.window import Array


@dataclass
class Statistics:
    """What is known of an array, or of a part of it.

    Attributes:
        count: Numbers that are finite.
        total: Their sum.
        squares: Sum of the squares of their distances from their mean.
        minimum: The least; infinite where there is none.
        maximum: The greatest.
        nans: Values that are no number.
        infinities: Values that are infinite.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    minimum: float = math.inf
    maximum: float = -math.inf
    nans: int = 0
    infinities: int = 0

    @property
    def mean(self) -> float:
        """Mean of the finite values; NaN where there are none."""
        return self.total / self.count if self.count else math.nan

    @property
    def std(self) -> float:
        """Standard deviation of the finite values, of the population."""
        return (
            math.sqrt(max(0.0, self.squares / self.count)) if self.count else math.nan
        )

    def add(self, block: Array) -> None:
        """Take in the values of a block."""
        flat = block.reshape(-1)
        if not flat.size:
            return
        square = float(np.dot(flat, flat))
        if not math.isfinite(square):
            flat = self._finite(flat)
            if flat.size:
                self._carefully(flat)
            return
        total = float(flat.sum())
        spread = square - total * total / flat.size
        if spread < 1e-3 * square:
            # Nearly constant: the difference of two sums has no digits left.
            self._carefully(flat)
            return
        self._join(flat.size, total, spread, float(flat.min()), float(flat.max()))

    def _finite(self, flat: Array) -> Array:
        nans = int(np.isnan(flat).sum())
        kept: Array = flat[np.isfinite(flat)]
        self.nans += nans
        self.infinities += flat.size - kept.size - nans
        return kept

    def _carefully(self, flat: Array) -> None:
        wide = flat.astype(np.float64)
        total = float(wide.sum())
        wide -= total / wide.size
        spread = float(np.dot(wide, wide))
        self._join(flat.size, total, spread, float(flat.min()), float(flat.max()))

    def join(self, other: Statistics) -> None:
        """Take in what is known of another part."""
        self.nans += other.nans
        self.infinities += other.infinities
        if other.count:
            self._join(
                other.count, other.total, other.squares, other.minimum, other.maximum
            )

    def _join(
        self, count: int, total: float, squares: float, low: float, high: float
    ) -> None:
        """Add the sums of two parts; source: Chan, Golub, LeVeque 1979."""
        if self.count:
            apart = total / count - self.mean
            both = self.count + count
            self.squares += squares + apart * apart * self.count * count / both
        else:
            self.squares = squares
        self.count += count
        self.total += total
        self.minimum = min(self.minimum, low)
        self.maximum = max(self.maximum, high)
