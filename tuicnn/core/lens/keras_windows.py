"""Convolutions, pools, pads and crops as Keras 3 spells them, channels last.

Keras pads by a word alone: numbers become layers of their own.
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
from tuicnn.core.shapes import same_padding

_STRIDED: Final = Cannot("Keras refuses a dilation together with a stride")
_WRITTEN_OUT: Final = (
    "Keras takes “valid” and “same”, no numbers: the pads are a layer of their own."
)
_OTHER_PHASE: Final = (
    "Keras' “same” would give this size too, but pads (before, after) otherwise."
)
_NO_CEIL: Final = Cannot(
    "Keras has no ceil_mode, and here it counts a last window more"
)


def _sequence(*parts: str) -> str:
    return called("keras.Sequential", [Verbatim(part) for part in parts])


def _zeros(edges: Edges) -> str:
    shown = edges[0] if len(edges) == 1 else edges
    return called(f"layers.ZeroPadding{len(edges)}D", shown)


def _cropping(edges: Edges) -> str:
    shown = edges[0] if len(edges) == 1 else edges
    return called(f"layers.Cropping{len(edges)}D", shown)


def _padded_x(edges: Edges, **named: object) -> str:
    pairs = ((0, 0), *edges, (0, 0))
    return called("keras.ops.pad", Verbatim("x"), pairs, **named)


def same_edges(one: Setting) -> Edges:
    """Return what “same” pads before and after each axis."""
    strides = _strides(one)
    rows = zip(one.x[1:], one.each("kernel_size"), strides, one.each("dilation"),
               strict=True)  # fmt: skip
    totals = [same_padding(i, k, s, d) for i, k, s, d in rows]
    return tuple((total // 2, total - total // 2) for total in totals)


def _strides(one: Setting) -> tuple[int, ...]:
    if getattr(one.layer, "stride", None) is None:
        return one.each("kernel_size")
    return one.each("stride")


def _settings(one: Setting) -> dict[str, object]:
    named: dict[str, object] = {}
    if max(one.each("stride")) > 1:
        named["strides"] = alike(one.each("stride"))
    if max(one.each("dilation")) > 1:
        named["dilation_rate"] = alike(one.each("dilation"))
    if "bias" not in one.effect.parameters:
        named["use_bias"] = False
    return named


def _refused(one: Setting) -> bool:
    return max(one.each("stride")) > 1 and max(one.each("dilation")) > 1


def _sliding(name: str, one: Setting, *head: object, **more: object) -> Code | Cannot:
    """Return a convolution with its padding, in front of it where need be."""
    if _refused(one):
        return _STRIDED
    named = {**_settings(one), **more}
    kernel = alike(one.each("kernel_size"))
    edges = one.edges
    mode = getattr(one.layer, "padding_mode", "zeros")
    if not any(map(any, edges)):
        return Code(called(name, *head, kernel, **named))
    if mode == "zeros" and edges == same_edges(one):
        same = _same(one)
        return Code(called(name, *head, kernel, **{**named, "padding": "same"}), same)
    conv = called(name, *head, kernel, **named)
    if mode == "reflect":
        remark = "Keras' convolutions pad with zeros: what mirrors stands in front."
        return Code(f"{conv}({_padded_x(edges, mode='reflect')})", (remark,))
    if mode != "zeros":
        return Cannot(f"Keras has no {mode} padding on every backend")
    sizes = tuple(-(-i // s) for i, s in zip(one.x[1:], _strides(one), strict=True))
    other = (_OTHER_PHASE,) if one.effect.output[1:] == sizes else ()
    return Code(_sequence(_zeros(edges), conv), (_WRITTEN_OUT, *other))


def _same(one: Setting) -> tuple[str, ...]:
    if max(one.each("stride")) > 1 and any(begin != end for begin, end in one.edges):
        return ("“same” with a stride pads the end more: PyTorch's padding does not.",)
    return ()


def convolution(one: Setting) -> Code | Cannot:
    """Return a convolution."""
    groups = getattr(one.layer, "groups", 1)
    more = {"groups": groups} if groups > 1 else {}
    return _sliding(f"layers.Conv{one.rank}D", one, one.effect.output[0], **more)


def depthwise(one: Setting) -> Code | Cannot:
    """Return a depthwise convolution."""
    multiplier = getattr(one.layer, "depth_multiplier", 1)
    more = {"depth_multiplier": multiplier} if multiplier > 1 else {}
    return _sliding("layers.DepthwiseConv2D", one, **more)


def separable(one: Setting) -> Code | Cannot:
    """Return a separable convolution."""
    multiplier = getattr(one.layer, "depth_multiplier", 1)
    more = {"depth_multiplier": multiplier} if multiplier > 1 else {}
    return _sliding("layers.SeparableConv2D", one, one.effect.output[0], **more)


def transposed(one: Setting) -> Code | Cannot:
    """Return a transposed convolution."""
    if getattr(one.layer, "groups", 1) > 1:
        return Cannot("Keras' transposed convolutions have no groups")
    if _refused(one):
        return _STRIDED
    named = _settings(one)
    padding = getattr(one.layer, "padding", 0)
    stated = one.each("output_padding", 0)
    if any(op >= s for op, s in zip(stated, one.each("stride"), strict=True)):
        return Cannot("Keras wants output_padding smaller than the stride")
    name = f"layers.Conv{one.rank}DTranspose"
    head = (one.effect.output[0], alike(one.each("kernel_size")))
    if isinstance(padding, str):
        further = getattr(one.layer, "output_padding", None)
        if further is not None:
            named["output_padding"] = further
        remark = "Without output_padding Keras makes the size times the stride."
        return Code(called(name, *head, **named, padding=padding), (remark,))
    further = one.output_padding
    named["output_padding"] = alike(further)
    text = called(name, *head, **named)
    remark = "Keras adds to the size where output_padding is left out: it is stated."
    if not any(map(any, one.edges)):
        return Code(text, (remark,))
    cut = "Keras takes no numbers for padding: what PyTorch cuts is cropped behind."
    return Code(_sequence(text, _cropping(one.edges)), (remark, cut))


def pool(one: Setting) -> Code | Cannot:
    """Return a pool with windows."""
    if max(one.each("dilation")) > 1:
        return Cannot("Keras' pools have no dilation")
    if getattr(one.layer, "divisor_override", None) is not None:
        return Cannot("Keras' means are over the window: no other divisor")
    if _rounds_up(one):
        return _NO_CEIL
    largest = one.layer.type.startswith("max")
    kind = "Max" if largest else "Average"
    kernel, strides = one.each("kernel_size"), _strides(one)
    named: dict[str, object] = {}
    if strides != kernel:
        named["strides"] = alike(strides)
    name, edges = f"layers.{kind}Pooling{one.rank}D", one.edges
    plain = called(name, alike(kernel), **named)
    if not any(map(any, edges)):
        return Code(plain)
    same = edges == same_edges(one)
    counts = not largest and getattr(one.layer, "count_include_pad", True)
    if same and (getattr(one.layer, "padding", 0) == "same" or not counts):
        return Code(called(name, alike(kernel), **named, padding="same"), _same(one))
    if largest:
        front = _padded_x(edges, constant_values=Verbatim('float("-inf")'))
        return Code(f"{plain}({front})", (_WRITTEN_OUT,))
    if not counts:
        return Cannot("Keras leaves padding out of means under “same” alone")
    return Code(_sequence(_zeros(edges), plain), (_WRITTEN_OUT,))


def _rounds_up(one: Setting) -> bool:
    """Whether ceil_mode gives another size than Keras, which rounds down."""
    if not getattr(one.layer, "ceil_mode", False):
        return False
    if getattr(one.layer, "padding", 0) == "same":
        return False
    rows = zip(one.x[1:], one.each("kernel_size"), _strides(one), one.edges,
               strict=True)  # fmt: skip
    found = tuple((i + begin + end - k) // s + 1 for i, k, s, (begin, end) in rows)
    return found != one.effect.output[1:]


def adaptive(one: Setting) -> Code:
    """Return a pool into a number of bins."""
    kind = "Max" if "max" in one.layer.type else "Average"
    size = alike(one.effect.output[1:])
    return Code(called(f"layers.Adaptive{kind}Pooling{one.rank}D", size))


def global_pool(one: Setting) -> Code:
    """Return a pool of whole maps."""
    kind = "Max" if "max" in one.layer.type else "Average"
    kept = len(one.effect.output) > 1
    named = {"keepdims": True} if kept else {}
    remark = "Without keepdims, Keras drops the axes: PyTorch keeps them."
    text = called(f"layers.Global{kind}Pooling{one.rank}D", **named)
    return Code(text, (remark,) if kept else ())


def pad(one: Setting) -> Code | Cannot:
    """Return cells that are added around a map."""
    edges = one.edges
    value = getattr(one.layer, "value", 0.0)
    mode = getattr(one.layer, "mode", "constant")
    if min(map(min, edges)) < 0:
        if mode != "constant" or max(map(max, edges)) > 0:
            return Cannot("Keras does not add and cut cells in one layer")
        cut = tuple((-begin, -end) for begin, end in edges)
        return Code(_cropping(cut), ("Negative padding is a crop in Keras.",))
    if mode == "constant" and value == 0:
        return Code(_zeros(edges))
    if mode == "constant":
        return Code(_padded_x(edges, constant_values=value))
    if mode == "reflect":
        return Code(_padded_x(edges, mode="reflect"))
    return Cannot(f"Keras has no {mode} padding on every backend")


def crop(one: Setting) -> Code:
    """Return cells that are cut off around a map."""
    return Code(_cropping(one.edges))


def upsample(one: Setting) -> Code | Cannot:
    """Return a map that is enlarged a whole number of times."""
    mode = getattr(one.layer, "mode", "nearest")
    output = one.effect.output[1:]
    factors = tuple(o // i for o, i in zip(output, one.x[1:], strict=True))
    whole = all(
        f * i == o and f for f, i, o in zip(factors, one.x[1:], output, strict=True)
    )
    if getattr(one.layer, "align_corners", None):
        return Cannot("Keras does not align corners")
    if one.rank == 2 and not whole:
        resized = called("keras.ops.image.resize", Verbatim("x"), output,
                         interpolation=mode)  # fmt: skip
        return Code(resized, ("Keras' layer takes whole factors only.",))
    if not whole:
        return Cannot("Keras enlarges a whole number of times")
    if mode == "nearest":
        factor = alike(factors) if one.rank == 2 else factors
        size = factor[0] if isinstance(factor, tuple) and one.rank == 1 else factor
        return Code(called(f"layers.UpSampling{one.rank}D", size))
    if one.rank != 2:
        return Cannot(f"Keras has no {mode} interpolation of {one.rank} axes")
    named = {"interpolation": mode}
    return Code(called("layers.UpSampling2D", alike(factors), **named))
