"""What a file on disk looked like, so that a change by somebody else is noticed.

It never reads a document: it compares bytes.
"""

from __future__ import annotations

import hashlib
import os
from typing import NamedTuple

from tuicnn.errors import FileError
from tuicnn.files.failures import StrPath
from tuicnn.files.reading import read_bytes


class Stamp(NamedTuple):
    """A file's content at one moment.

    Attributes:
        identity: Device, inode, time of change in nanoseconds and size: equal ones
            mean an unchanged file.
        digest: SHA-256 of the content, for files that were only touched.
    """

    identity: tuple[int, int, int, int]
    digest: bytes


def stamp(path: StrPath) -> Stamp | None:
    """Return a file's stamp; None where there is no file that can be read."""
    try:
        identity = _identity(path)
        return Stamp(identity, hashlib.sha256(read_bytes(path)).digest())
    except (OSError, ValueError, FileError):
        return None


def unchanged(path: StrPath, before: Stamp | None) -> bool:
    """Whether a file is still what it was; None stands for one that was not there."""
    try:
        identity = _identity(path)
    except (OSError, ValueError):
        return before is None
    if before is None:
        return False
    if identity == before.identity:
        return True
    now = stamp(path)
    return now is not None and now.digest == before.digest


def _identity(path: StrPath) -> tuple[int, int, int, int]:
    status = os.stat(path)
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
