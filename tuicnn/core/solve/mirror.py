"""The mirror: the decoder of an encoder, with each of its sizes, in reverse.

It never changes the encoder: the decoder is put in behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tuicnn.core.edits import EditRefused, Insert
from tuicnn.core.layer import POINTWISE, LayerSpec
from tuicnn.core.layers.regularization import Dropout, Dropout2d, LayerScale
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.proposal import Proposal, consequence
from tuicnn.core.report import INPUT
from tuicnn.core.shapes import spell
from tuicnn.core.solve.answer import Answer, Solution
from tuicnn.core.solve.place import Place
from tuicnn.core.solve.target import Target
from tuicnn.core.solve.undoing import Layers, Stage, by_painting, by_resizing
from tuicnn.core.solve.windows import Painting

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row


_LEFT_OUT: Final = (Dropout, Dropout2d, LayerScale)
"""Layers that an encoder needs, and its decoder does not."""


_WAYS: Final = (
    (" of transposed convolutions", Painting, by_painting),
    (" of upsampling and convolutions", Upsample, by_resizing),
)
"""How a decoder is called that has such layers, and how it undoes a stage."""


def mirror(report: Report, row: Row | None = None) -> Solution:
    """Return decoders that lead from a layer back to the shape of the input.

    One has transposed convolutions, the other upsampling and convolutions.

    Args:
        row: The last layer of the encoder; None: all of the network.
    """
    place = Place(report, row)
    target = Target(place, report.network.input, "size of input")
    if place.shape is None:
        why = f"An error keeps tuicnn from knowing the shape of {place.called}."
        return Solution(target, (), (why,))
    stages = _stages(report, place.maker)
    found: list[Answer] = []
    decoders: list[Layers | None] = []
    for what, kind, undo in _WAYS:
        layers = _decoder(stages, undo)
        if layers and layers not in decoders:
            of = what if any(isinstance(one, kind) for one in layers) else ""
            title = f"append a decoder{of}: {_route(stages)}"
            found += _answers(place, title, layers)
        decoders.append(layers)
    found.sort(key=lambda one: one.order)
    missing = () if found else (_missing(place, decoders),)
    return Solution(target, tuple(found), missing)


def _missing(place: Place, decoders: list[Layers | None]) -> str:
    """Return why none of some decoders is an answer."""
    if None in decoders:
        return "No layers that tuicnn tries lead back through each size."
    if not any(decoders):
        return f"Up to {place.called}, no layer changes the shape: nothing is to undo."
    return "The decoder would take the network over a limit."


def _answers(place: Place, title: str, layers: Layers) -> Iterator[Answer]:
    """Yield a decoder as an answer, where the network can hold it."""
    proposal = Proposal(title, Insert(place.behind, layers))
    try:
        made = consequence(place.report, proposal.edit)
    except EditRefused:
        return
    if place.reached(made.after, len(layers)) == place.report.network.input:
        yield Answer(proposal, made, 2 * len(layers))


def _route(stages: list[Stage]) -> str:
    """Return the shapes of a decoder: 64×4×4 → 32×7×7 → … → 3×25×25."""
    every = [stages[-1].y, *(stage.x for stage in reversed(stages))]
    shapes = [new for new, old in pairwise([*every, ()]) if new != old]
    if len(shapes) > 4:
        return f"{spell(shapes[0])} → {spell(shapes[1])} → … → {spell(shapes[-1])}"
    return " → ".join(map(spell, shapes))


def _stages(report: Report, row: Row | None) -> list[Stage]:
    """Return the stages of an encoder, from the input on."""
    found: list[Stage] = []
    after: list[LayerSpec] = []
    while row is not None:
        x, y, source = row.inputs[0], row.output, row.sources[0]
        assert x is not None  # what leaves the last row is known, so all above is
        assert y is not None
        kept = x == y and row.effect is not None and row.effect.reads is POINTWISE
        if row.container:
            found.append(Stage(None, x, y, tuple(after[::-1])))
            after, source = [], _entrance(report, row)
        elif len(row.inputs) == 1 and kept:
            if not isinstance(row.layer, _LEFT_OUT):
                after.append(_anonymous(row.layer))
        elif x != y or len(row.inputs) == 1:
            layer = row.layer if len(row.inputs) == 1 else None
            found.append(Stage(layer, x, y, tuple(after[::-1])))
            after = []
        row = None if source == INPUT else report.rows[source]
    return found[::-1]


def _entrance(report: Report, row: Row) -> int:
    """Return the row whose output enters a container."""
    inner = row
    while inner.container and inner.stop > inner.index + 1:
        inner = report.rows[inner.index + 1]
    return inner.sources[0]


def _anonymous(layer: LayerSpec) -> LayerSpec:
    """Return a layer for another place: without a name."""
    return layer if layer.name is None else layer.changed(name=None)


def _decoder(
    stages: list[Stage], undo: Callable[[Stage], Iterator[Layers]]
) -> Layers | None:
    """Return the layers of a decoder; the last has neither norm nor activation.

    None where a stage cannot be undone.
    """
    found: list[LayerSpec] = []
    for number in reversed(range(len(stages))):
        layers = next(undo(stages[number]), None)
        if layers is None:
            return None
        found += layers
        if number:
            found += stages[number - 1].after
    return tuple(found)
