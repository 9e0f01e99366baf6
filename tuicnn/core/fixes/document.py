"""Fixes of what a document says beside shapes: names, values, expectations, size.

It never changes a layer but its name, or how often it is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import Become
from tuicnn.core.expect import corrected, found_text
from tuicnn.core.fixes.remedy import Finder, Place, Remedy, with_fields
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block
from tuicnn.core.naming import unique
from tuicnn.core.network import (
    Values,
    leaves_after_repetition,
    rows_after_repetition,
    values_shape,
    visible,
)
from tuicnn.core.shapes import Shape, elements, spell
from tuicnn.core.tree import every
from tuicnn.core.wording import brief, nearest

if TYPE_CHECKING:
    from tuicnn.core.report import Report


def _changed(place: Place, title: str, safe: bool = False, **fields: object) -> Remedy:
    """Return the fix that changes what the document says of the whole network."""
    return Remedy(title, Become(place.report.network.changed(**fields), title), safe)


def _duplicate(place: Place) -> Iterator[Remedy]:
    layer, (siblings, at) = place.layer, place.spot
    named = layer if layer.name else layer.changed(name=place.name)
    (new,) = unique((named,), siblings[:at], siblings[at + 1 :])
    yield place.put(f"rename it to {new.name}", new, safe=True)
    yield from place.without("name")
    yield place.removed()


def _blank_name(place: Place) -> Iterator[Remedy]:
    seen = visible(place.layer.name or "")
    if seen:
        siblings, at = place.spot
        named = place.layer.changed(name=seen)
        (new,) = unique((named,), siblings[:at], siblings[at + 1 :])
        yield place.put(f"rename it to {new.name}", new, safe=True)
    yield from place.without("name")


def _tensors(report: Report) -> dict[str, Shape]:
    """Return the shape of every tensor of a network, by its key."""
    return {
        f"{row.path}.{name}": shape
        for row in report.rows
        for name, shape in (*row.parameters.items(), *row.buffers.items())
    }


def _values(place: Place) -> tuple[str, dict[str, Values]]:
    """Return the key to blame, and all values of the document."""
    values = place.report.network.parameters or {}
    key = str(place.problem.pointer[-1])
    return key, dict(values)


def _unknown_parameter(place: Place) -> Iterator[Remedy]:
    key, values = _values(place)
    known = _tensors(place.report)
    rows = values[key]
    fitting = [
        one
        for one, shape in known.items()
        if one not in values and values_shape(rows) == shape
    ]
    close = nearest(key, fitting)
    for one in list(dict.fromkeys([*([close] if close else []), *fitting]))[:3]:
        renamed = {one if old == key else old: rows for old, rows in values.items()}
        title = f"call them {brief(one, 40)}"
        yield _changed(place, title, one == close, parameters=renamed)
    yield _dropped(place, key, values)


def _dropped(place: Place, key: str, values: dict[str, Values]) -> Remedy:
    rest = {old: rows for old, rows in values.items() if old != key}
    return _changed(
        place, f"drop the values of {brief(key, 40)}", parameters=rest or None
    )


def _parameter_shape(place: Place) -> Iterator[Remedy]:
    key, values = _values(place)
    wanted = _tensors(place.report)[key]
    shape = values_shape(values[key])
    if shape is not None:
        if shape[::-1] == wanted and len(shape) == 2:
            turned = _turned(values[key])
            title = f"exchange rows and columns of {brief(key, 40)}"
            yield _changed(place, title, parameters={**values, key: turned})
        if elements(shape) == elements(wanted):
            rows = _laid_out(_flat(values[key]), wanted)
            title = f"lay {brief(key, 40)} out as {spell(wanted)}"
            yield _changed(place, title, parameters={**values, key: rows})
    yield _dropped(place, key, values)


def _turned(rows: Values) -> Values:
    assert isinstance(rows, tuple)
    return tuple(zip(*[row for row in rows if isinstance(row, tuple)], strict=True))


def _flat(rows: Values) -> list[float]:
    if not isinstance(rows, tuple):
        return [rows]
    return [one for row in rows for one in _flat(row)]


def _laid_out(numbers: list[float], shape: Shape) -> Values:
    if not shape:
        return numbers[0]
    step = len(numbers) // shape[0]
    return tuple(
        _laid_out(numbers[at * step : (at + 1) * step], shape[1:])
        for at in range(shape[0])
    )


def _expectation(place: Place) -> Iterator[Remedy]:
    at, expect = place.problem.pointer[-1], place.report.network.expect
    assert isinstance(at, int)
    texts = [corrected(place.report, expect[at])]
    if place.problem.code is Code.EXPECTATION_FAILED:
        texts = [found_text(place.report, expect[at])]
    for text in texts:
        if text is not None:
            changed = (*expect[:at], text, *expect[at + 1 :])
            safe = place.problem.code is Code.INVALID_EXPECTATION
            yield _changed(place, f"expect {brief(text, 60)}", safe, expect=changed)
    title = f"drop the expectation {brief(expect[at], 60)}"
    yield _changed(place, title, expect=(*expect[:at], *expect[at + 1 :]))


def _too_large(place: Place) -> Iterator[Remedy]:
    network = place.report.network
    blocks = [
        (pointer, layer)
        for pointer, layer in every(network)
        if isinstance(layer, Block) and layer.repeat > 1
    ]
    blocks.sort(key=lambda one: -one[1].repeat)
    for pointer, block in blocks[:3]:
        if len(pointer) > 2:
            continue
        count = _fitting(network.layers, pointer[-1], block)
        new = with_fields(block, repeat=count) if count else None
        if new is not None:
            there = Place(place.report, place.problem, pointer, block, None)
            yield there.put(f"set repeat of {there.name} to {count}", new)


def _fitting(layers: tuple[LayerSpec, ...], at: object, block: Block) -> int:
    """Return how often a block may be repeated beside the other layers."""
    once = (block.changed(repeat=1),)
    others = [one for number, one in enumerate(layers) if number != at]
    room = limits.LAYERS - leaves_after_repetition(others)
    space = limits.ROWS - 1 - rows_after_repetition(others)
    leaves = leaves_after_repetition(once)
    rows = rows_after_repetition(once) - 1
    return min(room // leaves if leaves else room, space // max(rows, 1))


FINDERS: dict[Code, Finder] = {
    Code.TOO_LARGE: _too_large,
    Code.DUPLICATE_NAME: _duplicate,
    Code.BLANK_NAME: _blank_name,
    Code.UNKNOWN_PARAMETER: _unknown_parameter,
    Code.PARAMETER_SHAPE: _parameter_shape,
    Code.INVALID_EXPECTATION: _expectation,
    Code.EXPECTATION_FAILED: _expectation,
}
