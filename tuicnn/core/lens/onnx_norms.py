"""Normalisations as ONNX spells them, at opset 17.

What came later is put together of older nodes.
"""

from __future__ import annotations

from tuicnn.core.lens.onnx_nodes import Nodes, single
from tuicnn.core.lens.view import Cannot, Code, Setting
from tuicnn.core.shapes import elements


def broadcast(nodes: Nodes, name: str, one: Setting) -> str:
    """Append a reshape of a number per channel, so that it fits a map."""
    return nodes.add("Reshape", name, nodes.integers(-1, *[1] * one.rank))


def _scaled(nodes: Nodes, value: str, one: Setting) -> None:
    """Append the learnt factors and offsets of a normalisation, if there are any."""
    if "weight" in one.effect.parameters:
        value = nodes.add("Mul", value, broadcast(nodes, "weight", one))
    if "bias" in one.effect.parameters:
        nodes.add("Add", value, broadcast(nodes, "bias", one))


def _filled(nodes: Nodes, name: str, one: Setting, value: float) -> str:
    """Append a tensor, one number per channel; learnt ones are named alone."""
    if name in one.effect.parameters:
        return name
    return nodes.add("Constant", value_floats=[value] * one.x[0])


def batch_norm(one: Setting) -> Code | Cannot:
    """Return a batch norm, by statistics that are kept."""
    if not one.effect.buffers:
        return Cannot("ONNX normalises by statistics that are kept")
    nodes = Nodes()
    scale = _filled(nodes, "weight", one, 1.0)
    offset = _filled(nodes, "bias", one, 0.0)
    epsilon = getattr(one.layer, "eps", 1e-5)
    inputs = ("x", scale, offset, "running_mean", "running_var")
    nodes.add("BatchNormalization", *inputs, epsilon=epsilon)
    remarks = ["ONNX has four inputs of C numbers; it does not say which are learnt."]
    if not one.effect.parameters:
        remarks.append("Scale and offset are inputs always: 1 and 0 here.")
    return Code(nodes.text(), tuple(remarks))


def instance_norm(one: Setting) -> Code | Cannot:
    """Return an instance norm."""
    if one.effect.buffers:
        return Cannot("ONNX' InstanceNormalization keeps no running statistics")
    nodes = Nodes()
    scale = _filled(nodes, "weight", one, 1.0)
    offset = _filled(nodes, "bias", one, 0.0)
    epsilon = getattr(one.layer, "eps", 1e-5)
    nodes.add("InstanceNormalization", "x", scale, offset, epsilon=epsilon)
    return Code(nodes.text(), ("Scale and offset are inputs always.",))


def group_norm(one: Setting) -> Code:
    """Return a group norm, put together."""
    groups = getattr(one.layer, "num_groups", 1)
    nodes = Nodes()
    split = nodes.reshaped("x", (groups, -1))
    ones = nodes.add("Constant", value_floats=[1.0] * groups)
    zeros = nodes.add("Constant", value_floats=[0.0] * groups)
    epsilon = getattr(one.layer, "eps", 1e-5)
    value = nodes.add("InstanceNormalization", split, ones, zeros, epsilon=epsilon)
    _scaled(nodes, nodes.reshaped(value, one.x), one)
    remark = "ONNX has a group norm per channel from opset 21 on: put together here."
    return Code(nodes.text(), (remark,))


def layer_norm(one: Setting) -> Code:
    """Return a layer norm."""
    shape = getattr(one.layer, "normalized_shape", None) or one.x
    nodes = Nodes()
    epsilon = getattr(one.layer, "eps", 1e-5)
    scale = "weight"
    if scale not in one.effect.parameters:
        ones = nodes.add("Constant", value_floats=[1.0] * elements(shape))
        scale = nodes.add("Reshape", ones, nodes.integers(*shape))
    bias = ["bias"] if "bias" in one.effect.parameters else []
    named = {"axis": -len(shape), "epsilon": epsilon}
    nodes.add("LayerNormalization", "x", scale, *bias, **named)
    return Code(nodes.text())


def layer_norm2d(one: Setting) -> Code:
    """Return a layer norm over the channels."""
    nodes = Nodes()
    last = nodes.add("Transpose", "x", perm=[0, 2, 3, 1])
    scale = _filled(nodes, "weight", one, 1.0)
    bias = ["bias"] if "bias" in one.effect.parameters else []
    named = {"axis": -1, "epsilon": getattr(one.layer, "eps", 1e-6)}
    value = nodes.add("LayerNormalization", last, scale, *bias, **named)
    nodes.add("Transpose", value, perm=[0, 3, 1, 2])
    return Code(nodes.text(), ("ONNX normalises last axes: the channels are moved.",))


def rms_norm(one: Setting) -> Code:
    """Return an RMS norm, put together."""
    shape = getattr(one.layer, "normalized_shape", None) or one.x
    epsilon = getattr(one.layer, "eps", None)
    nodes = Nodes()
    square = nodes.add("Mul", "x", "x")
    mean = nodes.add("ReduceMean", square, axes=[-n for n in range(1, len(shape) + 1)])
    added = nodes.number(1.1920929e-07 if epsilon is None else epsilon)
    root = nodes.add("Sqrt", nodes.add("Add", mean, added))
    value = nodes.add("Div", "x", root)
    if one.effect.parameters:
        nodes.add("Mul", value, "weight")
    remark = "ONNX has RMSNormalization from opset 23 on: put together here."
    return Code(nodes.text(), (remark,))


def local_response_norm(one: Setting) -> Code:
    """Return a normalisation over neighbouring channels."""
    layer = one.layer
    size = getattr(layer, "size", 1)
    named = {"size": size, "alpha": getattr(layer, "alpha", 1e-4),
             "beta": getattr(layer, "beta", 0.75),
             "bias": getattr(layer, "k", 1.0)}  # fmt: skip
    remarks = []
    if size % 2 == 0:
        remarks.append("Of an even window, ONNX' odd channel stands on the other side.")
    if size % 2 == 0 or one.rank != 2:
        remarks.append("ONNX Runtime takes odd windows, and maps of two axes alone.")
    return Code(single("LRN", **named).text, tuple(remarks))
