"""Temporary files: the new content beside its place, until it takes it or is removed.

They never have the name of what they shall replace.
"""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final

from tuicnn.files.failures import StrPath

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Fill = Callable[[IO[bytes]], object]
"""Writes the whole content to a stream, which can go back to what was written."""

_BUFFER: Final = 2**18
"""Bytes that wait to be written together; what is longer is written at once."""
_NAME: Final = re.compile(r"\.t-[0-9a-f]{8}\.tmp")


class Temporary:
    """A file beside the target that holds the new content, for as long as it lasts.

    Args:
        target: The file that it shall replace.
        fill: Writes the content.
        mode: Its permissions; None: those that the umask leaves.
    """

    def __init__(self, target: str, fill: Fill, mode: int | None) -> None:
        self._name = spare(target)
        self._fill = fill
        self._mode = mode

    def __enter__(self) -> str:
        """Write the content to the disk, and return the name."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        # What replaces a private file is private from the first moment.
        mode = 0o666 if self._mode is None else 0o600
        descriptor = os.open(self._name, flags, mode)
        try:
            try:
                if self._mode is not None:
                    with suppress(PermissionError):  # Some file systems have no modes.
                        os.fchmod(descriptor, self._mode)
                _fill(descriptor, self._fill)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except BaseException:
            self.__exit__()
            raise
        return self._name

    def __exit__(self, *_: object) -> None:
        """Remove the name; after the replacement there is none."""
        with suppress(OSError):
            os.unlink(self._name)


def spare(target: str) -> str:
    """Return a name for a temporary file in the folder of a target."""
    # Short, because a name of 255 bytes leaves no room for a suffix.
    return os.path.join(os.path.dirname(target), f".t-{os.urandom(4).hex()}.tmp")


def sweep(folder: StrPath, before: float) -> list[str]:
    """Remove the temporary files that killed writes left in a folder.

    Args:
        folder: where to look.
        before: only files last written before this time, in seconds since the epoch,
            so that a write under way is left alone.

    Returns:
        The names that were removed. What cannot be removed stays, in silence.
    """
    removed = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # Another process may be faster.
                if _NAME.fullmatch(entry.name) and _is_stale(entry, before):
                    os.unlink(entry.path)
                    removed.append(entry.name)
    return removed


def _is_stale(entry: os.DirEntry[str], before: float) -> bool:
    status = entry.stat(follow_symlinks=False)
    return stat.S_ISREG(status.st_mode) and status.st_mtime < before


class _Raw(io.RawIOBase):
    """The bytes of an open file: written and found again, nothing besides."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        return os.write(self._descriptor, data)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return os.lseek(self._descriptor, offset, whence)


def _fill(descriptor: int, fill: Fill) -> None:
    raw = _Raw(descriptor)
    try:
        stream = io.BufferedWriter(raw, _BUFFER)
        fill(stream)
        stream.flush()
    finally:
        raw.close()  # after a failure, what still waits is never written
