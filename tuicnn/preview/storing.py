"""Arrays on their way to a file: .npz, .safetensors and .npy, written to a stream.

It never opens a file, and never holds a tensor of random weights as a whole.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeVar

import numpy as np
from numpy.lib import format as npy

from tuicnn.core import limits
from tuicnn.preview.faults import FileFault
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.outcome import Observer
from tuicnn.preview.weights import Weights

Made = TypeVar("Made")
Fill = Callable[[IO[bytes]], object]
"""Writes the content of a file to a stream."""

_NEW: Final = (1980, 1, 1, 0, 0, 0)
"""A fixed date: the same values make the same file, byte for byte."""
_LOCAL, _LISTED, _END, _END64 = 30, 46, 22, 56 + 20
"""Bytes of a zip file's records: before an entry, of it in the list, at the end."""
_LONGER: Final = 20
"""Bytes that are added to the first where it may be of a long file."""


class _Size(NamedTuple):
    """How large a file will be.

    Attributes:
        whole: Its bytes.
        listed: Those of its list of contents.
    """

    whole: int
    listed: int


def weights_writer(path: Path, weights: Weights) -> Fill:
    """Return what writes all weights of a network, a few MiB at a time.

    Args:
        path: Its suffix chooses the format.

    Raises:
        FileFault: The suffix names none, or the file could not be read again.
    """
    formats: dict[str, tuple[Callable[[Weights], _Size], _Writer]] = {
        ".npz": (_npz_size, _write_npz),
        ".safetensors": (_safetensors_size, _write_safetensors),
    }
    if path.suffix.lower() not in formats:
        raise FileFault(f"{path.name}: weights are .npz or .safetensors files")
    measured, write = formats[path.suffix.lower()]
    size = measured(weights)
    for what, need, most in (
        ("", size.whole, limits.WEIGHTS_BYTES),
        (" in its list of contents", size.listed, limits.WEIGHTS_HEADER),
    ):
        if need > most:
            raise FileFault(
                f"{path.name} would have {need:,} bytes{what}; {most:,} is the limit "
                "of what can be read again"
            )
    return lambda stream: write(stream, weights)


_Writer = Callable[[IO[bytes], Weights], None]


def write_outputs(stream: IO[bytes], run: Callable[[Observer], Made]) -> Made:
    """Write each layer's output as an .npz file, and return what the pass returns.

    Args:
        run: Makes the pass, and tells the outputs to what it is given.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:

        def keep(name: str, values: Array) -> None:
            with _entry(archive, name) as target:
                npy.write_array(target, values, allow_pickle=False)

        return run(keep)


def write_array(stream: IO[bytes], values: Array) -> None:
    """Write one array as a .npy file."""
    npy.write_array(stream, values, allow_pickle=False)


def _entry(archive: zipfile.ZipFile, key: str) -> IO[bytes]:
    """Return a stream into an .npz file that is being written."""
    return archive.open(zipfile.ZipInfo(f"{key}.npy", _NEW), "w", force_zip64=True)


def _npy_header(weights: Weights, key: str) -> bytes:
    stream = io.BytesIO()
    what = {
        "descr": npy.dtype_to_descr(weights.dtype(key)),
        "fortran_order": False,
        "shape": weights.shapes[key],
    }
    npy.write_array_header_1_0(stream, what)
    return stream.getvalue()


def _write_npz(stream: IO[bytes], weights: Weights) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for key in weights.shapes:
            with _entry(archive, key) as target:
                target.write(_npy_header(weights, key))
                for block in weights.blocks(key):
                    target.write(block.data)


def _npz_size(weights: Weights) -> _Size:
    """Return the size of a file as `zipfile` writes it.

    Source: the format's own description, APPNOTE.TXT 4.3.
    """
    at = listed = 0
    for key, shape in weights.shapes.items():
        name = len(f"{key}.npy".encode())
        content = len(_npy_header(weights, key))
        content += math.prod(shape) * weights.dtype(key).itemsize
        # Each number that four bytes may not hold is written in eight, behind a head.
        long = 2 * (content > zipfile.ZIP64_LIMIT) + (at > zipfile.ZIP64_LIMIT)
        listed += _LISTED + name + (4 + 8 * long if long else 0)
        at += _LOCAL + name + _LONGER + content
    count = len(weights.shapes)
    longer = (
        max(at, listed) > zipfile.ZIP64_LIMIT or count > zipfile.ZIP_FILECOUNT_LIMIT
    )
    return _Size(at + listed + _END + (_END64 if longer else 0), listed)


def _safetensors_header(weights: Weights) -> tuple[bytes, int]:
    """Return the header of a file, its length before it, and the bytes behind it."""
    entries: dict[str, Mapping[str, object]] = {}
    at = 0
    for key, shape in weights.shapes.items():
        size = 4 * math.prod(shape)
        entries[key] = {
            "dtype": "F32",
            "shape": list(shape),
            "data_offsets": [at, at + size],
        }
        at += size
    header = json.dumps(entries, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header, at


def _write_safetensors(stream: IO[bytes], weights: Weights) -> None:
    stream.write(_safetensors_header(weights)[0])
    for key in weights.shapes:
        for block in weights.blocks(key):
            stream.write(np.ascontiguousarray(block, "<f4").data)


def _safetensors_size(weights: Weights) -> _Size:
    header, content = _safetensors_header(weights)
    return _Size(len(header) + content, len(header) - 8)
