"""Changes of many layers at once: narrower ones, or separable ones, throughout.

They never change the shape that leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final

from tuicnn.core.budget.changes import SLIDING, entering, separated, small
from tuicnn.core.edits import Changed, Edit
from tuicnn.core.layers.conv import (
    Conv2d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    SeparableConv2d,
)
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import GroupNorm
from tuicnn.core.layers.shaping import ChannelShuffle
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.tree import TOP

if TYPE_CHECKING:
    from tuicnn.core.budget.trial import Trial
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.network import Network
    from tuicnn.core.proposal import Proposal
    from tuicnn.core.report import Report, Row
    from tuicnn.core.tree import Layers

_FACTORS: Final = tuple(Fraction(part, 16) for part in (14, 12, 10, 8, 6, 4, 2, 1))
_PAINTING: Final = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
_CONVOLUTIONS: Final = (*SLIDING, *_PAINTING)


@dataclass(frozen=True)
class Exchange(Edit):
    """Puts other layers in the places of many, one for one."""

    layers: tuple[tuple[Pointer, LayerSpec], ...]
    what: str

    @property
    def label(self) -> str:
        """What it is called."""
        return self.what

    def apply(self, network: Network) -> Changed:
        """Return the version with the other layers; what is gone is passed over."""
        layers = _exchanged(network.layers, TOP, dict(self.layers))
        return Changed(network.changed(layers=layers), self.layers[0][0])


def narrower(trial: Trial) -> Proposal | None:
    """Return the network at the greatest width that gets there, in eighths."""
    report = trial.report
    rows = _wide(report)
    if rows:
        rows.popitem()  # it makes the output
    unit = _unit(report)
    for factor in _FACTORS if rows else ():
        what = f"scale all hidden widths to {factor}"
        new = tuple((place, _scaled(row, factor, unit)) for place, row in rows.items())
        found = trial.accepted(Exchange(new, what))
        if found is not None:
            return found
    return None


def all_separable(trial: Trial) -> Proposal | None:
    """Return the network with every 2-D convolution depthwise separable."""
    new = tuple(
        (place, separated(row.layer))
        for place, row in _wide(trial.report).items()
        if isinstance(row.layer, Conv2d)
        and row.layer.groups == 1
        and not small(row.layer)
    )
    what = "make all convolutions depthwise separable"
    return trial.accepted(Exchange(new, what)) if new else None


def _wide(report: Report) -> dict[Pointer, Row]:
    """Return the layers that say how many channels they make, with their first row."""
    kinds = (*_CONVOLUTIONS, SeparableConv2d, Linear)
    found: dict[Pointer, Row] = {}
    for row in report.rows:
        if isinstance(row.layer, kinds):
            found.setdefault(row.pointer, row)
    return found


def _unit(report: Report) -> int:
    """Return a number that divides into every group that channels are dealt into."""
    unit = 1
    for row in report.rows:
        match row.layer:
            case GroupNorm(num_groups=groups) | ChannelShuffle(groups=groups):
                unit = lcm(unit, groups)
            case Parallel(split="channels", branches=branches):
                unit = lcm(unit, len(branches))
            case _ if isinstance(row.layer, _CONVOLUTIONS) and not _depthwise(row):
                unit = lcm(unit, row.layer.groups)
    return unit


def _depthwise(row: Row) -> bool:
    """Whether each channel is a group of its own."""
    layer = row.layer
    return isinstance(layer, _CONVOLUTIONS) and layer.groups == entering(row)[0] > 1


def _scaled(row: Row, factor: Fraction, unit: int) -> LayerSpec:
    """Return a layer with a share of its channels: whole units, at least one."""

    def share(count: int) -> int:
        return max(int(count * factor) // unit, 1) * unit if count > 1 else count

    layer = row.layer
    if isinstance(layer, Linear):
        return layer.changed(out_features=share(layer.out_features))
    assert isinstance(layer, (*_CONVOLUTIONS, SeparableConv2d))
    outputs = share(layer.out_channels)
    if isinstance(layer, _CONVOLUTIONS) and _depthwise(row):
        return layer.changed(out_channels=outputs, groups=share(layer.groups))
    return layer.changed(out_channels=outputs)


def _exchanged(
    layers: Layers, parent: Pointer, new: Mapping[Pointer, LayerSpec]
) -> Layers:
    """Return a list of layers with other ones in some places, containers included."""
    found: list[LayerSpec] = []
    for number, layer in enumerate(layers):
        place = (*parent, number)
        if isinstance(layer, Block):
            inner = _exchanged(layer.layers, (*place, "layers"), new)
            found.append(layer.changed(layers=inner))
        elif isinstance(layer, Parallel):
            branches = tuple(
                _exchanged(branch, (*place, "branches", at), new)
                for at, branch in enumerate(layer.branches)
            )
            found.append(layer.changed(branches=branches))
        else:
            found.append(new.get(place, layer))
    return tuple(found)
