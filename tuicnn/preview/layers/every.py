"""Every layer type of the format, and the function that binds it to shapes.

It never looks into a container: `plan` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from tuicnn.core.layers import Layer
from tuicnn.core.layers.activation import (
    Glu,
    Identity,
    LogSoftmax,
    Prelu,
    Softmax,
)
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
from tuicnn.preview.layers import activation, conv, norm, pool, shaping
from tuicnn.preview.operation import Operation, Shape

Operations = tuple[Operation, ...]


def operations(layer: Layer, shapes: Sequence[Shape]) -> Operations:
    """Return what a layer does to arrays of these shapes: one operation, or two.

    Args:
        shapes: Of what reaches it, the batch first; several for a merge alone.

    Raises:
        ValueError: It cannot take them.
    """
    x = shapes[0]
    match layer:
        case Conv1d() | Conv2d() | Conv3d():
            return (conv.convolution(layer, x),)
        case ConvTranspose1d() | ConvTranspose2d() | ConvTranspose3d():
            return (conv.transposed(layer, x),)
        case DepthwiseConv2d():
            return (conv.depthwise(layer, x),)
        case SeparableConv2d():
            return conv.separable(layer, x)
        case Linear():
            return (shaping.linear(layer, x),)
        case Block() | Parallel():
            raise TypeError("a container is no operation")
        case Add() | Multiply() | Average() | Maximum():
            return (shaping.merged(layer.type, shapes),)
        case Concat():
            return (shaping.merged("concat", shapes, layer.dim),)
        case _:
            return (_single(layer, x),)


Single = (
    MaxPool1d
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
    | BatchNorm
    | InstanceNorm
    | GroupNorm
    | LayerNorm
    | LayerNorm2d
    | RmsNorm
    | LocalResponseNorm
    | LayerScale
    | activation.Function
    | Prelu
    | Softmax
    | LogSoftmax
    | Glu
    | Identity
    | Dropout
    | Dropout2d
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
)


def _single(layer: Single, x: Shape) -> Operation:  # noqa: C901 - one case a type
    """Return the one operation of a layer type; as long as the list of them is."""
    match layer:
        case MaxPool1d() | MaxPool2d() | MaxPool3d():
            return pool.max_pool(layer, x)
        case AvgPool1d() | AvgPool2d() | AvgPool3d():
            return pool.avg_pool(layer, x)
        case LpPool1d() | LpPool2d():
            return pool.lp_pool(layer, x)
        case (
            AdaptiveAvgPool1d()
            | AdaptiveAvgPool2d()
            | AdaptiveAvgPool3d()
            | AdaptiveMaxPool1d()
            | AdaptiveMaxPool2d()
            | AdaptiveMaxPool3d()
        ):
            return pool.adaptive_pool(layer, x)
        case GlobalAvgPool() | GlobalMaxPool():
            return pool.global_pool(layer, x)
        case BatchNorm() | InstanceNorm():
            return norm.by_channel(layer, x)
        case GroupNorm():
            return norm.by_group(layer, x)
        case LayerNorm():
            return norm.layer_norm(layer, x)
        case LayerNorm2d():
            return norm.over_channels(layer, x)
        case RmsNorm():
            return norm.rms_norm(layer, x)
        case LocalResponseNorm():
            return norm.local_response(layer, x)
        case LayerScale():
            return norm.layer_scale(layer, x)
        case Prelu():
            return activation.prelu(layer, x)
        case Softmax() | LogSoftmax():
            return activation.softmax(layer, x)
        case Glu():
            return activation.glu(layer, x)
        case Identity() | Dropout() | Dropout2d():
            return shaping.unchanged(x)
        case Flatten() | Unflatten() | Reshape():
            return shaping.reshaped(layer, x)
        case Permute():
            return shaping.reordered(layer, x)
        case Pad():
            return shaping.padded(layer, x)
        case Crop():
            return shaping.cropped(layer, x)
        case Upsample():
            return shaping.upsampled(layer, x)
        case PixelShuffle() | PixelUnshuffle() | ChannelShuffle():
            return shaping.shuffled(layer, x)
        case _:
            return activation.function(layer, x)
