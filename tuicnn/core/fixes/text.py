"""Fixes of layers that cannot be read: of their JSON object, key by key.

It never guesses in silence: what it sets stands in the title.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core.diagnostics import Code, Diagnostic
from tuicnn.core.fieldproblems import shown, types_meant
from tuicnn.core.fixes.remedy import Finder, Place, Remedy
from tuicnn.core.fixes.values import customary, required, valid
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.broken import Broken, broken
from tuicnn.core.network import FORMAT
from tuicnn.core.reading import read_value
from tuicnn.core.wording import brief, nearest

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.shapes import Shape

_REPAIRS: Final = 6
"""Further problems of a layer that are mended together with its type."""

_ALONE: Final[Pointer] = ("layers", 0)
"""Where a layer stands in a document that holds nothing else."""


class _Gone:
    """Stands for a key that is left out, or an entry of a list that is."""


_GONE: Final = _Gone()


class Draft(NamedTuple):
    """Another text of a layer that could not be read.

    Attributes:
        does: What is changed, in the imperative.
    """

    does: str
    document: object
    safe: bool = False


def _fixes(place: Place) -> Iterator[Remedy]:
    layer = place.layer
    assert isinstance(layer, Broken)
    within = place.problem.pointer[len(place.pointer) :]
    wrong = _Wrong(
        place.problem.code, layer.document, within, place.problem.field, place.x
    )
    for draft in drafts(wrong):
        new = _read(draft.document)[0]
        yield place.put(draft.does, new, safe=draft.safe)
    yield place.removed()


def _read(document: object) -> tuple[LayerSpec, tuple[Diagnostic, ...]]:
    """Return the layer in a JSON value, as far as there is one, and what is wrong."""
    value = {"format": FORMAT, "name": "net", "input": [1], "layers": [document]}
    reading = read_value(value)
    if reading.network is None:
        return broken(document), reading.problems
    return reading.network.layers[0], reading.problems


class _Wrong(NamedTuple):
    """A problem of a JSON value: what, and where in it.

    Attributes:
        within: The place within the value of what the problem is about.
        x: The shape that arrives, if it is known.
    """

    code: Code
    document: object
    within: Pointer
    field: str | None
    x: Shape | None

    def at(self, place: Pointer) -> object:
        """Return what stands at a place of the value."""
        found = self.document
        for part in place:
            found = found[part]  # type: ignore[index]  # the pointer fits it
        return found

    def with_value(self, place: Pointer, value: object) -> object:
        """Return the document with another value at a place."""
        return _with_value(self.document, place, value)


def _with_value(document: object, place: Pointer, value: object) -> object:
    if not place:
        return value
    first, rest = place[0], place[1:]
    if isinstance(document, dict):
        inner = value if not rest else _with_value(document[first], rest, value)
        found = {**document, first: inner}
        return {key: one for key, one in found.items() if one is not _GONE}
    assert isinstance(document, (list, tuple)) and isinstance(first, int)
    inner = _with_value(document[first], rest, value)
    entries = [*document[:first], inner, *document[first + 1 :]]
    return [one for one in entries if one is not _GONE]


def drafts(wrong: _Wrong) -> Iterator[Draft]:
    """Yield other texts of a layer, the likeliest first."""
    match wrong.code:
        case Code.UNKNOWN_KEY:
            yield from _other_key(wrong)
        case Code.UNKNOWN_TYPE:
            yield from _other_type(wrong)
        case Code.INVALID_VALUE:
            yield from _other_value(wrong)
        case Code.MISSING_KEY:
            yield from _added_key(wrong)


def _kind_at(wrong: _Wrong, place: Pointer) -> type[LayerSpec] | None:
    """Return the class of the layer that stands at a place."""
    value = wrong.at(place)
    name = value.get("type") if isinstance(value, dict) else None
    return layer_types().get(name) if isinstance(name, str) else None


def _other_key(wrong: _Wrong) -> Iterator[Draft]:
    place, key = wrong.within[:-1], str(wrong.within[-1])
    kind, layer = _kind_at(wrong, place), wrong.at(place)
    assert kind is not None and isinstance(layer, dict)
    free = [
        info.alias or name
        for name, info in kind.model_fields.items()
        if (info.alias or name) not in layer
    ]
    close = nearest(key, free)
    shorn = wrong.with_value(wrong.within, _GONE)
    if close is not None:
        renamed = {close if old == key else old: one for old, one in layer.items()}
        text = wrong.with_value(place, renamed)
        yield Draft(f"rename {brief(key, 40)} to {close}", text, safe=True)
    yield Draft(f"remove {brief(key, 40)}", shorn, safe=close is None)


def _other_type(wrong: _Wrong) -> Iterator[Draft]:
    for number, name in enumerate(types_meant(wrong.at(wrong.within))):
        fitting = _fitting(name, wrong.x)
        text = wrong.with_value(wrong.within, fitting)
        more = list(_repairs(text, wrong.x))
        does = ", ".join([f"make it {fitting}", *(one.does for one in more)])
        plain = not number and all(one.safe for one in more)
        yield Draft(does, more[-1].document if more else text, plain)


def _fitting(name: str, x: Shape | None) -> str:
    """Return a type, or the same for the rank of what arrives, if it has none itself.

    What somebody calls `conv` or `Conv` is a convolution of any rank.
    """
    kind = layer_types()[name]
    if x is None or kind.rank is None or kind.rank == len(x) - 1:
        return name
    other = f"{name[:-2]}{len(x) - 1}d"
    return other if other in layer_types() else name


def _repairs(document: object, x: Shape | None) -> Iterator[Draft]:
    """Yield the steps that mend what else is wrong with a layer's text."""
    for _ in range(_REPAIRS):
        problems = _read(document)[1]
        if not problems:
            return
        first = problems[0]
        within = first.pointer[len(_ALONE) :]
        wrong = _Wrong(first.code, document, within, first.field, x)
        draft = next(drafts(wrong), None)
        if draft is None:
            return
        yield draft
        document = draft.document


def _added_key(wrong: _Wrong) -> Iterator[Draft]:
    layer, field = wrong.at(wrong.within), wrong.field
    assert field is not None and isinstance(layer, dict)
    if field == "type":
        for name in _types_of(layer):
            text = wrong.with_value(wrong.within, {"type": name, **layer})
            yield Draft(f"make it {name}", text)
        return
    for value in customary(field, wrong.x):
        text = wrong.with_value(wrong.within, {**layer, field: value})
        yield Draft(f"set {field} to {shown(value)}", text)


def _types_of(layer: Mapping[str, object]) -> list[str]:
    """Return the types that have all of a layer's keys, and need no others."""
    found = []
    for name, kind in layer_types().items():
        keys = {info.alias or one: info for one, info in kind.model_fields.items()}
        needed = {key for key, info in keys.items() if info.is_required()}
        if layer.keys() <= keys.keys() and needed <= layer.keys() and len(layer) > 1:
            found.append((kind.rank != 2, len(keys) - len(layer), name))
    return [name for _, _, name in sorted(found)][:3]


def _other_value(wrong: _Wrong) -> Iterator[Draft]:
    if not wrong.within or not isinstance(wrong.within[-1], str):
        value = wrong.at(wrong.within)  # it is no object: perhaps a type's name
        for name in types_meant(value)[:2] if isinstance(value, str) else []:
            layer: object = {"type": name}
            more = list(_repairs(layer, wrong.x))
            does = [f"write it as a layer: {name}", *(one.does for one in more)]
            layer = more[-1].document if more else layer
            text = wrong.with_value(wrong.within, layer)
            yield Draft(", ".join(does), text, safe=not more)
        yield Draft("remove it", wrong.with_value(wrong.within, _GONE))
        return
    place, field = wrong.within[:-1], str(wrong.within[-1])
    kind, layer = _kind_at(wrong, place), wrong.at(place)
    assert kind is not None and isinstance(layer, dict)
    for number, value in enumerate(valid(kind, layer, field, wrong.x)):
        text = wrong.with_value(wrong.within, value)
        yield Draft(f"set {field} to {shown(value)}", text, safe=not number)
    if not required(kind, field):
        yield Draft(f"leave {field} out", wrong.with_value(wrong.within, _GONE))


FINDERS: dict[Code, Finder] = {
    Code.UNKNOWN_KEY: _fixes,
    Code.UNKNOWN_TYPE: _fixes,
    Code.INVALID_VALUE: _fixes,
    Code.MISSING_KEY: _fixes,
}
