"""Layers that make one shape of another: what could be put in behind a place.

It never looks at a network: it is told what leaves, and what shall leave.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.pool import GlobalAvgPool
from tuicnn.core.layers.shaping import (
    Crop,
    Flatten,
    Pad,
    PixelShuffle,
    PixelUnshuffle,
    Reshape,
    Unflatten,
    Upsample,
)
from tuicnn.core.shapes import Shape, elements
from tuicnn.core.solve.painting import painted
from tuicnn.core.solve.settings import edges
from tuicnn.core.solve.sliding import convolved, pooled

Bridge = tuple[LayerSpec, ...]
"""Layers in a row."""

RANKS: Final = (1, 2, 3)
"""Spatial axes for which there are convolutions, and pools."""
_WEIGHTS: Final = 2**30
"""Weights of a linear layer up to which it is offered beside other ways."""


def bridges(x: Shape, y: Shape) -> Iterator[Bridge]:
    """Yield layers that make a shape of another one, in no order."""
    if len(x) != len(y):
        yield from _reshaped(x, y)
    elif len(x) == 1:
        yield (Linear(out_features=y[0]),)
    elif len(x) - 1 in RANKS:
        if x[1:] == y[1:]:
            yield (pointwise(len(x) - 1, y[0]),)
        else:
            yield from _learnt(x, y)
            for free in resizes(x, y[1:]):
                yield free if x[0] == y[0] else (*free, pointwise(len(x) - 1, y[0]))
    if len(y) > 1:
        yield from _mixed(x, y)


def pointwise(rank: int, channels: int) -> LayerSpec:
    """Return a 1×1 convolution: it changes the channels alone."""
    return convolution(rank, channels, 1)


def convolution(rank: int, channels: int, kernel: int) -> LayerSpec:
    """Return a convolution that keeps the size; the kernel is odd."""
    return layer_types()[f"conv{rank}d"].model_validate(
        {
            "out_channels": channels,
            "kernel_size": kernel,
            **({"padding": kernel // 2} if kernel > 1 else {}),
        }
    )


def resizes(x: Shape, sizes: Shape) -> Iterator[Bridge]:
    """Yield layers without a parameter that change the sizes, and no channel."""
    pairs = list(zip(x[1:], sizes, strict=True))
    grows = any(new > old for old, new in pairs)
    shrinks = any(new < old for old, new in pairs)
    if grows:
        yield (upsampled(x[1:], sizes),)
    most = 2 * limits.WINDOW
    # Beyond, most of the map would be made up, or thrown away.
    near = all(2 * new <= 3 * old and old <= 2 * new for old, new in pairs)
    if near and all(abs(new - old) < most for old, new in pairs):
        totals = tuple(new - old for old, new in pairs)
        if grows:
            yield (Pad.model_validate({"padding": edges(totals)}),)
        else:
            cut = tuple(-total for total in totals)
            yield (Crop.model_validate({"cropping": edges(cut)}),)
    if len(sizes) not in RANKS:
        return
    if shrinks:
        kind = layer_types()[f"adaptive_avg_pool{len(sizes)}d"]
        size = sizes[0] if len(set(sizes)) == 1 else sizes
        yield (kind.model_validate({"output_size": size}),)
    if shrinks and not grows:
        yield from ((one,) for one in pooled(x[1:], sizes))


def upsampled(sizes: Shape, wanted: Shape) -> LayerSpec:
    """Return the layer that repeats cells until a map has the sizes wanted."""
    factors = {divmod(new, old) for old, new in zip(sizes, wanted, strict=True)}
    factor, rest = factors.pop()
    if not factors and not rest and factor <= limits.WINDOW:
        return Upsample(scale_factor=float(factor))
    return Upsample(size=wanted[0] if len(set(wanted)) == 1 else wanted)


def _learnt(x: Shape, y: Shape) -> Iterator[Bridge]:
    """Yield layers with weights, which change sizes and channels at once."""
    rank = len(x) - 1
    pairs = list(zip(x[1:], y[1:], strict=True))
    if all(new >= old for old, new in pairs):
        yield from ((one,) for one in painted(x, y))
        yield (upsampled(x[1:], y[1:]), convolution(rank, y[0], 3))
        if rank == 2:
            yield from _shuffled(x, y)
    if all(new <= old for old, new in pairs):
        yield from ((one,) for one in convolved(x, y))
        factor = x[1] // y[1]
        if rank == 2 and (y[0], y[1] * factor, y[2] * factor) == (
            x[0] * factor**2,
            *x[1:],
        ):
            yield (PixelUnshuffle(downscale_factor=factor),)


def _shuffled(x: Shape, y: Shape) -> Iterator[Bridge]:
    """Yield the exchange of channels for cells, where a whole factor does it."""
    factor = y[1] // x[1]
    if (x[1] * factor, x[2] * factor) != y[1:] or factor > limits.WINDOW:
        return
    channels = y[0] * factor**2
    shuffle = PixelShuffle(upscale_factor=factor)
    if channels == x[0]:
        yield (shuffle,)
    elif channels <= limits.CHANNELS:
        yield pointwise(2, channels), shuffle


def _reshaped(x: Shape, y: Shape) -> Iterator[Bridge]:
    """Yield layers that change the number of axes."""
    if len(y) == 1:
        yield from _vectors(x, y[0])
    elif elements(x) == elements(y):
        yield (
            Reshape(shape=y) if len(x) > 1 else Unflatten(dim=1, unflattened_size=y),
        )


def _vectors(x: Shape, features: int) -> Iterator[Bridge]:
    """Yield layers that make a vector of a map."""
    means = GlobalAvgPool(keepdim=False)
    linear = Linear(out_features=features)
    if features == elements(x):
        yield (Flatten(),)
    if features == x[0]:
        yield (means,)
    yield Flatten(), linear
    yield means, linear
    if len(x) - 1 in RANKS:
        yield pointwise(len(x) - 1, features), means


def _mixed(x: Shape, y: Shape) -> Iterator[Bridge]:
    """Yield a linear layer that computes each number of a map from all others."""
    vast = len(x) == len(y) and elements(x) * elements(y) > _WEIGHTS
    if vast or elements(y) > limits.CHANNELS:
        return
    first = () if len(x) == 1 else (Flatten(),)
    yield (
        *first,
        Linear(out_features=elements(y)),
        Unflatten(dim=1, unflattened_size=y),
    )
