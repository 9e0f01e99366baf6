"""Normalisation: from its fields to factors, offsets and axes.

It never computes a mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from tuicnn.core.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerNorm2d,
    LocalResponseNorm,
    RmsNorm,
)
from tuicnn.core.layers.regularization import LayerScale
from tuicnn.preview.kernels import norm
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Moment, Moments, Operation, Plain, Shape, Touch

_STATISTICS = ("running_mean", "running_var")
_AFFINE = ("weight", "bias")
Arrays = Sequence[Array]
Weights = Mapping[str, Array]


def _unit(moments: Moments) -> Moment:
    return Moment()


def by_channel(layer: BatchNorm | InstanceNorm, x: Shape) -> Operation:
    """Return a normalisation of each channel, by kept statistics or by its own."""
    shape = (x[1],)
    parameters = dict.fromkeys(_AFFINE, shape) if layer.affine else {}
    buffers = dict.fromkeys(_STATISTICS, shape) if layer.track_running_stats else {}
    if layer.track_running_stats:
        eps = layer.eps

        def vectors(weights: Weights) -> tuple[Array, ...]:
            mean, variance = (weights[name] for name in _STATISTICS)
            weight, bias = (weights.get(name) for name in _AFFINE)
            return norm.affine_of_statistics(mean, variance, weight, bias, eps)

        touch = Touch(norm.scale_and_shift, vectors)
        return Operation(x, touch, parameters, buffers)
    axes = tuple(range(2, len(x)))
    if isinstance(layer, BatchNorm):
        axes = (0, *axes)
    compute = partial(_standardised, axes, layer.eps)
    return Operation(x, Plain(compute, 1, channelwise=True), parameters, moment=_unit)


def _standardised(axes: Shape, eps: float, arrays: Arrays, weights: Weights) -> Array:
    found = norm.standardised(arrays[0], axes, eps)
    return _each_channel(found, weights)


def _each_channel(x: Array, weights: Weights) -> Array:
    shape = (1, -1, *(1 for _ in x.shape[2:]))
    if "weight" in weights:
        x *= weights["weight"].reshape(shape)
    if "bias" in weights:
        x += weights["bias"].reshape(shape)
    return x


def by_group(layer: GroupNorm, x: Shape) -> Operation:
    """Return a normalisation of groups of channels of each sample."""
    if x[1] % layer.num_groups:
        raise ValueError(f"{layer.num_groups} groups of {x[1]} channels")
    parameters = dict.fromkeys(_AFFINE, (x[1],)) if layer.affine else {}

    def compute(arrays: Arrays, weights: Weights) -> Array:
        found = norm.grouped(arrays[0], layer.num_groups, layer.eps)
        return _each_channel(found, weights)

    return Operation(x, Plain(compute, None), parameters, moment=_unit)


def _trailing(layer: LayerNorm | RmsNorm, x: Shape) -> Shape:
    shape = layer.normalized_shape or x[1:]
    if x[-len(shape) :] != shape:
        raise ValueError(f"normalized_shape {shape} for an array {x}")
    return shape


def layer_norm(layer: LayerNorm, x: Shape) -> Operation:
    """Return a normalisation of the last axes of each sample."""
    shape = _trailing(layer, x)
    names = _AFFINE if layer.bias else _AFFINE[:1]
    parameters = dict.fromkeys(names, shape) if layer.elementwise_affine else {}

    def compute(arrays: Arrays, weights: Weights) -> Array:
        found = norm.standardised(arrays[0], _last(shape), layer.eps)
        return _each_position(found, weights)

    return _over_rows(x, shape, compute, parameters)


def rms_norm(layer: RmsNorm, x: Shape) -> Operation:
    """Return a division of the last axes of each sample by their mean square."""
    shape = _trailing(layer, x)
    parameters = {"weight": shape} if layer.elementwise_affine else {}

    def compute(arrays: Arrays, weights: Weights) -> Array:
        found = norm.by_root_mean_square(arrays[0], _last(shape), layer.eps)
        return _each_position(found, weights)

    return _over_rows(x, shape, compute, parameters)


def _over_rows(
    x: Shape,
    shape: Shape,
    compute: Callable[[Arrays, Weights], Array],
    parameters: Mapping[str, Shape],
) -> Operation:
    axis = 1 if len(shape) < len(x) - 1 else None
    plain = Plain(compute, axis)
    return Operation(x, plain, parameters, wants="plain", moment=_unit)


def _last(shape: Shape) -> tuple[int, ...]:
    return tuple(range(-len(shape), 0))


def _each_position(x: Array, weights: Weights) -> Array:
    if "weight" in weights:
        x *= weights["weight"]
    if "bias" in weights:
        x += weights["bias"]
    return x


def over_channels(layer: LayerNorm2d, x: Shape) -> Operation:
    """Return a normalisation of the channels at each position of a map."""
    parameters = dict.fromkeys(_AFFINE, (x[1],)) if layer.elementwise_affine else {}
    eps = np.float32(layer.eps)

    def apply(block: Array, *vectors: Array) -> None:
        block[...] = norm.standardised(block, (-1,), float(eps))
        if vectors:
            norm.scale_and_shift(block, *vectors)

    def vectors(weights: Weights) -> tuple[Array, ...]:
        return tuple(weights[name] for name in parameters)

    return Operation(x, Touch(apply, vectors, True, 4), parameters, moment=_unit)


def local_response(layer: LocalResponseNorm, x: Shape) -> Operation:
    """Return each value damped by its neighbours in the channels beside it."""

    def apply(block: Array) -> None:
        block[...] = norm.local_response(
            block, layer.size, layer.alpha, layer.beta, layer.k
        )

    return Operation(x, Touch(apply, rows=True, temporaries=4))


def layer_scale(layer: LayerScale, x: Shape) -> Operation:
    """Return a learnt factor for each channel."""

    def apply(block: Array, factor: Array) -> None:
        block *= factor

    touch = Touch(apply, lambda weights: (weights["weight"],))
    share = layer.init_value

    def moment(moments: Moments) -> Moment:
        return Moment(moments[0].mean * share, moments[0].square * share**2)

    return Operation(x, touch, {"weight": (x[1],)}, moment=moment)
