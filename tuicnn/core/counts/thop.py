"""How thop 0.1.1.post2209072238 counts: its hooks on modules of PyTorch.

It never counts a bias; functions that are no modules it does not see.
Source: thop/vision/basic_hooks.py and calc_func.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core.counts.tally import Part, Seen, Tool
from tuicnn.core.layers.activation import Prelu, Softmax
from tuicnn.core.layers.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from tuicnn.core.layers.norm import BatchNorm, InstanceNorm, LayerNorm
from tuicnn.core.layers.pool import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    GlobalAvgPool,
)
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.shapes import elements

_UPSAMPLE: Final = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}
"""Operations for each new cell."""


def _parts(one: Seen) -> Iterator[Part]:
    layer = one.row.layer
    match layer:
        case ConvTranspose1d() | ConvTranspose2d() | ConvTranspose3d():
            places = elements(one.effect.output[1:]) - elements(one.entering[1:])
            count = places * elements(one.effect.parameters["weight"])
            yield Part("transposed: output positions, not input positions", count)
        case BatchNorm(affine=affine) | InstanceNorm(affine=affine):
            yield Part("normalisation", one.inputs * (4 if affine else 2))
        case LayerNorm(elementwise_affine=affine):
            yield Part("normalisation", one.inputs * (4 if affine else 2))
        case Prelu():
            yield Part("PReLU", one.inputs)
        case Softmax(dim=None):
            yield Part("it fails at a softmax without dim", None)
        case Softmax(dim=int(dim)):
            size = one.entering[dim - 1 if dim > 0 else dim]
            yield Part("softmax", one.inputs // size * (3 * size - 1))
        case AvgPool1d() | AvgPool2d() | AvgPool3d():
            yield Part("average pool: a division for each output", one.outputs)
        case (
            AdaptiveAvgPool1d()
            | AdaptiveAvgPool2d()
            | AdaptiveAvgPool3d()
            | GlobalAvgPool()
        ):
            yield Part("average pool: sums, and divisions", one.inputs + one.outputs)
        case Upsample(mode=mode):
            yield Part("upsample", one.outputs * _UPSAMPLE.get(mode, 0))
        case _:
            pass


THOP: Final = Tool("thop", "0.1.1.post2209072238", "MACs", _parts)
"""`thop.profile`."""
