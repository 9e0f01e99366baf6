"""Files that others made: opened only if they are files, and of a bounded size.

It never waits on a named pipe, and never looks at what a file holds.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

from tuicnn.core.wording import bytes_spelled
from tuicnn.preview.faults import FileFault


def opened(path: Path, most: int) -> IO[bytes]:
    """Return a file that is open for reading.

    Args:
        most: Bytes that it may have.

    Raises:
        FileFault: It is no file, it is larger, or it cannot be opened.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
        stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file is called so"
        raise FileFault(f"{path.name} cannot be read: {why}") from error
    status = os.fstat(stream.fileno())
    problem = ""
    if not stat.S_ISREG(status.st_mode):
        problem = "is not a file"
    elif status.st_size > most:
        problem = f"is larger than the limit of {bytes_spelled(most)}"
    if problem:
        stream.close()
        raise FileFault(f"{path.name} {problem}")
    return stream
