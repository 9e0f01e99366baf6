"""Histograms: how often each value comes, as bars of text.

It never keeps the values it counts.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuicnn.ui.heatmap import EIGHTHS, spelled
from tuicnn.ui.pixels import Numbers

_BLOCK: Final = 2**16
"""Values that are counted at once."""
_STRETCHES: Final = 5040
"""Stretches that values are counted in: many, and most numbers of columns divide it."""


class Tally(NamedTuple):
    """How many values lie in each of many equal stretches.

    Attributes:
        counts: One for each stretch.
        low: The least value, where the first begins; NaN where none is finite.
        high: The greatest, where the last ends.
    """

    counts: NDArray[np.intp]
    low: float
    high: float


def tally(values: Numbers) -> Tally:
    """Count values of any shape; those that are not finite are left out."""
    flat = values.reshape(-1)
    counts = np.zeros(_STRETCHES, np.intp)
    blocks = [flat[at : at + _BLOCK] for at in range(0, flat.size, _BLOCK)]
    blocks = [block[np.isfinite(block)] for block in blocks]
    blocks = [block for block in blocks if block.size]
    if not blocks:
        return Tally(counts, math.nan, math.nan)
    low = float(min(block.min() for block in blocks))
    high = float(max(block.max() for block in blocks))
    spread = high / 2 - low / 2
    for block in blocks if spread > 0 else []:
        places = (block.astype(np.float64) / 2 - low / 2) / spread * _STRETCHES
        inside = np.minimum(places.astype(np.intp), _STRETCHES - 1)
        counts += np.bincount(inside, minlength=_STRETCHES)
    if not spread > 0:
        counts[_STRETCHES // 2] = sum(block.size for block in blocks)
    return Tally(counts, low, high)


def histogram(found: Tally, bins: int, width: int, height: int) -> list[str]:
    """Return how many values lie where, as rows of text; the last names the ends.

    Args:
        found: The values, counted.
        bins: Columns that are told apart, at most the width.
        width: Columns it takes.
        height: Rows it takes, the labels' one included.
    """
    if width < 1 or height < 1:
        return []
    if math.isnan(found.low):
        return ["no finite value"[:width].ljust(width)]
    bins = max(1, min(bins, width))
    thick = width // bins
    starts = np.arange(bins) * _STRETCHES // bins
    counts = np.repeat(np.add.reduceat(found.counts, starts), thick).tolist()
    most = max(counts)
    rows = []
    for row in range(height - 2, -1, -1):
        levels = [math.ceil(8 * (height - 1) * n / most) - 8 * row for n in counts]
        text = "".join(EIGHTHS[min(max(level, 0), 8)] for level in levels)
        rows.append(text.ljust(width))
    return [*rows, _labels(found.low, found.high, thick * bins).ljust(width)]


def _labels(low: float, high: float, width: int) -> str:
    """Return a row with the ends of an axis, and zero at its place, where they fit."""
    if low == high:
        return spelled(low).center(width)[:width]
    left, right = spelled(low), spelled(high)
    room = width - len(left) - len(right)
    if room < 1:
        return (left if len(left) <= width else "").ljust(width)
    spread = high / 2 - low / 2
    at = int(-low / 2 / spread * width) if low < 0 < high and spread else -1
    middle = " " * room
    place = at - len(left)
    if 0 < place < room - 1:
        middle = f"{' ' * place}0{' ' * (room - place - 1)}"
    return f"{left}{middle}{right}"
