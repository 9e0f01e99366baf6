"""Windows along the axes of a map: where they stand, and which cells they see.

It never reads an array's values.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Edges = int | tuple[int, ...] | tuple[tuple[int, int], ...] | str
Sizes = int | tuple[int, ...]


class Axis(NamedTuple):
    """A window that slides along one axis, its padding resolved.

    Attributes:
        size: Cells of the axis.
        kernel: Cells of the window.
        stride: Cells from one window to the next.
        dilation: Cells from one cell of the window to the next.
        begin: Cells of padding before the axis; negative ones crop.
        end: Cells of padding behind it.
        places: Places of the window.
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    begin: int
    end: int
    places: int

    @property
    def extent(self) -> int:
        """Cells that a window spans."""
        return self.dilation * (self.kernel - 1) + 1

    def start(self, tap: int) -> int:
        """Return which cell of the axis a tap sees from the first place."""
        return tap * self.dilation - self.begin

    def seen(self, tap: int, first: int, stop: int) -> tuple[slice, slice] | None:
        """Return from which of the places first … stop a tap sees real cells.

        Returns:
            These places, counted from `first`, and the cells; None where it sees none.
        """
        origin = self.start(tap)
        low = max(first, math.ceil(-origin / self.stride))
        high = min(stop, (self.size - 1 - origin) // self.stride + 1)
        if low >= high:
            return None
        begin = origin + low * self.stride
        end = begin + (high - 1 - low) * self.stride + 1
        return slice(low - first, high - first), slice(begin, end, self.stride)


def each(value: Sizes, rank: int) -> tuple[int, ...]:
    """Return one integer for every axis, where one may stand for all."""
    return (value,) * rank if isinstance(value, int) else value


def edges(value: Edges, rank: int) -> tuple[tuple[int, int], ...]:
    """Return the cells at both ends of every axis; words other than same are 0."""
    if isinstance(value, str):
        return ((0, 0),) * rank
    if isinstance(value, int):
        return ((value, value),) * rank
    if len(value) != rank:
        raise ValueError(f"padding has {len(value)} entries for {rank} axes")
    return tuple((p, p) if isinstance(p, int) else (p[0], p[1]) for p in value)


def axes(
    sizes: Sequence[int],
    kernel: Sizes,
    stride: Sizes,
    padding: Edges,
    dilation: Sizes = 1,
    ceil: bool = False,
) -> tuple[Axis, ...]:
    """Return the windows on every spatial axis.

    The places are counted as they stand: the starts of the windows that fit, and with
    `ceil` one more where cells are left and it begins before the padding behind.
    Source: aten/src/ATen/native/Pool.h; for "same" tensorflow's "Notes on padding".
    """
    rank = len(sizes)
    rest = (each(kernel, rank), each(stride, rank), each(dilation, rank))
    if padding == "same":
        return tuple(map(_same, sizes, *rest))
    found = []
    for i, k, s, d, (p0, p1) in zip(sizes, *rest, edges(padding, rank), strict=True):
        room = i + p0 + p1 - (d * (k - 1) + 1)
        starts = range(0, min(i + p0, room + s) if ceil else room + 1, s)
        if not len(starts):
            raise ValueError(f"a window of {k} does not fit {i} + {p0} + {p1} cells")
        found.append(Axis(i, k, s, d, p0, p1, len(starts)))
    return tuple(found)


def _same(i: int, k: int, s: int, d: int) -> Axis:
    starts = range(0, i, s)
    total = max(0, starts[-1] + d * (k - 1) + 1 - i)
    return Axis(i, k, s, d, total // 2, total - total // 2, len(starts))


def places(windows: Sequence[Axis]) -> tuple[int, ...]:
    """Return the spatial sizes that leave."""
    return tuple(axis.places for axis in windows)


class Tap(NamedTuple):
    """One cell of the window: where it falls on real cells.

    Attributes:
        cell: Its place in the window.
        out: Places of the window from which it sees a real cell.
        seen: The cells it sees from there.
    """

    cell: tuple[int, ...]
    out: tuple[slice, ...]
    seen: tuple[slice, ...]


def taps(windows: Sequence[Axis], first: int, stop: int) -> Iterator[Tap]:
    """Yield the taps that see anything from places first … stop of axis 0.

    `out` counts from `first`; cells that no axis has are left out, not padded.
    """
    ranges = [
        [
            axis.seen(tap, *((first, stop) if number == 0 else (0, axis.places)))
            for tap in range(axis.kernel)
        ]
        for number, axis in enumerate(windows)
    ]
    for index in product(*(range(axis.kernel) for axis in windows)):
        pairs = [ranges[number][tap] for number, tap in enumerate(index)]
        if all(pair is not None for pair in pairs):
            chosen = [pair for pair in pairs if pair is not None]
            yield Tap(
                index, tuple(out for out, _ in chosen), tuple(at for _, at in chosen)
            )


def band(
    x: Array, windows: Sequence[Axis], first: int, stop: int, room: Array | None = None
) -> Array:
    """Return the padded cells that places first … stop of axis 0 see.

    Args:
        x: One sample, channels last: (*sizes, C).
        room: Where the padded cells may be written, if any are needed.

    Returns:
        (rows, *padded sizes, C); a view of `x` where nothing is padded.
    """
    spans = [
        (axis.start(0), axis.start(0) + (axis.places - 1) * axis.stride + axis.extent)
        for axis in windows
    ]
    head = windows[0]
    low = head.start(0) + first * head.stride
    spans[0] = (low, low + (stop - 1 - first) * head.stride + head.extent)
    bounds = zip(spans, windows, strict=True)
    if all(low >= 0 and high <= axis.size for (low, high), axis in bounds):
        return x[tuple(slice(low, high) for low, high in spans)]
    shape = (*(high - low for low, high in spans), x.shape[-1])
    count = math.prod(shape)
    padded = (
        np.empty(shape, np.float32) if room is None else room[:count].reshape(shape)
    )
    inner, outer = [], []
    for (low, high), axis in zip(spans, windows, strict=True):
        begin, end = min(max(low, 0), axis.size), max(min(high, axis.size), 0)
        outer.append(slice(begin, max(begin, end)))
        inner.append(slice(begin - low, max(begin, end) - low))
    _blank(padded, inner)
    padded[tuple(inner)] = x[tuple(outer)]
    return padded


def _blank(padded: Array, inner: Sequence[slice]) -> None:
    """Write zeros around the inner cells, and nowhere else."""
    before: list[slice] = []
    for part in inner:
        padded[(*before, slice(None, part.start))] = 0
        padded[(*before, slice(part.stop, None))] = 0
        before.append(part)


def views(padded: Array, windows: Sequence[Axis], rows: int) -> Array:
    """Return every window of a band: (rows, *places, *kernel, C), without a copy."""
    steps = padded.strides
    shape = (rows, *(axis.places for axis in windows[1:]))
    strides = tuple(
        step * axis.stride for step, axis in zip(steps, windows, strict=False)
    )
    inner = tuple(
        step * axis.dilation for step, axis in zip(steps, windows, strict=False)
    )
    return np.lib.stride_tricks.as_strided(
        padded,
        (*shape, *(axis.kernel for axis in windows), padded.shape[-1]),
        (*strides, *inner, steps[-1]),
        writeable=False,
    )


def band_cells(windows: Sequence[Axis], rows: int) -> int:
    """Return the cells of a band of `rows` places, without channels."""
    head = windows[0]
    count = (rows - 1) * head.stride + head.extent
    return count * math.prod(
        (axis.places - 1) * axis.stride + axis.extent for axis in windows[1:]
    )


def bordered(windows: Sequence[Axis]) -> tuple[Axis, ...]:
    """Return the windows on a map that has its padding already."""
    return tuple(
        axis._replace(size=axis.size + axis.begin + axis.end, begin=0, end=0)
        for axis in windows
    )


MODES: Final = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""NumPy's names of PyTorch's padding modes."""


def border(x: Array, windows: Sequence[Axis], mode: str, out: Array) -> None:
    """Write a map, and around it cells that repeat its own.

    Args:
        x: One sample, channels last: (*sizes, C).
        mode: "reflect", "replicate" or "circular".
        out: (*padded sizes, C).
    """
    inner = tuple(slice(axis.begin, axis.begin + axis.size) for axis in windows)
    out[inner] = x
    for number, axis in enumerate(windows):
        cells = np.pad(
            np.arange(axis.size),
            (axis.begin, axis.end),
            mode=MODES[mode],  # type: ignore[call-overload]  # a name it knows
        )
        around = np.r_[: axis.begin, axis.begin + axis.size : len(cells)]
        # The axes before are complete; those behind have nothing but the map yet.
        before, behind = (slice(None),) * number, inner[number + 1 :]
        source = out[(*before, axis.begin + cells[around], *behind)]
        out[(*before, around, *behind)] = source
