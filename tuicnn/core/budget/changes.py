"""Ways to make a layer cheaper, each as large as the budget allows.

It never judges by an estimate: a trial says whether an edit gets there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import gcd
from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core.budget.trial import Trial
from tuicnn.core.derivation import spelled
from tuicnn.core.edits import Move, Replace
from tuicnn.core.layer import LayerSpec, each_axis
from tuicnn.core.layers.conv import Conv1d, Conv2d, Conv3d, SeparableConv2d
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.pool import GlobalAvgPool
from tuicnn.core.layers.shaping import Flatten
from tuicnn.core.layers.structure import Block
from tuicnn.core.proposal import Proposal
from tuicnn.core.tree import Layers, list_at

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape

SLIDING: Final = (Conv1d, Conv2d, Conv3d)
"""Convolutions whose filters span all channels of their group."""
_UNITS: Final = (1, 8, 32)
"""Steps in which channels are taken away: groups further down may need a multiple."""


class Place(NamedTuple):
    """A layer that may change, its first row, and whether it makes more than one."""

    trial: Trial
    row: Row
    repeated: bool = False

    @property
    def layer(self) -> LayerSpec:
        """The layer of the document."""
        return self.row.layer

    @property
    def called(self) -> str:
        """What the layer is called in a title."""
        return f"{self.row.path}{' in each repetition' if self.repeated else ''}"

    @property
    def channels(self) -> int:
        """Channels that arrive; only for a row that is reached."""
        return entering(self.row)[0]

    def replaced(self, what: str, *layers: LayerSpec) -> Proposal | None:
        """Return other layers in its place as a proposal, if that gets there."""
        return self.trial.accepted(Replace(self.row.pointer, layers, what))


Change = Callable[[Place], Proposal | None]


def entering(row: Row) -> Shape:
    """Return what enters a row that is reached."""
    shape = row.inputs[0]
    assert shape is not None
    return shape


def fewer_outputs(place: Place) -> Proposal | None:
    """Return the layer with the most outputs that still get there."""
    found = _width(place.layer)
    if found is None:
        return None
    field, now = found

    def propose(count: int) -> Proposal | None:
        what = f"set {field} of {place.called} to {spelled(count)}"
        return place.replaced(what, place.layer.changed(**{field: count}))

    for unit in _UNITS:
        best = place.trial.last(range(unit, now, unit), propose)
        if best is not None:
            return best
    return None


def half_the_outputs(place: Place) -> Proposal | None:
    """Return the layer with half of its outputs."""
    found = _width(place.layer)
    if found is None or found[1] < 2:
        return None
    field, now = found
    what = f"halve {field} of {place.called}: {spelled(now // 2)}"
    return place.replaced(what, place.layer.changed(**{field: now // 2}))


def _width(layer: LayerSpec) -> tuple[str, int] | None:
    """Return the field that says how many outputs a layer makes, and its value."""
    if isinstance(layer, Linear):
        return "out_features", layer.out_features
    if isinstance(layer, (*SLIDING, SeparableConv2d)):
        return "out_channels", layer.out_channels
    return None


def bottleneck(place: Place) -> Proposal | None:
    """Return a convolution behind a 1×1 one that leaves it fewer channels."""
    layer, path = place.layer, place.called
    if not isinstance(layer, SLIDING) or layer.groups > 1 or small(layer):
        return None
    plain = layer.changed(in_channels=None)

    def propose(count: int) -> Proposal | None:
        what = f"put a 1×1 convolution to {spelled(count)} channels before {path}"
        squeeze = type(layer)(out_channels=count, kernel_size=1, bias=layer.bias)
        return place.replaced(what, squeeze, plain)

    return place.trial.last(range(1, place.channels), propose)


def separable(place: Place) -> Proposal | None:
    """Return a convolution that filters each channel by itself, then mixes them."""
    layer, path = place.layer, place.called
    if not isinstance(layer, SLIDING) or layer.groups > 1 or small(layer):
        return None
    what = f"make {path} depthwise separable"
    if isinstance(layer, Conv2d):
        return place.replaced(what, separated(layer))
    channels = place.channels
    depthwise = layer.changed(
        name=None, out_channels=channels, groups=channels, bias=False
    )
    mixing = type(layer)(
        name=layer.name,
        out_channels=layer.out_channels,
        kernel_size=1,
        bias=layer.bias,
    )
    return place.replaced(what, depthwise, mixing)


def separated(layer: Conv2d) -> SeparableConv2d:
    """Return a separable convolution with the fields of a plain one."""
    own = {"name": layer.name, **layer.own_fields()}
    own.pop("in_channels", None)
    return SeparableConv2d.model_validate(own)


def grouped(place: Place) -> Proposal | None:
    """Return a convolution in the fewest groups that get there."""
    layer, path = place.layer, place.called
    if not isinstance(layer, SLIDING):
        return None
    shared = gcd(place.channels, layer.out_channels)
    counts = [
        count
        for count in range(shared, layer.groups, -1)
        if shared % count == 0 and count % layer.groups == 0
    ]

    def propose(count: int) -> Proposal | None:
        what = f"split {path} into {spelled(count)} groups"
        return place.replaced(what, layer.changed(groups=count))

    return place.trial.last(counts, propose)


def larger_stride(place: Place) -> Proposal | None:
    """Return a convolution with twice its stride: a quarter of the positions."""
    layer, path = place.layer, place.called
    if not isinstance(layer, SLIDING):
        return None
    strides = [2 * one for one in each_axis(layer.stride, len(entering(place.row)) - 1)]
    even = len(set(strides)) == 1
    stride = strides[0] if even else tuple(strides)
    shown = "×".join(map(str, strides[:1] if even else strides))
    what = f"double the stride of {path}: {shown}"
    return place.replaced(what, layer.changed(stride=stride))


def global_pool(place: Place) -> Proposal | None:
    """Return a flatten behind a global average pool: one number for each channel."""
    shape = entering(place.row)
    if not isinstance(place.layer, Flatten) or max(shape[1:], default=1) == 1:
        return None
    what = f"put a global average pool before {place.called}"
    return place.replaced(what, GlobalAvgPool(), place.layer)


def fewer_repetitions(place: Place) -> Proposal | None:
    """Return a block that is repeated as often as the budget allows."""
    layer = place.layer
    if not isinstance(layer, Block):
        return None

    def propose(count: int) -> Proposal | None:
        times = "once" if count == 1 else f"{count} times"
        what = f"run {place.called} {times}, not {layer.repeat}"
        return place.replaced(what, layer.changed(repeat=count))

    return place.trial.last(range(1, layer.repeat), propose)


def earlier_pool(place: Place) -> Proposal | None:
    """Return a pool that stands before a convolution that it stood behind."""
    trial, row = place.trial, place.row
    network = trial.report.network
    if "pool" not in place.layer.type or not _shrinks(row):
        return None
    parent, at = row.pointer[:-1], row.pointer[-1]
    siblings = list_at(network, parent)
    assert siblings is not None and isinstance(at, int)
    for index in _passed(trial.report, parent, siblings, at):
        before = trial.report.at((*parent, index))
        assert before is not None
        what = f"{row.path} before {before.path}"
        found = trial.accepted(Move((row.pointer,), (*parent, index), what))
        if found is not None:
            return found
    return None


def _passed(
    report: Report, parent: Pointer, siblings: Layers, at: int
) -> Iterator[int]:
    """Yield the convolutions that a pool may pass, the nearest first.

    It stops at what changes the size of the map, at a container, and at the first
    layer of the list: an input is not pooled.
    """
    for index in range(at - 1, 0, -1):
        row = report.at((*parent, index))
        if row is None or row.effect is None or row.container or len(row.sources) > 1:
            return
        if isinstance(siblings[index], SLIDING):
            yield index
        if _shrinks(row):
            return


def _shrinks(row: Row) -> bool:
    """Whether the map that leaves has another size than the one that enters."""
    return row.output is None or row.output[1:] != entering(row)[1:]


def small(layer: Conv1d | Conv2d | Conv3d) -> bool:
    """Whether the kernel is a single cell."""
    kernel = layer.kernel_size
    return max(kernel if isinstance(kernel, tuple) else (kernel,)) == 1


CHANGES: Final[tuple[Change, ...]] = (
    global_pool,
    fewer_outputs,
    half_the_outputs,
    separable,
    bottleneck,
    grouped,
    larger_stride,
    fewer_repetitions,
    earlier_pool,
)
"""Every way to make one layer cheaper."""
