"""How ptflops 0.7.5 counts, with its default backend: hooks on modules, and functions.

It never notices that a module calls one of the functions: it counts both.
Source: ptflops/pytorch_ops.py and pytorch_engine.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor, prod
from typing import Final

from tuicnn.core.counts.tally import Part, Seen, Tool
from tuicnn.core.layer import each_axis
from tuicnn.core.layers.activation import (
    Elu,
    Gelu,
    LeakyRelu,
    Prelu,
    Relu,
    Relu6,
    Silu,
    Softmax,
)
from tuicnn.core.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
)
from tuicnn.core.layers.pool import LpPool1d, LpPool2d
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.shapes import elements

_AGAIN: Final = "again: the module and the function it calls both count"
_TWICE: Final = (Relu, Prelu, Elu, Gelu)
_ONCE: Final = (Relu6, LeakyRelu, Silu, Softmax)


def _parts(one: Seen) -> Iterator[Part]:
    layer = one.row.layer
    if one.effect.macs:
        yield Part("bias", one.biases)
    elif isinstance(layer, _TWICE):
        yield Part("activation", one.inputs)
        yield Part(f"activation {_AGAIN}", one.inputs)
    elif isinstance(layer, _ONCE):
        yield Part("activation", one.inputs)
    elif isinstance(layer, (LpPool1d, LpPool2d)):
        yield Part("pool", one.inputs + 2 * one.outputs)
    elif isinstance(layer, Upsample):
        yield Part("upsample", one.outputs)
        yield Part(f"upsample {_AGAIN}", _interpolated(one, layer))
    elif "pool" in layer.type:
        yield Part("pool", _padded(one))
        yield Part(f"pool {_AGAIN}", _padded(one))
    else:
        yield Part("normalisation", _normalised(one))


def _normalised(one: Seen) -> int:
    """Return what it counts for a normalisation; nothing for any other layer."""
    match one.row.layer:
        case (
            BatchNorm(affine=True) | GroupNorm(affine=True) | InstanceNorm(affine=True)
        ):
            return 2 * one.inputs
        case BatchNorm() | GroupNorm() | InstanceNorm() | LayerNorm():
            return one.inputs
        case LocalResponseNorm(size=size):
            slices = elements((one.entering[0] + size - 1, *one.entering[1:]))
            return 3 * one.inputs + slices
        case _:
            return 0


def _padded(one: Seen) -> int:
    """Return the numbers that enter a pool; “same” is padding in front of it."""
    if getattr(one.row.layer, "padding", 0) != "same":
        return one.inputs
    added = [
        int(step.value)
        for step in one.effect.derive()
        if step.quantity.startswith("padding of")
    ]
    sizes = (size + more for size, more in zip(one.entering[1:], added, strict=True))
    return one.entering[0] * prod(sizes)


def _interpolated(one: Seen, layer: Upsample) -> int:
    """Return what it counts for `F.interpolate`, which is not always what leaves."""
    if layer.size is not None:
        return one.entering[0] * prod(each_axis(layer.size, one.rank))
    factor = layer.scale_factor
    if isinstance(factor, tuple):
        return one.inputs * prod(map(int, factor))
    return floor(one.inputs * Fraction(factor or 1) ** one.rank)


PTFLOPS: Final = Tool("ptflops", "0.7.5", "MACs", _parts)
"""`ptflops.get_model_complexity_info`."""
