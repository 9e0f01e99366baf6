"""Convolutions that paint a patch for each input cell, and so enlarge a map.

Numbers in `padding` carry PyTorch's meaning, words Keras'.
"""

from math import prod
from typing import Literal

from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Fix, Note, Refusal
from tuicnn.core.fields import (
    Channels,
    OutputPadding,
    Padding,
    Window,
)
from tuicnn.core.layer import (
    Effect,
    MapLayer,
    Reads,
    check_declared,
    chosen,
    each_axis,
    each_edge,
)
from tuicnn.core.layers.conv.weight import (
    check_groups,
    kernel_letters,
    size_letters,
    weight_shape,
    with_bias,
)
from tuicnn.core.reach import painting
from tuicnn.core.shapes import AXES, Shape, TransposedWindow
from tuicnn.core.terms import product, symbol


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
        found = self.windows(sizes)
        self._check(found)
        kernel = tuple(window.kernel for window in found)
        weight = weight_shape(channels, self.out_channels, kernel, self.groups)
        return Effect(
            (self.out_channels, *(window.positions() for window in found)),
            lambda: self._derive(channels, found, kernel),
            with_bias(weight, self.out_channels, self.bias),
            macs=prod(sizes) * prod(weight),
            reads=Reads((None, *map(painting, found))),
            windows=found,
            notes=_overlap_notes(found),
        )

    def windows(self, sizes: Shape) -> tuple[TransposedWindow, ...]:
        """Return the window on each axis, words in `padding` resolved."""
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
            kernel_letters(kernel),
            symbol("g", self.groups, "groups"),
        )
        steps = [chosen("output channels", "C_out", self.out_channels, "out_channels")]
        for axis, window in zip(AXES[len(found)], found, strict=True):
            steps += window.derive(axis)
        steps.append(Step.of("weight", product(weight)))
        if self.bias:
            steps.append(Step.of("bias", outputs))
        places = size_letters("i", tuple(one.size for one in found), "input")
        steps.append(Step.of("MACs", product((*places, *weight))))
        return tuple(steps)


def _plain_output(layer: _TransposedConvolution) -> _TransposedConvolution:
    return layer.changed(output_padding=None)


def _same_transposed(
    i: int, k: int, s: int, d: int, extra: int | None
) -> TransposedWindow:
    spans = d * (k - 1) + 1
    if extra is not None:
        # Keras' two conversions, by way of PyTorch's padding, give this beginning.
        odd = spans % 2
        begin = max(spans - 1 - -(-(spans + odd - 2 + extra) // 2), 0)
        return TransposedWindow(i, k, s, d, begin, spans - odd - begin, extra)
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
