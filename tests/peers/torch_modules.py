"""PyTorch's module for each layer type, built from a document's own fields.

Fields that a document leaves out are left out here, too: the defaults are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.peers.models.separated import LayerNorm2d
from tuicnn.core.layers import layer_types
from tuicnn.core.shapes import Shape

Fields = Mapping[str, object]
Builder = Callable[[Fields, Shape], nn.Module]


class Function(nn.Module):
    """A function as a module."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


class Separable(nn.Module):
    """A depthwise convolution without bias, then a pointwise one."""

    def __init__(self, fields: Fields, channels: int) -> None:
        super().__init__()
        own = {**fields, "bias": False}
        outputs = cast("int", own.pop("out_channels"))
        depthwise = _depthwise(own, (channels,))
        pointwise = nn.Conv2d(
            depthwise.out_channels, outputs, 1, bias=bool(fields.get("bias", True))
        )
        self.depthwise_weight = depthwise.weight
        self.pointwise_weight = pointwise.weight
        self.bias = pointwise.bias
        self.both = [nn.Sequential(depthwise, pointwise)]  # in a list: not registered

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.both[0](x)
        return result


def _depthwise(fields: Fields, x: Shape) -> nn.Conv2d:
    own = dict(fields)
    multiplier = cast("int", own.pop("depth_multiplier", 1))
    channels = cast("int", own.pop("in_channels", x[0]))
    return nn.Conv2d(channels, channels * multiplier, groups=channels, **own)


def _made(module: type[nn.Module], entering: str | None = None) -> Builder:
    """Return what builds a module; `entering` names what the stack would infer."""

    def build(fields: Fields, x: Shape) -> nn.Module:
        if entering is None or entering in fields:
            return module(**fields)
        return module(**{entering: x[0], **fields})

    return build


def _on_maps(rank: int, build: Builder) -> Builder:
    """Return what builds a module for maps of this rank only.

    PyTorch would take a batch of maps with an axis less for one map without a batch.
    """

    def build_for_rank(fields: Fields, x: Shape) -> nn.Module:
        if len(x) != rank + 1:
            raise ValueError("a map of another rank")
        return build(fields, x)

    return build_for_rank


def _of_rank(*modules: type[nn.Module] | None) -> Builder:
    def build(fields: Fields, x: Shape) -> nn.Module:
        module = modules[len(x) - 1]
        if module is None:
            raise ValueError("PyTorch has none for this rank")
        return module(**{"num_features": x[0], **fields})

    return build


def _transposed(module: type[nn.Module]) -> Builder:
    def build(fields: Fields, x: Shape) -> nn.Module:
        if isinstance(fields.get("padding"), str):
            raise TypeError("PyTorch takes no words here")
        return module(**{"in_channels": x[0], **fields})

    return build


def _trailing(module: type[nn.Module]) -> Builder:
    return lambda fields, x: module(**{"normalized_shape": x, **fields})


def _linear(fields: Fields, x: Shape) -> nn.Module:
    module: type[nn.Module] = nn.Linear
    return module(**{"in_features": x[-1], **fields})


def _layer_norm2d(fields: Fields, x: Shape) -> nn.Module:
    own = dict(fields)
    return LayerNorm2d(own.pop("num_channels", x[0]), **own)


def _reshape(fields: Fields, x: Shape) -> nn.Module:
    shape = cast("Shape", fields["shape"])
    return Function(lambda y: y.reshape(y.shape[0], *shape))


def _permute(fields: Fields, x: Shape) -> nn.Module:
    dims = cast("Shape", fields["dims"])
    return Function(lambda y: y.permute(dims))


def flat(edges: object, rank: int) -> list[int]:
    """Return cells at the ends of axes in the order of `F.pad`: the last axis first."""
    if isinstance(edges, int):
        return [edges, edges] * rank
    axes = cast("tuple[int | tuple[int, int], ...]", edges)
    both = [(one, one) if isinstance(one, int) else one for one in reversed(axes)]
    return [cells for pair in both for cells in pair]


def padded(cells: list[int], mode: str = "constant", value: float = 0.0) -> nn.Module:
    """Return `F.pad` as a module."""
    return Function(lambda y: F.pad(y, cells, mode, value))


def _pad(fields: Fields, x: Shape) -> nn.Module:
    cells = fields["padding"]
    if isinstance(cells, tuple) and isinstance(cells[0], int):
        order = list(cells)  # PyTorch's own
        if len(order) > 2 * (len(x) - 1):
            raise ValueError("it would pad the channels")
    else:
        order = flat(cells, len(x) - 1)
        if len(order) != 2 * (len(x) - 1):
            raise ValueError("a pair for each axis")
    if not order:
        raise ValueError("there is nothing to pad")
    return padded(order, str(fields.get("mode", "constant")))


def _crop(fields: Fields, x: Shape) -> nn.Module:
    cells = [-one for one in flat(fields["cropping"], len(x) - 1)]
    if len(x) < 2 or len(cells) != 2 * (len(x) - 1) or max(cells) > 0:
        raise ValueError("cells to cut off, for each axis")
    return padded(cells)


def _whole(reduce: Callable[..., Tensor]) -> Builder:
    def build(fields: Fields, x: Shape) -> nn.Module:
        if len(x) < 2:
            raise ValueError("a vector has no map")
        keep = bool(fields.get("keepdim", True))
        return Function(lambda y: reduce(y, tuple(range(2, y.ndim)), keepdim=keep))

    return build


_RANKS = {"1d": 1, "2d": 2, "3d": 3}
_WINDOWED = {
    "max_pool": "MaxPool",
    "avg_pool": "AvgPool",
    "lp_pool": "LPPool",
    "adaptive_avg_pool": "AdaptiveAvgPool",
    "adaptive_max_pool": "AdaptiveMaxPool",
}

MODULES: dict[str, Builder] = {
    **{
        f"conv{end}": _on_maps(rank, _made(getattr(nn, f"Conv{end}"), "in_channels"))
        for end, rank in _RANKS.items()
    },
    **{
        f"conv_transpose{end}": _on_maps(
            rank, _transposed(getattr(nn, f"ConvTranspose{end}"))
        )
        for end, rank in _RANKS.items()
    },
    "depthwise_conv2d": _on_maps(2, _depthwise),
    "separable_conv2d": _on_maps(2, lambda fields, x: Separable(fields, x[0])),
    **{
        f"{kind}{end}": _on_maps(rank, _made(getattr(nn, f"{name}{end}")))
        for kind, name in _WINDOWED.items()
        for end, rank in _RANKS.items()
        if f"{kind}{end}" in layer_types()
    },
    "global_avg_pool": _whole(torch.mean),
    "global_max_pool": _whole(torch.amax),
    "batch_norm": _of_rank(
        nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d
    ),
    "instance_norm": _of_rank(
        None, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d
    ),
    "group_norm": _made(nn.GroupNorm, "num_channels"),
    "layer_norm": _trailing(nn.LayerNorm),
    "layer_norm2d": _on_maps(2, _layer_norm2d),
    "rms_norm": _trailing(nn.RMSNorm),
    "local_response_norm": _made(nn.LocalResponseNorm),
    "relu": _made(nn.ReLU),
    "relu6": _made(nn.ReLU6),
    "leaky_relu": _made(nn.LeakyReLU),
    "prelu": _made(nn.PReLU),
    "elu": _made(nn.ELU),
    "selu": _made(nn.SELU),
    "celu": _made(nn.CELU),
    "gelu": _made(nn.GELU),
    "silu": _made(nn.SiLU),
    "mish": _made(nn.Mish),
    "hardswish": _made(nn.Hardswish),
    "hardsigmoid": _made(nn.Hardsigmoid),
    "hardtanh": _made(nn.Hardtanh),
    "sigmoid": _made(nn.Sigmoid),
    "log_sigmoid": _made(nn.LogSigmoid),
    "tanh": _made(nn.Tanh),
    "softplus": _made(nn.Softplus),
    "softsign": _made(nn.Softsign),
    "softmax": _made(nn.Softmax),
    "log_softmax": _made(nn.LogSoftmax),
    "glu": _made(nn.GLU),
    "identity": _made(nn.Identity),
    "linear": _linear,
    "flatten": _made(nn.Flatten),
    "unflatten": _made(nn.Unflatten),
    "reshape": _reshape,
    "permute": _permute,
    "pad": _pad,
    "crop": _crop,
    "upsample": _made(nn.Upsample),
    "pixel_shuffle": _on_maps(2, _made(nn.PixelShuffle)),
    "pixel_unshuffle": _on_maps(2, _made(nn.PixelUnshuffle)),
    "channel_shuffle": _made(nn.ChannelShuffle),
    "dropout": _made(nn.Dropout),
    "dropout2d": _made(nn.Dropout2d),
}
"""What builds each type that PyTorch has, or can be put together from it."""
