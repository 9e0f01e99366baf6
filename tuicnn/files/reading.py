"""Reading of a document: a regular file or standard input, of a bounded size.

It never waits on a named pipe, and never reads on past the limit.
"""

import errno
import os
import re
import sys

from tuicnn.commands import offered
from tuicnn.core.limits import FILE_BYTES
from tuicnn.errors import FileError
from tuicnn.files.failures import StrPath, failure, require_regular, shown

STDIN = "-"
"""The path that stands for standard input."""

_NAME_IT = "name the document instead"
_IMPORT = "convert it: `tuicnn import`"

# What a file holds instead of text, told by its first bytes; the longer match first.
_SIGNATURES = (
    (rb"\xff\xfe\0\0|\0\0\xfe\xff", "UTF-32 text", "save it as UTF-8"),
    (rb"\xff\xfe|\xfe\xff", "UTF-16 text", "save it as UTF-8"),
    (rb"[^\0]\0[^\0]\0|\0[^\0]\0[^\0]", "UTF-16 text", "save it as UTF-8"),
    (rb"\x1f\x8b", "a gzip archive", "unpack it with gunzip"),
    (rb"PK[\3\5]", "a zip archive (.npz, .keras)", _NAME_IT),
    (rb"\x89HDF", "an HDF5 file", _NAME_IT),
    (rb"\x93NUMPY", "a NumPy array", _NAME_IT),
    (rb"\x89PNG|\xff\xd8\xff", "a picture", _NAME_IT),
    (rb"\x08[\1-\x20][\x12\x1a\x22\x3a]", "an ONNX model", _IMPORT),
)


def read_bytes(path: StrPath, limit: int = FILE_BYTES, *, follow: bool = True) -> bytes:
    """Read a regular file, or standard input, that holds at most `limit` bytes.

    Args:
        path: The file, or `-`.
        limit: Bytes that it may have.
        follow: Whether the file may be a symbolic link to it.

    Raises:
        FileError: if it is anything else, larger, or unreadable.
    """
    try:
        if os.fspath(path) == STDIN:
            data = _read_stdin(limit)
        else:
            data = _read_file(path, limit, follow)
    except (OSError, ValueError) as error:
        if not follow and isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise FileError(f"{shown(path)} is a symbolic link, not a file") from error
        raise failure("read", path, error) from error
    if len(data) > limit:
        raise _too_large(path, limit)
    return data


def read_text(path: StrPath, limit: int = FILE_BYTES) -> str:
    """Read UTF-8 text from a file or standard input, without its byte order mark.

    Raises:
        FileError: if it cannot be read, is empty, or is not UTF-8.
    """
    data = read_bytes(path, limit)
    if not data:
        raise FileError(f"{_named(path)} is empty")
    for signature, what, hint in _SIGNATURES:
        if re.match(signature, data):
            hint = offered(hint, _NAME_IT)
            raise FileError(f"{_named(path)} is {what}, not a document", hint)
    if b"\0" in data:
        raise FileError(f"{_named(path)} is binary, not a document")
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        message = f"{_named(path)} is not UTF-8: byte 0x{byte:02X} in line {line}"
        raise FileError(message, "save it as UTF-8") from error


def _read_stdin(limit: int) -> bytes:
    if sys.stdin is None or sys.stdin.closed:
        raise FileError("standard input is closed", "pipe a document into it")
    return sys.stdin.buffer.read(limit + 1)


def _read_file(path: StrPath, limit: int, follow: bool) -> bytes:
    # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY
    descriptor = os.open(path, flags if follow else flags | os.O_NOFOLLOW)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        require_regular(path, status)
        if status.st_size > limit:
            raise _too_large(path, limit)
        return file.read(limit + 1)  # It may have grown meanwhile.


def _named(path: StrPath) -> str:
    return "standard input" if os.fspath(path) == STDIN else shown(path)


def _too_large(path: StrPath, limit: int) -> FileError:
    mebibytes, rest = divmod(limit, 2**20)
    size = f"{limit:,} bytes" if rest else f"{mebibytes} MiB"
    return FileError(f"{_named(path)} is larger than the limit of {size}")
