"""Activations as ONNX spells them, at opset 17.

They never use what came later: it is put together of older nodes.
"""

from __future__ import annotations

from tuicnn.core.lens.onnx_nodes import Nodes, single
from tuicnn.core.lens.onnx_norms import broadcast
from tuicnn.core.lens.view import Code, Setting


def axis_from_start(one: Setting, number: int) -> int:
    """Return the number of an axis, the batch counted, where the end may be meant."""
    return number + len(one.x) + 1 if number < 0 else number


def clip(one: Setting) -> Code:
    """Return an activation that cuts off below and above."""
    layer = one.layer
    relu6 = layer.type == "relu6"
    nodes = Nodes()
    least = nodes.number(0.0 if relu6 else getattr(layer, "min_val", -1.0))
    most = nodes.number(6.0 if relu6 else getattr(layer, "max_val", 1.0))
    nodes.add("Clip", "x", least, most)
    return Code(nodes.text())


def prelu(one: Setting) -> Code:
    """Return a rectifier whose slope is learnt."""
    nodes = Nodes()
    slope = "weight" if one.rank == 0 else broadcast(nodes, "weight", one)
    nodes.add("PRelu", "x", slope)
    remark = "ONNX' slope must broadcast to the input from its last axis: reshaped."
    return Code(nodes.text(), (remark,) if one.rank else ())


def alpha(one: Setting) -> Code:
    """Return an activation with a slope, or a bend, that is set."""
    operator = {"leaky_relu": "LeakyRelu", "elu": "Elu", "celu": "Celu"}[one.layer.type]
    field = "negative_slope" if operator == "LeakyRelu" else "alpha"
    return single(operator, alpha=float(getattr(one.layer, field, 1.0)))


def gelu(one: Setting) -> Code:
    """Return a GELU, exact or by a hyperbolic tangent."""
    nodes = Nodes()
    if getattr(one.layer, "approximate", "none") == "tanh":
        cube = nodes.add("Mul", nodes.add("Mul", "x", "x"), "x")
        small = nodes.add("Mul", cube, nodes.number(0.044715))
        bent = nodes.add("Add", "x", small)
        share = nodes.add("Tanh", nodes.add("Mul", bent, nodes.number(0.7978845608)))
    else:
        share = nodes.add("Erf", nodes.add("Mul", "x", nodes.number(0.7071067812)))
    half = nodes.add("Mul", "x", nodes.number(0.5))
    nodes.add("Mul", half, nodes.add("Add", share, nodes.number(1.0)))
    return Code(nodes.text(), ("ONNX has Gelu from opset 20 on: put together here.",))


def gated(one: Setting) -> Code:
    """Return an activation that is the input times a gate of it."""
    nodes = Nodes()
    if one.layer.type == "silu":
        nodes.add("Mul", "x", nodes.add("Sigmoid", "x"))
        return Code(nodes.text(), ("ONNX has no SiLU at opset 17: x times sigmoid.",))
    nodes.add("Mul", "x", nodes.add("Tanh", nodes.add("Softplus", "x")))
    return Code(nodes.text(), ("ONNX has Mish from opset 18 on: put together here.",))


def hard_sigmoid(one: Setting) -> Code:
    """Return a sigmoid of three straight pieces."""
    remark = "ONNX' default slope is 0.2, PyTorch's 1/6: it is written out."
    return Code(single("HardSigmoid", alpha=1 / 6, beta=0.5).text, (remark,))


def log_sigmoid(one: Setting) -> Code:
    """Return the logarithm of a sigmoid."""
    nodes = Nodes()
    nodes.add("Log", nodes.add("Sigmoid", "x"))
    return Code(nodes.text(), ("ONNX has it as two nodes.",))


def softplus(one: Setting) -> Code:
    """Return a softplus, by its steepness."""
    beta = getattr(one.layer, "beta", 1.0)
    if beta == 1:
        return single("Softplus")
    nodes = Nodes()
    factor = nodes.number(beta)
    nodes.add("Div", nodes.add("Softplus", nodes.add("Mul", "x", factor)), factor)
    return Code(nodes.text(), ("ONNX' Softplus has no beta: multiplied, and divided.",))


def softmax(one: Setting) -> Code:
    """Return a softmax, or its logarithm, along one axis."""
    dim = getattr(one.layer, "dim", None)
    operator = "Softmax" if one.layer.type == "softmax" else "LogSoftmax"
    found = single(operator, axis=axis_from_start(one, 1 if dim is None else dim))
    remark = "Without axis, ONNX takes the last one, PyTorch guesses: written out."
    return Code(found.text, (remark,) if dim is None else ())


def glu(one: Setting) -> Code:
    """Return one half times a sigmoid of the other."""
    number = axis_from_start(one, getattr(one.layer, "dim", -1))
    half = one.x[number - 1] // 2
    nodes = Nodes()
    axes = nodes.integers(number)
    parts = [
        nodes.add(
            "Slice", "x", nodes.integers(first), nodes.integers(first + half), axes
        )
        for first in (0, half)
    ]
    nodes.add("Mul", parts[0], nodes.add("Sigmoid", parts[1]))
    return Code(nodes.text(), ("ONNX has no GLU: two halves, one through a sigmoid.",))
