"""Layers as PyTorch 2 spells them: `nn` is torch.nn, `F` is torch.nn.functional.

It never runs PyTorch: the tests do.
"""

from __future__ import annotations

from typing import Final, cast

from tuicnn.core.lens.pytorch_windows import (
    adaptive,
    convolution,
    depthwise,
    global_pool,
    lp_pool,
    pad_module,
    pool,
    separable,
    transposed,
)
from tuicnn.core.lens.view import Cannot, Code, Setting, Spellers, Verbatim, called
from tuicnn.core.shapes import Shape, elements


def _norm(one: Setting) -> Code | Cannot:
    kind = "Batch" if one.layer.type == "batch_norm" else "Instance"
    if kind == "Instance" and elements(one.x[1:]) == 1 and not one.effect.buffers:
        return Cannot("PyTorch refuses to normalise a single value: it would be 0")
    name = f"nn.{kind}Norm{max(one.rank, 1)}d"
    remarks: tuple[str, ...] = ()
    if one.effect.buffers:
        remarks = ("PyTorch also keeps num_batches_tracked: one number, no weight.",)
    return Code(called(name, one.x[0], **one.fields), remarks)


def _layer_norm2d(one: Setting) -> Code:
    shape = one.x[:1]
    names = [Verbatim(name) for name in one.effect.parameters]
    affine: list[object] = [*names] or [None, None]
    eps = getattr(one.layer, "eps", 1e-6)
    moved = Verbatim("x.permute(0, 2, 3, 1)")
    text = called("F.layer_norm", moved, shape, *affine, eps)
    remark = "torch.nn has no such layer: the channels are moved last, and back."
    return Code(f"{text}.permute(0, 3, 1, 2)", (remark,))


def _group_norm(one: Setting) -> Code:
    fields = one.fields
    return Code(called("nn.GroupNorm", fields.pop("num_groups"), one.x[0], **fields))


def _trailing_norm(one: Setting) -> Code:
    fields = one.fields
    shape = fields.pop("normalized_shape", one.x)
    name = "nn.LayerNorm" if one.layer.type == "layer_norm" else "nn.RMSNorm"
    return Code(called(name, shape, **fields))


def _softmax(one: Setting) -> Code:
    fields = one.fields
    name = "nn.Softmax" if one.layer.type == "softmax" else "nn.LogSoftmax"
    if "dim" in fields:
        return Code(called(name, **fields))
    remark = "Without dim, PyTorch guesses the axis, and warns: it is written out."
    return Code(called(name, dim=1), (remark,))


def _linear(one: Setting) -> Code:
    fields = one.fields
    return Code(called("nn.Linear", one.x[-1], fields.pop("out_features"), **fields))


def _unflatten(one: Setting) -> Code:
    fields = one.fields
    return Code(called("nn.Unflatten", fields["dim"], fields["unflattened_size"]))


def _reshape(one: Setting) -> Code:
    shape = cast("Shape", one.fields["shape"])
    return Code(called("x.reshape", Verbatim("x.shape[0]"), *shape))


def _permute(one: Setting) -> Code:
    return Code(called("x.permute", *cast("Shape", one.fields["dims"])))


def _padding(one: Setting) -> Code:
    mode = str(getattr(one.layer, "mode", "constant"))
    value = float(getattr(one.layer, "value", 0.0))
    return Code(pad_module(one.edges, mode, value))


def _crop(one: Setting) -> Code:
    remark = "PyTorch has no layer for it: negative padding crops."
    cut = tuple((-begin, -end) for begin, end in one.edges)
    return Code(pad_module(cut), (remark,))


def _layer_scale(one: Setting) -> Code:
    shape = (-1, *[1] * one.rank)
    remark = "PyTorch has no layer for it: weight is a parameter of your module."
    return Code(f"x * {called('weight.view', *shape)}", (remark,))


def _merge(one: Setting) -> Code:
    merge = getattr(one.layer, "merge", one.layer.type)
    values = one.values
    if merge == "concat":
        listed = [Verbatim(value) for value in values]
        return Code(called("torch.cat", listed, dim=getattr(one.layer, "dim", 1)))
    if merge == "maximum":
        text = values[0]
        for value in values[1:]:
            text = f"torch.maximum({text}, {value})"
        return Code(text)
    sign = " * " if merge == "multiply" else " + "
    joined = sign.join(values)
    return Code(f"({joined}) / {len(values)}" if merge == "average" else joined)


def _block(one: Setting) -> Cannot:
    return Cannot("more than nn.Sequential takes, or too long: ask for its layers")


_NAMED: Final = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "prelu": "PReLU",
    "elu": "ELU", "selu": "SELU", "celu": "CELU", "gelu": "GELU", "silu": "SiLU",
    "mish": "Mish", "hardswish": "Hardswish", "hardsigmoid": "Hardsigmoid",
    "hardtanh": "Hardtanh", "sigmoid": "Sigmoid", "log_sigmoid": "LogSigmoid",
    "tanh": "Tanh", "softplus": "Softplus", "softsign": "Softsign", "glu": "GLU",
    "identity": "Identity", "flatten": "Flatten", "upsample": "Upsample",
    "pixel_shuffle": "PixelShuffle", "pixel_unshuffle": "PixelUnshuffle",
    "channel_shuffle": "ChannelShuffle", "dropout": "Dropout",
    "dropout2d": "Dropout2d", "local_response_norm": "LocalResponseNorm",
}  # fmt: skip
"""Modules that take the fields as they are."""


def _module(one: Setting) -> Code:
    return Code(called(f"nn.{_NAMED[one.layer.type]}", **one.fields))


PYTORCH: Final[Spellers] = {
    **dict.fromkeys(_NAMED, _module),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution),
    **{f"conv_transpose{rank}d": transposed for rank in (1, 2, 3)},
    "depthwise_conv2d": depthwise,
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
    "batch_norm": _norm,
    "instance_norm": _norm,
    "group_norm": _group_norm,
    "layer_norm": _trailing_norm,
    "layer_norm2d": _layer_norm2d,
    "rms_norm": _trailing_norm,
    "softmax": _softmax,
    "log_softmax": _softmax,
    "linear": _linear,
    "unflatten": _unflatten,
    "reshape": _reshape,
    "permute": _permute,
    "pad": _padding,
    "crop": _crop,
    "layer_scale": _layer_scale,
    "block": _block,
    **dict.fromkeys(
        ("parallel", "add", "multiply", "concat", "average", "maximum"), _merge
    ),
}
"""How each layer type is written; a test holds it against the union."""
