"""Convolutions that slide filters over a map.

One filter spans all channels of its group and makes one output map.
"""

from math import prod
from typing import Literal

from tuicnn.core.derivation import Step
from tuicnn.core.diagnostics import Code
from tuicnn.core.fields import (
    Channels,
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
    check_groups,
    kernel_letters,
    size_letters,
    weight_shape,
    with_bias,
)
from tuicnn.core.layers.window import Sliding, check_padding_mode, sliding_over
from tuicnn.core.shapes import Shape
from tuicnn.core.terms import product, symbol


class _Convolution(MapLayer):
    in_channels: Channels | None = None
    """Channels that arrive; may be left out, the stack knows it."""

    out_channels: Channels
    """Filters, each of which makes one output map."""

    kernel_size: Window
    """Side of the window, in cells."""

    stride: Window = 1
    """Step between one window and the next, in cells; at least 1."""

    padding: Padding = 0
    """Cells added around the map; "same" keeps the size divided by the stride."""

    dilation: Window = 1
    """Distance between neighbouring cells of the kernel; 1 leaves no holes."""

    groups: Channels = 1
    """Shares into which the channels are split; each filter sees one share."""

    bias: bool = True
    """Whether each output map has a number of its own that is added."""

    padding_mode: PaddingMode = "zeros"
    """What the added cells hold."""

    def infer(self, x: Shape) -> Effect:
        """Return what a convolution does to a map (C, *sizes)."""
        sizes = self.spatial(x)
        channels = x[0]
        check_declared(
            self, "in_channels", self.in_channels, channels, Code.IN_CHANNELS_MISMATCH
        )
        if self.groups != 1:
            check_groups(self, self.groups, channels, "input")
            check_groups(self, self.groups, self.out_channels, "output")
        found = sliding_over(
            self, sizes, self.kernel_size, self.stride, self.padding, self.dilation
        )
        if self.padding_mode != "zeros":
            check_padding_mode(self, self.padding_mode, found.windows)
        weight = weight_shape(self.out_channels, channels, found.kernel, self.groups)
        return Effect(
            (self.out_channels, *found.positions),
            lambda: self._derive(channels, found),
            with_bias(weight, self.out_channels, self.bias),
            macs=prod(found.positions) * prod(weight),
            reads=found.reads,
            windows=found.windows,
            notes=found.notes,
        )

    def _derive(self, channels: int, found: Sliding) -> tuple[Step, ...]:
        outputs = symbol("C_out", self.out_channels, "output channels, one a filter")
        weight = weight_shape(
            outputs,
            symbol("C_in", channels, "entering channels"),
            kernel_letters(found.kernel),
            symbol("g", self.groups, "groups"),
        )
        steps = [chosen("output channels", "C_out", self.out_channels, "out_channels")]
        steps += found.derive()
        steps.append(Step.of("weights per filter", product(weight[1:])))
        steps.append(Step.of("weight", product(weight)))
        if self.bias:
            steps.append(Step.of("bias", outputs))
        places = size_letters("o", found.positions, "output")
        steps.append(Step.of("MACs", product((*places, *weight))))
        return tuple(steps)


class Conv1d(_Convolution):
    """Slides filters along a sequence."""

    rank = 1
    aliases = ("Conv1D", "convolution")
    type: Literal["conv1d"] = "conv1d"


class Conv2d(_Convolution):
    """Slides filters over an image; each filter makes one output map."""

    rank = 2
    aliases = ("Conv2D", "convolution", "Convolution2D")
    type: Literal["conv2d"] = "conv2d"


class Conv3d(_Convolution):
    """Slides filters through a volume or a clip."""

    rank = 3
    aliases = ("Conv3D", "convolution")
    type: Literal["conv3d"] = "conv3d"
