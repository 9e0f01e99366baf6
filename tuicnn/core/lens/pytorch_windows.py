"""Convolutions, pools and pads as PyTorch 2 spells them.

PyTorch pads both ends of an axis alike: other pads are a module in front.
"""

from __future__ import annotations

from typing import Final

from tuicnn.core.lens.view import (
    Cannot,
    Code,
    Edges,
    Setting,
    Verbatim,
    alike,
    called,
)
from tuicnn.core.shapes import Shape, Window

_PADS: Final = {
    "zeros": "ZeroPad",
    "constant": "ZeroPad",
    "reflect": "ReflectionPad",
    "replicate": "ReplicationPad",
    "circular": "CircularPad",
}
_SAME: Final = (
    "PyTorch takes padding “same” with a stride of 1 only: the pads are written out."
)
_UNEVEN: Final = (
    "PyTorch pads both ends of an axis alike: unequal pads are a layer of their own."
)
_HALF: Final = (
    "PyTorch's pools take at most half a kernel of padding: more is a layer of its own."
)


def _flat(edges: Edges) -> Shape:
    """Return pads in PyTorch's order: the last axis first."""
    return tuple(cells for pair in reversed(edges) for cells in pair)


def sequence(*modules: str) -> str:
    """Return modules one after the other."""
    return called("nn.Sequential", *map(Verbatim, modules))


def pad_module(edges: Edges, mode: str = "zeros", value: float = 0.0) -> str:
    """Return a module that adds cells, or cuts them."""
    rank = len(edges)
    if mode in ("zeros", "constant") and value:
        shown = Verbatim('float("-inf")') if value == float("-inf") else value
        return called(f"nn.ConstantPad{rank}d", _flat(edges), shown)
    return called(f"nn.{_PADS[mode]}{rank}d", _flat(edges))


def _stays(one: Setting) -> bool:
    """Whether PyTorch takes the padding as the document states it."""
    padding = getattr(one.layer, "padding", 0)
    if padding == "same":
        return max(one.each("stride")) == 1
    return not isinstance(padding, tuple) or isinstance(padding[0], int)


def _sliding(name: str, one: Setting, channels: Shape, **more: object) -> Code:
    """Return a convolution with its padding, in front of it where need be."""
    fields = one.fields
    for gone in ("out_channels", "kernel_size", "depth_multiplier"):
        fields.pop(gone, None)
    kernel = getattr(one.layer, "kernel_size", 1)
    mode = str(getattr(one.layer, "padding_mode", "zeros"))
    if _stays(one):
        return Code(called(name, *channels, kernel, **{**fields, **more}))
    remarks = (_SAME,) if fields.pop("padding") == "same" else ()
    edges = one.edges
    if all(begin == end for begin, end in edges):
        if any(begin for begin, _ in edges):
            fields["padding"] = alike(tuple(begin for begin, _ in edges))
        else:
            fields.pop("padding_mode", None)
        return Code(called(name, *channels, kernel, **{**fields, **more}), remarks)
    fields.pop("padding_mode", None)
    conv = called(name, *channels, kernel, **{**fields, **more})
    return Code(sequence(pad_module(edges, mode), conv), (*remarks, _UNEVEN))


def convolution(one: Setting) -> Code:
    """Return a convolution, its pads in front where PyTorch takes none like them."""
    outputs = one.effect.output[0]
    return _sliding(f"nn.Conv{one.rank}d", one, (one.x[0], outputs))


def depthwise(one: Setting) -> Code:
    """Return a depthwise convolution."""
    channels = (one.x[0], one.effect.output[0])
    remark = "PyTorch's depthwise convolution is one with as many groups as channels."
    found = _sliding("nn.Conv2d", one, channels, groups=one.x[0])
    return Code(found.text, (remark, *found.remarks))


def separable(one: Setting) -> Code:
    """Return a separable convolution."""
    middle = one.effect.parameters["depthwise_weight"][0]
    bias = {} if "bias" in one.effect.parameters else {"bias": False}
    more = {"groups": one.x[0], "bias": False}
    depthwise = _sliding("nn.Conv2d", one, (one.x[0], middle), **more)
    pointwise = called("nn.Conv2d", middle, one.effect.output[0], 1, **bias)
    remark = "PyTorch has no such layer: two convolutions, the bias in the second."
    return Code(sequence(depthwise.text, pointwise), (remark, *depthwise.remarks))


def transposed(one: Setting) -> Code:
    """Return a transposed convolution."""
    fields = one.fields
    fields.pop("out_channels")
    name = f"nn.ConvTranspose{one.rank}d"
    head = (one.x[0], one.effect.output[0], fields.pop("kernel_size"))
    if _stays(one) and not isinstance(fields.get("padding"), str):
        return Code(called(name, *head, **fields))
    remarks: tuple[str, ...] = (
        "PyTorch takes numbers here: Keras' word is written out in cells.",
    )
    if not isinstance(fields.pop("padding"), str):
        remarks = ()
    if any(one.output_padding):
        fields["output_padding"] = alike(one.output_padding)
    else:
        fields.pop("output_padding", None)
    edges = one.edges
    if all(begin == end for begin, end in edges):
        if any(begin for begin, _ in edges):
            fields["padding"] = alike(tuple(begin for begin, _ in edges))
        return Code(called(name, *head, **fields), remarks)
    cut = pad_module(tuple((-begin, -end) for begin, end in edges))
    return Code(sequence(called(name, *head, **fields), cut), (*remarks, _UNEVEN))


def pool(one: Setting) -> Code | Cannot:
    """Return a pool with windows."""
    fields = one.fields
    kind = "Max" if one.layer.type.startswith("max") else "Avg"
    name = f"nn.{kind}Pool{one.rank}d"
    kernel = fields.pop("kernel_size")
    sides = zip(one.each("kernel_size"), one.x[1:], strict=True)
    if one.layer.type == "avg_pool3d" and any(side > size for side, size in sides):
        return Cannot("PyTorch's AvgPool3d refuses a window larger than its map")
    padding = fields.get("padding", 0)
    if not isinstance(padding, str) and _stays(one):
        return Code(called(name, kernel, **fields))
    fields.pop("padding")
    edges = one.edges
    if not any(map(any, edges)):
        return Code(called(name, kernel, **fields))
    if padding == "same":
        fields.pop("ceil_mode", None)
        remarks: tuple[str, ...] = ("PyTorch's pools take numbers for padding.",)
    else:
        remarks = ()
    even = all(begin == end <= k // 2 for (begin, end), k in
               zip(edges, one.each("kernel_size"), strict=True))  # fmt: skip
    if even:
        fields["padding"] = alike(tuple(begin for begin, _ in edges))
        if kind == "Avg" and padding == "same":
            fields["count_include_pad"] = False
        return Code(called(name, kernel, **fields), remarks)
    if fields.get("ceil_mode") and _rounds_otherwise(one, edges):
        return Cannot(
            "with unequal pads in a layer of their own, rounding up would count a "
            "window that begins in the padding"
        )
    if kind == "Avg":
        remarks += (
            "The pad in front counts as zeros in the mean; TensorFlow leaves it out.",
        )
    front = pad_module(edges, value=float("-inf") if kind == "Max" else 0.0)
    text = sequence(front, called(name, kernel, **fields))
    unlike = any(begin != end for begin, end in edges)
    return Code(text, (*remarks, _UNEVEN if unlike else _HALF))


def _rounds_otherwise(one: Setting, edges: Edges) -> bool:
    """Whether a pool that rounds up has more places behind a pad of its own."""
    strides = (
        one.each("stride") if one.fields.get("stride") else one.each("kernel_size")
    )
    rows = zip(one.x[1:], one.each("kernel_size"), strides, one.each("dilation"),
               edges, strict=True)  # fmt: skip
    found = tuple(
        Window(i + begin + end, k, s, d, 0, 0, ceil=True).positions()
        for i, k, s, d, (begin, end) in rows
    )
    return found != one.effect.output[1:]


def lp_pool(one: Setting) -> Code:
    """Return a pool by a norm."""
    fields = one.fields
    if one.rank == 1:
        fields = {
            name: value[0] if isinstance(value, tuple) else value
            for name, value in fields.items()
        }
    head = (fields.pop("norm_type"), fields.pop("kernel_size"))
    return Code(called(f"nn.LPPool{one.rank}d", *head, **fields))


def adaptive(one: Setting) -> Code:
    """Return a pool into a number of bins."""
    kind = "Max" if "max" in one.layer.type else "Avg"
    sizes = alike(one.effect.output[1:])
    return Code(called(f"nn.Adaptive{kind}Pool{one.rank}d", sizes))


def global_pool(one: Setting) -> Code:
    """Return a pool of whole maps."""
    kind = "Max" if "max" in one.layer.type else "Avg"
    pool = called(f"nn.Adaptive{kind}Pool{one.rank}d", 1)
    if len(one.effect.output) > 1:
        return Code(pool)
    remark = "PyTorch keeps the axes, with size 1: flatten takes them away."
    return Code(sequence(pool, "nn.Flatten()"), (remark,))
