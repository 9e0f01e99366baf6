"""Convolutions that filter each channel by itself.

They count as Keras' do: a separable one has a single bias, the pointwise.
"""

from math import prod
from typing import ClassVar, Literal

from tuicnn.core.derivation import Step
from tuicnn.core.diagnostics import Code
from tuicnn.core.fields import (
    Channels,
    Factor,
    Padding,
    PaddingMode,
    Window,
)
from tuicnn.core.layer import (
    Effect,
    MapLayer,
    check_declared,
    chosen,
)
from tuicnn.core.layers.conv.weight import (
    kernel_letters,
    size_letters,
    with_bias,
)
from tuicnn.core.layers.window import Sliding, check_padding_mode, sliding_over
from tuicnn.core.shapes import Shape
from tuicnn.core.terms import Term, product, symbol


class _ChannelwiseConvolution(MapLayer):
    rank: ClassVar[int | None] = 2

    in_channels: Channels | None = None
    """Channels that arrive; may be left out, the stack knows it."""

    kernel_size: Window
    """Side of the window, in cells."""

    stride: Window = 1
    """Step between one window and the next, in cells; at least 1."""

    padding: Padding = 0
    """Cells added around the map; "same" keeps the size divided by the stride."""

    dilation: Window = 1
    """Distance between neighbouring cells of the kernel; 1 leaves no holes."""

    depth_multiplier: Factor = 1
    """Filters for each input channel."""

    bias: bool = True
    """Whether each output map has a number of its own that is added."""

    padding_mode: PaddingMode = "zeros"
    """What the added cells hold."""

    def _over(self, x: Shape) -> Sliding:
        sizes = self.spatial(x)
        check_declared(
            self, "in_channels", self.in_channels, x[0], Code.IN_CHANNELS_MISMATCH
        )
        found = sliding_over(
            self, sizes, self.kernel_size, self.stride, self.padding, self.dilation
        )
        check_padding_mode(self, self.padding_mode, found.windows)
        return found

    def _filters(self, channels: int, kernel: Shape) -> tuple[Term, ...]:
        """Return the letters of the depthwise weight: one channel a filter."""
        return (
            symbol("C_in", channels, "entering channels"),
            symbol("m", self.depth_multiplier, "filters for each channel"),
            *kernel_letters(kernel),
        )


class DepthwiseConv2d(_ChannelwiseConvolution):
    """Slides one filter (or a few) over each channel by itself."""

    aliases = ("DepthwiseConv2D", "depthwise", "channelwise")
    type: Literal["depthwise_conv2d"] = "depthwise_conv2d"

    def infer(self, x: Shape) -> Effect:
        """Return what a depthwise convolution does to a map (C, H, W)."""
        found = self._over(x)
        channels = x[0] * self.depth_multiplier
        weight = (channels, 1, *found.kernel)
        return Effect(
            (channels, *found.positions),
            lambda: self._derive(x[0], found),
            with_bias(weight, channels, self.bias),
            macs=prod(found.positions) * prod(weight),
            reads=found.reads,
            windows=found.windows,
            notes=found.notes,
        )

    def _derive(self, channels: int, found: Sliding) -> tuple[Step, ...]:
        weight = self._filters(channels, found.kernel)
        steps = [Step.of("output channels", product(weight[:2])), *found.derive()]
        steps.append(Step.of("weights per filter", product(weight[2:])))
        steps.append(Step.of("weight", product(weight)))
        if self.bias:
            steps.append(Step.of("bias", product(weight[:2])))
        places = size_letters("o", found.positions, "output")
        steps.append(Step.of("MACs", product((*places, *weight))))
        return tuple(steps)


class SeparableConv2d(_ChannelwiseConvolution):
    """Filters each channel by itself, then mixes them with a 1×1 convolution."""

    aliases = ("SeparableConv2D", "depthwise separable")
    type: Literal["separable_conv2d"] = "separable_conv2d"

    out_channels: Channels
    """Output maps of the 1×1 convolution."""

    def infer(self, x: Shape) -> Effect:
        """Return what a separable convolution does to a map (C, H, W).

        Source: keras/src/layers/convolutional/base_separable_conv.py; the only bias is
        the pointwise one.
        """
        found = self._over(x)
        middle = x[0] * self.depth_multiplier
        parameters: dict[str, Shape] = {
            "depthwise_weight": (middle, 1, *found.kernel),
            "pointwise_weight": (self.out_channels, middle, 1, 1),
        }
        weights = sum(map(prod, parameters.values()))
        if self.bias:
            parameters["bias"] = (self.out_channels,)
        return Effect(
            (self.out_channels, *found.positions),
            lambda: self._derive(x[0], found),
            parameters,
            macs=prod(found.positions) * weights,
            reads=found.reads,
            windows=found.windows,
            notes=found.notes,
        )

    def _derive(self, channels: int, found: Sliding) -> tuple[Step, ...]:
        depthwise = self._filters(channels, found.kernel)
        outputs = symbol("C_out", self.out_channels, "output channels")
        pointwise = (outputs, *depthwise[:2])
        steps = [chosen("output channels", "C_out", self.out_channels, "out_channels")]
        steps += found.derive()
        steps.append(Step.of("depthwise_weight", product(depthwise)))
        steps.append(Step.of("pointwise_weight", product(pointwise)))
        if self.bias:
            steps.append(Step.of("bias", outputs))
        places = product(size_letters("o", found.positions, "output"))
        both = product(depthwise) + product(pointwise)
        steps.append(Step.of("MACs", places * both))
        return tuple(steps)
