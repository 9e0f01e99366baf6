"""The log of a fault of ours: where, and not what the user was doing.

It never raises: there is nobody left to tell.
"""

from __future__ import annotations

import os
from typing import Final

from platformdirs import user_state_path

from tuicnn.errors import FileError
from tuicnn.files.writing import write_atomically

_LONGEST: Final = 100_000
"""Characters of a traceback that are kept: its end."""


def log(text: str) -> str:
    """Write a traceback to the log, and return its path; empty if that fails."""
    try:
        path = str(user_state_path("tuicnn") / "crash.log")
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        data = text[-_LONGEST:].encode(errors="backslashreplace")
        return write_atomically(path, data).path
    except (FileError, OSError, RuntimeError):
        return ""
