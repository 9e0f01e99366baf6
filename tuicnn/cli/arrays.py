"""Files of arrays: what stands in their way is told before a pass, not after it.

It never knows what an array says: whoever made it writes it to a stream.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import IO

from tuicnn.cli.output import narrate_written
from tuicnn.cli.overwriting import refuse_existing
from tuicnn.errors import UsageError
from tuicnn.files import STDIN, StrPath, require_writable, write_streamed


def require_room(paths: Iterable[StrPath | None], force: bool) -> None:
    """Refuse files that cannot be written, or are there already.

    Args:
        paths: None where there is none to be written.
        force: Whether what is there may be overwritten.

    Raises:
        TuicnnError: One of them cannot be written; nothing is touched.
    """
    for path in paths:
        if path is None:
            continue
        if os.fspath(path) == STDIN:
            raise UsageError("arrays are not written to standard output", "name a file")
        refuse_existing(path, force)
        require_writable(path)


def write_arrays(
    path: StrPath, fill: Callable[[IO[bytes]], object], force: bool
) -> None:
    """Write a file of arrays, and tell on stderr where it and the one before are.

    Raises:
        TuicnnError: Nothing was written; the old file is as it was.
    """
    narrate_written(
        write_streamed(
            path, fill, backup=True, check=lambda: refuse_existing(path, force)
        )
    )
