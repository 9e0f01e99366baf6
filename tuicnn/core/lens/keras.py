"""Layers as Keras 3 spells them, channels last: `layers` is keras.layers.

It never runs Keras: the tests do. What has no layer is an expression of `x`.
"""

from __future__ import annotations

from typing import Final, cast

from tuicnn.core.lens.keras_axes import axis, channels_first
from tuicnn.core.lens.keras_norms import (
    batch_norm,
    group_norm,
    layer_norm,
    layer_norm2d,
    local_response_norm,
    rms_norm,
)
from tuicnn.core.lens.keras_windows import (
    adaptive,
    convolution,
    crop,
    depthwise,
    global_pool,
    pad,
    pool,
    separable,
    transposed,
    upsample,
)
from tuicnn.core.lens.view import Cannot, Code, Setting, Spellers, Verbatim, called
from tuicnn.core.shapes import Shape, elements

_ORDER: Final = (
    "Keras flattens channels last, PyTorch channels first: the weights of the layer "
    "behind stand in another order."
)


def _relu(one: Setting) -> Code:
    named = {"max_value": 6.0} if one.layer.type == "relu6" else {}
    return Code(called("layers.ReLU", **named))


def _leaky(one: Setting) -> Code:
    slope = getattr(one.layer, "negative_slope", 0.01)
    remark = "Keras' default slope is 0.3, PyTorch's 0.01: it is written out."
    return Code(called("layers.LeakyReLU", negative_slope=slope), (remark,))


def _prelu(one: Setting) -> Code:
    last = len(one.x)
    slopes = elements(one.effect.parameters["weight"])
    cells = elements(one.x)
    shared = list(range(1, last + (slopes == 1 and cells > 1)))
    start = called("keras.initializers.Constant", getattr(one.layer, "init", 0.25))
    named: dict[str, object] = {"alpha_initializer": Verbatim(start)}
    if shared:
        named["shared_axes"] = shared
    remark = f"Without shared_axes, Keras has a slope for each of {cells:,} numbers."
    return Code(called("layers.PReLU", **named), (remark,) if cells > slopes else ())


def _elu(one: Setting) -> Code:
    return Code(called("layers.ELU", **one.fields))


def _celu(one: Setting) -> Code:
    alpha = getattr(one.layer, "alpha", 1.0)
    return Code(called("keras.ops.celu", Verbatim("x"), alpha=alpha))


def _gelu(one: Setting) -> Code:
    tanh = getattr(one.layer, "approximate", "none") == "tanh"
    return Code(called("keras.ops.gelu", Verbatim("x"), approximate=tanh))


def _hardtanh(one: Setting) -> Code:
    least, most = (
        getattr(one.layer, "min_val", -1.0),
        getattr(one.layer, "max_val", 1.0),
    )
    return Code(called("keras.ops.clip", Verbatim("x"), least, most))


def _softplus(one: Setting) -> Code:
    beta = getattr(one.layer, "beta", 1.0)
    if beta == 1:
        return Code(called("layers.Activation", "softplus"))
    return Code(f"keras.ops.softplus(x * {beta!r}) / {beta!r}")


def _softmax(one: Setting) -> Code:
    number = axis(one, getattr(one.layer, "dim", None) or 1)
    if one.layer.type == "softmax":
        return Code(called("layers.Softmax", axis=number))
    return Code(called("keras.ops.log_softmax", Verbatim("x"), axis=number))


def _glu(one: Setting) -> Code:
    number = axis(one, getattr(one.layer, "dim", -1))
    remark = "Keras' default is its last axis: the channels."
    text = called("keras.ops.glu", Verbatim("x"), axis=number)
    return Code(text, (remark,) if one.rank else ())


def _activation(one: Setting) -> Code:
    return Code(called("layers.Activation", _WORDS[one.layer.type]))


def _identity(one: Setting) -> Code:
    return Code("layers.Identity()")


def _linear(one: Setting) -> Code:
    named = {} if "bias" in one.effect.parameters else {"use_bias": False}
    dense = called("layers.Dense", getattr(one.layer, "out_features", 1), **named)
    if one.rank == 0:
        return Code(dense)
    remark = "Keras' last axis is the channels: they are moved first, and back."
    return Code(channels_first(one, dense), (remark,))


def _reshaped(one: Setting) -> Code:
    """Return a reshape that reads the numbers in PyTorch's order."""
    target = called("layers.Reshape", one.effect.output)
    return Code(channels_first(one, target), (_ORDER,) if one.rank else ())


def _flatten(one: Setting) -> Code:
    if len(one.effect.output) > 1:
        return _reshaped(one)
    return Code("layers.Flatten()", (_ORDER,) if one.rank else ())


def _permute(one: Setting) -> Code:
    dims = cast("Shape", getattr(one.layer, "dims", ()))
    rank = len(one.x) + 1
    order = [number + rank if number < 0 else number for number in dims][1:]
    moved = [*order[1:], order[0]] if len(order) > 1 else order
    return Code(called("layers.Permute", tuple(axis(one, number) for number in moved)))


def _shuffle(one: Setting) -> Cannot:
    return Cannot(
        "Keras has no layer for it; TensorFlow's orders the channels otherwise"
    )


def _channel_shuffle(one: Setting) -> Code:
    groups = getattr(one.layer, "groups", 1)
    sizes = one.x[1:]
    split = len(sizes) + 1
    parts = (
        called("layers.Reshape", (*sizes, groups, one.x[0] // groups)),
        called("layers.Permute", (*range(1, split), split + 1, split)),
        called("layers.Reshape", (*sizes, one.x[0])),
    )
    return Code(called("keras.Sequential", [Verbatim(part) for part in parts]))


def _dropout(one: Setting) -> Code:
    rate = getattr(one.layer, "p", 0.5)
    if one.layer.type == "dropout" or one.rank == 0:
        return Code(called("layers.Dropout", rate))
    return Code(called(f"layers.SpatialDropout{one.rank}D", rate))


def _layer_scale(one: Setting) -> Code:
    return Code("x * weight", ("Keras has no layer for it: weight is your layer's.",))


def _merge(one: Setting) -> Code:
    merge = str(getattr(one.layer, "merge", one.layer.type))
    name = {"concat": "Concatenate"}.get(merge, merge.capitalize())
    named = {}
    if merge == "concat":
        named = {"axis": axis(one, getattr(one.layer, "dim", 1))}
    values = [Verbatim(value) for value in one.values]
    if len(values) == 1:
        return Code(str(values[0]), ("A single branch: there is nothing to join.",))
    return Code(f"{called(f'layers.{name}', **named)}({called('', values)[1:-1]})")


def _block(one: Setting) -> Cannot:
    return Cannot("more than keras.Sequential takes, or too long: ask for its layers")


_WORDS: Final = {
    "selu": "selu",
    "silu": "silu",
    "mish": "mish",
    "hardswish": "hard_swish",
    "hardsigmoid": "hard_sigmoid",
    "sigmoid": "sigmoid",
    "log_sigmoid": "log_sigmoid",
    "tanh": "tanh",
    "softsign": "softsign",
}
"""Activations by a word."""

KERAS: Final[Spellers] = {
    **dict.fromkeys(_WORDS, _activation),
    **{f"conv{rank}d": convolution for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": transposed for rank in (1, 2, 3)},
    "depthwise_conv2d": depthwise,
    "separable_conv2d": separable,
    **{f"{kind}_pool{rank}d": pool for kind in ("max", "avg") for rank in (1, 2, 3)},
    "lp_pool1d": lambda one: Cannot("Keras has no pool by a norm"),
    "lp_pool2d": lambda one: Cannot("Keras has no pool by a norm"),
    **{
        f"adaptive_{kind}_pool{rank}d": adaptive
        for kind in ("max", "avg")
        for rank in (1, 2, 3)
    },
    "global_avg_pool": global_pool,
    "global_max_pool": global_pool,
    "batch_norm": batch_norm,
    "instance_norm": group_norm,
    "group_norm": group_norm,
    "layer_norm": layer_norm,
    "layer_norm2d": layer_norm2d,
    "rms_norm": rms_norm,
    "local_response_norm": local_response_norm,
    "relu": _relu,
    "relu6": _relu,
    "leaky_relu": _leaky,
    "prelu": _prelu,
    "elu": _elu,
    "celu": _celu,
    "gelu": _gelu,
    "hardtanh": _hardtanh,
    "softplus": _softplus,
    "softmax": _softmax,
    "log_softmax": _softmax,
    "glu": _glu,
    "identity": _identity,
    "linear": _linear,
    "flatten": _flatten,
    "unflatten": _reshaped,
    "reshape": _reshaped,
    "permute": _permute,
    "pad": pad,
    "crop": crop,
    "upsample": upsample,
    "pixel_shuffle": _shuffle,
    "pixel_unshuffle": _shuffle,
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
