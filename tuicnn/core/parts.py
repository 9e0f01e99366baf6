"""The layers of which templates are made, with values that fit what arrives.

They never know which template they are for, but to name it where none can be made.
"""

from __future__ import annotations

from typing import Final

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.activation import Relu
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
)
from tuicnn.core.layers.norm import BatchNorm
from tuicnn.core.layers.pool import MaxPool1d, MaxPool2d, MaxPool3d
from tuicnn.core.shapes import AXES, Shape, spell
from tuicnn.core.starting import halving, one_for_all, window

Layers = tuple[LayerSpec, ...]


class Unsuitable(ValueError):
    """A template cannot be made for what arrives; the message is a sentence."""


_ByRank = dict[int, type[LayerSpec]]

_CONVOLUTIONS: Final[_ByRank] = {1: Conv1d, 2: Conv2d, 3: Conv3d}
_TRANSPOSED: Final[_ByRank] = {
    1: ConvTranspose1d,
    2: ConvTranspose2d,
    3: ConvTranspose3d,
}
_POOLS: Final[_ByRank] = {1: MaxPool1d, 2: MaxPool2d, 3: MaxPool3d}


class Parts:
    """The layers of which templates are made, for maps of one shape.

    Attributes:
        channels: Channels that arrive.
    """

    def __init__(self, name: str, x: Shape) -> None:
        self.rank = _rank(name, x)
        self.x = x
        self.channels = x[0]

    def conv(
        self, name: str | None, channels: int, kernel: int = 3, *, bias: bool = False
    ) -> LayerSpec:
        """Return a convolution that keeps the sizes of the map."""
        kind = _CONVOLUTIONS[self.rank]
        fields: dict[str, object] = {"out_channels": _allowed(channels)}
        fields |= window(self.x, kernel)
        return kind.model_validate(_named(name) | fields | _unless(bias))

    def depthwise(self, name: str, channels: int) -> LayerSpec:
        """Return a convolution that filters each channel by itself."""
        fields: dict[str, object] = _named(name) | {**window(self.x)} | _unless(False)
        if self.rank == 2:
            return DepthwiseConv2d.model_validate(fields)
        channels = _allowed(channels)
        each = {"out_channels": channels, "groups": channels}
        return _CONVOLUTIONS[self.rank].model_validate(fields | each)

    def normed(
        self, number: int, channels: int, kernel: int = 3, *, active: bool = True
    ) -> Layers:
        """Return a numbered convolution with its norm, and ReLU unless told."""
        conv = self.conv(f"conv{number}", channels, kernel)
        layers = (conv, BatchNorm(name=f"bn{number}"))
        return (*layers, Relu()) if active else layers

    def pooled(self) -> LayerSpec:
        """Return a maximum over 3 cells on each axis that keeps the sizes."""
        fields = {"name": "pool", "stride": 1, **window(self.x)}
        return _POOLS[self.rank].model_validate(fields)

    def halved(self) -> LayerSpec:
        """Return a maximum that halves the sizes, those of 1 excepted."""
        fields = {"name": "pool", "kernel_size": halving(self.x)}
        return _POOLS[self.rank].model_validate(fields)

    def doubled(self, channels: int) -> LayerSpec:
        """Return the layer that brings a halved map back to its sizes, odd ones too."""
        step = halving(self.x)
        fields = {"out_channels": channels, "kernel_size": step, "stride": step}
        odd = tuple(int(size > 1 and size % 2 == 1) for size in self.x[1:])
        if any(odd):
            fields["output_padding"] = one_for_all(odd)
        return _TRANSPOSED[self.rank].model_validate({"name": "up", **fields})


def _rank(name: str, x: Shape) -> int:
    """Return the spatial axes of a map, or refuse what is none."""
    rank = len(x) - 1
    if rank == 0:
        raise Unsuitable(
            f"The {name} template takes a map, but a vector arrives: {spell(x)}."
        )
    if rank not in _CONVOLUTIONS:
        raise Unsuitable(
            f"The {name} template takes a map of 1 to {max(AXES)} spatial axes. "
            f"Received: {spell(x)}."
        )
    return rank


def _named(name: str | None) -> dict[str, object]:
    return {} if name is None else {"name": name}


def _unless(bias: bool) -> dict[str, object]:
    return {} if bias else {"bias": False}


def _allowed(channels: int) -> int:
    return min(max(channels, 1), limits.CHANNELS)
