"""Pools over windows, bins and whole maps; channels last, one sample at a time.

Padding never enters a maximum, nor a mean unless it is asked to count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tuicnn.preview.kernels.window import Array, Axis, taps


def largest(x: Array, windows: Sequence[Axis], first: int, out: Array) -> None:
    """Write the largest value of each window, places first … of axis 0.

    Args:
        x: (*sizes, C).
        out: (rows, *places, C).
    """
    found = taps(windows, first, first + len(out))
    started = False
    for tap in found:
        where = out[tap.out]
        if not started and where.shape == out.shape:
            out[...] = x[tap.seen]
            started = True
            continue
        if not started:
            out[...] = -np.inf
            started = True
        np.maximum(where, x[tap.seen], out=where)
    if not started:
        out[...] = -np.inf


def total(
    x: Array, windows: Sequence[Axis], first: int, out: Array, power: float = 1.0
) -> None:
    """Write the sum of each window's values, or of their powers."""
    out[...] = 0
    for tap in taps(windows, first, first + len(out)):
        where, seen = out[tap.out], x[tap.seen]
        np.add(where, seen if power == 1.0 else raised(seen, power), out=where)


def raised(x: Array, power: float) -> Array:
    """Return a power of each value."""
    return np.square(x) if power == 2.0 else np.power(x, np.float32(power))


def divisors(axis: Axis, include_pad: bool) -> Array:
    """Return how many cells each place of the window counts on one axis.

    With `include_pad` the padding counts, but not what a last window lacks behind it.
    Source: aten/src/ATen/native/cpu/AvgPoolKernel.cpp.
    """
    starts = [axis.start(0) + axis.stride * place for place in range(axis.places)]
    if include_pad:
        stops = [min(start + axis.kernel, axis.size + axis.end) for start in starts]
        counts = [stop - start for start, stop in zip(starts, stops, strict=True)]
    else:
        counts = [
            min(start + axis.kernel, axis.size) - max(start, 0) for start in starts
        ]
    return np.array(counts, np.float32)


def rooted(out: Array, power: float) -> None:
    """Replace sums of powers by their roots; source: torch.nn.functional.lp_pool."""
    if power != 1.0:
        np.power(out, np.float32(1 / power), out=out)


def bins(size: int, count: int) -> list[slice]:
    """Return the cells of each adaptive bin; they overlap where none divides.

    Source: aten/src/ATen/native/AdaptivePooling.h.
    """
    return [
        slice(j * size // count, -((-(j + 1) * size) // count)) for j in range(count)
    ]


def adaptive(x: Array, counts: Sequence[int], mean: bool) -> Array:
    """Return the mean or the largest value of each bin, axis by axis.

    Args:
        x: (*sizes, C).
        counts: Bins on each spatial axis.
    """
    for axis, count in enumerate(counts):
        size = x.shape[axis]
        if count == size:
            continue
        parts = [
            _reduced(x[(slice(None),) * axis + (part,)], axis, mean)
            for part in bins(size, count)
        ]
        x = parts[0] if count == 1 else np.concatenate(parts, axis=axis)
    return x


def _reduced(x: Array, axis: int, mean: bool) -> Array:
    found: Array = x.mean(axis, keepdims=True) if mean else x.max(axis, keepdims=True)
    return found


def whole_mean(x: Array) -> Array:
    """Return the mean of each channel of (*sizes, C): one product with ones."""
    flat = x.reshape(-1, x.shape[-1])
    count = math.prod(x.shape[:-1])
    return np.full(count, 1 / count, np.float32) @ flat
