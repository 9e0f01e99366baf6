"""How torchinfo 1.8.0 counts “mult-adds”: parameters times output positions.

It never looks at what a module does, but for “Conv” in the name of its class.
Source: torchinfo/layer_info.py, `calculate_macs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core.counts.tally import Part, Seen, Tool
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
    SeparableConv2d,
)
from tuicnn.core.layers.dense import Linear
from tuicnn.core.shapes import elements


def _parts(one: Seen) -> Iterator[Part]:
    match one.row.layer:
        case ConvTranspose1d() | ConvTranspose2d() | ConvTranspose3d():
            places = elements(one.effect.output[1:]) - elements(one.entering[1:])
            count = places * elements(one.effect.parameters["weight"])
            yield Part("transposed: output positions, not input positions", count)
            yield Part("bias", one.biases)
        case Conv1d() | Conv2d() | Conv3d() | DepthwiseConv2d() | SeparableConv2d():
            yield Part("bias", one.biases)
        case Linear() as layer:
            places = elements(one.entering[:-1])
            missed = (places - 1) * layer.out_features * one.entering[-1]
            yield Part("a linear layer counts once, on however many positions", -missed)
            yield Part("bias", layer.out_features if layer.bias else 0)
        case _:
            yield Part("other parameters count once each", one.learnt)


TORCHINFO: Final = Tool("torchinfo", "1.8.0", "mult-adds", _parts)
"""`torchinfo.summary`."""
