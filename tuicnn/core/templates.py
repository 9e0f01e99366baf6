"""Templates: groups of layers that people know by one name, made to fit what arrives.

It never reads a preset: the widths follow from the shape, by the papers' proportions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from tuicnn.core.layers.activation import Relu, Relu6, Sigmoid
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import BatchNorm
from tuicnn.core.layers.pool import GlobalAvgPool
from tuicnn.core.layers.regularization import Dropout
from tuicnn.core.layers.shaping import Flatten
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.parts import Layers, Parts
from tuicnn.core.shapes import Shape
from tuicnn.core.starting import out_channels

_CLASSES: Final = 10
_GROWTH: Final = 32


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


def _residual_of(branch: Layers, name: str = "residual") -> Parallel:
    return Parallel(name=name, merge="add", branches=(branch, ()))


def _conv_bn_relu(x: Shape) -> Layers:
    parts = Parts("conv-bn-relu", x)
    return (parts.conv(None, out_channels(x)), BatchNorm(), Relu())


def _residual(x: Shape) -> Layers:
    parts = Parts("residual", x)
    same = parts.channels
    branch = (*parts.normed(1, same), *parts.normed(2, same, active=False))
    return (_residual_of(branch), Relu())


def _bottleneck(x: Shape) -> Layers:
    parts = Parts("bottleneck", x)
    few = parts.channels // 4
    branch = (
        *parts.normed(1, few, 1),
        *parts.normed(2, few),
        *parts.normed(3, parts.channels, 1, active=False),
    )
    return (_residual_of(branch), Relu())


def _inverted_residual(x: Shape) -> Layers:
    parts = Parts("inverted residual", x)
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
    parts = Parts("squeeze-and-excite", x)
    gate = (
        GlobalAvgPool(),
        parts.conv("fc1", parts.channels // 16, 1, bias=True),
        Relu(),
        parts.conv("fc2", parts.channels, 1, bias=True),
        Sigmoid(),
    )
    return (Parallel(name="se", merge="multiply", branches=((), gate)),)


def _inception(x: Shape) -> Layers:
    parts = Parts("inception", x)
    unit = max(parts.channels // 16, 1)
    branches = (
        parts.normed(1, 4 * unit, 1),
        (*parts.normed(1, 6 * unit, 1), *parts.normed(2, 8 * unit)),
        (*parts.normed(1, unit, 1), *parts.normed(2, 2 * unit, 5)),
        (parts.pooled(), *parts.normed(1, 2 * unit, 1)),
    )
    return (Parallel(name="inception", merge="concat", branches=branches),)


def _dense_block(x: Shape) -> Layers:
    parts = Parts("dense block", x)
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
    parts = Parts("U-Net level", x)
    wide = out_channels(x)
    below = Parts("U-Net level", (wide, *(max(size // 2, 1) for size in x[1:])))
    bottom = _twice(below, "bottom", 2 * wide)
    deep = (parts.halved(), *bottom, parts.doubled(wide))
    return (
        *_twice(parts, "enc", wide),
        Parallel(name="skip", merge="concat", branches=(deep, ())),
        *_twice(parts, "dec", wide),
    )


def _twice(parts: Parts, name: str, channels: int) -> Layers:
    """Return the two convolutions of a level, each with ReLU."""
    return (
        parts.conv(f"{name}_a", channels, bias=True),
        Relu(),
        parts.conv(f"{name}_b", channels, bias=True),
        Relu(),
    )


def _depthwise_separable(x: Shape) -> Layers:
    parts = Parts("depthwise separable", x)
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
    # Long because it is a catalogue: one entry after another, and nothing else.
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
