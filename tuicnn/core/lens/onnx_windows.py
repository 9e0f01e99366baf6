"""Convolutions and pools as ONNX spells them, at opset 17.

Pads are written out: all begins, then all ends; words are deprecated.
"""

from __future__ import annotations

from typing import Final

from tuicnn.core.lens.onnx_nodes import Nodes
from tuicnn.core.lens.view import Cannot, Code, Edges, Setting
from tuicnn.core.shapes import Shape, spell

_WRITTEN_OUT: Final = "ONNX has “same” as auto_pad, which is deprecated: pads instead."
_MODES: Final = {"reflect": "reflect", "replicate": "edge"}


def _pads(edges: Edges) -> list[int]:
    return [begin for begin, _ in edges] + [end for _, end in edges]


def padded(nodes: Nodes, value: str, edges: Edges, mode: str, filled: float = 0) -> str:
    """Append cells around a map, the batch and the channels left alone."""
    pads = nodes.integers(*_pads(((0, 0), (0, 0), *edges)))
    if mode == "constant" and filled:
        return nodes.add("Pad", value, pads, nodes.number(filled), mode=mode)
    return nodes.add("Pad", value, pads, mode=mode)


def _weights(one: Setting) -> list[str]:
    return [name for name in ("weight", "bias") if name in one.effect.parameters]


def _remarks(one: Setting) -> tuple[str, ...]:
    return (_WRITTEN_OUT,) if getattr(one.layer, "padding", 0) == "same" else ()


def _front(one: Setting, nodes: Nodes) -> tuple[str, Edges] | Cannot:
    """Return what a convolution reads, and the pads that are left for it."""
    mode = getattr(one.layer, "padding_mode", "zeros")
    if mode == "zeros" or not any(map(any, one.edges)):
        return "x", one.edges
    if mode == "circular":
        return Cannot("ONNX wraps around in Pad from opset 19 on")
    return padded(nodes, "x", one.edges, _MODES[mode]), ((0, 0),) * one.rank


def _attributes(one: Setting, edges: Edges, groups: int) -> dict[str, object]:
    return {
        "kernel_shape": list(one.each("kernel_size")),
        "strides": list(one.each("stride")),
        "dilations": list(one.each("dilation")),
        "pads": _pads(edges),
        "group": groups,
    }


def convolution(one: Setting) -> Code | Cannot:
    """Return a convolution, depthwise ones included."""
    nodes = Nodes()
    front = _front(one, nodes)
    if isinstance(front, Cannot):
        return front
    value, edges = front
    depthwise = one.layer.type == "depthwise_conv2d"
    groups = one.x[0] if depthwise else getattr(one.layer, "groups", 1)
    nodes.add("Conv", value, *_weights(one), **_attributes(one, edges, groups))
    return Code(nodes.text(), _remarks(one))


def separable(one: Setting) -> Code | Cannot:
    """Return a depthwise convolution and a pointwise one."""
    nodes = Nodes()
    front = _front(one, nodes)
    if isinstance(front, Cannot):
        return front
    value, edges = front
    named = _attributes(one, edges, one.x[0])
    middle = nodes.add("Conv", value, "depthwise_weight", **named)
    bias = ["bias"] if "bias" in one.effect.parameters else []
    nodes.add("Conv", middle, "pointwise_weight", *bias)
    return Code(nodes.text(), ("ONNX has it as two nodes.", *_remarks(one)))


def transposed(one: Setting) -> Code | Cannot:
    """Return a transposed convolution; its pads are cells that are cut."""
    nodes = Nodes()
    named = _attributes(one, one.edges, getattr(one.layer, "groups", 1))
    named["output_padding"] = list(one.output_padding)
    nodes.add("ConvTranspose", "x", *_weights(one), **named)
    words = isinstance(getattr(one.layer, "padding", 0), str)
    remarks = [_WRITTEN_OUT] if words else []
    further = zip(one.output_padding, one.each("stride"), strict=True)
    if any(op >= stride for op, stride in further):
        remarks.append("ONNX Runtime wants output_padding smaller than the stride.")
    return Code(nodes.text(), tuple(remarks))


def pool(one: Setting) -> Code | Cannot:
    """Return a pool with windows."""
    largest = one.layer.type.startswith("max")
    if getattr(one.layer, "divisor_override", None) is not None:
        return Cannot("ONNX' means are over the window: no other divisor")
    kernel = one.each("kernel_size")
    strides = one.each("stride") if getattr(one.layer, "stride", None) else kernel
    same = getattr(one.layer, "padding", 0) == "same"
    ceil = bool(getattr(one.layer, "ceil_mode", False)) and not same
    named: dict[str, object] = {
        "kernel_shape": list(kernel),
        "strides": list(strides),
        "pads": _pads(one.edges),
    }
    remarks = list(_remarks(one))
    if getattr(one.layer, "stride", None) is None:
        remarks.append("ONNX' default stride is 1, PyTorch's the window: written out.")
    if largest:
        named["dilations"] = list(one.each("dilation"))
    else:
        counts = getattr(one.layer, "count_include_pad", True) and not same
        named["count_include_pad"] = int(counts)
        if any(map(any, one.edges)):
            remarks.append("ONNX leaves padding out of means by default, PyTorch not.")
    if any(max(pair) >= k for pair, k in zip(one.edges, kernel, strict=True)):
        remarks.append("ONNX Runtime wants pads below the window without its holes.")
    if ceil:
        named["ceil_mode"] = 1
        remarks += _otherwise(one, strides)
    nodes = Nodes()
    nodes.add("MaxPool" if largest else "AveragePool", "x", **named)
    return Code(nodes.text(), tuple(remarks))


def _otherwise(one: Setting, strides: Shape) -> list[str]:
    """Return what is to be said of ceil_mode, where its text gives another size."""
    output = _positions(one, strides)
    if output == one.effect.output:
        return []
    return [
        "Before opset 22 ONNX' text counts a window that begins in the padding: "
        f"{spell(output)}. ONNX Runtime leaves it out."
    ]


def _positions(one: Setting, strides: Shape) -> Shape:
    """Return what leaves a pool that rounds up, by the text of opset 17."""
    rows = zip(one.x[1:], one.each("kernel_size"), strides, one.each("dilation"),
               one.edges, strict=True)  # fmt: skip
    return (
        one.x[0],
        *(-(-(i + b + e - d * (k - 1) - 1) // s) + 1 for i, k, s, d, (b, e) in rows),
    )


def lp_pool(one: Setting) -> Code | Cannot:
    """Return a pool by a norm."""
    power = getattr(one.layer, "norm_type", 2.0)
    if power != int(power):
        return Cannot("ONNX takes a whole number for the norm")
    kernel = one.each("kernel_size")
    strides = one.each("stride") if getattr(one.layer, "stride", None) else kernel
    up = getattr(one.layer, "ceil_mode", False)
    if up and _positions(one, strides) != _floored(one, strides):
        return Cannot("ONNX' LpPool rounds down before opset 18")
    nodes = Nodes()
    named = {"kernel_shape": list(kernel), "strides": list(strides), "p": int(power)}
    nodes.add("LpPool", "x", **named)
    return Code(nodes.text())


def _floored(one: Setting, strides: Shape) -> Shape:
    rows = zip(one.x[1:], one.each("kernel_size"), strides, strict=True)
    return (one.x[0], *((i - k) // s + 1 for i, k, s in rows))


def adaptive(one: Setting) -> Code | Cannot:
    """Return a pool into bins, where they are windows of one size."""
    output = one.effect.output[1:]
    if any(i % o for i, o in zip(one.x[1:], output, strict=True)):
        return Cannot("ONNX has no adaptive pool, and these bins are of unequal size")
    largest = "max" in one.layer.type
    window = [i // o for i, o in zip(one.x[1:], output, strict=True)]
    nodes = Nodes()
    operator = "MaxPool" if largest else "AveragePool"
    nodes.add(operator, "x", kernel_shape=window, strides=window)
    remark = "ONNX has no adaptive pool: a window of fixed size, for this input alone."
    return Code(nodes.text(), (remark,))


def global_pool(one: Setting) -> Code:
    """Return a pool of whole maps."""
    nodes = Nodes()
    largest = "max" in one.layer.type
    value = nodes.add("GlobalMaxPool" if largest else "GlobalAveragePool", "x")
    if len(one.effect.output) > 1:
        return Code(nodes.text())
    nodes.add("Flatten", value, axis=1)
    return Code(nodes.text(), ("ONNX keeps the axes: Flatten takes them away.",))
