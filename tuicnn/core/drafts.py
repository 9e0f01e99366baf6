"""What somebody types into a field, as a value; and a value, as somebody would type it.

It never keeps a draft: what is not valid stays with who typed it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from tuicnn.core.fieldproblems import field_problem
from tuicnn.core.layer import LayerSpec, sharing
from tuicnn.core.layers.broken import Broken

_HIDDEN: Final = frozenset(("type", "layers", "branches", "document"))
"""Fields that are edited elsewhere: the stack is the editor of layers."""
_SIZES: Final = re.compile(r"\s*-?\d+(\s*[x×]\s*-?\d+)+\s*")
"""Sizes as people write them: 3x5."""

MISSING: Final = object()
"""Stands for a field that is left out."""


def field_names(layer: LayerSpec) -> tuple[str, ...]:
    """Return the fields that a form shows, the name last."""
    if isinstance(layer, Broken):
        return ()
    fields = [name for name in type(layer).model_fields if name not in _HIDDEN]
    return (*(name for name in fields if name != "name"), "name")


def label(kind: type[BaseModel], field: str) -> str:
    """Return what a field is called in documents."""
    return kind.model_fields[field].alias or field


def choices(kind: type[BaseModel], field: str) -> tuple[object, ...]:
    """Return the values of a field that has few: words, or true and false; else ()."""
    annotation = kind.model_fields[field].annotation
    if annotation is bool:
        return (False, True)
    options = get_args(annotation) or ()
    if get_origin(annotation) is Literal:
        return options
    found: list[object] = []
    for one in options:
        if one is type(None):
            found.append(None)
        elif one is bool:
            found += (False, True)
        elif get_origin(one) is Literal:
            found += get_args(one)
        else:
            return ()
    return tuple(found)


def required(info: FieldInfo) -> bool:
    """Whether a field has no default."""
    return info.is_required()


def negative(layer: LayerSpec, field: str) -> bool:
    """Whether a field takes negative numbers, so that a minus sign begins one."""
    return not isinstance(changed(layer, field, -1), str)


def stepped(text: str, by: int) -> str | None:
    """Return a text with its whole number, or each of several, changed by some.

    None where the text holds anything else.
    """
    value = value_of(text)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value + by)
    if isinstance(value, tuple) and all(type(one) is int for one in value):
        return typed(tuple(one + by for one in value))
    return None


def typed(value: object) -> str:
    """Return a value as somebody would type it; empty for what is left out."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        if all(isinstance(one, str) for one in value):
            return ", ".join(map(str, value))
        return ", ".join("null" if one is None else _entry(one) for one in value)
    return _entry(value)


def _entry(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_entry, value))}]"
    if isinstance(value, str):
        return value
    return json.dumps(value)


def value_of(text: str, words: bool = False) -> object:
    """Return what a text stands for; `MISSING` for an empty one.

    Args:
        text: `3`, `3, 5`, `3x5`, `[[2, 3], [2, 3]]`, `same`.
        words: Whether a list of names is meant.
    """
    text = text.strip()
    if not text:
        return MISSING
    if words:
        return tuple(one.strip() for one in text.split(",") if one.strip())
    if _SIZES.fullmatch(text):
        return tuple(int(one) for one in re.split("[x×]", text))
    for form in (text, f"[{text}]"):
        try:
            return _frozen(json.loads(form))
        except (ValueError, RecursionError):
            continue
    return text


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(one) for one in value)
    return value


def typed_value(field: str, text: str) -> object:
    """Return the value that a text means in a field; `MISSING` for an empty one.

    A name is composed (NFC): what two keys typed is one letter, wherever it can be.
    """
    if field == "name":
        return unicodedata.normalize("NFC", text.strip()) or MISSING
    return value_of(text, words=field == "with_")


def changed(layer: LayerSpec, field: str, value: object) -> LayerSpec | str:
    """Return a layer with another value in a field, or what is wrong with the value.

    Args:
        value: `MISSING` leaves the field out: it has its default then.
    """
    kind = type(layer)
    if kind is Broken:
        return "it cannot be read"
    fields = {name: getattr(layer, name) for name in layer.model_fields_set}
    fields.pop(field, None)
    if value is not MISSING:
        fields[field] = value
    try:
        return sharing(layer, kind.model_validate(fields))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = str(first["loc"][0]) if first["loc"] else field
        shown = {label(kind, name): one for name, one in fields.items()}
        named = label(kind, place) if place in kind.model_fields else place
        problem = field_problem(kind, {"type": layer.type} | shown, named, {**first})
        return f"{problem.message} {problem.hint}".strip()
