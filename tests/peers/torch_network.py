"""A whole network as modules of PyTorch, one for each layer, as people write them.

Merges, which PyTorch has no module for, are operators between tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from tests.peers.differences import difference
from tests.peers.torch_modules import MODULES, Fields
from tests.preview.twin import merge
from tuicnn.core.check import check
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.network import Network, effective_names, same_name
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape

Scopes = tuple[dict[str, Tensor], ...]


class Scale(nn.Module):
    """A learnt factor for each channel."""

    def __init__(self, x: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(x[0]))
        self.ones = len(x) - 1

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight.reshape(-1, *[1] * self.ones)


def _global(kind: str, fields: Fields, x: Shape) -> nn.Module:
    name = "AdaptiveAvgPool" if "avg" in kind else "AdaptiveMaxPool"
    pool: nn.Module = getattr(nn, f"{name}{len(x) - 1}d")(1)
    return pool if fields.get("keepdim", True) else nn.Sequential(pool, nn.Flatten())


def _separable(fields: Fields, x: Shape) -> nn.Module:
    own = {**fields, "bias": False}
    outputs = cast("int", own.pop("out_channels"))
    depthwise = MODULES["depthwise_conv2d"](own, x)
    assert isinstance(depthwise, nn.Conv2d)
    bias = bool(fields.get("bias", True))
    return nn.Sequential(
        depthwise, nn.Conv2d(depthwise.out_channels, outputs, 1, bias=bias)
    )


def module(layer: LayerSpec, x: Shape) -> nn.Module:
    """Return the module of one layer for what enters it."""
    kind, fields = layer.type, layer.own_fields()
    if kind == "layer_scale":
        return Scale(x)
    if kind in ("global_avg_pool", "global_max_pool"):
        return _global(kind, fields, x)
    instead = difference(kind, fields, x)
    if instead is not None and instead.stand_in is not None:
        return instead.stand_in(kind, fields, x)
    return (
        _separable(fields, x)
        if kind == "separable_conv2d"
        else MODULES[kind](fields, x)
    )


class Stack(nn.Module):
    """A list of layers."""

    def __init__(
        self, report: Report, layers: Sequence[LayerSpec], prefix: str
    ) -> None:
        super().__init__()
        self.layers = layers
        self.names = effective_names(layers)
        self.content = nn.ModuleList(
            _made(report, layer, prefix + name)
            for layer, name in zip(layers, self.names, strict=True)
        )

    def forward(self, x: Tensor, scopes: Scopes = ()) -> Tensor:
        own: dict[str, Tensor] = {}
        scopes = (*scopes, own)
        for layer, name, one in zip(self.layers, self.names, self.content, strict=True):
            if hasattr(layer, "with_"):
                known = {key: value for scope in scopes for key, value in scope.items()}
                others = [known[same_name(other)] for other in layer.with_]
                x = merge(layer.type, [x, *others], getattr(layer, "dim", 1))
            elif isinstance(one, (Blocks, Branches)):
                x = one(x, scopes)
            else:
                x = one(x)
            own[same_name(name)] = x
        return x


class Blocks(nn.Module):
    """A block, as often as it is repeated."""

    def __init__(self, report: Report, block: Block, path: str) -> None:
        super().__init__()
        prefixes = [f"{path}.{number}." for number in range(block.repeat)]
        self.content = nn.ModuleList(
            Stack(report, block.layers, prefix)
            for prefix in (prefixes if block.repeat > 1 else [f"{path}."])
        )

    def forward(self, x: Tensor, scopes: Scopes) -> Tensor:
        for one in self.content:
            x = one(x, scopes)
        return x


class Branches(nn.Module):
    """Branches, and how they are joined."""

    def __init__(self, report: Report, parallel: Parallel, path: str) -> None:
        super().__init__()
        self.parallel = parallel
        self.content = nn.ModuleList(
            Stack(report, branch, f"{path}.{number}.")
            for number, branch in enumerate(parallel.branches)
        )

    def forward(self, x: Tensor, scopes: Scopes) -> Tensor:
        count = len(self.parallel.branches)
        entering = [x] * count
        if self.parallel.split:
            entering = list(torch.chunk(x, count, dim=1))
        ends = [
            branch(one, scopes)
            for branch, one in zip(self.content, entering, strict=True)
        ]
        return merge(self.parallel.merge, ends, self.parallel.dim)


def _made(report: Report, layer: LayerSpec, path: str) -> nn.Module:
    if isinstance(layer, Block):
        return Blocks(report, layer, path)
    if isinstance(layer, Parallel):
        return Branches(report, layer, path)
    if hasattr(layer, "with_"):
        return nn.Identity()
    row = report.row(path)
    assert row is not None
    assert row.inputs[0] is not None
    return module(layer, row.inputs[0])


def torch_network(network: Network) -> nn.Module:
    """Return a network as one module, ready to be run."""
    return Stack(check(network), network.layers, "").eval()
