"""Weights of a network that was converted, made from those it had.

It never decides what becomes of a tensor: the core's recipes say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from tuicnn.core.convert import Carry, Done, Fold, Recipe, carried
from tuicnn.core.wording import bytes_spelled
from tuicnn.preview.faults import PreviewError
from tuicnn.preview.inputs import random_input
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.run import Forward, default_limit


def recast(weights: Mapping[str, Array], recipes: Iterable[Recipe]) -> dict[str, Array]:
    """Return the weights that recipes make.

    Args:
        weights: By path and parameter name.
    """
    found: dict[str, Array] = {}
    for one in recipes:
        if isinstance(one, Carry):
            found[one.target] = weights[one.source].reshape(one.shape)
        else:
            found |= _folded(weights, one)
    return found


def recast_all(weights: Mapping[str, Array], done: Iterable[Done]) -> dict[str, Array]:
    """Return the weights behind several conversions, made one after the other.

    Those of layers that are new are not among them.
    """
    found, fresh = dict(weights), frozenset[str]()
    for one in done:
        made = carried(one.before, one.after, one.conversion)
        later = [r for r in made.recipes if isinstance(r, Carry) and r.source in fresh]
        found = recast(found, (r for r in made.recipes if r not in later))
        fresh = frozenset((*made.fresh, *(r.target for r in later)))
    return found


def _folded(weights: Mapping[str, Array], one: Fold) -> dict[str, Array]:
    """Return weight and bias with a batch norm in them.

    y = (w·x + b − μ) / √(σ² + ε) · γ + β is w·f·x + (b − μ)·f + β with
    f = γ / √(σ² + ε), for each output channel.
    """

    def number(path: str, name: str, there: bool, otherwise: float) -> Array:
        if there:
            return weights[f"{path}.{name}"].astype(np.float64)
        return np.full(mean.shape, otherwise)

    mean = weights[f"{one.norm}.running_mean"].astype(np.float64)
    spread = weights[f"{one.norm}.running_var"].astype(np.float64)
    factor = number(one.norm, "weight", one.affine, 1.0) / np.sqrt(spread + one.eps)
    weight = weights[f"{one.source}.weight"]
    along = [1] * weight.ndim
    along[one.axis] = -1
    bias = number(one.source, "bias", one.bias, 0.0)
    offset = (bias - mean) * factor + number(one.norm, "bias", one.affine, 0.0)
    return {
        f"{one.target}.weight": _like(weight * factor.reshape(along), weight),
        f"{one.target}.bias": _like(offset, weight),
    }


def _like(
    array: np.ndarray[tuple[int, ...], np.dtype[np.float64]], model: Array
) -> Array:
    return cast(Array, np.ascontiguousarray(array, model.dtype))


@dataclass(frozen=True)
class Difference:
    """How far apart the outputs of two networks are for one input.

    Attributes:
        largest: The largest difference of two values.
        scale: The largest value of the first network, without its sign.
        values: How many values were compared.
    """

    largest: float
    scale: float
    values: int


def difference_of(first: Forward, other: Forward) -> Difference | None:
    """Run two networks on one input, and return how far apart their outputs are.

    None where they make unequally many numbers.
    """
    x = random_input(first.plan.input, first.options.seed)
    one = first.run(x).output.reshape(-1).astype(np.float64)
    two = other.run(x).output.reshape(-1)
    if one.size != two.size:
        return None
    apart = np.abs(one - two)
    return Difference(float(apart.max()), float(np.abs(one).max()), one.size)


def every_weight(forward: Forward) -> dict[str, Array]:
    """Return all weights of a pass: those that are given, and random ones.

    Raises:
        PreviewError: They would take too much memory.
    """
    need, limit = 4 * forward.plan.weight_count, default_limit()
    if need > limit:
        raise PreviewError(
            f"to carry the weights over needs {bytes_spelled(need)} of memory; the "
            f"limit is {bytes_spelled(limit)}"
        )
    return dict(forward.weights.tensors())
