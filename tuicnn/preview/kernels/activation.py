"""Functions of each value, written over the block they are given.

They never change a shape. Sources: PyTorch's documentation of each module.
"""

from __future__ import annotations

import math

import numpy as np

from tuicnn.preview.kernels.window import Array

_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


def relu(x: Array) -> None:
    """Replace negative values by 0."""
    # Clipping is the faster loop of the two.
    np.clip(x, np.float32(0), np.float32(np.inf), out=x)


def clip(x: Array, low: float, high: float) -> None:
    """Limit values to low … high."""
    np.clip(x, np.float32(low), np.float32(high), out=x)


def leaky_relu(x: Array, slope: float) -> None:
    """Multiply negative values by a slope."""
    if 0 <= slope <= 1:
        np.maximum(x, x * np.float32(slope), out=x)
    else:
        np.multiply(x, np.float32(slope), out=x, where=x < 0)


def prelu(x: Array, slopes: Array) -> None:
    """Multiply negative values by a slope, one for all or one for each channel."""
    negative = np.minimum(x, np.float32(0))
    negative *= slopes
    relu(x)
    x += negative


def elu(x: Array, alpha: float, sharpness: float = 1.0, scale: float = 1.0) -> None:
    """Bend negative values towards −alpha: alpha·(exp(sharpness·x) − 1)."""
    bent = np.minimum(x, np.float32(0))
    bent *= np.float32(sharpness)
    np.expm1(bent, out=bent)
    bent *= np.float32(alpha)
    relu(x)
    x += bent
    if scale != 1.0:
        x *= np.float32(scale)


def selu(x: Array) -> None:
    """Bend and scale, so that mean and variance stay near 0 and 1."""
    elu(x, _SELU_ALPHA, scale=_SELU_SCALE)


def _logistic(x: Array) -> Array:
    """Return 1 / (1 + exp(−x)), without overflow."""
    found = np.negative(x)
    # exp(88) is the last power that float32 holds; NaN passes.
    np.minimum(found, np.float32(88), out=found)
    np.exp(found, out=found)
    found += np.float32(1)
    np.reciprocal(found, out=found)
    return found


def sigmoid(x: Array) -> None:
    """Map values to 0 … 1."""
    x[...] = _logistic(x)


def silu(x: Array) -> None:
    """Weigh each value by its sigmoid."""
    x *= _logistic(x)


def gelu(x: Array, approximate: str) -> None:
    """Weigh each value by the normal distribution's share below it."""
    if approximate == "tanh":
        inner = x * x
        inner *= np.float32(0.044715)
        inner += np.float32(1)
        inner *= x
        inner *= np.float32(math.sqrt(2 / math.pi))
        np.tanh(inner, out=inner)
    else:
        inner = erf(x * np.float32(math.sqrt(0.5)))
    inner += np.float32(1)
    x *= np.float32(0.5)
    x *= inner


def erf(x: Array) -> Array:
    """Return the error function, to 2·10⁻⁷.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
    """
    size = np.abs(x)
    t = size * np.float32(0.3275911)
    t += np.float32(1)
    np.reciprocal(t, out=t)
    found = t * np.float32(1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        found += np.float32(factor)
        found *= t
    np.multiply(size, size, out=size)
    np.negative(size, out=size)
    np.exp(size, out=size)
    found *= size
    np.subtract(np.float32(1), found, out=found)
    signed: Array = np.copysign(found, x)
    return signed


def mish(x: Array) -> None:
    """Weigh each value by the tanh of its softplus."""
    # tanh(log(1 + e)) is (e² + 2e) / (e² + 2e + 2); beyond 20 it is 1.
    power = np.exp(np.minimum(x, np.float32(20)))
    power *= power + np.float32(2)
    x *= power / (power + np.float32(2))


def hardsigmoid(x: Array) -> None:
    """Rise in a straight line from 0 at −3 to 1 at 3."""
    x += np.float32(3)
    clip(x, 0, 6)
    x *= np.float32(1 / 6)


def hardswish(x: Array) -> None:
    """Weigh each value by its hard sigmoid."""
    gate = x + np.float32(3)
    clip(gate, 0, 6)
    gate *= np.float32(1 / 6)
    x *= gate


def log_sigmoid(x: Array) -> None:
    """Take the logarithm of the sigmoid."""
    rest = np.abs(x)
    np.negative(rest, out=rest)
    np.exp(rest, out=rest)
    np.log1p(rest, out=rest)
    np.minimum(x, np.float32(0), out=x)
    x -= rest


def tanh(x: Array) -> None:
    """Map values to −1 … 1."""
    np.tanh(x, out=x)


def softplus(x: Array, beta: float, threshold: float) -> None:
    """Round off a rectifier: log(1 + exp(beta·x)) / beta."""
    scaled = x * np.float32(beta)
    rounded = np.abs(scaled)
    np.negative(rounded, out=rounded)
    np.exp(rounded, out=rounded)
    np.log1p(rounded, out=rounded)
    rounded += np.maximum(scaled, np.float32(0))
    rounded *= np.float32(1 / beta)
    np.copyto(x, rounded, where=~(scaled > np.float32(threshold)))


def softsign(x: Array) -> None:
    """Divide each value by one plus its magnitude."""
    rest = np.abs(x)
    rest += np.float32(1)
    x /= rest


def softmax(x: Array, axis: int) -> Array:
    """Return shares that sum to 1 along an axis."""
    found: Array = x - x.max(axis=axis, keepdims=True)
    np.exp(found, out=found)
    found /= found.sum(axis=axis, keepdims=True)
    return found


def log_softmax(x: Array, axis: int) -> Array:
    """Return the logarithm of a softmax along an axis."""
    found: Array = x - x.max(axis=axis, keepdims=True)
    found -= np.log(np.exp(found).sum(axis=axis, keepdims=True))
    return found


def glu(x: Array, axis: int) -> Array:
    """Return one half of an axis, weighed by the sigmoid of the other."""
    values, gate = np.split(x, 2, axis=axis)
    return values * _logistic(gate)
