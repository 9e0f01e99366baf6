"""How TensorFlow 2.21.0 counts a Keras 3.15.1 model: its profiler's float operations.

It never counts an operator that is not registered; Keras itself counts nothing.
Source: tensorflow/python/profiler/internal/flops_registry.py, channels last, on a CPU.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final

from tuicnn.core.counts.tally import Part, Seen, Tool
from tuicnn.core.layer import LayerSpec, each_axis
from tuicnn.core.layers.activation import (
    Celu,
    Elu,
    Gelu,
    Glu,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LogSigmoid,
    Mish,
    Prelu,
    Silu,
    Softmax,
)
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerNorm2d,
    RmsNorm,
)
from tuicnn.core.layers.pool import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    GlobalAvgPool,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from tuicnn.core.layers.regularization import LayerScale
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.layers.structure import Add, Average, Maximum, Multiply, Parallel
from tuicnn.core.shapes import elements

_TWO: Final = "two operations a MAC"
_UNKNOWN: Final = "no rule is known"
_EACH: Final = {
    Silu: 2,
    Mish: 1,
    Hardswish: 3,
    Hardsigmoid: 2,
    Hardtanh: 2,
    Celu: 5,
    LogSigmoid: 2,
}
"""Registered operators in one activation; those that are not here have none."""


def _parts(one: Seen) -> Iterator[Part]:
    layer = one.row.layer
    if isinstance(layer, (Parallel, Add, Multiply, Average, Maximum)):
        yield from _merge(one, layer)
    elif isinstance(layer, (Conv1d, Conv2d, Conv3d)) and layer.groups > 1:
        yield Part("a grouped convolution is compiled, and not seen", -one.effect.macs)
        yield Part("bias", one.biases)
    elif isinstance(layer, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)):
        yield from _transposed(one, layer)
        yield Part("bias", one.biases)
    elif one.effect.macs:
        yield Part(_TWO, one.effect.macs)
        yield Part("bias", one.biases)
        if not isinstance(layer, Linear):
            yield from _dilated(one, layer)
    elif "norm" in layer.type:
        yield from _normalisation(one, layer)
    elif "pool" in layer.type:
        yield from _pool(one, layer)
    else:
        yield from _pointwise(one, layer)


def _dilated(one: Seen, layer: LayerSpec) -> Iterator[Part]:
    """Yield what it computes in vain: maps are split into as many as the dilation."""
    dilations = each_axis(getattr(layer, "dilation", 1), one.rank)
    places = elements(one.effect.output[1:])
    split = prod(
        -(-size // d) * d
        for size, d in zip(one.effect.output[1:], dilations, strict=True)
    )
    if split == places:
        return
    weight = one.effect.parameters.get("depthwise_weight")
    if weight is None:
        weight = one.effect.parameters["weight"]
    count = 2 * (split - places) * elements(weight)
    yield Part("dilation: the output rounded up to whole strides of it", count)


def _transposed(
    one: Seen, layer: ConvTranspose1d | ConvTranspose2d | ConvTranspose3d
) -> Iterator[Part]:
    """Yield two operations for each output position, over the stride."""
    if isinstance(layer, ConvTranspose3d):
        yield Part("a transposed 3-D convolution is not registered", -one.effect.macs)
        return
    if layer.groups > 1:
        yield Part(_UNKNOWN, None)
        return
    weights = elements(one.effect.parameters["weight"])
    steps = prod(each_axis(layer.stride, one.rank))
    found = 2 * elements(one.effect.output[1:]) * weights // steps
    yield Part(_TWO, one.effect.macs)
    reason = "transposed: output positions over the stride, not input positions"
    yield Part(reason, found - 2 * one.effect.macs)


def _normalisation(one: Seen, layer: LayerSpec) -> Iterator[Part]:
    count: int | None
    channels = one.entering[0]
    match layer:
        case BatchNorm(track_running_stats=True):
            count = 2 * one.inputs + channels * (6 if layer.affine else 5)
        case GroupNorm() | InstanceNorm(track_running_stats=False):
            groups = layer.num_groups if isinstance(layer, GroupNorm) else channels
            count = 6 * one.inputs + 5 * groups
            if layer.affine:
                count += 3 * channels - groups
        case LayerNorm() | LayerNorm2d():
            count = _layer_norm(one, layer)
        case RmsNorm(elementwise_affine=True):
            count = 4 * one.inputs + 3 * (one.inputs // one.learnt)
        case _ if layer.type == "local_response_norm":
            return  # not registered
        case _:
            yield Part(_UNKNOWN, None)
            return
    yield Part("normalisation", count)


def _layer_norm(one: Seen, layer: LayerNorm | LayerNorm2d) -> int:
    """Return the operations on each number, and on the statistics of each group."""
    if isinstance(layer, LayerNorm2d):
        together, bias = one.entering[0], layer.elementwise_affine
    else:
        together = elements(layer.normalized_shape or one.entering)
        bias = layer.bias
    groups = one.inputs // together
    if not layer.elementwise_affine:
        return 6 * one.inputs + 5 * groups
    return (9 if bias else 8) * one.inputs + 4 * groups


def _pool(one: Seen, layer: LayerSpec) -> Iterator[Part]:
    if isinstance(layer, GlobalAvgPool) or _pools_all(layer, "avg"):
        yield Part("mean: an addition for each number", one.inputs)
    elif layer.type == "global_max_pool" or _pools_all(layer, "max"):
        return  # not registered
    elif isinstance(layer, (MaxPool1d, MaxPool2d, AvgPool1d, AvgPool2d)):
        window = prod(each_axis(layer.kernel_size, one.rank))
        yield Part("pool: each cell of each window", window * one.outputs)
    elif isinstance(layer, (MaxPool3d, AvgPool3d)) or one.effect.output == one.entering:
        return  # not registered, or nothing to do
    else:
        yield Part(_UNKNOWN, None)


def _pools_all(layer: LayerSpec, kind: str) -> bool:
    """Whether an adaptive pool leaves one number a map: a global pool in Keras."""
    if not layer.type.startswith(f"adaptive_{kind}"):
        return False
    size = getattr(layer, "output_size", None)
    return set(size if isinstance(size, tuple) else (size,)) == {1}


def _merge(one: Seen, layer: LayerSpec) -> Iterator[Part]:
    merge = layer.merge if isinstance(layer, Parallel) else layer.type
    if merge == "concat":
        return
    joined = len(one.row.sources)
    average = merge == "average"
    yield Part("merge", (joined - 1 + average) * one.outputs)


def _pointwise(one: Seen, layer: LayerSpec) -> Iterator[Part]:
    each = _EACH.get(type(layer), 0)
    match layer:
        case Gelu(approximate=approximate):
            each = 7 if approximate == "tanh" else 4
        case Elu(alpha=alpha) if alpha != 1:
            each = 2
        case LayerScale():
            each = 1
        case Prelu(num_parameters=slopes):
            yield Part("activation", 3 * one.inputs + slopes)
        case Softmax(dim=dim):
            known = dim in (None, 1) or one.rank == 0
            yield Part("softmax", 5 * one.inputs if known else None)
        case Glu():
            yield Part("activation", one.outputs)
        case Upsample(mode="nearest"):
            yield Part("upsample: the new sizes", one.rank)
        case _:
            pass
    if each:
        yield Part("activation", each * one.inputs)


TENSORFLOW: Final = Tool("Keras, by TensorFlow", "2.21.0", "float operations", _parts)
"""`tf.compat.v1.profiler.profile`; Keras has no counter of its own."""
