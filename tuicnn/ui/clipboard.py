"""Layers as text for the clipboard, and back: JSON, so that it goes between programs.

It never runs what it reads, and takes no more than a document may hold.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from platformdirs import user_state_path

from tuicnn.core import jsontext, limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import FORMAT, layer_document
from tuicnn.core.reading import read_value
from tuicnn.errors import FileError
from tuicnn.files import read_text, write_atomically
from tuicnn.interop.jsonlayout import inline


def spelled(layers: Sequence[LayerSpec]) -> str:
    """Return layers as a JSON list, one a line."""
    lines = ",\n".join(f"  {inline(layer_document(one))}" for one in layers)
    return f"[\n{lines}\n]\n"


def layers_in(text: str, most: int = limits.PASTE) -> tuple[LayerSpec, ...] | str:
    """Return the layers that a text holds, or why it holds none.

    Args:
        text: A JSON list of layers, a single one, or a whole document.
        most: Characters that it may have.
    """
    if len(text) > most:
        return f"the text has more than {most:,} characters: save it, and open it"
    try:
        value = jsontext.parse(text)
    except jsontext.JsonError:
        return "the text is no JSON, and layers are pasted as JSON"
    if isinstance(value, dict) and "layers" in value and "type" not in value:
        value = value["layers"]
    layers = value if isinstance(value, list) else [value]
    document = {"format": FORMAT, "name": "pasted", "input": [1], "layers": layers}
    reading = read_value(document)
    if reading.network is None or reading.problems:
        return reading.problems[0].message
    return reading.network.layers or "there are no layers in it"


def keep(text: str) -> None:
    """Keep a copied text for other editors on this machine.

    Raises:
        FileError: It cannot be written.
    """
    try:
        os.makedirs(os.path.dirname(_file()), mode=0o700, exist_ok=True)
    except OSError as error:
        raise FileError(f"the clipboard's file cannot be made: {error}") from error
    write_atomically(_file(), text.encode())


def kept() -> str:
    """Return the text that was copied last, by any editor; empty for none."""
    try:
        return read_text(_file())
    except FileError:
        return ""


def _file() -> str:
    return str(user_state_path("tuicnn") / "clipboard.json")
