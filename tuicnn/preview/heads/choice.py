"""Which head computes an operation: windows, channels and sizes decide.

It never looks at a layer's type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from tuicnn.preview.hands import few
from tuicnn.preview.heads.base import Head
from tuicnn.preview.heads.convolve import Pointwise, Windows
from tuicnn.preview.heads.depthwise import Depthwise
from tuicnn.preview.heads.linear import Stream, Table
from tuicnn.preview.heads.paint import Painting
from tuicnn.preview.heads.pure import Pure
from tuicnn.preview.heads.rows import Copy, Lining, Merging, RowBlocks
from tuicnn.preview.heads.winograd import LARGE, SMALL, Tiling, Winograd
from tuicnn.preview.operation import (
    Concat,
    Convolve,
    Merge,
    Operation,
    Paint,
    Pass,
    Plain,
    Rows,
    Shape,
    Share,
    Touch,
    Weigh,
)

_SMALL_MAP = 12
"""Side of a map from which tiles of 2×2 outputs are worth their transforms."""
_LARGE_MAP = 28
"""Side from which those of 4×4 are."""
_LEAST_CHANNELS = 24
"""Channels that they must have on both sides."""


def head_of(
    operation: Operation,
    shapes: Sequence[Shape],
    threads: int,
    exact: bool,
    ready: bool,
) -> Head:
    """Return the way to compute an operation on arrays of these shapes.

    Args:
        threads: How many work on its blocks.
        exact: Whether methods that round more than a plain product are out.
        ready: Whether its weight need not be made.
    """
    method, x, output = operation.method, shapes[0], operation.output
    match method:
        case Convolve():
            return _convolution(method, x, operation, threads, exact)
        case Paint():
            return Painting(method, x, operation.parameters["weight"], threads)
        case Weigh():
            return _linear(method, x, threads, ready)
        case Rows():
            return RowBlocks(method, output, threads)
        case Plain():
            return Pure(method, output, threads)
        case Merge():
            return Merging(method, output, threads)
        case Concat():
            return Lining(method, output, threads)
        case Share():
            return Copy(x, threads, method)
        case Touch() | Pass():
            return Copy(x, threads)
        case _:
            assert_never(method)


def _linear(method: Weigh, x: Shape, threads: int, ready: bool) -> Head:
    if few(x):
        return Stream(method, x, threads, ready)
    return Table(method, x, threads)


def _convolution(
    method: Convolve, x: Shape, operation: Operation, threads: int, exact: bool
) -> Head:
    weight = operation.parameters[method.weight]
    axes = method.windows
    if method.groups == x[1] > 1 and weight[0] % x[1] == 0:
        return Depthwise(method, x, weight, threads)
    bare = all(
        axis.kernel == 1 and axis.stride == 1 and axis.begin == axis.end == 0
        for axis in axes
    )
    if bare and method.groups == 1:
        return Pointwise(method, x, weight, threads)
    tiling = None if exact else _tiling(method, weight)
    if tiling is not None:
        return Winograd(method, x, weight, threads, tiling)
    return Windows(method, x, weight, threads)


def _tiling(method: Convolve, weight: Shape) -> Tiling | None:
    """Return the tiles that are worth their transforms, if any are."""
    fitting = (
        method.groups == 1
        and method.mode == "zeros"
        and weight[2:] == (3, 3)
        and all(axis.stride == axis.dilation == 1 for axis in method.windows)
        and all(axis.begin >= 0 and axis.end >= 0 for axis in method.windows)
        and min(weight[:2]) >= _LEAST_CHANNELS
    )
    side = min(axis.places for axis in method.windows)
    if not fitting or side < _SMALL_MAP:
        return None
    return LARGE if side >= _LARGE_MAP else SMALL
