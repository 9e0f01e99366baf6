"""Pools: from their fields to windows and bins.

It never pools.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tuicnn.core.layers.pool import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    GlobalAvgPool,
    GlobalMaxPool,
    LpPool1d,
    LpPool2d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from tuicnn.preview.kernels import pool
from tuicnn.preview.kernels.window import Array, Axis, axes, places
from tuicnn.preview.operation import Operation, Plain, Rows, Shape

MaxPool = MaxPool1d | MaxPool2d | MaxPool3d
AvgPool = AvgPool1d | AvgPool2d | AvgPool3d
LpPool = LpPool1d | LpPool2d
AdaptiveAvgPool = AdaptiveAvgPool1d | AdaptiveAvgPool2d | AdaptiveAvgPool3d
AdaptiveMaxPool = AdaptiveMaxPool1d | AdaptiveMaxPool2d | AdaptiveMaxPool3d
AdaptivePool = AdaptiveAvgPool | AdaptiveMaxPool
GlobalPool = GlobalAvgPool | GlobalMaxPool


def _over(
    x: Shape,
    windows: Sequence[Axis],
    make: Callable[[Array, int, Array, Array], None],
    more: int = 0,
) -> Operation:
    """Return an operation over windows.

    Args:
        more: Numbers that it needs for each row beside those between two axes.
    """
    reach = sum(axis.kernel for axis in windows)
    method = Rows(make, x[1] * pool.between(windows) + more, reach)
    return Operation((*x[:2], *places(windows)), method)


def max_pool(layer: MaxPool, x: Shape) -> Operation:
    """Return a maximum over windows of (N, C, *sizes)."""
    step = layer.kernel_size if layer.stride is None else layer.stride
    windows = axes(
        x[2:], layer.kernel_size, step, layer.padding, layer.dilation, layer.ceil_mode
    )

    def make(sample: Array, first: int, out: Array, room: Array) -> None:
        pool.largest(sample, windows, first, out, room)

    return _over(x, windows, make)


def avg_pool(layer: AvgPool, x: Shape) -> Operation:
    """Return a mean over windows of (N, C, *sizes)."""
    step = layer.kernel_size if layer.stride is None else layer.stride
    windows = axes(x[2:], layer.kernel_size, step, layer.padding, 1, layer.ceil_mode)
    override = None if isinstance(layer, AvgPool1d) else layer.divisor_override
    # TensorFlow's SAME, which `padding` names by that word, counts real cells alone.
    counted = layer.count_include_pad and layer.padding != "same"
    shares = _shares(windows, counted, override)

    def make(sample: Array, first: int, out: Array, room: Array) -> None:
        pool.total(sample, windows, first, out, room)
        out *= shares[first : first + len(out)] if len(shares) > 1 else shares

    return _over(x, windows, make)


def _shares(windows: Sequence[Axis], counted: bool, override: int | None) -> Array:
    """Return one over the divisor of each place: (*places, 1), or 1s for all."""
    rank = len(windows)
    if override is not None:
        return np.full((1,) * (rank + 1), 1 / override, np.float32)
    found = np.ones((1,) * (rank + 1), np.float32)
    for number, axis in enumerate(windows):
        counts = pool.divisors(axis, counted)
        if (counts == counts[0]).all():
            counts = counts[:1]
        shape = [1] * (rank + 1)
        shape[number] = len(counts)
        with np.errstate(divide="ignore"):
            found = found * (np.float32(1) / counts).reshape(shape)
    return found


def lp_pool(layer: LpPool, x: Shape) -> Operation:
    """Return a norm over windows of (N, C, *sizes)."""
    step = layer.kernel_size if layer.stride is None else layer.stride
    windows = axes(x[2:], layer.kernel_size, step, 0, 1, layer.ceil_mode)
    cells = math.prod(axis.kernel for axis in windows)
    # PyTorch takes a mean and multiplies by the whole window, however much it sees.
    shares = _shares(windows, True, None) * np.float32(cells)

    def make(sample: Array, first: int, out: Array, room: Array) -> None:
        pool.total_of_powers(sample, windows, first, out, room, layer.norm_type)
        out *= shares[first : first + len(out)] if len(shares) > 1 else shares
        pool.rooted(out, layer.norm_type)

    return _over(x, windows, make, x[1] * math.prod(x[3:]))


def adaptive_pool(layer: AdaptivePool, x: Shape) -> Operation:
    """Return a pool of (N, C, *sizes) into a number of bins."""
    sizes, wanted = x[2:], layer.output_size
    counts = wanted if isinstance(wanted, tuple) else (wanted,) * len(sizes)
    found = tuple(
        size if count is None else count
        for size, count in zip(sizes, counts, strict=True)
    )
    mean = isinstance(layer, AdaptiveAvgPool)
    return _binned(x, found, mean, (*x[:2], *found))


def global_pool(layer: GlobalPool, x: Shape) -> Operation:
    """Return a pool of whole maps."""
    ones = (1,) * (len(x) - 2)
    output = (*x[:2], *ones) if layer.keepdim else x[:2]
    return _binned(x, ones, isinstance(layer, GlobalAvgPool), output)


def _binned(x: Shape, counts: Shape, mean: bool, output: Shape) -> Operation:
    if mean and math.prod(counts) == 1:
        compute = partial(_whole_means, output)
        return Operation(output, Plain(compute, None, 1, math.prod(x[2:])))
    held = x[1] * pool.adaptive_held(x[2:], counts)
    return Operation(output, Plain(partial(_bins, counts, mean, output), None, 4, held))


def _whole_means(output: Shape, arrays: Sequence[Array], weights: object) -> Array:
    samples = np.moveaxis(arrays[0], 1, -1)
    return np.stack([pool.whole_mean(sample) for sample in samples]).reshape(output)


def _bins(
    counts: Shape, mean: bool, output: Shape, arrays: Sequence[Array], weights: object
) -> Array:
    samples = np.moveaxis(arrays[0], 1, -1)
    made = np.stack([pool.adaptive(sample, counts, mean) for sample in samples])
    return np.moveaxis(made, -1, 1).reshape(output)
