"""Linear heads as convolutions, and back, with the same weights.

A linear layer on a flattened map is a convolution whose kernel is the map itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tuicnn.core.convert.conversion import Conversion, Recast, Splice
from tuicnn.core.convert.place import Stretch
from tuicnn.core.layer import POINTWISE, LayerSpec
from tuicnn.core.layers.activation import Glu, LogSoftmax, Prelu, Softmax
from tuicnn.core.layers.conv import Conv1d, Conv2d, Conv3d
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import BatchNorm
from tuicnn.core.layers.pool import GlobalAvgPool, GlobalMaxPool
from tuicnn.core.layers.regularization import Dropout, LayerScale
from tuicnn.core.layers.shaping import Flatten, Unflatten
from tuicnn.core.proposal import Proposal
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.wording import listed

_CONVOLUTIONS: Final[dict[int, type[LayerSpec]]] = {1: Conv1d, 2: Conv2d, 3: Conv3d}
_PLAIN: Final = (BatchNorm, LayerScale)
"""Layers beside activations that do the same to a vector and to a map of one cell."""


@dataclass
class _Head:
    """A head that is being rewritten: the new list, and where its weights come from."""

    stretch: Stretch
    first: int
    order: list[int | LayerSpec] = field(default_factory=list)
    heirs: list[tuple[int, int]] = field(default_factory=list)
    recasts: list[Recast] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.order = list(range(self.first))

    def put(self, place: int, layer: LayerSpec, weights: bool = False) -> None:
        """Put a layer in the place of another, which it is named after."""
        self.heirs.append((place, len(self.order)))
        if weights:
            self.recasts.append(Recast(len(self.order), place))
            self.made.append(self.stretch.path(place))
        self.order.append(layer)

    def conversion(self, kind: str, title: str, remark: str) -> Conversion:
        """Return the conversion that it has become."""
        what = f"{title} {listed(self.made)}"
        splice = Splice(
            self.stretch.parent,
            tuple(self.order),
            what,
            tuple(self.heirs),
            min(self.first, len(self.order) - 1),
        )
        return Conversion(
            kind,
            self.made[0],
            Proposal(what, splice),
            True,
            remark,
            splice,
            tuple(self.recasts),
        )


def convolutional(stretch: Stretch) -> Iterator[Conversion]:
    """Yield the heads of a list that can be convolutions."""
    for first, layer in enumerate(stretch.layers):
        shapes = stretch.shapes(first)
        if shapes is None or len(shapes[1]) != 1 or len(shapes[0]) < 2:
            continue
        entering = shapes[0]
        head = _Head(stretch, first)
        if isinstance(layer, (GlobalAvgPool, GlobalMaxPool)):
            head.put(first, layer.changed(keepdim=True))
            entering = (entering[0], *(1 for _ in entering[1:]))
        elif not isinstance(layer, Flatten):
            continue
        _convolved(head, entering)
        if head.made:
            yield head.conversion(
                "linear-to-conv",
                "make convolutions of",
                "The weights are the same in number and value, and so are the outputs, "
                "as maps of one cell. A larger image then gives larger maps.",
            )


def _convolved(head: _Head, entering: Shape) -> None:
    """Write the layers behind a map as convolutions, as far as it goes."""
    stretch, kernel = head.stretch, entering[1:]
    place = head.first + 1
    while place < len(stretch.layers):
        layer = stretch.layers[place]
        if isinstance(layer, Linear):
            head.put(place, _as_convolution(layer, kernel), weights=True)
            kernel = tuple(1 for _ in kernel)
        elif not _alike(stretch, place, head.made or max(kernel) == 1):
            break
        elif isinstance(layer, (Softmax, LogSoftmax)):
            head.put(place, layer.changed(dim=1))
        else:
            head.order.append(place)
        place += 1
    if head.made and (place < len(stretch.layers) or not stretch.last):
        head.order.append(Flatten())
    head.order += range(place, len(stretch.layers))


def _alike(stretch: Stretch, place: int, one_cell: object = True) -> bool:
    """Whether a layer does to a map what it does to its numbers in a row.

    Args:
        one_cell: Whether the map has one cell, so that its channels are the row.
    """
    layer = stretch.layers[place]
    if isinstance(layer, Dropout):
        return True
    if isinstance(layer, Glu):
        return False
    if not one_cell and isinstance(layer, (Softmax, LogSoftmax, Prelu, *_PLAIN)):
        return False
    if isinstance(layer, (Softmax, LogSoftmax)):
        entering = stretch.rows[place][0].inputs[0] or ()
        return layer.dim in (None, 1, -len(entering))  # along channels, not one cell
    family = type(layer).__module__.rpartition(".")[2]
    effects = [row.effect for row in stretch.rows[place]]
    pointwise = all(one is not None and one.reads is POINTWISE for one in effects)
    return isinstance(layer, _PLAIN) or (family == "activation" and pointwise)


def _as_convolution(layer: Linear, kernel: Shape) -> LayerSpec:
    fields: dict[str, object] = {
        "out_channels": layer.out_features,
        "kernel_size": kernel[0] if len(set(kernel)) == 1 else kernel,
    }
    if layer.name is not None:
        fields["name"] = layer.name
    if not layer.bias:
        fields["bias"] = False
    return _CONVOLUTIONS[len(kernel)].model_validate(fields)


def linear(stretch: Stretch) -> Iterator[Conversion]:
    """Yield the convolutions over whole maps that can be linear layers."""
    done = -1
    for first in range(len(stretch.layers)):
        if first < done or not _covers(stretch, first):
            continue
        head = _Head(stretch, first)
        shapes = stretch.shapes(first)
        assert shapes is not None
        head.order.append(Flatten())
        done = _linearised(head)
        yield head.conversion(
            "conv-to-linear",
            "make linear layers of",
            f"The weights are the same in number and value, and so are the outputs. "
            f"The network then takes maps of {spell(shapes[0])} here, and no others.",
        )


def _linearised(head: _Head) -> int:
    """Write the convolutions of a head as linear layers; return where it ends."""
    stretch, place = head.stretch, head.first
    while place < len(stretch.layers):
        layer = stretch.layers[place]
        if isinstance(layer, Flatten):
            head.order.append(place)
            place += 1
            break
        if _covers(stretch, place):
            head.put(place, _as_linear(layer), weights=True)
        elif not _alike(stretch, place):
            break
        elif isinstance(layer, (Softmax, LogSoftmax)):
            head.put(place, layer.changed(dim=1))
        else:
            head.order.append(place)
        place += 1
    before = stretch.shapes(place - 1)
    flat = before is not None and len(before[1]) == 1
    if not flat and (place < len(stretch.layers) or not stretch.last):
        assert before is not None
        head.order.append(Unflatten(dim=1, unflattened_size=before[1]))
    head.order += range(place, len(stretch.layers))
    return place


def _covers(stretch: Stretch, place: int) -> bool:
    """Whether a convolution's window is the whole map, and stands in one place."""
    layer, shapes = stretch.layers[place], stretch.shapes(place)
    if not isinstance(layer, (Conv1d, Conv2d, Conv3d)) or shapes is None:
        return False
    effect = stretch.rows[place][0].effect
    if effect is None or layer.groups != 1:
        return False
    entering, leaving = shapes
    kernel = effect.parameters["weight"][2:]
    return kernel == entering[1:] and max(leaving[1:]) == 1


def _as_linear(layer: LayerSpec) -> LayerSpec:
    assert isinstance(layer, (Conv1d, Conv2d, Conv3d))
    fields: dict[str, object] = {"out_features": layer.out_channels}
    if layer.name is not None:
        fields["name"] = layer.name
    if not layer.bias:
        fields["bias"] = False
    return Linear.model_validate(fields)
