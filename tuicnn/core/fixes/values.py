"""Values near to one that a field refuses, and those that people take.

It never sets any: what a field takes is asked of the layer's class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from tuicnn.core import limits
from tuicnn.core.drafts import choices, value_of
from tuicnn.core.wording import nearest

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.shapes import Shape

_MOST: Final = 4
"""Values of a field that are offered."""

_CUSTOMARY: Final[Mapping[str, tuple[object, ...]]] = {
    "out_channels": (16,),
    "out_features": (10,),
    "kernel_size": (3, 2, 1),
    "output_size": (1,),
    "num_groups": (1,),
    "groups": (1,),
    "upscale_factor": (2, 1),
    "downscale_factor": (2, 1),
    "norm_type": (2.0,),
    "size": (5,),
    "shape": ([-1],),
    "dim": (1,),
    "unflattened_size": ([-1, 1, 1], [-1, 1]),
    "cropping": (1, 0),
    "padding": (1, 0),
    "merge": ("add", "concat"),
    "branches": ([[], []],),
    "layers": ([],),
    "input": ([3, 224, 224],),
}
"""What people take where they must choose."""


def customary(field: str, x: Shape | None) -> list[object]:
    """Return what a field that must be given is often given, for what arrives."""
    found = list(_CUSTOMARY.get(field, ()))
    if x is not None:
        if field == "out_channels":
            found.insert(0, x[0])
        if field == "dims":
            found.append([0, *range(1, len(x) + 1)])
            found.append([0, *range(2, len(x) + 1), 1])
        if field == "normalized_shape":
            found.append(list(x))
    return found


def _in_code(kind: type[BaseModel], field: str) -> str:
    """Return the name in code of a field that a document may call otherwise."""
    aliases = {info.alias: name for name, info in kind.model_fields.items()}
    return aliases.get(field, field)


def required(kind: type[BaseModel], field: str) -> bool:
    """Whether a field has no default."""
    return kind.model_fields[_in_code(kind, field)].is_required()


def valid(
    kind: type[LayerSpec],
    fields: Mapping[str, object],
    field: str,
    x: Shape | None,
) -> list[object]:
    """Return values that a field takes instead of one that it refuses.

    The nearest stands first; what is customary last.

    Args:
        fields: The layer as a JSON object.
        x: The shape that arrives, if it is known.
    """
    value = fields[field]
    found: list[object] = []
    for one in _near(kind, fields, field, value):
        if not any(_same(one, other) for other in (value, *found)) and not _refusal(
            kind, fields, field, one
        ):
            found.append(one)
    if not found:
        found = [
            one for one in customary(field, x) if not _refusal(kind, fields, field, one)
        ]
    return found[:_MOST]


def _near(
    kind: type[LayerSpec], fields: Mapping[str, object], field: str, value: object
) -> Iterator[object]:
    meant = list(_meant(value))
    yield from meant
    for one in (value, *meant):
        yield from _bounded(kind, fields, field, one)
        if isinstance(one, list) and one:
            rank = kind.rank or len(one)
            yield (one + [one[-1]] * rank)[:rank]
            yield one[0]
    if isinstance(value, str):
        if field == "name":
            yield _plain(value)
        words = {str(one): one for one in _options(kind, field)}
        close = nearest(value, words)
        if close is not None:
            yield words[close]
        yield from words.values()


def _options(kind: type[LayerSpec], field: str) -> list[object]:
    found = choices(kind, _in_code(kind, field))
    return [one for one in found if one is not None]


def _plain(name: str) -> str:
    """Return a name that can stand in a path."""
    kept = "".join(one if one.isprintable() else "_" for one in name)
    return re.sub("[./]", "_", kept)[: limits.NAME]


def _meant(value: object) -> Iterator[object]:
    """Yield the same value in another spelling: "3" is 3, 3.0 is 3, true is 1."""
    match value:
        case str():
            typed = value_of(value)
            if isinstance(typed, tuple):
                yield list(typed)
            elif isinstance(typed, (int, float)):
                yield typed
            else:
                yield [value]
            if value.lower() in ("true", "false"):
                yield value.lower() == "true"
        case bool():
            yield int(value)
        case float():
            yield round(value)
        case 0 | 1:
            yield bool(value)
        case list():
            yield [next(_meant(one), one) for one in value]
            if len(value) == 1:
                yield value[0]


def _bounded(
    kind: type[LayerSpec], fields: Mapping[str, object], field: str, value: object
) -> Iterator[object]:
    """Yield a number, or each number of a list, within the bounds of a field."""
    refusal = _refusal(kind, fields, field, value)
    if refusal is None:
        return
    least = _bound(refusal, "ge", "gt", "minimum")
    most = _bound(refusal, "le", "lt", "maximum")
    if isinstance(value, list):
        yield [_clamped(one, least, most) for one in value]
    else:
        yield _clamped(value, least, most)
        if least is not None and type(value) in (int, float):
            yield least + 1  # where it must be more than that


def _clamped(value: object, least: float | None, most: float | None) -> object:
    if isinstance(value, list):
        return [_clamped(one, least, most) for one in value]
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return value
    if least is not None and value < least:
        return least
    return most if most is not None and value > most else value


def _bound(refusal: Mapping[str, object], *names: str) -> float | None:
    context = refusal.get("ctx")
    if not isinstance(context, dict):
        return None
    found = next((context[name] for name in names if name in context), None)
    return found if isinstance(found, (int, float)) else None


def _refusal(
    kind: type[LayerSpec], fields: Mapping[str, object], field: str, value: object
) -> Mapping[str, object] | None:
    """Return why a layer's class refuses a value in a field; None if it takes it."""
    given = {
        key: one for key, one in fields.items() if key not in ("layers", "branches")
    }
    given[field] = value
    try:
        kind.model_validate({key: _frozen(one) for key, one in given.items()})
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if one["loc"] and one["loc"][0] == field:
                return {**one}
    return None


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return value


def _same(one: object, other: object) -> bool:
    """Whether two JSON values are the same: true is not 1, and 3.0 is not 3."""
    return type(one) is type(other) and one == other
