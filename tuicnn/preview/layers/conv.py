"""Convolutions: from their fields to windows, weights and groups.

It never multiplies.
"""

from __future__ import annotations

import math

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
from tuicnn.preview.kernels.window import Axis, axes, each, edges, places
from tuicnn.preview.operation import Convolve, Moment, Operation, Paint, Shape

Convolution = Conv1d | Conv2d | Conv3d
Transposed = ConvTranspose1d | ConvTranspose2d | ConvTranspose3d


def _weights(weight: Shape, outputs: int, bias: bool, name: str) -> dict[str, Shape]:
    return {name: weight, "bias": (outputs,)} if bias else {name: weight}


def _sliding(
    x: Shape,
    windows: tuple[Axis, ...],
    outputs: int,
    groups: int,
    bias: bool,
    mode: str,
    name: str = "weight",
) -> Operation:
    channels, kernel = x[1], tuple(axis.kernel for axis in windows)
    if channels % groups or outputs % groups:
        raise ValueError(f"{groups} groups of {channels} and {outputs} channels")
    weight = (outputs, channels // groups, *kernel)
    found = places(windows)
    return Operation(
        (x[0], outputs, *found),
        Convolve(windows, groups, name, bias, mode),
        _weights(weight, outputs, bias, name),
        macs=x[0] * math.prod(found) * math.prod(weight),
        moment=lambda moments: Moment(),
    )


def convolution(layer: Convolution, x: Shape) -> Operation:
    """Return a convolution of (N, C, *sizes)."""
    windows = axes(
        x[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation
    )
    return _sliding(
        x, windows, layer.out_channels, layer.groups, layer.bias, layer.padding_mode
    )


def depthwise(layer: DepthwiseConv2d, x: Shape) -> Operation:
    """Return a convolution of each channel by itself."""
    windows = axes(
        x[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation
    )
    outputs = x[1] * layer.depth_multiplier
    return _sliding(x, windows, outputs, x[1], layer.bias, layer.padding_mode)


def separable(layer: SeparableConv2d, x: Shape) -> tuple[Operation, Operation]:
    """Return a convolution of each channel by itself, and one that mixes them."""
    windows = axes(
        x[2:], layer.kernel_size, layer.stride, layer.padding, layer.dilation
    )
    middle = x[1] * layer.depth_multiplier
    first = _sliding(
        x, windows, middle, x[1], False, layer.padding_mode, "depthwise_weight"
    )
    mixing = axes(first.output[2:], 1, 1, 0)
    second = _sliding(
        first.output,
        mixing,
        layer.out_channels,
        1,
        layer.bias,
        "zeros",
        "pointwise_weight",
    )
    return first, second


def transposed(layer: Transposed, x: Shape) -> Operation:
    """Return a transposed convolution of (N, C, *sizes)."""
    windows = _painting(layer, x[2:])
    channels, outputs, groups = x[1], layer.out_channels, layer.groups
    if channels % groups or outputs % groups:
        raise ValueError(f"{groups} groups of {channels} and {outputs} channels")
    kernel = tuple(axis.kernel for axis in windows)
    weight = (channels, outputs // groups, *kernel)
    return Operation(
        (x[0], outputs, *(axis.size for axis in windows)),
        Paint(windows, groups, layer.bias),
        _weights(weight, outputs, layer.bias, "weight"),
        macs=x[0] * math.prod(x[2:]) * math.prod(weight),
        moment=lambda moments: Moment(),
    )


def _painting(layer: Transposed, sizes: Shape) -> tuple[Axis, ...]:
    """Return the windows whose places are the input's cells.

    The words "same" and "valid" have Keras' meaning; source:
    keras/src/backend/common/backend_utils.py.
    """
    rank = len(sizes)
    cut = edges(layer.padding, rank)
    kernels, strides = each(layer.kernel_size, rank), each(layer.stride, rank)
    dilations = each(layer.dilation, rank)
    extra = layer.output_padding
    found = []
    for number, i in enumerate(sizes):
        k, s, d = kernels[number], strides[number], dilations[number]
        extent = d * (k - 1) + 1
        painted = (i - 1) * s + extent
        more = None if extra is None else each(extra, rank)[number]
        begin, end = cut[number]
        if layer.padding == "same" and more is None:
            size, begin = i * s, max(extent - s, 0) // 2
        elif layer.padding == "same":
            begin = end = extent // 2
            size = painted - begin - end + (more or 0)
        elif layer.padding == "valid" and more is None:
            size = (i - 1) * s + max(extent, s)
        else:
            size = painted - begin - end + (more or 0)
        if size < 1:
            raise ValueError(f"nothing is left of {painted} cells")
        found.append(Axis(size, k, s, d, begin, end, i))
    return tuple(found)
