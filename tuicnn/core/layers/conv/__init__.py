"""Convolutions: sliding, transposed, depthwise and separable.

They never compute a convolution: they say which sizes and counts one has.
"""

from tuicnn.core.layers.conv.channelwise import (
    DepthwiseConv2d,
    SeparableConv2d,
)
from tuicnn.core.layers.conv.sliding import (
    Conv1d,
    Conv2d,
    Conv3d,
)
from tuicnn.core.layers.conv.transposed import (
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)

Convolution = (
    Conv1d
    | Conv2d
    | Conv3d
    | ConvTranspose1d
    | ConvTranspose2d
    | ConvTranspose3d
    | DepthwiseConv2d
    | SeparableConv2d
)
"""Any convolution: what has filters."""

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "Convolution",
    "DepthwiseConv2d",
    "SeparableConv2d",
]
