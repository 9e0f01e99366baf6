"""Layer types by what they do: the same layer for maps of another rank.

It never knows a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from tuicnn.core import limits
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.dense import Linear

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec


def made(name: str, /, **fields: object) -> LayerSpec:
    """Return a layer of a type that there is, with values that it takes."""
    return layer_types()[name].model_validate(fields)


def of_type(name: str, /, **fields: object) -> LayerSpec | None:
    """Return a layer of a type; None where there is none, or it takes no such value."""
    try:
        return made(name, **fields)
    except (KeyError, ValidationError):
        return None


def for_rank(layer: LayerSpec, rank: int) -> LayerSpec | None:
    """Return the same layer for maps of another rank; None where there is none."""
    if not layer.type.endswith("d") or layer.rank is None:
        return None
    fields = {
        name: _fitted(getattr(layer, name), rank)
        for name in layer.model_fields_set
        if name != "type"
    }
    return of_type(f"{layer.type[:-2]}{rank}d", **fields)


def _fitted(value: object, rank: int) -> object:
    """Return a value for each axis cut, or continued, to another number of axes."""
    if not isinstance(value, tuple) or not value:
        return value
    return (*value, *(value[-1],) * rank)[:rank]


def pointwise_conv(rank: int, channels: int) -> LayerSpec | None:
    """Return the layer that mixes channels at each place, and nothing else."""
    if not 1 <= channels <= limits.CHANNELS:
        return None
    if rank == 0:
        return Linear(out_features=channels)
    return of_type(f"conv{rank}d", out_channels=channels, kernel_size=1)


def adaptive(rank: int, sizes: tuple[int, ...]) -> LayerSpec | None:
    """Return the pool that leaves a map of these sizes, whatever arrives."""
    value = sizes[0] if len(set(sizes)) == 1 else sizes
    return of_type(f"adaptive_avg_pool{rank}d", output_size=value)
