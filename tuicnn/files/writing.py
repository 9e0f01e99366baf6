"""Writing of a file so that a crash leaves the old content or the new.

It never leaves a part of a file under the file's own name.
"""

import os
import re
import stat
from contextlib import suppress
from typing import NamedTuple

from tuicnn.errors import FileError
from tuicnn.files.failures import StrPath, failure, require_regular, shown

_TEMPORARY = re.compile(r"\.t-[0-9a-f]{8}\.tmp")


class WriteResult(NamedTuple):
    """What came of a write that succeeded."""

    path: str
    """The file that was written, symbolic links resolved."""

    durable: bool
    """Whether the disk has confirmed that the file's name survives a power cut."""

    other_names: int
    """Hard links that the old file had besides: they still hold the old content."""


def write_atomically(
    path: StrPath, data: bytes, *, keep_mode: bool = True
) -> WriteResult:
    """Write a file so that a crash at any moment leaves the old content or the new.

    The new content is complete on the disk, under a temporary name in the same
    folder, before it takes the file's place. A symbolic link stays one: the file it
    leads to is written.

    Args:
        path: the file; its folder must exist.
        data: the whole content.
        keep_mode: give the new file the permissions of the old one.

    Raises:
        FileError: if nothing was written; the old file is as it was.
    """
    try:
        target = os.path.realpath(path)
        old = _replaceable(path, target)
        mode = old.st_mode & 0o777 if old and keep_mode else None
        _replace(target, data, mode)
    except (OSError, ValueError) as error:
        raise failure("write", path, error) from error
    durable = _sync_folder(os.path.dirname(target))
    return WriteResult(target, durable, other_names=old.st_nlink - 1 if old else 0)


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
                if _TEMPORARY.fullmatch(entry.name) and _is_stale(entry, before):
                    os.unlink(entry.path)
                    removed.append(entry.name)
    return removed


def _is_stale(entry: os.DirEntry[str], before: float) -> bool:
    status = entry.stat(follow_symlinks=False)
    return stat.S_ISREG(status.st_mode) and status.st_mtime < before


def _replaceable(path: StrPath, target: str) -> os.stat_result | None:
    """Look at what a write would replace, and refuse what it must not."""
    if not os.path.basename(path):
        raise FileError(f"cannot write {shown(path)}: it names a folder")
    try:
        status = os.stat(target)
    except FileNotFoundError:
        if not os.path.isdir(os.path.dirname(target)):
            folder = shown(os.path.dirname(target))
            message = f"cannot write {shown(path)}: there is no folder {folder}"
            raise FileError(message) from None
        return None
    require_regular(path, status)
    # A writable folder would let us replace a file that its owner has protected.
    if not os.access(target, os.W_OK):
        raise FileError(f"cannot write {shown(path)}: it is read-only")
    return status


def _replace(target: str, data: bytes, mode: int | None) -> None:
    """Write a temporary file to the disk and give it the target's name."""
    # Short, because a name of 255 bytes leaves no room for a suffix.
    name = f".t-{os.urandom(4).hex()}.tmp"
    temporary = os.path.join(os.path.dirname(target), name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    # What replaces a private file is private from the first moment.
    descriptor = os.open(temporary, flags, 0o666 if mode is None else 0o600)
    try:
        try:
            if mode is not None:
                with suppress(PermissionError):  # Some file systems have no modes.
                    os.fchmod(descriptor, mode)
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
    finally:
        with suppress(OSError):  # After the replacement there is none.
            os.unlink(temporary)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: str) -> bool:
    """Ask the disk to keep the new name; the file itself is whole in any case."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        return False
    return True
