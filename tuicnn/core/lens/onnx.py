"""Layers as ONNX spells them, at opset 17: nodes from `x` to `y`.

It never runs ONNX: the tests do. Names of weights are PyTorch's.
"""

from __future__ import annotations

from typing import Final, cast

from tuicnn.core.lens.onnx_activations import (
    alpha,
    axis_from_start,
    clip,
    gated,
    gelu,
    glu,
    hard_sigmoid,
    log_sigmoid,
    prelu,
    softmax,
    softplus,
)
from tuicnn.core.lens.onnx_nodes import Nodes, single
from tuicnn.core.lens.onnx_norms import (
    batch_norm,
    broadcast,
    group_norm,
    instance_norm,
    layer_norm,
    layer_norm2d,
    local_response_norm,
    rms_norm,
)
from tuicnn.core.lens.onnx_windows import (
    adaptive,
    convolution,
    global_pool,
    lp_pool,
    padded,
    pool,
    separable,
    transposed,
)
from tuicnn.core.lens.view import Cannot, Code, Setting, Spellers
from tuicnn.core.shapes import Shape


def _linear(one: Setting) -> Code:
    bias = ["bias"] if "bias" in one.effect.parameters else []
    if one.rank == 0:
        found = single("Gemm", "x", "weight", *bias, transB=1)
        return Code(found.text, ("PyTorch keeps the weight transposed: transB.",))
    nodes = Nodes()
    value = nodes.add("MatMul", "x", nodes.add("Transpose", "weight", perm=[1, 0]))
    if bias:
        nodes.add("Add", value, "bias")
    return Code(nodes.text(), ("ONNX' Gemm takes matrices only: MatMul on a map.",))


def _flatten(one: Setting) -> Code:
    if len(one.effect.output) == 1:
        return single("Flatten", axis=1)
    found = _reshape(one)
    remark = "ONNX' Flatten always makes two axes: a reshape instead."
    return Code(found.text, (remark,))


def _reshape(one: Setting) -> Code:
    nodes = Nodes()
    nodes.reshaped("x", one.effect.output)
    return Code(nodes.text(), ("In ONNX the batch is an axis, too: 0 keeps it.",))


def _permute(one: Setting) -> Code:
    dims = cast("Shape", getattr(one.layer, "dims", ()))
    return single("Transpose", perm=[axis_from_start(one, number) for number in dims])


def _pad(one: Setting) -> Code | Cannot:
    mode = getattr(one.layer, "mode", "constant")
    if mode == "circular":
        return Cannot("ONNX wraps around in Pad from opset 19 on")
    if mode != "constant" and min(map(min, one.edges)) < 0:
        return Cannot("ONNX does not say what is mirrored where cells are cut, too")
    nodes = Nodes()
    word = {"replicate": "edge"}.get(mode, mode)
    padded(nodes, "x", one.edges, word, getattr(one.layer, "value", 0.0))
    return Code(nodes.text())


def _crop(one: Setting) -> Code:
    nodes = Nodes()
    begins = [begin for begin, _ in one.edges]
    sizes = zip(one.x[1:], one.edges, strict=True)
    axes = range(2, one.rank + 2)
    starts = nodes.integers(*begins)
    ends = nodes.integers(*(size - end for size, (_, end) in sizes))
    nodes.add("Slice", "x", starts, ends, nodes.integers(*axes))
    return Code(nodes.text())


def _upsample(one: Setting) -> Code:
    mode = str(getattr(one.layer, "mode", "nearest"))
    word = {"nearest": "nearest", "bicubic": "cubic"}.get(mode, "linear")
    named: dict[str, object] = {"mode": word}
    if word == "nearest":
        named |= {"coordinate_transformation_mode": "asymmetric",
                  "nearest_mode": "floor"}  # fmt: skip
    elif getattr(one.layer, "align_corners", None):
        named["coordinate_transformation_mode"] = "align_corners"
    if word == "cubic":
        named["cubic_coeff_a"] = -0.75
    nodes = Nodes()
    sizes = nodes.integers(1, *one.effect.output)
    nodes.add("Resize", "x", "", "", sizes, **named)
    remark = "ONNX' defaults place cells otherwise than PyTorch: they are written out."
    return Code(nodes.text(), (remark, "The batch is 1 here."))


def _pixel_shuffle(one: Setting) -> Code:
    size = getattr(one.layer, "upscale_factor", 1)
    found = single("DepthToSpace", blocksize=size, mode="CRD")
    remark = "PyTorch's order of channels is CRD; ONNX' default is DCR, TensorFlow's."
    return Code(found.text, (remark,))


def _pixel_unshuffle(one: Setting) -> Code:
    r = getattr(one.layer, "downscale_factor", 1)
    channels, height, width = one.x
    nodes = Nodes()
    split = nodes.reshaped("x", (channels, height // r, r, width // r, r))
    moved = nodes.add("Transpose", split, perm=[0, 1, 3, 5, 2, 4])
    nodes.reshaped(moved, one.effect.output)
    remark = "ONNX' SpaceToDepth orders the channels otherwise: written out."
    return Code(nodes.text(), (remark,))


def _channel_shuffle(one: Setting) -> Code:
    groups = getattr(one.layer, "groups", 1)
    nodes = Nodes()
    split = nodes.reshaped("x", (groups, one.x[0] // groups, *one.x[1:]))
    order = [0, 2, 1, *range(3, one.rank + 3)]
    nodes.reshaped(nodes.add("Transpose", split, perm=order), one.x)
    return Code(nodes.text(), ("ONNX has it as three nodes.",))


def _dropout(one: Setting) -> Code:
    return Code(single("Identity").text, ("At inference, nothing is dropped.",))


def _layer_scale(one: Setting) -> Code:
    nodes = Nodes()
    nodes.add("Mul", "x", broadcast(nodes, "weight", one))
    return Code(nodes.text())


def _merge(one: Setting) -> Code:
    merge = str(getattr(one.layer, "merge", one.layer.type))
    if merge == "concat":
        number = axis_from_start(one, getattr(one.layer, "dim", 1))
        return single("Concat", *one.values, axis=number)
    operators = {"add": "Sum", "average": "Mean", "maximum": "Max"}
    if merge in operators:
        return single(operators[merge], *one.values)
    nodes = Nodes()
    value, *others = one.values
    for other in others:
        value = nodes.add("Mul", value, other)
    return Code(nodes.text()) if others else single("Identity", value)


def _block(one: Setting) -> Cannot:
    return Cannot("ONNX has no blocks, only nodes in a row: ask for its layers")


_PLAIN: Final = {
    "relu": "Relu",
    "selu": "Selu",
    "hardswish": "HardSwish",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softsign": "Softsign",
    "identity": "Identity",
}
"""Operators that need nothing but the input."""

ONNX: Final[Spellers] = {
    **dict.fromkeys(_PLAIN, lambda one: single(_PLAIN[one.layer.type])),
    **{f"conv{rank}d": convolution for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": transposed for rank in (1, 2, 3)},
    "depthwise_conv2d": convolution,
    "separable_conv2d": separable,
    **{f"{kind}_pool{rank}d": pool for kind in ("max", "avg") for rank in (1, 2, 3)},
    "lp_pool1d": lp_pool,
    "lp_pool2d": lp_pool,
    **{
        f"adaptive_{kind}_pool{rank}d": adaptive
        for kind in ("max", "avg")
        for rank in (1, 2, 3)
    },
    "global_avg_pool": global_pool,
    "global_max_pool": global_pool,
    "batch_norm": batch_norm,
    "instance_norm": instance_norm,
    "group_norm": group_norm,
    "layer_norm": layer_norm,
    "layer_norm2d": layer_norm2d,
    "rms_norm": rms_norm,
    "local_response_norm": local_response_norm,
    "relu6": clip,
    "hardtanh": clip,
    "leaky_relu": alpha,
    "elu": alpha,
    "celu": alpha,
    "prelu": prelu,
    "gelu": gelu,
    "silu": gated,
    "mish": gated,
    "hardsigmoid": hard_sigmoid,
    "log_sigmoid": log_sigmoid,
    "softplus": softplus,
    "softmax": softmax,
    "log_softmax": softmax,
    "glu": glu,
    "linear": _linear,
    "flatten": _flatten,
    "unflatten": _reshape,
    "reshape": _reshape,
    "permute": _permute,
    "pad": _pad,
    "crop": _crop,
    "upsample": _upsample,
    "pixel_shuffle": _pixel_shuffle,
    "pixel_unshuffle": _pixel_unshuffle,
    "channel_shuffle": _channel_shuffle,
    "dropout": _dropout,
    "dropout2d": _dropout,
    "layer_scale": _layer_scale,
    "block": _block,
    **dict.fromkeys(
        ("parallel", "add", "multiply", "concat", "average", "maximum"), _merge
    ),
}
"""How each layer type is written; a test holds it against the union."""
