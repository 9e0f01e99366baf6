"""Layers that move numbers, add some or leave some out.

They never compute with a value, but for upsampling between cells.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuicnn.preview.kernels.window import MODES, Array


def padded(
    x: Array, edges: Sequence[tuple[int, int]], mode: str, value: float
) -> Array:
    """Return (N, C, *sizes) with cells added at both ends; negative numbers crop.

    Cells are cut first, and then added, as `F.pad` does; for reflect, replicate and
    circular the order makes a difference that PyTorch settles the other way round.
    """
    if mode == "constant":
        x = cropped(x, [(max(-p0, 0), max(-p1, 0)) for p0, p1 in edges])
        widths = [(max(p0, 0), max(p1, 0)) for p0, p1 in edges]
        return np.pad(x, ((0, 0), (0, 0), *widths), constant_values=np.float32(value))
    widths = [(max(p0, 0), max(p1, 0)) for p0, p1 in edges]
    grown = np.pad(
        x,
        ((0, 0), (0, 0), *widths),
        mode=MODES[mode],  # type: ignore[call-overload]  # a name it knows
    )
    return cropped(grown, [(max(-p0, 0), max(-p1, 0)) for p0, p1 in edges])


def cropped(x: Array, edges: Sequence[tuple[int, int]]) -> Array:
    """Return (N, C, *sizes) without cells at both ends."""
    kept = (
        slice(begin, size - end)
        for size, (begin, end) in zip(x.shape[2:], edges, strict=True)
    )
    return x[(slice(None), slice(None), *kept)]


def pixel_shuffled(x: Array, r: int) -> Array:
    """Return (N, C, r·H, r·W) from (N, C·r², H, W)."""
    n, c, h, w = x.shape
    parts = x.reshape(n, c // r**2, r, r, h, w).transpose(0, 1, 4, 2, 5, 3)
    return parts.reshape(n, c // r**2, h * r, w * r)


def pixel_unshuffled(x: Array, r: int) -> Array:
    """Return (N, C·r², H, W) from (N, C, r·H, r·W)."""
    n, c, h, w = x.shape
    parts = x.reshape(n, c, h // r, r, w // r, r).transpose(0, 1, 3, 5, 2, 4)
    return parts.reshape(n, c * r**2, h // r, w // r)


def channels_shuffled(x: Array, groups: int) -> Array:
    """Return (N, C, …) with the channels of each group dealt out over all groups."""
    n, c = x.shape[:2]
    parts = x.reshape(n, groups, c // groups, *x.shape[2:])
    return np.swapaxes(parts, 1, 2).reshape(x.shape)
