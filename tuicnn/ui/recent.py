"""The files that were opened last, newest first.

It never raises: what cannot be read counts as empty, what cannot be kept is forgotten.
"""

from __future__ import annotations

import json
import os
from typing import Final

from platformdirs import user_state_path

from tuicnn.errors import FileError
from tuicnn.files import absolute, read_bytes, write_atomically

MOST: Final = 20
"""Files that are remembered."""

_LONGEST: Final = 4096
"""Characters of a path."""

_BYTES: Final = 2**20
"""Size of the file of recent files; twenty paths need no more, escapes included."""


def recent_files() -> list[str]:
    """Return the absolute paths of the files opened last, newest first."""
    try:
        found = json.loads(read_bytes(_place(), _BYTES))
    except (FileError, OSError, ValueError, RuntimeError):
        return []  # RuntimeError: nested too deeply, or a home that is not known
    if not isinstance(found, list):
        return []
    paths = [path for path in found if isinstance(path, str) and _sensible(path)]
    return list(dict.fromkeys(paths))[:MOST]


def remember(path: str) -> None:
    """Put a file before all others."""
    try:
        newest = absolute(path)
        if not _sensible(newest):
            return
        kept = [newest, *(one for one in recent_files() if one != newest)]
        place = _place()
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        text = json.dumps(kept[:MOST], indent=2) + "\n"
        write_atomically(place, text.encode())
    except (FileError, OSError, ValueError, RuntimeError):
        return


def _place() -> str:
    return str(user_state_path("tuicnn") / "recent.json")


def _sensible(path: str) -> bool:
    """Whether a text may be the path of a file."""
    return os.path.isabs(path) and len(path) <= _LONGEST and "\0" not in path
