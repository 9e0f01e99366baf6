"""What is exported or mended leaves the old file or the new, whichever call fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import text_of
from tests.faults import Disk
from tests.program import Outcome, assert_no_traceback, run
from tests.ui.desk import NARROW, desk, sample
from tuicnn.core.check import check
from tuicnn.errors import FileError
from tuicnn.files import sweep
from tuicnn.interop.formats import FORMATS
from tuicnn.ui.forwarding import save_activations

OLD = "what stood there before\n"
BROKEN = text_of(
    (3, 9, 9), {"type": "flatten"}, {"type": "linear", "in_features": 7,
                                     "out_features": 4}
)  # fmt: skip
SMALL = text_of(
    (1, 6, 6), {"type": "conv2d", "out_channels": 2, "kernel_size": 3},
    {"type": "flatten"}, {"type": "linear", "out_features": 3},
)  # fmt: skip
ARRAYS = {
    "weights.npz": ("preview", "-", "--save-weights"),
    "weights.safetensors": ("preview", "-", "--save-weights"),
    "outputs.npz": ("preview", "-", "--activations"),
    "output.npy": ("preview", "-", "--output"),
    "converted.npz": ("convert", "-", "linear-to-conv", "--weights-out"),
}
"""What writes arrays, by what it writes: the file's name stands last."""
UNKEPT = "The version before could not be kept as .bak."
UNSURE = "The disk has not confirmed it yet."
ONCE_OR_FROM_THEN_ON = pytest.mark.parametrize("continuous", [False, True])
ERRORS = pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what an editor remembers out of the user's folders."""
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))


@pytest.fixture
def disk(number: int, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch, OSError(number, os.strerror(number)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def faults(disk: Disk, continuous: bool, file: Path, old: str | None) -> Iterator[None]:
    """Put the old file in its place, alone, once for each call that fails."""
    _restart(file, old)
    for _ in disk.fails(continuous):
        yield
        disk.sound()
        _restart(file, old)


def _restart(file: Path, old: str | None) -> None:
    for one in file.parent.iterdir():
        one.unlink()
    if old is not None:
        file.write_text(old, "utf-8")


def content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def assert_alone(file: Path, continuous: bool, *others: str) -> None:
    """Assert that a folder holds nothing else, once it was swept where it had to be."""
    if continuous:  # what cannot be removed now is swept later
        sweep(file.parent, before=2**40)
    assert {one.name for one in file.parent.iterdir()} <= {file.name, *others}


def found_in(file: Path) -> str | None:
    return file.read_bytes().decode() if file.exists() else None  # ends of lines too


def assert_told(outcome: Outcome) -> None:
    """Assert that a run succeeded, or said in words why not."""
    assert_no_traceback(outcome)
    assert outcome.status in (0, 2)
    assert ("tuicnn: " in outcome.err) == (outcome.status == 2)


@ERRORS
@ONCE_OR_FROM_THEN_ON
@pytest.mark.parametrize("old", [OLD, None], ids=["over a file", "new"])
@pytest.mark.parametrize("name", FORMATS)
def test_the_export_command_leaves_the_old_file_or_the_new(
    name, old, continuous, disk, folder
):
    file = folder / "net.out"
    command = ("export", "lenet5", "--to", name, "--force", "-o", str(file))
    new = run("export", "lenet5", "--to", name).out
    statuses = set()
    for _ in faults(disk, continuous, file, old):
        outcome = run(*command)
        disk.sound()
        assert_told(outcome)
        assert found_in(file) == (old if outcome.status else new)
        assert_alone(file, continuous)
        statuses.add(outcome.status)
    assert statuses == {0, 2}
    assert run(*command).status == 0  # a sound disk takes it


@ERRORS
@ONCE_OR_FROM_THEN_ON
async def test_the_editor_exports_the_new_file_or_leaves_the_old(
    continuous, disk, folder, monkeypatch
):
    file = folder / "net.out"
    async with desk(sample(), NARROW) as one:
        for name, write in FORMATS.items():
            new, told = write(check(sample())), set()

            async def answered(_, name=name):
                return name, str(file)

            monkeypatch.setattr(one.app, "push_screen_wait", answered)
            for _ in faults(disk, continuous, file, OLD):
                one.told.clear()
                await one.editor._export()  # without a pause: the editor writes no more
                disk.sound()
                (text,) = one.told
                exported = text.startswith("Exported to ")
                assert exported or "cannot write" in text
                assert found_in(file) == (new if exported else OLD)
                assert_alone(file, continuous)
                told.add(exported)
            assert told == {True, False}
        assert one.app.is_running
        assert one.app._exception is None


@ERRORS
@ONCE_OR_FROM_THEN_ON
def test_a_mended_document_is_the_old_or_the_new(continuous, disk, folder):
    file, backup = folder / "net.json", folder / "net.json.bak"
    command = ("check", "--fix", "in-features-mismatch")
    new, seen = run(*command, "-", stdin=BROKEN).out, set()
    for _ in faults(disk, continuous, file, BROKEN):
        outcome = run(*command, str(file))
        disk.sound()
        assert_told(outcome)
        assert found_in(file) == (BROKEN if outcome.status else new)
        assert_alone(file, continuous, backup.name)
        assert found_in(backup) in (None, BROKEN)
        if outcome.status == 0:
            assert (UNKEPT in outcome.err) == (not backup.exists())
        seen.add((outcome.status, backup.exists()))
    assert {(0, True), (2, False)} <= seen
    assert ((0, False) in seen) == (not continuous)


@ERRORS
@ONCE_OR_FROM_THEN_ON
@pytest.mark.parametrize("name", ARRAYS)
def test_a_file_of_arrays_is_the_old_or_the_new(
    name, number, continuous, disk, folder, tmp_path
):
    file, backup, old = folder / name, folder / f"{name}.bak", OLD
    if number == errno.ENOSPC:
        old = None
    run(*ARRAYS[name], str(tmp_path / name), stdin=SMALL)
    new, seen = (tmp_path / name).read_bytes(), set()
    before = None if old is None else old.encode()
    for _ in faults(disk, continuous, file, old):
        outcome = run(*ARRAYS[name], str(file), "--force", stdin=SMALL)
        disk.sound()
        assert_told(outcome)
        assert content(file) == (before if outcome.status else new)
        assert content(backup) in (None, before)
        assert_alone(file, continuous, backup.name)
        if outcome.status == 0 and old is not None:
            assert (UNKEPT in outcome.err) == (not backup.exists())
        seen.add((outcome.status, UNSURE in outcome.err))
    assert seen == {(2, False), (0, True), (0, False)}


@ERRORS
@ONCE_OR_FROM_THEN_ON
def test_the_activations_of_the_editor_are_the_old_or_the_new(continuous, disk, folder):
    file, backup, report = folder / "a.npz", folder / "a.npz.bak", check(sample())
    save_activations(report, file)
    new, seen = file.read_bytes(), set()
    for _ in faults(disk, continuous, file, OLD):
        try:
            count, result = save_activations(report, file)
        except FileError as error:
            assert "cannot write" in error.message
            result = None
        else:
            assert count == len(report.rows) - 1  # the block has none of its own
        disk.sound()
        assert content(file) == (OLD.encode() if result is None else new)
        assert content(backup) in (None, OLD.encode())
        assert_alone(file, continuous, backup.name)
        seen.add(None if result is None else result.durable)
    assert seen == {None, True, False}
