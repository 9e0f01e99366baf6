"""What the system refuses, in words that a user can act on.

It never touches the disk.
"""

import errno
import os
import stat

from tuicnn.errors import FileError

StrPath = str | os.PathLike[str]

_REASONS = {
    errno.ENOENT: "there is no such file or folder",
    errno.ENXIO: "it is a socket or a device",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.ELOOP: "its symbolic links lead in a circle",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.EROFS: "the disk is read-only",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would exceed a size limit of the system",
    errno.EIO: "the disk reports an error",
}

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def shown(path: StrPath) -> str:
    r"""Spell a path for a message, control characters and stray bytes as `\x1b`."""
    name = os.fspath(path)
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def failure(verb: str, path: StrPath, error: OSError | ValueError) -> FileError:
    """Say why a path cannot be read or written."""
    if isinstance(error, OSError):
        reason = _REASONS.get(error.errno or 0, error.strerror or "unknown error")
    else:
        reason = "the name holds a character that no file name can"
    return FileError(f"cannot {verb} {shown(path)}: {reason}")


def require_regular(path: StrPath, status: os.stat_result) -> None:
    """Refuse whatever is not a regular file, naming what it is."""
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise FileError(f"{shown(path)} is {kind}, not a file")
