"""Upsampling: nearest, linear on one to three axes, and bicubic, as PyTorch does it.

Each axis is resized by itself; source: aten/src/ATen/native/UpSample.h.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tuicnn.preview.kernels.window import Array


def resized(
    x: Array,
    sizes: Sequence[int],
    factors: Sequence[float | None],
    mode: str,
    corners: bool,
) -> Array:
    """Return (N, C, *sizes).

    Args:
        factors: The scale of each axis where it was given as such: PyTorch then takes
            positions from it, and not from the sizes.
        corners: Whether corners stay corners.
    """
    for axis, (size, factor) in enumerate(zip(sizes, factors, strict=True), start=2):
        old = x.shape[axis]
        if mode == "nearest":
            x = np.take(x, _nearest(old, size, factor), axis=axis)
        else:
            spread = _cubic if mode == "bicubic" else _linear
            x = _mixed(x, axis, spread(old, size, factor, corners))
    return x


def held(shape: Sequence[int], sizes: Sequence[int], mode: str) -> int:
    """Return the numbers that `resized` holds at most, its input aside.

    Between two axes there may be far more than enter, and than leave.
    """
    made = {"nearest": 1, "bicubic": 4}.get(mode, 3)
    now, most, kept = list(shape), 0, 0
    for axis, size in enumerate(sizes, start=2):
        entering = math.prod(now)
        now[axis] = size
        # What does not lie in a row is copied before cells are taken from it.
        copied = 0 if kept else entering
        most = max(most, copied + kept + made * math.prod(now))
        kept = math.prod(now)
    return most


def _nearest(old: int, new: int, factor: float | None) -> NDArray[np.intp]:
    step = np.float32(old / new if factor is None else 1 / factor)
    cells = np.floor(np.arange(new, dtype=np.float32) * step).astype(np.intp)
    found: NDArray[np.intp] = np.minimum(cells, old - 1)
    return found


def _positions(
    old: int, new: int, factor: float | None, corners: bool
) -> NDArray[np.float32]:
    if corners:
        step = np.float32((old - 1) / (new - 1) if new > 1 else 0)
        return np.arange(new, dtype=np.float32) * step
    step = np.float32(old / new if factor is None else 1 / factor)
    found = (np.arange(new, dtype=np.float32) + np.float32(0.5)) * step
    return found - np.float32(0.5)


Spread = list[tuple[NDArray[np.intp], Array]]
"""Cells that are read, and the weight of each."""


def _linear(old: int, new: int, factor: float | None, corners: bool) -> Spread:
    at = np.maximum(_positions(old, new, factor, corners), np.float32(0))
    below = np.minimum(np.floor(at).astype(np.intp), old - 1)
    above = np.minimum(below + 1, old - 1)
    share = (at - below).astype(np.float32)
    return [(below, 1 - share), (above, share)]


def _cubic(old: int, new: int, factor: float | None, corners: bool) -> Spread:
    at = _positions(old, new, factor, corners)
    below = np.floor(at)
    share = at - below
    first = below.astype(np.intp)
    distances = (share + 1, share, 1 - share, 2 - share)
    return [
        (np.clip(first + offset, 0, old - 1), _cubic_weight(distance, offset in (0, 1)))
        for offset, distance in zip((-1, 0, 1, 2), distances, strict=True)
    ]


def _cubic_weight(distance: Array, near: bool) -> Array:
    a = -0.75
    x = distance.astype(np.float64)
    if near:
        found = ((a + 2) * x - (a + 3)) * x * x + 1
    else:
        found = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return found.astype(np.float32)


def _mixed(x: Array, axis: int, spread: Spread) -> Array:
    shape = [1] * x.ndim
    shape[axis] = -1
    found: Array | None = None
    for cells, weights in spread:
        part = np.take(x, cells, axis=axis) * weights.reshape(shape)
        found = part if found is None else np.add(found, part, out=found)
    assert found is not None
    return found


def resized_size(size: int, factor: float) -> int:
    """Return how many cells an axis has at a scale, as `interpolate` counts them."""
    return math.floor(size * factor)
