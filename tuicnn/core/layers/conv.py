"""Convolutions: sliding, transposed, depthwise and separable.

It never computes a convolution: it says which sizes and counts one has.
"""

from math import prod
from typing import ClassVar, Literal

from tuicnn.core.derivation import (
    N,
    Step,
    Term,
    exact_quotient,
    product,
    spelled,
    symbol,
)
from tuicnn.core.diagnostics import Code, Fix, Note, Refusal
from tuicnn.core.fields import (
    Channels,
    Factor,
    OutputPadding,
    Padding,
    PaddingMode,
    Window,
)
from tuicnn.core.layer import (
    Effect,
    LayerSpec,
    MapLayer,
    Reads,
    Shapes,
    check_declared,
    chosen,
    each_axis,
    each_edge,
)
from tuicnn.core.layers.window import Sliding, check_padding_mode, sliding_over
from tuicnn.core.reach import painting
from tuicnn.core.shapes import AXES, Shape, TransposedWindow


def weight_shape(
    outputs: N, channels: N, kernel: tuple[N, ...], groups: N
) -> tuple[N, ...]:
    """Return the shape of a convolution's weight: one filter per output channel."""
    if _is_one(groups):
        return (outputs, channels) + kernel  # noqa: RUF005  # mypy loses N in a star
    return (outputs, exact_quotient(channels, groups)) + kernel  # noqa: RUF005


def _is_one(number: int | Term) -> bool:
    return (number.value if isinstance(number, Term) else number) == 1


def _kernel_letters(kernel: tuple[int, ...]) -> tuple[Term, ...]:
    return tuple(
        symbol(f"k_{axis[0]}", size, f"kernel {axis}")
        for axis, size in zip(AXES[len(kernel)], kernel, strict=True)
    )


def _size_letters(letter: str, sizes: Shape, what: str) -> tuple[Term, ...]:
    return tuple(
        symbol(f"{letter}_{axis[0]}", size, f"{what} {axis}")
        for axis, size in zip(AXES[len(sizes)], sizes, strict=True)
    )


def check_groups(layer: LayerSpec, groups: int, channels: int, what: str) -> None:
    """Refuse groups that do not divide a number of channels."""
    if channels % groups:
        raise Refusal(
            Code.GROUPS,
            f"groups is {groups}, which does not divide the {spelled(channels)} {what} "
            "channels.",
            field="groups",
            hint="Each group takes an equal share: take a divisor of "
            f"{spelled(channels)}.",
            fixes=(Fix("set groups to 1", (layer.changed(groups=1),)),),
        )


def _bias_shapes(weight: Shape, outputs: int, bias: bool) -> Shapes:
    return {"weight": weight, "bias": (outputs,)} if bias else {"weight": weight}


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
            _bias_shapes(weight, self.out_channels, self.bias),
            macs=prod(found.positions) * prod(weight),
            reads=found.reads,
            notes=found.notes,
        )

    def _derive(self, channels: int, found: Sliding) -> tuple[Step, ...]:
        outputs = symbol("C_out", self.out_channels, "output channels, one a filter")
        weight = weight_shape(
            outputs,
            symbol("C_in", channels, "entering channels"),
            _kernel_letters(found.kernel),
            symbol("g", self.groups, "groups"),
        )
        steps = [chosen("output channels", "C_out", self.out_channels, "out_channels")]
        steps += found.derive()
        steps.append(Step.of("weights per filter", product(weight[1:])))
        steps.append(Step.of("weight", product(weight)))
        if self.bias:
            steps.append(Step.of("bias", outputs))
        places = _size_letters("o", found.positions, "output")
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


class _TransposedConvolution(MapLayer):
    in_channels: Channels | None = None
    """Channels that arrive; may be left out, the stack knows it."""

    out_channels: Channels
    """Output maps."""

    kernel_size: Window
    """Side of the patch that each input cell paints, in cells."""

    stride: Window = 1
    """Step between the patches of neighbouring input cells; enlarges the map."""

    padding: Padding = 0
    """Cells cut off around the output; "same" gives the size times the stride."""

    output_padding: OutputPadding | None = None
    """Further cells at the end; left out: none, or what the word in padding asks."""

    groups: Channels = 1
    """Shares into which the channels are split."""

    bias: bool = True
    """Whether each output map has a number of its own that is added."""

    dilation: Window = 1
    """Distance between neighbouring cells of the patch."""

    padding_mode: Literal["zeros"] = "zeros"
    """PyTorch has only zeros here."""

    def infer(self, x: Shape) -> Effect:
        """Return what a transposed convolution does to a map (C, *sizes)."""
        sizes = self.spatial(x)
        channels = x[0]
        check_declared(
            self, "in_channels", self.in_channels, channels, Code.IN_CHANNELS_MISMATCH
        )
        if self.groups != 1:
            check_groups(self, self.groups, channels, "input")
            check_groups(self, self.groups, self.out_channels, "output")
        found = self._windows(sizes)
        self._check(found)
        kernel = tuple(window.kernel for window in found)
        weight = weight_shape(channels, self.out_channels, kernel, self.groups)
        return Effect(
            (self.out_channels, *(window.positions() for window in found)),
            lambda: self._derive(channels, found, kernel),
            _bias_shapes(weight, self.out_channels, self.bias),
            macs=prod(sizes) * prod(weight),
            reads=Reads((None, *map(painting, found))),
            notes=_overlap_notes(found),
        )

    def _windows(self, sizes: Shape) -> tuple[TransposedWindow, ...]:
        rank = len(sizes)
        kernels, strides = (
            each_axis(self.kernel_size, rank),
            each_axis(self.stride, rank),
        )
        dilations = each_axis(self.dilation, rank)
        if isinstance(self.padding, str):
            # Words carry Keras' meaning; source: keras/src/backend/common.
            extras = (
                (None,) * rank
                if self.output_padding is None
                else each_axis(self.output_padding, rank)
            )
            resolve = _same_transposed if self.padding == "same" else _valid_transposed
            return tuple(map(resolve, sizes, kernels, strides, dilations, extras))
        edges = each_edge(self, "padding", self.padding, rank)
        extra = each_axis(self.output_padding or 0, rank)
        return tuple(
            TransposedWindow(i, k, s, d, begin, end, op)
            for i, k, s, d, (begin, end), op in zip(
                sizes, kernels, strides, dilations, edges, extra, strict=True
            )
        )

    def _check(self, found: tuple[TransposedWindow, ...]) -> None:
        for axis, window in zip(AXES[len(found)], found, strict=True):
            if window.output_padding >= max(window.stride, window.dilation):
                raise Refusal(
                    Code.OUTPUT_PADDING,
                    f"output_padding of {axis} is {window.output_padding}, but must be "
                    f"smaller than the stride ({window.stride}) or the dilation "
                    f"({window.dilation}).",
                    field="output_padding",
                    hint="It picks one of the sizes that the stride leaves open: "
                    f"0 to {max(window.stride, window.dilation) - 1}.",
                    fixes=(Fix("leave output_padding out", (_plain_output(self),)),),
                )
            if window.positions() < 1:
                raise Refusal(
                    Code.OUTPUT_TOO_SMALL,
                    f"The output {axis} would be {spelled(window.positions())}: "
                    f"the padding cuts {window.begin} + {window.end} cells away.",
                    field="padding",
                    hint="Take less padding, or a larger kernel.",
                    fixes=(Fix("set padding to 0", (self.changed(padding=0),)),),
                )

    def _derive(
        self, channels: int, found: tuple[TransposedWindow, ...], kernel: Shape
    ) -> tuple[Step, ...]:
        outputs = symbol("C_out", self.out_channels, "output channels")
        weight = weight_shape(
            symbol("C_in", channels, "entering channels"),
            outputs,
            _kernel_letters(kernel),
            symbol("g", self.groups, "groups"),
        )
        steps = [chosen("output channels", "C_out", self.out_channels, "out_channels")]
        for axis, window in zip(AXES[len(found)], found, strict=True):
            steps += window.derive(axis)
        steps.append(Step.of("weight", product(weight)))
        if self.bias:
            steps.append(Step.of("bias", outputs))
        places = _size_letters("i", tuple(one.size for one in found), "input")
        steps.append(Step.of("MACs", product((*places, *weight))))
        return tuple(steps)


def _plain_output(layer: _TransposedConvolution) -> _TransposedConvolution:
    return layer.changed(output_padding=None)


def _same_transposed(
    i: int, k: int, s: int, d: int, extra: int | None
) -> TransposedWindow:
    spans = d * (k - 1) + 1
    if extra is not None:
        return TransposedWindow(i, k, s, d, spans // 2, spans // 2, extra)
    total = max(spans - s, 0)
    return TransposedWindow(
        i, k, s, d, total // 2, total - total // 2, max(s - spans, 0)
    )


def _valid_transposed(
    i: int, k: int, s: int, d: int, extra: int | None
) -> TransposedWindow:
    if extra is None:
        extra = max(s - (d * (k - 1) + 1), 0)
    return TransposedWindow(i, k, s, d, 0, 0, extra)


def _overlap_notes(found: tuple[TransposedWindow, ...]) -> tuple[Note, ...]:
    for window in found:
        if window.stride > 1 and window.kernel % window.stride:
            return (
                Note(
                    Code.UNEVEN_OVERLAP,
                    f"The stride {window.stride} does not divide the kernel "
                    f"{window.kernel}: some output cells are painted more often than "
                    "others, which shows as a checkerboard.",
                    "kernel_size",
                    "A kernel that is a multiple of the stride paints evenly, as does "
                    "upsample followed by a convolution.",
                ),
            )
    return ()


class ConvTranspose1d(_TransposedConvolution):
    """Paints a patch for each cell of a sequence: enlarges it, with learnt weights."""

    rank = 1
    aliases = ("Conv1DTranspose", "deconv", "deconvolution", "upconvolution")
    type: Literal["conv_transpose1d"] = "conv_transpose1d"


class ConvTranspose2d(_TransposedConvolution):
    """Paints a patch for each cell of a map: enlarges it, with learnt weights."""

    rank = 2
    aliases = ("Conv2DTranspose", "deconv", "deconvolution", "upconvolution")
    type: Literal["conv_transpose2d"] = "conv_transpose2d"


class ConvTranspose3d(_TransposedConvolution):
    """Paints a patch for each cell of a volume: enlarges it, with learnt weights."""

    rank = 3
    aliases = ("Conv3DTranspose", "deconv", "deconvolution", "upconvolution")
    type: Literal["conv_transpose3d"] = "conv_transpose3d"


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
            *_kernel_letters(kernel),
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
            _bias_shapes(weight, channels, self.bias),
            macs=prod(found.positions) * prod(weight),
            reads=found.reads,
            notes=found.notes,
        )

    def _derive(self, channels: int, found: Sliding) -> tuple[Step, ...]:
        weight = self._filters(channels, found.kernel)
        steps = [Step.of("output channels", product(weight[:2])), *found.derive()]
        steps.append(Step.of("weights per filter", product(weight[2:])))
        steps.append(Step.of("weight", product(weight)))
        if self.bias:
            steps.append(Step.of("bias", product(weight[:2])))
        places = _size_letters("o", found.positions, "output")
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
        places = product(_size_letters("o", found.positions, "output"))
        both = product(depthwise) + product(pointwise)
        steps.append(Step.of("MACs", places * both))
        return tuple(steps)
