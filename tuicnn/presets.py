"""Sources of networks: presets by name, files by path, `-` for standard input.

It never looks into a network: `reading` does.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from tuicnn.core.reading import Reading, read_text
from tuicnn.core.wording import nearest
from tuicnn.errors import FileError
from tuicnn.files import STDIN, shown
from tuicnn.files import read_text as read_file

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was opened.

    Attributes:
        label: What to call it in messages.
        path: The file; None for standard input.
        text: What it holds.
        reading: The network in it, and what is wrong with it.
    """

    label: str
    path: str | None
    text: str
    reading: Reading


@cache
def folder() -> str:
    """Return the folder of the presets: in the package, or beside it in a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "_presets")
    if os.path.isdir(installed):
        return installed
    return os.path.join(os.path.dirname(package), "presets")


def names() -> list[str]:
    """Return the names of the presets, sorted."""
    try:
        files = os.listdir(folder())
    except OSError:
        return []
    return sorted(
        file.removesuffix(_SUFFIX)
        for file in files
        if file.endswith(_SUFFIX) and _NAME.fullmatch(file.removesuffix(_SUFFIX))
    )


def preset_path(name: str) -> str | None:
    """Return the file of a preset; None where there is none of that name."""
    if not _NAME.fullmatch(name):
        return None
    path = os.path.join(folder(), name + _SUFFIX)
    return path if os.path.isfile(path) else None


def open_source(source: str) -> Source:
    """Return the document that a SOURCE of the command line names.

    Args:
        source: A preset's name, a path, or `-` for standard input.

    Raises:
        FileError: There is no such preset or file, or it cannot be read.
    """
    if source == STDIN:
        return _opened("standard input", None, source)
    path = preset_path(source)
    if path is not None:
        return _opened(source, path, path)
    if not os.path.lexists(source):
        raise _nothing_there(source)
    return _opened(shown(source), source, source)


def _opened(label: str, path: str | None, file: str) -> Source:
    text = read_file(file)
    return Source(label, path, text, read_text(text))


def _nothing_there(source: str) -> FileError:
    close = nearest(source, names())
    meant = f"Did you mean {close}? " if close else ""
    return FileError(
        f"there is no preset and no file called {shown(source)}",
        f"{meant}`tuicnn presets` lists the presets; `tuicnn --help` the commands",
    )
