"""Files that are there already: none is overwritten unless that is asked for.

It never writes a file.
"""

from __future__ import annotations

import os

from tuicnn.errors import UsageError
from tuicnn.files import STDIN, StrPath, shown


def refuse_existing(path: StrPath | None, force: bool) -> None:
    """Refuse to write over what stands there; nothing stands on standard output.

    Raises:
        UsageError: It is there, and nobody asked to overwrite it.
    """
    if path is None or os.fspath(path) == STDIN or force:
        return
    if os.path.lexists(path):
        raise UsageError(f"{shown(path)} is there already", "--force overwrites it")
