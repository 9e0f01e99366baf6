"""Temporary files: the new content beside its place, until it takes it or is removed.

They never have the name of what they shall replace.
"""

import os
import re
import stat
from contextlib import suppress

from tuicnn.files.failures import StrPath

_NAME = re.compile(r"\.t-[0-9a-f]{8}\.tmp")


class Temporary:
    """A file beside the target that holds the new content, for as long as it lasts.

    Args:
        target: The file that it shall replace.
        data: The whole content.
        mode: Its permissions; None: those that the umask leaves.
    """

    def __init__(self, target: str, data: bytes, mode: int | None) -> None:
        self._name = spare(target)
        self._data = data
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
                _write_all(descriptor, self._data)
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


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
