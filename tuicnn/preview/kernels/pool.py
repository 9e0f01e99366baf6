"""Pools over windows, bins and whole maps; channels last, one sample at a time.

Padding never enters a maximum, nor a mean unless it is asked to count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from tuicnn.preview.kernels.window import Array, Axis

Join = Callable[..., Array]
Take = Callable[[Array], Array]


def largest(
    x: Array, windows: Sequence[Axis], first: int, out: Array, room: Array
) -> None:
    """Write the largest value of each window, places first … of axis 0.

    Args:
        x: (*sizes, C).
        out: (rows, *places, C).
        room: `between` numbers for each row.
    """
    _by_axis(x, windows, first, out, room, np.maximum, -np.inf)


def total(
    x: Array, windows: Sequence[Axis], first: int, out: Array, room: Array
) -> None:
    """Write the sum of each window's values; arguments as `largest` has them."""
    _by_axis(x, windows, first, out, room, np.add, 0)


def total_of_powers(
    x: Array, windows: Sequence[Axis], first: int, out: Array, room: Array, power: float
) -> None:
    """Write the sum of the powers of each window's values.

    Args:
        room: `between` numbers for each row, and as many as a row of `x` has.
    """

    def raised(seen: Array) -> Array:
        powers = room[-seen.size :].reshape(seen.shape)
        if power == 2.0:
            return np.square(seen, out=powers)
        return np.power(seen, np.float32(power), out=powers)

    _by_axis(x, windows, first, out, room, np.add, 0, raised)


def between(windows: Sequence[Axis]) -> int:
    """Return the cells for each row of the output that are held meanwhile."""
    sizes = [axis.size for axis in windows]
    counts = [axis.places for axis in windows]
    return sum(
        math.prod(counts[1:axis]) * math.prod(sizes[axis:])
        for axis in range(1, len(windows))
    )


def _as_it_is(seen: Array) -> Array:
    return seen


def _by_axis(
    x: Array,
    windows: Sequence[Axis],
    first: int,
    out: Array,
    room: Array,
    join: Join,
    nothing: float,
    taken: Take = _as_it_is,
) -> None:
    """Reduce axis after axis: a window of 3×3 costs six steps, not nine."""
    rows = (first, first + len(out))
    for number, axis in enumerate(windows):
        found = out
        if number < len(windows) - 1:
            shape = (*out.shape[: number + 1], *x.shape[number + 1 :])
            count = math.prod(shape)
            found, room = room[:count].reshape(shape), room[count:]
        ends = rows if number == 0 else (0, axis.places)
        _along(x, number, _spans(axis, *ends), found, join, nothing, taken)
        x, taken = found, _as_it_is


def _spans(axis: Axis, first: int, stop: int) -> list[tuple[slice, slice]]:
    """Return, for each tap, the places that see a real cell, and the cells seen.

    One that every place sees comes first, if there is any.
    """
    seen = (axis.seen(tap, first, stop) for tap in range(axis.kernel))
    found = [one for one in seen if one is not None]
    return sorted(found, key=lambda one: one[0].start - one[0].stop)


def _along(
    x: Array,
    number: int,
    spans: Sequence[tuple[slice, slice]],
    out: Array,
    join: Join,
    nothing: float,
    taken: Take,
) -> None:
    before = (slice(None),) * number
    count = out.shape[number]
    if spans and spans[0][0] == slice(0, count):
        out[...] = taken(x[(*before, spans[0][1])])
        spans = spans[1:]
    else:
        out[...] = nothing
    for places, cells in spans:
        where = out[(*before, places)]
        join(where, taken(x[(*before, cells)]), out=where)


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


def adaptive_held(sizes: Sequence[int], counts: Sequence[int]) -> int:
    """Return the numbers that `adaptive` holds at most of a channel, its input aside.

    Between two axes there may be far more than leave.
    """
    now, most, kept = list(sizes), 0, 0
    for axis, count in enumerate(counts):
        if count != now[axis]:
            now[axis] = count
            most = max(most, kept + 2 * math.prod(now))
            kept = math.prod(now)
    return most


def _reduced(x: Array, axis: int, mean: bool) -> Array:
    found: Array = x.mean(axis, keepdims=True) if mean else x.max(axis, keepdims=True)
    return found


def whole_mean(x: Array) -> Array:
    """Return the mean of each channel of (*sizes, C): one product with ones."""
    flat = x.reshape(-1, x.shape[-1])
    count = math.prod(x.shape[:-1])
    return np.full(count, 1 / count, np.float32) @ flat
