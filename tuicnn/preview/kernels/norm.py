"""Normalisation at inference.

It never updates a running statistic. Sources: PyTorch's documentation of each module.
"""

from __future__ import annotations

import numpy as np

from tuicnn.preview.kernels.window import Array


def affine_of_statistics(
    mean: Array, variance: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array]:
    """Return factor and offset of each channel that normalise by its statistics."""
    factor = 1 / np.sqrt(variance.astype(np.float64) + eps)
    if weight is not None:
        factor = factor * weight
    offset = -mean.astype(np.float64) * factor
    if bias is not None:
        offset = offset + bias
    return factor.astype(np.float32), offset.astype(np.float32)


def scale_and_shift(x: Array, factor: Array, offset: Array) -> None:
    """Multiply each channel by its factor and add its offset, in place."""
    x *= factor
    x += offset


def standardised(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    """Return values minus their mean over axes, divided by their deviation."""
    mean = x.mean(axis=axes, keepdims=True, dtype=np.float64)
    found: Array = x - mean.astype(x.dtype)
    variance = np.square(found).mean(axis=axes, keepdims=True)
    found *= 1 / np.sqrt(variance + np.float32(eps))
    return found


def grouped(x: Array, groups: int, eps: float) -> Array:
    """Return (N, C, …) with each group of channels of each sample standardised."""
    n, channels = x.shape[:2]
    parts = x.reshape(n, groups, channels // groups, *x.shape[2:])
    return standardised(parts, tuple(range(2, parts.ndim)), eps).reshape(x.shape)


def by_root_mean_square(x: Array, axes: tuple[int, ...], eps: float | None) -> Array:
    """Return values divided by their root mean square over axes.

    Without `eps`, PyTorch adds the machine epsilon of float32.
    """
    added = np.finfo(np.float32).eps if eps is None else eps
    mean = np.square(x).mean(axis=axes, keepdims=True)
    found: Array = x * (1 / np.sqrt(mean + np.float32(added)))
    return found


def local_response(x: Array, size: int, alpha: float, beta: float, k: float) -> Array:
    """Return (N, *sizes, C) damped by the channels beside each.

    The window covers size // 2 channels before and (size − 1) // 2 behind; the mean is
    over `size` cells even at the borders. Source: torch.nn.functional.
    """
    channels = x.shape[-1]
    squares = np.square(x)
    total = squares.copy()
    for shift in range(1, min(size // 2, channels - 1) + 1):
        total[..., shift:] += squares[..., : channels - shift]
    for shift in range(1, min((size - 1) // 2, channels - 1) + 1):
        total[..., : channels - shift] += squares[..., shift:]
    total *= np.float32(alpha / size)
    total += np.float32(k)
    if beta == 0.75:
        # Two square roots are six times as fast as a power.
        np.sqrt(total, out=total)
        total *= np.sqrt(total)
        return np.divide(x, total, out=total)
    np.power(total, np.float32(-beta), out=total)
    total *= x
    return total
