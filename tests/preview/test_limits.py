"""Files that others made: each limit and its neighbours, and what is no file."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.preview.networks import network
from tests.preview.test_weights import archive, entry, tensors_file
from tuicnn.core import limits
from tuicnn.preview.faults import FileFault, WeightsFault
from tuicnn.preview.free import free_memory
from tuicnn.preview.inputs import read_input
from tuicnn.preview.plan import plan
from tuicnn.preview.run import MAXIMUM_LIMIT, default_limit
from tuicnn.preview.weightfiles import load

NET = network([{"type": "linear", "name": "fc", "out_features": 2}], [3])
PLAN = plan(NET)


def refused(path: Path) -> str:
    """Assert that weights are refused, and return why."""
    with pytest.raises((FileFault, WeightsFault)) as caught:
        load(path, PLAN)
    return caught.value.message


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_a_file_of_weights_is_as_large_as_the_limit(tmp_path, suffix):
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(b"")
    for more, larger in ((-1, False), (0, False), (1, True)):
        os.truncate(path, limits.WEIGHTS_BYTES + more)  # nothing stands on the disk
        assert ("larger than the limit of 4.0 GiB" in refused(path)) == larger


def test_an_archive_unpacks_to_no_more_than_the_limit(tmp_path, monkeypatch):
    path = archive(tmp_path / "weights.npz", ("a", bytes(600)), ("b", bytes(400)))
    for most, larger in ((1001, False), (1000, False), (999, True)):
        monkeypatch.setattr(limits, "WEIGHTS_BYTES", most)
        monkeypatch.setattr(
            "tuicnn.preview.weightfiles.opened", lambda one, _: one.open("rb")
        )
        assert ("unpacks to more" in refused(path)) == larger


def test_an_entry_grows_by_no_more_than_the_limit(tmp_path, monkeypatch):
    data = bytes(range(256)) + bytes(10**6)
    path = archive(tmp_path / "weights.npz", ("a.npy", data), packed=True)
    with zipfile.ZipFile(path) as file:
        (one,) = file.infolist()
        ratio = one.file_size / one.compress_size
    for most, larger in ((int(ratio) + 1, False), (int(ratio), True)):
        monkeypatch.setattr(limits, "WEIGHTS_RATIO", most)
        assert ("grows more than" in refused(path)) == larger


@pytest.mark.parametrize(("more", "larger"), [(-1, False), (0, False), (1, True)])
def test_a_list_of_contents_is_as_long_as_the_limit(
    tmp_path, monkeypatch, more, larger
):
    header = b'{"a": 1}'.ljust(limits.WEIGHTS_HEADER + more)
    told = refused(tensors_file(tmp_path / "weights.safetensors", header))
    assert ("does not fit" in told) == larger
    path = archive(tmp_path / "weights.npz", ("a", b"1"), ("b", b"2"))
    with zipfile.ZipFile(path) as file:
        length = path.stat().st_size - 22 - file.start_dir
    monkeypatch.setattr(limits, "WEIGHTS_HEADER", length - more)
    assert ("too long" in refused(path)) == larger


def test_the_list_of_a_long_archive_is_measured_too(tmp_path, monkeypatch):
    path = tmp_path / "weights.npz"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(2**16 + 1):  # more than the short form can count
            file.writestr(f"{number}", b"")
    assert b"PK\6\6" in path.read_bytes()[-200:]
    assert "too long" not in refused(path)
    monkeypatch.setattr(limits, "WEIGHTS_HEADER", 1000)
    assert "too long" in refused(path)


def png(width: int, height: int) -> bytes:
    """Return an image that claims a size, and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", b"")
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("pixels", "larger"),
    [(limits.PIXELS - 1, False), (limits.PIXELS, False), (limits.PIXELS + 1, True),
     (10**9, True), (2**60, True)],
)  # fmt: skip
def test_an_image_has_as_many_pixels_as_the_limit(
    tmp_path, monkeypatch, pixels, larger
):
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "x.png"
    width, height = (2**30, 2**30) if pixels == 2**60 else (pixels, 1)
    path.write_bytes(png(width, height))
    unpacked = []
    monkeypatch.setattr(image.Image, "convert", lambda *_: unpacked.append(1) or 1 / 0)
    with pytest.raises(FileFault) as caught:
        read_input(path, (1, 8, 8))
    assert bool(unpacked) != larger
    assert ("no image" in caught.value.message) or larger


def test_an_image_is_not_enlarged_beyond_the_limit(tmp_path):
    pytest.importorskip("PIL.Image")
    (tmp_path / "x.png").write_bytes(png(1, 1))
    with pytest.raises(FileFault, match="the network takes more than"):
        read_input(tmp_path / "x.png", (3, 65_536, 65_536))


def test_no_image_is_a_program(tmp_path):
    pytest.importorskip("PIL.Image")
    path = tmp_path / "x.png"
    path.write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    )
    with pytest.raises(FileFault, match="is no image"):
        read_input(path, (3, 8, 8))


@pytest.mark.parametrize("name", ["x.npz", "x.safetensors", "x.npy", "x.png"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "missing", "nul"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, name, kind):
    path = tmp_path / (f"\0{name}" if kind == "nul" else name)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(FileFault, match=r"cannot be read|is not a file"):
        read_input(path, (3, 8, 8)) if name[-3:] in ("npy", "png") else load(path, PLAN)


def test_an_array_that_claims_more_than_the_file_has_allocates_nothing(tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(entry("(1000, 1000000, 3, 8)", "<f8"))
    with pytest.raises(FileFault, match="cut off"):
        read_input(path, (1_000_000, 3, 8))


@pytest.mark.parametrize("shape", ["(-3, -4, 5)", "(3, -4, -5)", f"({'1,' * 65})"])
def test_an_array_of_an_impossible_shape_is_refused(tmp_path, shape):
    path = tmp_path / "x.npy"
    path.write_bytes(entry(shape, "<f4", bytes(240)))
    with pytest.raises(FileFault, match=r"axis of fewer|has 65 axes"):
        read_input(path, (3, 4, 5))


def test_zeros_that_were_packed_are_read(tmp_path):
    net = network([{"type": "linear", "name": "fc", "out_features": 4096}], [3])
    path = tmp_path / "zeros.npz"
    np.savez_compressed(path, **{"fc.weight": np.zeros((4096, 3), np.float32),
                                 "fc.bias": np.zeros(4096, np.float32)})  # fmt: skip
    assert not load(path, plan(net))["fc.weight"].any()


def machine(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


MEMORY = "MemTotal: 9 kB\nMemAvailable:   16777216 kB\n"
GIB = 2**30


def test_memory_is_what_the_machine_and_every_container_grant(tmp_path):
    root = machine(tmp_path, proc__meminfo=MEMORY)
    assert free_memory(root) == 16 * GIB
    machine(root, proc__self__cgroup="4:cpu,memory:/a/b\n0::/c/d\n")
    assert free_memory(root) == 16 * GIB
    v1 = {"limit_in_bytes": str(9 * GIB), "usage_in_bytes": str(GIB)}
    machine(
        root, **{f"sys__fs__cgroup__memory__a__memoryDOT{k}": v for k, v in v1.items()}
    )
    assert free_memory(root) == 8 * GIB
    machine(root, sys__fs__cgroup__c__d__memoryDOTmax="max\n",
            sys__fs__cgroup__c__d__memoryDOTcurrent="5\n")  # fmt: skip
    assert free_memory(root) == 8 * GIB
    machine(root, sys__fs__cgroup__c__memoryDOTmax=f"{3 * GIB}\n",
            sys__fs__cgroup__c__memoryDOTcurrent=f"{GIB}\n")  # fmt: skip
    assert free_memory(root) == 2 * GIB
    machine(root, sys__fs__cgroup__c__memoryDOTcurrent=f"{4 * GIB}\n")
    assert free_memory(root) == 0


@pytest.mark.parametrize(
    ("free", "limit"),
    [(None, limits.PREVIEW_BYTES), (0, 0), (100, 100), (GIB, limits.PREVIEW_BYTES),
     (2 * GIB, limits.PREVIEW_BYTES), (2 * GIB + 4, limits.PREVIEW_BYTES + 1),
     (16 * GIB - 4, MAXIMUM_LIMIT - 1), (16 * GIB, MAXIMUM_LIMIT),
     (16 * GIB + 4, MAXIMUM_LIMIT)],
)  # fmt: skip
def test_a_pass_takes_a_quarter_and_never_more_than_there_is(monkeypatch, free, limit):
    monkeypatch.setattr("tuicnn.preview.run.free_memory", lambda: free)
    assert default_limit() == limit
