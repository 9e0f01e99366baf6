"""The formats that a network can be exported to, by name and by suffix.

It never writes a file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tuicnn.core.report import Report
from tuicnn.interop.analysis import to_json
from tuicnn.interop.markdown import to_markdown
from tuicnn.interop.mermaid import to_mermaid
from tuicnn.interop.table import to_csv

FORMATS: Final[dict[str, Callable[[Report], str]]] = {
    "json": to_json,
    "markdown": to_markdown,
    "csv": to_csv,
    "mermaid": to_mermaid,
}

_SUFFIXES: Final = {"md": "markdown", "mmd": "mermaid"}


def suffix_of(name: str) -> str:
    """Return the suffix by which a file tells that it has a format."""
    found = (suffix for suffix, one in _SUFFIXES.items() if one == name)
    return f".{next(found, name)}"


def format_of(path: str) -> str | None:
    """Return the format that a file's suffix names; None if it names none."""
    suffix = path.rpartition(".")[2].lower()
    name = _SUFFIXES.get(suffix, suffix)
    return name if name in FORMATS else None
