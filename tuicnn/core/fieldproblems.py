"""What is wrong with a field, in the words of somebody who writes JSON.

It never validates: Pydantic does, and here its errors are put into words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from pydantic import BaseModel

from tuicnn.core.diagnostics import Code, Pointer
from tuicnn.core.fieldhelp import help_text
from tuicnn.core.layers import layer_types
from tuicnn.core.wording import nearest


class FieldProblem(NamedTuple):
    """A problem of one field; `reading` adds the layer's place.

    Attributes:
        within: Where it stands within the layer; empty where the field is missing.
    """

    code: Code
    within: Pointer
    message: str
    hint: str


def field_problem(
    kind: type[BaseModel],
    fields: Mapping[str, object],
    field: str,
    error: Mapping[str, object],
) -> FieldProblem:
    """Return what one of Pydantic's errors means.

    Args:
        kind: The layer class, or the network.
        fields: The values that were refused.
        field: The one to blame.
        error: An entry of `ValidationError.errors()`.
    """
    owner = str(fields["type"]) if "type" in fields else "a network"
    if error["type"] == "missing":
        return FieldProblem(
            Code.MISSING_KEY, (), f"{owner} needs “{field}”.", help_text(kind, field)
        )
    if error["type"] == "extra_forbidden":
        known = {info.alias or name for name, info in kind.model_fields.items()}
        close = nearest(field, known)
        meant = f"Did you mean {close}? " if close else ""
        return FieldProblem(
            Code.UNKNOWN_KEY,
            (field,),
            f"{owner} has no field {shown(field)}.",
            f"{meant}It has {', '.join(sorted(known))}.",
        )
    return FieldProblem(
        Code.INVALID_VALUE,
        (field,),
        f"{field}: {_expected(error)}. Received: {shown(fields.get(field))}.",
        help_text(kind, field),
    )


def shown(value: object) -> str:
    """Return a JSON value as a message quotes it: short, and on one line."""
    if isinstance(value, (dict, list, tuple)) and len(value) > 8:
        kind = "an object" if isinstance(value, dict) else "a list"
        return f"{kind} of {len(value)} entries"
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def type_hint(found: object) -> str:
    """Return which layer type was probably meant."""
    meant = types_meant(found)
    if meant:
        return f"Did you mean {meant[0]}?"
    return "`tuicnn schema` lists them all; README explains them."


def types_meant(found: object) -> tuple[str, ...]:
    """Return the layer types that a word may mean, the likeliest first."""
    if not isinstance(found, str):
        return ()
    image = f"{found.lower()}2d"
    own = _for_images(nearest(found, layer_types()), found)
    other = nearest(found, _by_alias())
    alias = None if other is None else _for_images(_by_alias()[other], found)
    # A name that is somebody's exactly outranks one that is only near a type.
    exact = other is not None and other.lower() == found.lower()
    order = (image, alias, own) if exact else (image, own, alias)
    return tuple(dict.fromkeys(one for one in order if one in layer_types()))


def _for_images(name: str | None, found: str) -> str | None:
    """Return the type for images of a kind, where no number of axes was written."""
    if name is None or name[-2:] not in ("1d", "3d") or name[-2] in found:
        return name
    image = f"{name[:-2]}2d"
    return image if image in layer_types() else name


@cache
def _by_alias() -> dict[str, str]:
    """Return the type that each other name means: images first, then the rest."""
    ranked = sorted(layer_types().items(), key=lambda item: item[1].rank != 2)
    return {
        alias: name
        for name, kind in reversed(ranked)
        for alias in reversed(kind.aliases)
    }


_EXPECTED: Final = {
    "int_type": "expected a whole number",
    "float_type": "expected a number",
    "finite_number": "expected a finite number",
    "bool_type": "expected true or false",
    "string_type": "expected a text in quotes",
    "string_unicode": "expected text without lone surrogates",
    "tuple_type": "expected a list",
    "greater_than_equal": "expected at least {ge}",
    "greater_than": "expected more than {gt}",
    "less_than_equal": "expected at most {le}",
    "less_than": "expected less than {lt}",
    "literal_error": "expected {expected}",
    "string_too_long": "expected at most {max_length} characters",
    "string_too_short": "expected at least {min_length} characters",
    "too_short": "expected at least {min_length} entries",
    "too_long": "expected at most {max_length} entries",
}
"""What Pydantic's errors mean to somebody who writes JSON."""


def _expected(error: Mapping[str, object]) -> str:
    phrase = _EXPECTED.get(str(error["type"]))
    if phrase is None:
        return str(error["msg"])
    context = error.get("ctx")
    facts = context if isinstance(context, dict) else {}
    return phrase.format(**facts).replace("'", '"')
