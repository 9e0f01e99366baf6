"""Files of weights: .npz and .safetensors, read with suspicion and written at once.

It never reads an array before its name, shape and type are known to fit.
"""

from __future__ import annotations

import json
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from tuicnn.core import limits
from tuicnn.core.wording import brief, bytes_spelled
from tuicnn.preview.faults import FileFault
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.npyheader import read_header, read_values
from tuicnn.preview.operation import Shape
from tuicnn.preview.plan import Plan
from tuicnn.preview.regular import opened
from tuicnn.preview.weights import COUNTS, check

_FAULTS = (
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    struct.error,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What is raised where a zip file is none, or a broken one."""
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How NumPy packs entries; others ask for modules that Python may lack."""
_SMALL = 64 * 2**10
"""Bytes that an entry of a zip file may have, however often it grows for them."""
_END, _TAIL = 22, 22 + 65_535 + 76
"""Bytes of the record at the end of a zip file, and of all that may stand there."""
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
"""NumPy's types by safetensors' names; BF16 is the upper half of a float32."""


def load(path: Path, plan: Plan) -> dict[str, Array]:
    """Return the weights in a file, by path and parameter name.

    Raises:
        FileFault: It cannot be read.
        WeightsFault: It does not fit the network; every mismatch is named.
    """
    readers: dict[str, Callable[[Path, Plan], dict[str, Array]]] = {
        ".npz": _load_npz,
        ".safetensors": _load_safetensors,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileFault(f"{path.name}: weights are .npz or .safetensors files")
    try:
        return reader(path, plan)
    except OSError as error:
        raise FileFault(f"{path.name} cannot be read: {error.strerror}") from error


def _wanted(plan: Plan) -> dict[str, Shape]:
    return {key: shape for key, shape, _ in plan.tensors()}


def _load_npz(path: Path, plan: Plan) -> dict[str, Array]:
    wanted = _wanted(plan)
    try:
        with opened(path, limits.WEIGHTS_BYTES) as file, _archive(file) as archive:
            entries = _entries(archive, path.name)
            headers = {}
            for key, entry in entries.items():
                with archive.open(entry) as stream:
                    headers[key] = read_header(stream, f"{path.name}: {brief(key)}")
            check(
                plan, {key: one.shape for key, one in headers.items()}, path.name, True
            )
            found = {}
            for key in wanted:
                with archive.open(entries[key]) as stream:
                    header = read_header(stream, key)
                    size = entries[key].file_size
                    named = f"{path.name}: {key}"
                    found[key] = read_values(stream, header, named, size)
            return found
    except _FAULTS as error:
        why = brief(str(error))
        raise FileFault(f"{path.name} is no sound .npz file: {why}") from error


def _archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Return a zip file, unless its list of contents alone would fill the memory.

    Source: the format's own description, APPNOTE.TXT 4.3.14 to 4.3.16.
    """
    start = max(0, file.seek(0, os.SEEK_END) - _TAIL)
    file.seek(start)
    tail = file.read(_TAIL)
    end = tail[-_END:] if tail[-_END:].startswith(b"PK\5\6") else b""
    at = len(tail) - _END if end else tail.rfind(b"PK\5\6")
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    longer = tail[max(0, at - 76) : max(0, at - 20)]
    if longer.startswith(b"PK\6\6"):  # the list of a zip64 file
        size = max(size % 0xFFFFFFFF, int.from_bytes(longer[40:48], "little"))
    if size > limits.WEIGHTS_HEADER:
        raise zipfile.BadZipFile("its list of contents is too long")
    return zipfile.ZipFile(file)


def _entries(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries of an archive by key; refuse bombs, doubles and locks."""
    found: dict[str, zipfile.ZipInfo] = {}
    if sum(one.file_size for one in archive.infolist()) > limits.WEIGHTS_BYTES:
        most = bytes_spelled(limits.WEIGHTS_BYTES)
        raise FileFault(f"{name} unpacks to more than the limit of {most}")
    for entry in archive.infolist():
        key = entry.filename.removesuffix(".npy")
        if key in found:
            raise FileFault(f"{name} has two entries {brief(key)}")
        if entry.flag_bits & 1:
            raise FileFault(f"{name} is encrypted")
        if entry.compress_type not in _PACKED:
            raise FileFault(
                f"{name}: {brief(key)} is compressed as no .npz file is; "
                "numpy.savez and numpy.savez_compressed write what can be read"
            )
        grown = entry.file_size > limits.WEIGHTS_RATIO * entry.compress_size
        if grown and entry.file_size > _SMALL:  # a few zeros grow more, and harm not
            raise FileFault(
                f"{name}: {brief(key)} grows more than {limits.WEIGHTS_RATIO} times: "
                "refused"
            )
        found[key] = entry
    return found


class _Stretch(NamedTuple):
    """Where a tensor stands in a .safetensors file."""

    dtype: str
    shape: Shape
    begin: int
    end: int


def _load_safetensors(path: Path, plan: Plan) -> dict[str, Array]:
    with opened(path, limits.WEIGHTS_BYTES) as stream:
        size = os.fstat(stream.fileno()).st_size
        stretches, start = _header(stream, size, path.name)
        check(plan, {key: one.shape for key, one in stretches.items()}, path.name, True)
        found = {}
        for key in _wanted(plan):
            one = stretches[key]
            stream.seek(start + one.begin)
            raw = np.frombuffer(stream.read(one.end - one.begin), _TYPES[one.dtype])
            if one.dtype == "BF16":
                raw = (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
            found[key] = raw.astype(np.float32).reshape(one.shape)
        return found


def _header(stream: IO[bytes], size: int, name: str) -> tuple[dict[str, _Stretch], int]:
    """Return where the tensors stand; refuse what lies outside, or on one another.

    Source: the format's own description, github.com/huggingface/safetensors.
    """
    length = int.from_bytes(stream.read(8), "little")
    if not 2 <= length <= min(limits.WEIGHTS_HEADER, size - 8):
        raise FileFault(f"{name} is no .safetensors file: its header does not fit")
    try:
        value = json.loads(stream.read(length))
    except (ValueError, RecursionError) as error:
        raise FileFault(
            f"{name} is no .safetensors file: its header is no JSON"
        ) from error
    if not isinstance(value, dict):
        raise FileFault(f"{name} is no .safetensors file: its header is no object")
    value.pop("__metadata__", None)
    room = size - 8 - length
    stretches = {
        key: _stretch(key, one, room, name)
        for key, one in value.items()
        if not key.endswith(COUNTS)
    }
    at = 0
    for key, one in sorted(stretches.items(), key=lambda pair: pair[1].begin):
        if one.begin < at:
            raise FileFault(f"{name}: {brief(key)} lies on another tensor")
        at = one.end
    return stretches, 8 + length


def _stretch(key: str, value: object, room: int, name: str) -> _Stretch:
    """Return where a tensor stands, whatever its entry holds instead of that."""
    entry = value if isinstance(value, dict) else {}
    dtype = entry.get("dtype")
    shape, place = map(_numbers, (entry.get("shape"), entry.get("data_offsets")))
    if not isinstance(dtype, str) or shape is None or place is None or len(place) != 2:
        raise FileFault(f"{name}: the entry of {brief(key)} is malformed")
    begin, end = place
    if dtype not in _TYPES:
        raise FileFault(
            f"{name}: {brief(key)} holds {brief(dtype)}; one of {', '.join(_TYPES)} is "
            "expected"
        )
    if end > room or end - begin != math.prod(shape) * np.dtype(_TYPES[dtype]).itemsize:
        raise FileFault(f"{name}: {brief(key)} does not fill the place its entry gives")
    return _Stretch(dtype, shape, begin, end)


def _numbers(value: object) -> Shape | None:
    """Return the sizes or places in a list; None where it is none, or no such list."""
    if not isinstance(value, list) or len(value) > limits.AXES:
        return None
    for one in value:
        if type(one) is not int or not 0 <= one <= limits.WEIGHTS_BYTES:
            return None
    return tuple(value)
