"""Activations: from their fields to functions of a block.

It never evaluates one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import assert_never

from tuicnn.core.layers.activation import (
    Celu,
    Elu,
    Gelu,
    Glu,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyRelu,
    LogSigmoid,
    LogSoftmax,
    Mish,
    Prelu,
    Relu,
    Relu6,
    Selu,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from tuicnn.preview.kernels import activation
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import (
    Moment,
    Moments,
    Operation,
    Plain,
    Shape,
    Touch,
)

Function = (
    Relu
    | Relu6
    | LeakyRelu
    | Elu
    | Selu
    | Celu
    | Gelu
    | Silu
    | Mish
    | Hardswish
    | Hardsigmoid
    | Hardtanh
    | Sigmoid
    | LogSigmoid
    | Tanh
    | Softplus
    | Softsign
)

_RECTIFIERS = ("relu", "relu6", "leaky_relu")
_MOMENTS = {
    "elu": Moment(0.16, 0.64),
    "selu": Moment(0.0, 1.0),
    "celu": Moment(0.16, 0.64),
    "gelu": Moment(0.28, 0.425),
    "silu": Moment(0.21, 0.355),
    "mish": Moment(0.24, 0.46),
    "hardswish": Moment(0.17, 0.33),
    "hardsigmoid": Moment(0.5, 0.28),
    "hardtanh": Moment(0.0, 0.52),
    "sigmoid": Moment(0.5, 0.29),
    "log_sigmoid": Moment(-0.81, 0.92),
    "tanh": Moment(0.0, 0.39),
    "softplus": Moment(0.81, 0.92),
    "softsign": Moment(0.0, 0.16),
}
"""Moments of each function of a standard normal variable."""


_TEMPORARIES = {
    "relu": 0,
    "relu6": 0,
    "hardtanh": 0,
    "hardsigmoid": 0,
    "tanh": 0,
    "gelu": 6,
    "mish": 4,
    "softplus": 4,
}
"""Arrays of a block's size that each function makes; one, where it is not named."""


def function(layer: Function, x: Shape) -> Operation:
    """Return a function of each value."""

    def moment(moments: Moments) -> Moment:
        if layer.type in _RECTIFIERS:
            return _rectified(moments[0])
        return _MOMENTS[layer.type]

    touch = Touch(_applied(layer), temporaries=_TEMPORARIES.get(layer.type, 1))
    return Operation(x, touch, wants="any", moment=moment)


def _rectified(moment: Moment) -> Moment:
    """Return the moment of what a rectifier leaves of a normal variable."""
    deviation = math.sqrt(moment.variance) or 1e-6
    ratio = moment.mean / deviation
    below = 0.5 * (1 + math.erf(ratio / math.sqrt(2)))
    density = deviation * math.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi)
    return Moment(
        moment.mean * below + density,
        moment.square * below + moment.mean * density,
    )


def _applied(layer: Function) -> Callable[[Array], None]:
    match layer:
        case Relu():
            return activation.relu
        case Relu6():
            return partial(activation.clip, low=0.0, high=6.0)
        case LeakyRelu():
            return partial(activation.leaky_relu, slope=layer.negative_slope)
        case Elu():
            return partial(activation.elu, alpha=layer.alpha)
        case Selu():
            return activation.selu
        case Celu():
            return partial(activation.elu, alpha=layer.alpha, sharpness=1 / layer.alpha)
        case Gelu():
            return partial(activation.gelu, approximate=layer.approximate)
        case Hardtanh():
            return partial(activation.clip, low=layer.min_val, high=layer.max_val)
        case Softplus():
            return partial(
                activation.softplus, beta=layer.beta, threshold=layer.threshold
            )
        case _:
            return _fieldless(layer)


def _fieldless(
    layer: Silu
    | Mish
    | Hardswish
    | Hardsigmoid
    | Sigmoid
    | LogSigmoid
    | Tanh
    | Softsign,
) -> Callable[[Array], None]:
    match layer:
        case Silu():
            return activation.silu
        case Mish():
            return activation.mish
        case Hardswish():
            return activation.hardswish
        case Hardsigmoid():
            return activation.hardsigmoid
        case Sigmoid():
            return activation.sigmoid
        case LogSigmoid():
            return activation.log_sigmoid
        case Tanh():
            return activation.tanh
        case Softsign():
            return activation.softsign
        case _:
            assert_never(layer)


def prelu(layer: Prelu, x: Shape) -> Operation:
    """Return a slope, one for all or one for each channel, of negative values."""
    if layer.num_parameters not in (1, x[1]):
        raise ValueError(f"{layer.num_parameters} slopes for {x[1]} channels")

    def slopes(weights: Mapping[str, Array]) -> tuple[Array, ...]:
        one = weights["weight"]
        return (one.repeat(x[1]) if len(one) == 1 else one,)

    return Operation(
        x,
        Touch(activation.prelu, slopes, temporaries=1),
        {"weight": (layer.num_parameters,)},
    )


def softmax(layer: Softmax | LogSoftmax, x: Shape) -> Operation:
    """Return shares along an axis, or their logarithm; without `dim`, along axis 1."""
    axis = 1 if layer.dim is None else layer.dim % len(x)
    kernel = (
        activation.softmax if isinstance(layer, Softmax) else activation.log_softmax
    )

    def compute(arrays: Sequence[Array], weights: object) -> Array:
        return kernel(arrays[0], axis)

    return Operation(x, Plain(compute, _other_axis(axis, len(x))), wants="any")


def _other_axis(axis: int, rank: int) -> int | None:
    return next((other for other in range(1, rank) if other != axis), None)


def glu(layer: Glu, x: Shape) -> Operation:
    """Return one half of an axis, weighed by the sigmoid of the other."""
    axis = layer.dim % len(x)
    if x[axis] % 2:
        raise ValueError(f"axis {axis} has {x[axis]} cells, which cannot be halved")
    output = (*x[:axis], x[axis] // 2, *x[axis + 1 :])

    def compute(arrays: Sequence[Array], weights: object) -> Array:
        return activation.glu(arrays[0], axis)

    return Operation(output, Plain(compute, _other_axis(axis, len(x)), 6), wants="any")
