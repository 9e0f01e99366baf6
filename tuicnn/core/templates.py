"""Templates: groups of layers that people know by one name, made to fit what arrives.

It never reads a preset: the widths follow from the shape, by the papers' proportions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.activation import Relu, Relu6, Sigmoid
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
)
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import BatchNorm
from tuicnn.core.layers.pool import GlobalAvgPool, MaxPool1d, MaxPool2d, MaxPool3d
from tuicnn.core.layers.regularization import Dropout
from tuicnn.core.layers.shaping import Flatten
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.shapes import AXES, Shape, spell
from tuicnn.core.starting import halving, one_for_all, out_channels, window

Layers = tuple[LayerSpec, ...]


class Unsuitable(ValueError):
    """A template cannot be made for what arrives; the message is a sentence."""


@dataclass(frozen=True)
class Template:
    """A group of layers that is known by a name.

    Attributes:
        name: What it is called here.
        aliases: What else people call it.
        summary: What it does, in one sentence.
        make: Returns its layers for a shape, or raises `Unsuitable`.
    """

    name: str
    aliases: tuple[str, ...]
    summary: str
    make: Callable[[Shape], Layers]


_ByRank = dict[int, type[LayerSpec]]

_CONVOLUTIONS: Final[_ByRank] = {1: Conv1d, 2: Conv2d, 3: Conv3d}
_TRANSPOSED: Final[_ByRank] = {
    1: ConvTranspose1d,
    2: ConvTranspose2d,
    3: ConvTranspose3d,
}
_POOLS: Final[_ByRank] = {1: MaxPool1d, 2: MaxPool2d, 3: MaxPool3d}

_CLASSES: Final = 10
_GROWTH: Final = 32


def _rank(name: str, x: Shape) -> int:
    """Return the spatial axes of a map, or refuse what is none."""
    rank = len(x) - 1
    if rank == 0:
        raise Unsuitable(
            f"The {name} template takes a map, but a vector arrives: {spell(x)}."
        )
    if rank not in _CONVOLUTIONS:
        raise Unsuitable(
            f"The {name} template takes a map of 1 to {max(AXES)} spatial axes. "
            f"Received: {spell(x)}."
        )
    return rank


class _Parts:
    """The layers of which templates are made, for maps of one shape.

    Attributes:
        channels: Channels that arrive.
    """

    def __init__(self, name: str, x: Shape) -> None:
        self.rank = _rank(name, x)
        self.x = x
        self.channels = x[0]

    def conv(
        self, name: str | None, channels: int, kernel: int = 3, *, bias: bool = False
    ) -> LayerSpec:
        """Return a convolution that keeps the sizes of the map."""
        kind = _CONVOLUTIONS[self.rank]
        fields: dict[str, object] = {"out_channels": _allowed(channels)}
        fields |= window(self.x, kernel)
        return kind.model_validate(_named(name) | fields | _unless(bias))

    def depthwise(self, name: str, channels: int) -> LayerSpec:
        """Return a convolution that filters each channel by itself."""
        fields: dict[str, object] = _named(name) | {**window(self.x)} | _unless(False)
        if self.rank == 2:
            return DepthwiseConv2d.model_validate(fields)
        channels = _allowed(channels)
        each = {"out_channels": channels, "groups": channels}
        return _CONVOLUTIONS[self.rank].model_validate(fields | each)

    def normed(
        self, number: int, channels: int, kernel: int = 3, *, active: bool = True
    ) -> Layers:
        """Return a numbered convolution with its norm, and ReLU unless told."""
        conv = self.conv(f"conv{number}", channels, kernel)
        layers = (conv, BatchNorm(name=f"bn{number}"))
        return (*layers, Relu()) if active else layers

    def pooled(self) -> LayerSpec:
        """Return a maximum over 3 cells on each axis that keeps the sizes."""
        fields = {"name": "pool", "stride": 1, **window(self.x)}
        return _POOLS[self.rank].model_validate(fields)


def _named(name: str | None) -> dict[str, object]:
    return {} if name is None else {"name": name}


def _unless(bias: bool) -> dict[str, object]:
    return {} if bias else {"bias": False}


def _allowed(channels: int) -> int:
    return min(max(channels, 1), limits.CHANNELS)


def _residual_of(branch: Layers, name: str = "residual") -> Parallel:
    return Parallel(name=name, merge="add", branches=(branch, ()))


def _conv_bn_relu(x: Shape) -> Layers:
    parts = _Parts("conv-bn-relu", x)
    return (parts.conv(None, out_channels(x)), BatchNorm(), Relu())


def _residual(x: Shape) -> Layers:
    parts = _Parts("residual", x)
    same = parts.channels
    branch = (*parts.normed(1, same), *parts.normed(2, same, active=False))
    return (_residual_of(branch), Relu())


def _bottleneck(x: Shape) -> Layers:
    parts = _Parts("bottleneck", x)
    few = parts.channels // 4
    branch = (
        *parts.normed(1, few, 1),
        *parts.normed(2, few),
        *parts.normed(3, parts.channels, 1, active=False),
    )
    return (_residual_of(branch), Relu())


def _inverted_residual(x: Shape) -> Layers:
    parts = _Parts("inverted residual", x)
    wide = 6 * parts.channels
    branch = (
        parts.conv("expand", wide, 1),
        BatchNorm(),
        Relu6(),
        parts.depthwise("depthwise", wide),
        BatchNorm(),
        Relu6(),
        parts.conv("project", parts.channels, 1),
        BatchNorm(),
    )
    return (_residual_of(branch, "inverted"),)


def _squeeze_and_excite(x: Shape) -> Layers:
    parts = _Parts("squeeze-and-excite", x)
    gate = (
        GlobalAvgPool(),
        parts.conv("fc1", parts.channels // 16, 1, bias=True),
        Relu(),
        parts.conv("fc2", parts.channels, 1, bias=True),
        Sigmoid(),
    )
    return (Parallel(name="se", merge="multiply", branches=((), gate)),)


def _inception(x: Shape) -> Layers:
    parts = _Parts("inception", x)
    unit = max(parts.channels // 16, 1)
    branches = (
        parts.normed(1, 4 * unit, 1),
        (*parts.normed(1, 6 * unit, 1), *parts.normed(2, 8 * unit)),
        (*parts.normed(1, unit, 1), *parts.normed(2, 2 * unit, 5)),
        (parts.pooled(), *parts.normed(1, 2 * unit, 1)),
    )
    return (Parallel(name="inception", merge="concat", branches=branches),)


def _dense_block(x: Shape) -> Layers:
    parts = _Parts("dense block", x)
    growth = min(max(parts.channels // 2, 4), _GROWTH)
    branch = (
        BatchNorm(name="norm1"),
        Relu(),
        parts.conv("conv1", 4 * growth, 1),
        BatchNorm(name="norm2"),
        Relu(),
        parts.conv("conv2", growth),
    )
    dense = Parallel(name="dense", merge="concat", branches=((), branch))
    return (Block(name="denseblock", repeat=4, layers=(dense,)),)


def _unet_level(x: Shape) -> Layers:
    parts = _Parts("U-Net level", x)
    wide = out_channels(x)
    step = halving(x)
    below = _Parts("U-Net level", (wide, *(max(size // 2, 1) for size in x[1:])))
    pool = _POOLS[parts.rank].model_validate({"name": "pool", "kernel_size": step})
    deep = (pool, *_twice(below, "bottom", 2 * wide), _upward(x, wide))
    return (
        *_twice(parts, "enc", wide),
        Parallel(name="skip", merge="concat", branches=(deep, ())),
        *_twice(parts, "dec", wide),
    )


def _twice(parts: _Parts, name: str, channels: int) -> Layers:
    """Return the two convolutions of a level, each with ReLU."""
    return (
        parts.conv(f"{name}_a", channels, bias=True),
        Relu(),
        parts.conv(f"{name}_b", channels, bias=True),
        Relu(),
    )


def _upward(x: Shape, channels: int) -> LayerSpec:
    """Return the layer that brings a halved map back to its sizes, odd ones too."""
    step = halving(x)
    fields = {"out_channels": channels, "kernel_size": step, "stride": step}
    odd = tuple(int(size > 1 and size % 2 == 1) for size in x[1:])
    if any(odd):
        fields["output_padding"] = one_for_all(odd)
    kind = _TRANSPOSED[len(x) - 1]
    return kind.model_validate({"name": "up", **fields})


def _depthwise_separable(x: Shape) -> Layers:
    parts = _Parts("depthwise separable", x)
    layers = (
        parts.depthwise("depthwise", parts.channels),
        BatchNorm(),
        Relu(),
        parts.conv("pointwise", out_channels(x), 1),
        BatchNorm(),
        Relu(),
    )
    return (Block(name="separable", layers=layers),)


def _classifier_head(x: Shape) -> Layers:
    dense = (Dropout(p=0.2), Linear(name="classifier", out_features=_CLASSES))
    return dense if len(x) == 1 else (GlobalAvgPool(), Flatten(), *dense)


@cache
def templates() -> tuple[Template, ...]:
    """Return every template, from the simplest to the largest."""
    return (
        Template(
            "conv-bn-relu",
            ("cbr", "conv block", "convolution batch norm relu"),
            "A convolution without bias, its norm and ReLU.",
            _conv_bn_relu,
        ),
        Template(
            "residual",
            ("residual block", "basic block", "resnet block", "skip connection"),
            "Two 3×3 convolutions whose result is added to what entered (ResNet-18).",
            _residual,
        ),
        Template(
            "bottleneck",
            ("bottleneck residual", "resnet50 block"),
            "1×1 to a quarter of the channels, 3×3, 1×1 back, and the skip "
            "(ResNet-50).",
            _bottleneck,
        ),
        Template(
            "inverted residual",
            ("mbconv", "linear bottleneck", "mobilenet block"),
            "Six times the channels, a depthwise 3×3, back again, and the skip "
            "(MobileNetV2).",
            _inverted_residual,
        ),
        Template(
            "squeeze-and-excite",
            ("se", "squeeze and excitation", "channel attention", "senet"),
            "Weighs each channel by what its mean says: a gate of two 1×1 convolutions "
            "(SENet).",
            _squeeze_and_excite,
        ),
        Template(
            "inception",
            ("inception module", "googlenet block"),
            "1×1, 3×3, 5×5 and a pool side by side, their maps stacked (GoogLeNet).",
            _inception,
        ),
        Template(
            "dense block",
            ("densenet block", "dense connection"),
            "Four steps, each of which adds maps to all that came before (DenseNet).",
            _dense_block,
        ),
        Template(
            "U-Net level",
            ("unet", "encoder decoder", "skip level"),
            "Encodes, goes down one level and up again, joins the skip, decodes "
            "(U-Net).",
            _unet_level,
        ),
        Template(
            "depthwise separable",
            ("separable block", "mobilenet v1 block"),
            "A depthwise 3×3 and a 1×1 convolution, each with norm and ReLU "
            "(MobileNet).",
            _depthwise_separable,
        ),
        Template(
            "classifier head",
            ("head", "top", "classification", "output"),
            "One number a map, dropout, and a linear layer with one output a class.",
            _classifier_head,
        ),
    )
