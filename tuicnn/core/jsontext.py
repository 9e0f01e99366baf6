"""Strict reading of JSON text, with the line and column of whatever is wrong.

It never opens a file and never knows what a network is.
"""

import json
import math
import re
from typing import NoReturn, TypeAlias

from tuicnn.core import limits
from tuicnn.core.jsonplace import line_and_column, locate

__all__ = ["MAX_DEPTH", "Json", "JsonError", "locate", "parse"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a JSON text can hold, as plain Python values."""

MAX_DEPTH = limits.JSON_DEPTH
"""Objects and lists inside one another that a text may hold."""


_LONG = 2**20
"""Characters beyond which a fault is told in the decoder's words, which are at hand."""


class JsonError(Exception):
    """A text that is not the JSON a document may be written in.

    Args:
        message: what is wrong, naming what stands there.
        hint: what to do about it.
        line: counted from 1.
        column: counted from 1, in characters.
    """

    def __init__(self, message: str, hint: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column


def parse(text: str) -> Json:
    """Read a JSON text into plain Python values.

    Stricter than `json.loads`: a key given twice, NaN and the infinities, a number
    that Python cannot hold, half of a surrogate pair, and containers nested deeper
    than `MAX_DEPTH` are refused.

    Raises:
        JsonError: at the first fault of the text.
    """
    try:
        value: Json = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise _explained(text, error) from None
    if _may_nest_too_deep(text) and _nests_too_deep(value):
        raise _explained(text)
    if _may_hold_half_a_pair(text) and (fault := _first_fault(text)):
        raise fault
    return value


def _object(members: list[tuple[str, Json]]) -> dict[str, Json]:
    """Build an object, unless one of its keys would silently replace another."""
    built = dict(members)
    if len(built) != len(members):
        raise ValueError("duplicate key")
    return built


def _finite(number: str) -> float:
    """Read a float, unless it is too large for one."""
    value = float(number)
    if math.isinf(value):
        raise ValueError("infinite")
    return value


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN, Infinity and -Infinity, which Python reads though JSON has none."""
    raise ValueError(name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_finite, parse_constant=_refuse_constant
)

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_BARE_HALF = re.compile("[\ud800-\udfff]")


def _may_nest_too_deep(text: str) -> bool:
    """Tell in no time that most texts have too few brackets to nest too deep."""
    return text.count("{") + text.count("[") > MAX_DEPTH


def _nests_too_deep(value: Json) -> bool:
    """Walk down a value level by level, without recursion."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if isinstance(child, (dict, list))
        ]
    return bool(level)


def _may_hold_half_a_pair(text: str) -> bool:
    """Tell most texts, which hold no surrogates at all, from those worth a look."""
    if _ESCAPED_HALF.search(text):
        return True
    return not text.isascii() and _BARE_HALF.search(text) is not None


def _explained(text: str, error: Exception | None = None) -> JsonError:
    """Find what is wrong with a text that was refused."""
    if isinstance(error, json.JSONDecodeError) and len(text) > _LONG:
        return JsonError(
            f"From here on the text is no JSON: {error.msg.lower()}.",
            "Look at what stands before this place; a text that was cut off ends so.",
            error.lineno,
            error.colno,
        )
    fault = _first_fault(text)
    if fault is not None:
        return fault
    # Only a stack that was nearly full beforehand brings a sound text here.
    return JsonError("The text cannot be read as JSON.", f"{error}.", 1, 1)


def _first_fault(text: str) -> JsonError | None:
    # Imported here because a sound document, the usual case, never needs it.
    from tuicnn.core.jsonfault import find_fault

    fault = find_fault(text, MAX_DEPTH)
    if fault is None:
        return None
    line, column = line_and_column(text, fault.at)
    return JsonError(fault.message, fault.hint, line, column)
