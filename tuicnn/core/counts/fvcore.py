"""How fvcore 0.1.5.post20221221 counts: operators that PyTorch traces.

It never counts a bias; an operator that it has no rule for it passes over.
Source: fvcore/nn/flop_count.py and jit_handles.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core.counts.tally import Part, Seen, Tool
from tuicnn.core.layer import each_axis
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    DepthwiseConv2d,
    SeparableConv2d,
)
from tuicnn.core.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerNorm2d,
)
from tuicnn.core.layers.pool import AdaptiveAvgPool2d, GlobalAvgPool
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.shapes import elements


def _parts(one: Seen) -> Iterator[Part]:
    layer = one.row.layer
    match layer:
        case Conv1d() | Conv2d() | Conv3d() | DepthwiseConv2d() | SeparableConv2d():
            yield from _convolution(one, layer)
        case BatchNorm(affine=affine, track_running_stats=True):
            yield Part("normalisation", one.inputs * (2 if affine else 1))
        case (
            BatchNorm(affine=affine)
            | InstanceNorm(affine=affine)
            | GroupNorm(affine=affine)
            | LayerNorm(elementwise_affine=affine)
            | LayerNorm2d(elementwise_affine=affine)
        ):
            yield Part("normalisation", one.inputs * (5 if affine else 4))
        case AdaptiveAvgPool2d():
            yield Part("adaptive average pool", one.inputs)
        case GlobalAvgPool() if one.rank == 2:
            yield Part("adaptive average pool", one.inputs)
        case Upsample(mode="nearest") if one.rank == 2:
            yield Part("upsample", one.outputs)
        case Upsample(mode="bilinear"):
            yield Part("upsample", 4 * one.outputs)
        case _:
            pass


def _convolution(
    one: Seen, layer: Conv1d | Conv2d | Conv3d | DepthwiseConv2d | SeparableConv2d
) -> Iterator[Part]:
    """Yield what it passes over: padding by a word is traced as another operator."""
    if not _by_word(layer, one.rank):
        return
    if isinstance(layer, SeparableConv2d):
        weight = elements(one.effect.parameters["depthwise_weight"])
        missed = elements(one.effect.output[1:]) * weight
    else:
        missed = one.effect.macs
    yield Part("a convolution whose padding is a word is passed over", -missed)


def _by_word(
    layer: Conv1d | Conv2d | Conv3d | DepthwiseConv2d | SeparableConv2d, rank: int
) -> bool:
    """Whether PyTorch is given the word: it takes “same” with a stride of 1 alone."""
    if layer.padding_mode != "zeros" or not isinstance(layer.padding, str):
        return False
    return layer.padding == "valid" or max(each_axis(layer.stride, rank)) == 1


FVCORE: Final = Tool("fvcore", "0.1.5.post20221221", "flops", _parts)
"""`fvcore.nn.FlopCountAnalysis`, which calls a multiplication and addition one flop."""
