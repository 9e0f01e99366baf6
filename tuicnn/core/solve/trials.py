"""What is tried for a shape: fields here and above, and layers put in behind.

It never checks what it yields: much of it makes another shape, or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.solve.above import Link, chooser, links
from tuicnn.core.solve.bridges import bridges, pointwise, resizes
from tuicnn.core.solve.candidate import Candidate
from tuicnn.core.solve.settings import settings_for

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.shapes import Shape
    from tuicnn.core.solve.place import Place
    from tuicnn.core.solve.windows import Ranges

_ABOVE: Final = 6
"""Layers whose fields are tried, beginning with the layer itself."""


def candidates(place: Place, y: Shape, insert: bool) -> Iterator[Candidate]:
    """Yield what may reach a shape."""
    x = place.shape
    colour = _colour(place, y)
    wanted: Ranges = tuple(range(size, size + 1) for size in y[1:])
    if x is None or (len(x) == len(y) and x[1:] != y[1:]):
        yield from _by_fields(place, wanted, y, colour, insert)
    elif len(x) == len(y) and colour is not None:
        yield colour
    if not insert or x is None:
        return
    for layers in bridges(x, y):
        yield Candidate(layers=layers)
    if colour is not None and len(x) == len(y) > 1 and x[1:] != y[1:]:
        for layers in resizes(x, y[1:]):
            yield colour.then(*layers)


def _by_fields(
    place: Place, wanted: Ranges, y: Shape, colour: Candidate | None, insert: bool
) -> Iterator[Candidate]:
    """Yield fields of the layer, and of those above, that give the sizes wanted."""
    x = place.shape or y
    for number, (row, sizes) in enumerate(_windowed(place, wanted)):
        entering = row.inputs[0]
        if entering is None or len(entering) - 1 != len(sizes):
            continue
        for fields in settings_for(row.layer, entering, sizes, together=not number):
            found = Candidate(((row, fields),))
            if x[0] == y[0]:
                yield found
                continue
            if colour is not None:
                ((chosen, channels),) = colour.changes
                yield found.also(chosen, channels)
            elif insert:
                yield found.then(pointwise(len(y) - 1, y[0]))


def _windowed(place: Place, wanted: Ranges) -> Iterator[Link]:
    """Yield the nearest layers above that change a size, and what each must make."""
    count = 0
    for link in links(place.report, place.maker, wanted):
        row = link.row
        changes = row.effect is None or row.inputs[0] != row.effect.output
        if changes or link.row is place.maker or _has_window(row.layer):
            yield link
            count += 1
        if count == _ABOVE:
            return


def _has_window(layer: LayerSpec) -> bool:
    fields = type(layer).model_fields
    return any(one in fields for one in ("kernel_size", "output_size", "cropping"))


def _colour(place: Place, y: Shape) -> Candidate | None:
    """Return the field that gives the channels wanted, if one does."""
    row = chooser(place.report, place.maker)
    if row is None:
        return None
    field = "out_features" if row.layer.type == "linear" else "out_channels"
    same = getattr(row.layer, field) == y[0]
    return None if same else Candidate(((row, {field: y[0]}),))
