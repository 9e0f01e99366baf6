"""The closed world: every layer type of format 1.

A new type is written in the module of its family and added to `Layer`; type checker
and `tests/test_complete.py` then say what it still needs.
"""

from __future__ import annotations

from functools import cache
from typing import get_args

from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.activation import (
    Celu,
    Elu,
    Gelu,
    Glu,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Identity,
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
from tuicnn.core.layers.broken import Broken
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
from tuicnn.core.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerNorm2d,
    LocalResponseNorm,
    RmsNorm,
)
from tuicnn.core.layers.pool import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    GlobalAvgPool,
    GlobalMaxPool,
    LpPool1d,
    LpPool2d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from tuicnn.core.layers.regularization import Dropout, Dropout2d, LayerScale
from tuicnn.core.layers.shaping import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    Permute,
    PixelShuffle,
    PixelUnshuffle,
    Reshape,
    Unflatten,
    Upsample,
)
from tuicnn.core.layers.structure import (
    Add,
    Average,
    Block,
    Concat,
    Maximum,
    Multiply,
    Parallel,
)

Layer = (
    # convolution
    Conv1d
    | Conv2d
    | Conv3d
    | ConvTranspose1d
    | ConvTranspose2d
    | ConvTranspose3d
    | DepthwiseConv2d
    | SeparableConv2d
    # pooling
    | MaxPool1d
    | MaxPool2d
    | MaxPool3d
    | AvgPool1d
    | AvgPool2d
    | AvgPool3d
    | LpPool1d
    | LpPool2d
    | AdaptiveAvgPool1d
    | AdaptiveAvgPool2d
    | AdaptiveAvgPool3d
    | AdaptiveMaxPool1d
    | AdaptiveMaxPool2d
    | AdaptiveMaxPool3d
    | GlobalAvgPool
    | GlobalMaxPool
    # normalisation
    | BatchNorm
    | InstanceNorm
    | GroupNorm
    | LayerNorm
    | LayerNorm2d
    | RmsNorm
    | LocalResponseNorm
    # activation
    | Relu
    | Relu6
    | LeakyRelu
    | Prelu
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
    | Softmax
    | LogSoftmax
    | Glu
    | Identity
    # dense
    | Linear
    # shape
    | Flatten
    | Unflatten
    | Reshape
    | Permute
    | Pad
    | Crop
    | Upsample
    | PixelShuffle
    | PixelUnshuffle
    | ChannelShuffle
    # regularisation
    | Dropout
    | Dropout2d
    | LayerScale
    # structure
    | Block
    | Parallel
    | Add
    | Multiply
    | Concat
    | Average
    | Maximum
)
"""Any layer that a document can hold."""

SkipMerge = Add | Multiply | Concat | Average | Maximum
Container = Block | Parallel


@cache
def layer_types() -> dict[str, type[LayerSpec]]:
    """Return every layer class by its type, in the order of the format."""
    return {kind.model_fields["type"].default: kind for kind in get_args(Layer)}


def family(kind: type[LayerSpec]) -> str:
    """Return the family of a layer class: the module it stands in."""
    return kind.__module__.removeprefix(f"{__name__}.").partition(".")[0]


__all__ = ["Broken", "Container", "Layer", "SkipMerge", "family", "layer_types"]
