"""Arrays in NumPy's format, whose header is looked at before anything is read.

It never unpickles, and never allocates what a header claims without a bound.
"""

from __future__ import annotations

import math
import os
import tokenize
import warnings
import zlib
from pathlib import Path
from typing import IO, Literal, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from tuicnn.core import limits
from tuicnn.core.wording import brief
from tuicnn.preview.faults import FileFault
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.regular import opened

_HEADER = 10_000
"""Bytes that a header may have."""
_AXES = 64
"""Axes that NumPy's arrays have at most."""
_FAULTS = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    SyntaxError,
    tokenize.TokenError,
    TypeError,
    ValueError,
    zlib.error,
)
"""What NumPy raises where a header is none: it reads a literal of Python."""


class Header(NamedTuple):
    """What the header of an array says."""

    shape: tuple[int, ...]
    columns_first: bool
    dtype: np.dtype[np.generic]


def read_header(stream: IO[bytes], name: str) -> Header:
    """Return the header of an array, and leave the stream behind it.

    Raises:
        FileFault: It is none, or one of values that are no plain numbers.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # what Python 2 wrote is read
            header = _read(stream)
    except _FAULTS as error:
        raise FileFault(f"{name} is no array of NumPy: {brief(str(error))}") from error
    if len(header.shape) > _AXES:
        raise FileFault(f"{name} has {len(header.shape)} axes")
    # NumPy takes True for a size, and no more digits than these are ever printed.
    if not all(type(n) is int and n <= limits.WEIGHTS_BYTES for n in header.shape):
        raise FileFault(f"{name} has an axis of a size that no array has")
    if min(header.shape, default=1) < 1:
        raise FileFault(f"{name} has an axis of fewer than 1 number")
    if header.dtype.kind not in "fiu" or header.dtype.hasobject:
        kind = brief(str(header.dtype))
        raise FileFault(f"{name} holds {kind}; real numbers are expected")
    return header


def _read(stream: IO[bytes]) -> Header:
    version = npy.read_magic(stream)
    if version == (1, 0):
        return Header(*npy.read_array_header_1_0(stream, _HEADER))
    if version == (2, 0):
        return Header(*npy.read_array_header_2_0(stream, _HEADER))
    raise ValueError(f"version {version} is unknown")


def read_values(stream: IO[bytes], header: Header, name: str, size: int) -> Array:
    """Return the values behind a header as float32.

    Args:
        size: Bytes of the whole stream.

    Raises:
        FileFault: There are fewer than the header says.
    """
    wanted = math.prod(header.shape) * header.dtype.itemsize
    # Asked for more than there is, Python would allocate all of it first.
    raw = stream.read(wanted) if wanted <= size - stream.tell() else b""
    if len(raw) != wanted:
        raise FileFault(f"{name} is cut off: its header promises more numbers")
    flat: NDArray[np.generic] = np.frombuffer(raw, header.dtype)
    order: Literal["F", "C"] = "F" if header.columns_first else "C"
    shaped = flat.reshape(header.shape, order=order)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ascontiguousarray(shaped, dtype=np.float32)


def read_array(path: Path, most: int) -> Array:
    """Return the array in a .npy file, as float32.

    Args:
        most: Numbers that it may hold.

    Raises:
        FileFault: It cannot be read, or holds more.
    """
    try:
        with opened(path, min(8 * most + 2 * _HEADER, limits.WEIGHTS_BYTES)) as stream:
            header = read_header(stream, path.name)
            if math.prod(header.shape) > most:
                raise FileFault(
                    f"{path.name} holds {math.prod(header.shape):,} numbers; at most "
                    f"{most:,} are expected"
                )
            size = os.fstat(stream.fileno()).st_size
            return read_values(stream, header, path.name, size)
    except OSError as error:
        raise FileFault(f"{path.name} cannot be read: {error.strerror}") from error
