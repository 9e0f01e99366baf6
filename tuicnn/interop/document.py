"""The document as text, laid out as presets are: one layer a line.

It never drops a key, and never changes a value: read again, it is the same network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tuicnn.core.network import Network, document
from tuicnn.interop.jsonlayout import inline

WIDTH: Final = 120
"""Columns up to which the values of a parameter stay on one line."""

_INDENT: Final = "  "


def to_document_text(network: Network) -> str:
    """Return a network as the text of its document, ending in a newline."""
    entries = [_entry(key, value) for key, value in document(network).items()]
    return _listed("{", entries, "}", "") + "\n"


def _entry(key: str, value: object) -> str:
    label = f"{inline(key)}: "
    if key == "layers" and isinstance(value, list):
        return label + _layers(value, _INDENT)
    if key == "parameters" and isinstance(value, dict):
        rows = [_parameter(name, one) for name, one in value.items()]
        return label + _listed("{", rows, "}", _INDENT)
    if key == "expect" and isinstance(value, list):
        return label + _listed("[", list(map(inline, value)), "]", _INDENT)
    return label + inline(value)


def _layers(layers: list[object], indent: str) -> str:
    """Return a list of layers, one a line.

    Args:
        indent: What stands before the line on which the list begins.
    """
    lines = [_layer(layer, indent + _INDENT) for layer in layers]
    return _listed("[", lines, "]", indent)


def _layer(layer: object, indent: str) -> str:
    """Return a layer: on one line, or around the lists that it holds."""
    if not isinstance(layer, Mapping):
        return inline(layer)
    entries = (
        f"{inline(key)}: {_content(key, value, indent)}" for key, value in layer.items()
    )
    return f"{{{', '.join(entries)}}}"


def _content(key: object, value: object, indent: str) -> str:
    """Return the value of a field, be it a list of layers or only called like one."""
    if key == "layers" and isinstance(value, list):
        return _layers(value, indent)
    if key == "branches" and isinstance(value, list):
        inner = indent + _INDENT
        branches = [
            _layers(branch, inner) if isinstance(branch, list) else inline(branch)
            for branch in value
        ]
        return _listed("[", branches, "]", indent)
    return inline(value)


def _parameter(name: str, values: object) -> str:
    """Return the values of one parameter: on a line, or a row a line."""
    label = f"{inline(name)}: "
    text = inline(values)
    narrow = len(label) + len(text) + 2 * len(_INDENT) < WIDTH
    if narrow or not isinstance(values, list) or not isinstance(values[0], list):
        return label + text
    return label + _listed("[", list(map(inline, values)), "]", 2 * _INDENT)


def _listed(opening: str, entries: list[str], closing: str, indent: str) -> str:
    """Return entries between brackets, each on a line of its own."""
    if not entries:
        return opening + closing
    lines = ",\n".join(indent + _INDENT + entry for entry in entries)
    return f"{opening}\n{lines}\n{indent}{closing}"
