"""Writing of a file so that a crash leaves the old content or the new.

It never leaves a part of a file under the file's own name.
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from tuicnn.errors import FileError
from tuicnn.files.failures import StrPath, failure, require_regular, shown
from tuicnn.files.temporary import Fill, Temporary, spare

BACKUP: Final = ".bak"
"""What is added to the name of a file for the version before."""


class WriteResult(NamedTuple):
    """What came of a write that succeeded."""

    path: str
    """The file that was written, symbolic links resolved."""

    durable: bool
    """Whether the disk has confirmed that the file's name survives a power cut."""

    other_names: int
    """Hard links that the old file had besides: they still hold the old content."""

    backup: str = ""
    """The file that holds the version before; empty where none was kept."""

    unkept: bool = False
    """Whether the version before was to be kept, and could not be."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What its reader should know besides, a sentence each."""
        said = {
            "The disk has not confirmed it yet.": not self.durable,
            "Other names of the old file still hold the old content.": self.other_names,
            "The version before could not be kept as .bak.": self.unkept,
        }
        return tuple(text for text, holds in said.items() if holds)


def write_atomically(
    path: StrPath,
    data: bytes,
    *,
    backup: bool = False,
    check: Callable[[], None] = lambda: None,
) -> WriteResult:
    """Write a file, whose whole content is known, as `write_streamed` does."""
    return write_streamed(
        path, lambda stream: stream.write(data), backup=backup, check=check
    )


def write_streamed(
    path: StrPath,
    fill: Fill,
    *,
    backup: bool = False,
    check: Callable[[], None] = lambda: None,
) -> WriteResult:
    """Write a file so that a crash at any moment leaves the old content or the new.

    The new content is complete on the disk, under a temporary name in the same
    folder, before it takes the file's place. A symbolic link stays one: the file it
    leads to is written. The permissions of the old file are kept.

    Args:
        path: the file; its folder must exist.
        fill: writes the whole content, bit by bit as it likes; what it raises prevents
            the write.
        backup: keep the old file beside the new one, as `.bak`.
        check: called when all that is left to do is to replace the old file; what it
            raises prevents that.

    Raises:
        FileError: if nothing was written; the old file is as it was.
    """
    saved, wanted = "", False
    target, old = _looked_at(path)
    try:
        others = old.st_nlink - 1 - _is_backup(target, old) if old else 0
        with Temporary(target, fill, old.st_mode & 0o777 if old else None) as new:
            check()
            wanted = backup and old is not None
            if wanted:
                saved = _back_up(target)
            os.replace(new, target)
    except OSError as error:
        raise failure("write", path, error) from error
    durable = _sync_folder(os.path.dirname(target))
    return WriteResult(target, durable, others, saved, wanted and not saved)


def require_writable(path: StrPath) -> None:
    """Refuse what cannot be written, before something long is done for it.

    Raises:
        FileError: It cannot; nothing is touched.
    """
    target, _ = _looked_at(path)
    folder = os.path.dirname(target)
    if not os.access(folder, os.W_OK | os.X_OK):
        where = shown(folder)
        raise FileError(
            f"cannot write {shown(path)}: no permission to write in {where}"
        )


def write_private(path: StrPath, data: bytes, *, new: bool = False) -> None:
    """Write a file that only its owner may read, as whole as any other.

    What stands there is replaced, a symbolic link too: it is never written through.

    Args:
        path: the file; its folder must exist.
        data: the whole content.
        new: refuse to replace what stands there.

    Raises:
        FileError: if nothing was written; the old file is as it was.
    """
    folder, name = os.path.split(os.fspath(path))
    try:
        target = os.path.join(os.path.realpath(folder), name)
        with Temporary(target, lambda stream: stream.write(data), 0o600) as temporary:
            if not new or not _linked(temporary, target):
                os.replace(temporary, target)
    except (OSError, ValueError) as error:
        raise failure("write", path, error) from error
    _sync_folder(os.path.dirname(target))


def _looked_at(path: StrPath) -> tuple[str, os.stat_result | None]:
    """Return the file that a path leads to, and what stands there."""
    try:
        target = os.path.realpath(path)
        return target, _replaceable(path, target)
    except (OSError, ValueError) as error:
        raise failure("write", path, error) from error


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


def _linked(temporary: str, target: str) -> bool:
    """Give a file a second name that nobody has; False where there are no links.

    Raises:
        FileExistsError: Somebody has it.
    """
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise
        return False
    return True


def _back_up(target: str) -> str:
    """Keep the present version as `.bak`, in the place of the one before.

    A link costs nothing, and leaves the file in its place at every moment. Where it
    cannot be made, the save goes on without: the result says so.

    Returns:
        The name of the backup; empty where there is none.
    """
    name, new = target + BACKUP, spare(target)
    try:
        if os.path.lexists(name) and not stat.S_ISREG(os.lstat(name).st_mode):
            return ""
        os.link(target, new)
        try:
            os.replace(new, name)
        finally:
            with suppress(OSError):  # Two names of one file are both left alone.
                os.unlink(new)
    except OSError:
        return ""
    return name


def _is_backup(target: str, old: os.stat_result) -> bool:
    """Whether `.bak` is a name of this very file: a save was killed there."""
    try:
        return os.path.samestat(old, os.lstat(target + BACKUP))
    except OSError:
        return False


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
