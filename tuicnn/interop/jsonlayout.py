"""JSON as text that people read: what fits on a line stands on one.

It never knows what the values mean, and never lets a control character through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Final

from tuicnn.core.controls import UNSEEN

WIDTH: Final = 88
"""Columns up to which an object or a list stays on one line."""

_HIDDEN: Final = re.compile(rf"[{UNSEEN}\ud800-\udfff]")
"""What a terminal or an editor obeys instead of showing it; JSON need not escape it."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def to_text(value: object) -> str:
    """Return a JSON value as indented text that ends in a newline."""
    return "\n".join(_lines(value)) + "\n"


def inline(value: object) -> str:
    """Return a JSON value on one line.

    Raises:
        ValueError: A number is not finite.
    """
    return escaped(_ENCODER.encode(value))


def escaped(text: str) -> str:
    """Return a JSON text with all that hides, or is obeyed, as JSON can spell it."""
    return text if text.isprintable() else _HIDDEN.sub(_escaped, text)


def _escaped(hidden: re.Match[str]) -> str:
    return json.dumps(hidden[0])[1:-1]


def _lines(value: object) -> list[str]:
    inside = _inside(value)
    if not any(map(_inside, inside)):  # nothing within it can need lines of its own
        text = inline(value)
        if not inside or len(text) <= WIDTH:
            return [text]
    if isinstance(value, Mapping):
        entries = [
            _labelled(f"{inline(key)}: ", _lines(one)) for key, one in value.items()
        ]
        return _listed("{", entries, "}")
    return _listed("[", list(map(_lines, inside)), "]")


def _inside(value: object) -> Collection[object]:
    """Return what an object or a list holds; nothing for anything else."""
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, (list, tuple)) else ()


def _labelled(label: str, lines: list[str]) -> list[str]:
    return [label + lines[0], *lines[1:]]


def _listed(opening: str, entries: list[list[str]], closing: str) -> list[str]:
    """Return entries between brackets: on one line if they fit, else on one each."""
    if all(len(entry) == 1 for entry in entries):
        line = opening + ", ".join(entry[0] for entry in entries) + closing
        if len(line) <= WIDTH:
            return [line]
    separated = (
        [*entry[:-1], f"{entry[-1]},"] if entry is not entries[-1] else entry
        for entry in entries
    )
    inner = (f"  {line}" for entry in separated for line in entry)
    return [opening, *inner, closing]
