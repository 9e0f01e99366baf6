"""Files that are written bit by bit: as whole as those whose content is known."""

import errno
import io
import os
import tracemalloc
import zipfile

import pytest

from tests.faults import Disk
from tests.files.support import OLD, refused
from tests.files.test_special import special_files
from tuicnn.errors import FileError
from tuicnn.files import require_writable, sweep, write_streamed

LONG = 2**18 + 1
"""Bytes that do not wait to be written with others."""


def pieces(stream):
    """Write what is short and what is long, and mend what was written first."""
    stream.write(b"????")
    for length in (1, LONG, 2, 3):
        stream.write(bytes([length % 251]) * length)
    end = stream.tell()
    stream.seek(0)
    stream.write(b"head")
    stream.seek(end)
    stream.write(b"tail")


def written():
    pieces(stream := io.BytesIO())
    return stream.getvalue()


def test_what_is_written_may_go_back_as_archives_do(document):
    assert write_streamed(document, pieces).path == os.path.realpath(document)
    assert document.read_bytes() == written()

    def pack(stream):
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a", b"b")

    write_streamed(document, pack)
    with zipfile.ZipFile(document) as archive:
        assert archive.read("a") == b"b"
    assert os.listdir(document.parent) == [document.name]


@pytest.mark.parametrize(
    "error", [ValueError("ours"), MemoryError(), KeyboardInterrupt(), FileError("no")]
)
def test_what_a_writer_raises_is_not_taken_for_a_fault_of_the_disk(error, document):
    def fill(stream):
        pieces(stream)
        raise error

    with pytest.raises(type(error)) as caught:
        write_streamed(document, fill)
    assert caught.value is error
    assert document.read_bytes() == OLD
    assert os.listdir(document.parent) == [document.name]


def test_what_still_waits_is_never_written_elsewhere(document, tmp_path):
    kept = []

    def fill(stream):
        kept.append(stream)
        stream.write(b"waits")
        raise FileError("no")

    assert refused(write_streamed, document, fill) == "no"
    other = os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT)  # the same number
    with pytest.raises(ValueError, match="closed"):
        kept[0].flush()
    os.close(other)
    assert (tmp_path / "other").read_bytes() == b""


@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_at_any_call_leaves_the_old_or_the_new(
    number, continuous, document, monkeypatch
):
    disk = Disk(monkeypatch, OSError(number, os.strerror(number)))
    outcomes = set()
    for _ in disk.fails(continuous):
        try:
            result = write_streamed(document, pieces, backup=True)
        except FileError:
            result = None
        disk.sound()
        wanted = OLD if result is None else written()
        assert document.read_bytes() == wanted
        if continuous:
            sweep(document.parent, before=2**40)
        assert {*os.listdir(document.parent)} <= {document.name, f"{document.name}.bak"}
        outcomes.add(None if result is None else result.durable)
        document.write_bytes(OLD)
    assert outcomes == {None, True, False}  # only the folder's name is in doubt


def test_what_is_long_is_written_without_being_held(document):
    block = memoryview(bytes(2**20))

    def fill(stream):
        for _ in range(64):
            stream.write(block)

    tracemalloc.start()
    try:
        write_streamed(document, fill)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    assert document.stat().st_size == 2**26


# What is found out before


def test_what_can_be_written_is_left_alone(document):
    require_writable(document)
    require_writable(document.with_name("new"))
    assert document.read_bytes() == OLD
    assert os.listdir(document.parent) == [document.name]


def test_what_cannot_be_written_is_refused_before(tmp_path, monkeypatch):
    for path, kind in special_files(tmp_path).items():
        assert kind in refused(require_writable, path)
    assert "there is no folder" in refused(require_writable, tmp_path / "no" / "x")
    assert "name is too long" in refused(require_writable, tmp_path / ("x" * 256))
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.R_OK)
    assert "no permission to write in" in refused(require_writable, tmp_path / "x")
