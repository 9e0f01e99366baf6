"""Linear layers, shaping, regularisation and merges: from fields to operations.

It never moves a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.shaping import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    Permute,
    PixelShuffle,
    PixelUnshuffle,
    Reshape,
    Unflatten,
    Upsample,
)
from tuicnn.preview.kernels import merge, resize, shaping
from tuicnn.preview.kernels.window import Array, edges
from tuicnn.preview.operation import (
    Concat,
    Merge,
    Moment,
    Moments,
    Operation,
    Pass,
    Plain,
    Shape,
    Share,
    Weigh,
)


def linear(layer: Linear, x: Shape) -> Operation:
    """Return weighted sums over the last axis."""
    weight = (layer.out_features, x[-1])
    parameters: dict[str, Shape] = {"weight": weight}
    if layer.bias:
        parameters["bias"] = (layer.out_features,)
    return Operation(
        (*x[:-1], layer.out_features),
        Weigh(x[-1], layer.out_features, layer.bias),
        parameters,
        macs=math.prod(x) * layer.out_features,
        wants="plain",
        moment=lambda moments: Moment(),
    )


def unchanged(x: Shape) -> Operation:
    """Return nothing: the identity, and dropout at inference."""
    return Operation(x, Pass(), wants="any")


def reordered(layer: Permute, x: Shape) -> Operation:
    """Return the same numbers with their axes in another order."""
    dims = tuple(dim % len(x) for dim in layer.dims)
    return Operation(tuple(x[dim] for dim in dims), Pass(dims), wants="any")


def reshaped(layer: Flatten | Unflatten | Reshape, x: Shape) -> Operation:
    """Return the same numbers, in the same order, in another shape."""
    return Operation(_new_shape(layer, x), Pass(), wants="plain")


def _new_shape(layer: Flatten | Unflatten | Reshape, x: Shape) -> Shape:
    if isinstance(layer, Flatten):
        first, last = layer.start_dim % len(x), layer.end_dim % len(x)
        return (*x[:first], math.prod(x[first : last + 1]), *x[last + 1 :])
    if isinstance(layer, Reshape):
        return (x[0], *_filled(layer.shape, math.prod(x[1:])))
    axis = layer.dim % len(x)
    split = _filled(layer.unflattened_size, x[axis])
    return (*x[:axis], *split, *x[axis + 1 :])


def _filled(wanted: Shape, count: int) -> Shape:
    known = math.prod(size for size in wanted if size != -1)
    found = tuple(count // known if size == -1 else size for size in wanted)
    if math.prod(found) != count:
        raise ValueError(f"{count} numbers do not fill {wanted}")
    return found


def _dealt(
    output: Shape, kernel: Callable[[Array], Array], axis: int | None = None
) -> Operation:
    """Return an operation that deals numbers out anew: one copy, no more."""
    return _plain(output, kernel, axis, factor=1)


def _plain(
    output: Shape,
    kernel: Callable[[Array], Array],
    axis: int | None = None,
    factor: int = 4,
    held: int = 0,
) -> Operation:
    def compute(arrays: Sequence[Array], weights: object) -> Array:
        return kernel(arrays[0])

    return Operation(output, Plain(compute, axis, factor, held), wants="any")


def padded(layer: Pad, x: Shape) -> Operation:
    """Return a map with cells added, or cut off, at both ends."""
    ends = _ends(layer, len(x) - 2)
    sizes = tuple(
        size + begin + end for size, (begin, end) in zip(x[2:], ends, strict=True)
    )
    if min(sizes) < 1:
        raise ValueError(f"nothing is left of {x}")
    kernel = partial(shaping.padded, edges=ends, mode=layer.mode, value=layer.value)
    return _plain((*x[:2], *sizes), kernel, 1)


def _ends(layer: Pad, rank: int) -> tuple[tuple[int, int], ...]:
    flat = layer.padding
    if isinstance(flat, int) or isinstance(flat[0], tuple):
        return edges(flat, rank)
    numbers = flat
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    return tuple(reversed([*pairs, *[(0, 0)] * (rank - len(pairs))]))


def cropped(layer: Crop, x: Shape) -> Operation:
    """Return a map without some cells at both ends."""
    ends = edges(layer.cropping, len(x) - 2)
    sizes = tuple(
        size - begin - end for size, (begin, end) in zip(x[2:], ends, strict=True)
    )
    if min(sizes) < 1:
        raise ValueError(f"nothing is left of {x}")
    return _plain((*x[:2], *sizes), partial(shaping.cropped, edges=ends), 1)


def upsampled(layer: Upsample, x: Shape) -> Operation:
    """Return a map of another size, its cells repeated or interpolated."""
    rank = len(x) - 2
    factors: tuple[float | None, ...] = (None,) * rank
    if layer.size is not None:
        size = layer.size if isinstance(layer.size, tuple) else (layer.size,)
        sizes = size * rank if len(size) == 1 else size
    else:
        scale = layer.scale_factor or 1.0
        each = scale if isinstance(scale, tuple) else (scale,) * rank
        factors = each
        sizes = tuple(
            resize.resized_size(old, factor)
            for old, factor in zip(x[2:], each, strict=True)
        )
    if min(sizes) < 1:
        raise ValueError(f"nothing is left of {x}")
    kernel = partial(
        resize.resized,
        sizes=sizes,
        factors=factors,
        mode=layer.mode,
        corners=bool(layer.align_corners),
    )
    held = resize.held(x, sizes, layer.mode)
    return _plain((*x[:2], *sizes), kernel, 1, 0, held)


def shuffled(
    layer: PixelShuffle | PixelUnshuffle | ChannelShuffle, x: Shape
) -> Operation:
    """Return the same numbers, channels and cells exchanged."""
    n, c = x[:2]
    if isinstance(layer, ChannelShuffle):
        kernel = partial(shaping.channels_shuffled, groups=layer.groups)
        return _dealt(x, kernel, None if len(x) == 2 else 2)
    if isinstance(layer, PixelShuffle):
        r = layer.upscale_factor
        output = (n, c // r**2, *(size * r for size in x[2:]))
        return _dealt(output, partial(shaping.pixel_shuffled, r=r))
    r = layer.downscale_factor
    output = (n, c * r**2, *(size // r for size in x[2:]))
    return _dealt(output, partial(shaping.pixel_unshuffled, r=r))


def share(x: Shape, number: int, count: int) -> Operation:
    """Return the channels that one branch of a split gets."""
    if x[1] % count:
        raise ValueError(f"{x[1]} channels cannot be split over {count} branches")
    each = x[1] // count
    method = Share(number * each, (number + 1) * each)
    return Operation((x[0], each, *x[2:]), method)


def merged(kind: str, shapes: Sequence[Shape], dim: int = 1) -> Operation:
    """Return a merge of several arrays, smaller ones repeated."""
    if kind == "concat":
        return _lined_up(shapes, dim % len(shapes[0]))
    output = np.broadcast_shapes(*shapes)

    def moment(moments: Moments) -> Moment:
        return _merged_moment(kind, moments)

    if all(shape == output for shape in shapes):
        return Operation(output, Merge(kind), moment=moment)
    gated = all(len(shape) == len(output) for shape in shapes) and shapes[0] == output

    def compute(arrays: Sequence[Array], weights: object) -> Array:
        return merge.merged(kind, arrays)

    if gated and all(math.prod(shape[2:]) == 1 for shape in shapes[1:]):
        return Operation(output, Merge(kind), moment=moment)
    return Operation(output, Plain(compute, None, 2), wants="any", moment=moment)


def _merged_moment(kind: str, moments: Moments) -> Moment:
    """Return the moment of a merge of independent values."""
    means = [one.mean for one in moments]
    if kind == "multiply":
        return Moment(math.prod(means), math.prod(one.square for one in moments))
    if kind == "maximum":
        return max(moments, key=lambda one: one.square)
    share = 1 / len(moments) if kind == "average" else 1.0
    mean = share * sum(means)
    variance = share**2 * sum(one.variance for one in moments)
    return Moment(mean, mean**2 + variance)


def _lined_up(shapes: Sequence[Shape], axis: int) -> Operation:
    if len({(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}) > 1:
        raise ValueError(f"concat of {' and '.join(map(str, shapes))}")
    total = sum(shape[axis] for shape in shapes)
    output = (*shapes[0][:axis], total, *shapes[0][axis + 1 :])
    weights = [shape[axis] / total for shape in shapes]

    def moment(moments: Moments) -> Moment:
        pairs = list(zip(weights, moments, strict=True))
        return Moment(
            sum(w * one.mean for w, one in pairs),
            sum(w * one.square for w, one in pairs),
        )

    def compute(arrays: Sequence[Array], weights: object) -> Array:
        return merge.merged("concat", arrays, axis)

    if axis == 1:
        return Operation(output, Concat(), moment=moment)
    return Operation(output, Plain(compute, None, 2), wants="any", moment=moment)
