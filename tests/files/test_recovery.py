"""Recovery files: private, apart from the document, gone when nothing is lost."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.files.support import NEW, OLD, refused
from tuicnn.files.recovery import adopt, forget, keep, kept, recovery_path


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a state folder of its own."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


def mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_what_is_kept_is_found_and_forgotten(document: Path, state: Path) -> None:
    name = str(document)
    assert kept(name) is None
    path = keep(name, NEW)
    assert path == recovery_path(name) == kept(name)
    assert Path(path).read_bytes() == NEW
    assert Path(path).is_relative_to(state)
    assert document.read_bytes() == OLD
    forget(name)
    assert kept(name) is None
    assert os.listdir(os.path.dirname(path)) == []
    forget(name)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_kept_is_private(document: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        path = keep(str(document), OLD)
        assert mode(path) == 0o600
        assert mode(os.path.dirname(path)) == 0o700
        keep(str(document), NEW)
        assert mode(path) == 0o600
    finally:
        os.umask(before)
    assert Path(path).read_bytes() == NEW


def test_each_document_has_a_file_of_its_own_by_whatever_name(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = document.with_name("link.json")
    link.symlink_to(document)
    monkeypatch.chdir(document.parent)
    found = {recovery_path(str(one)) for one in (document, link, "./net.json")}
    assert len(found) == 1
    others = ("other.json", "é\udcff.json", "x" * 255)
    assert len(found.union(map(recovery_path, others))) == 4


def test_what_has_no_name_is_kept_for_this_process_alone() -> None:
    path = keep(None, NEW)
    assert os.path.basename(path) == f"unnamed-{os.getpid()}.json"
    assert kept(None) is None
    forget(None)
    assert not os.path.exists(path)


def test_a_state_folder_that_cannot_be_made_is_told(state: Path) -> None:
    state.write_bytes(OLD)
    assert "a part of the path is a file" in refused(keep, None, NEW)
    assert kept(str(state)) is None
    forget(None)


def test_a_folder_in_the_place_of_the_file_is_told(document: Path) -> None:
    path = keep(str(document), OLD)
    os.unlink(path)
    os.mkdir(path)
    assert "is a folder" in refused(keep, str(document), NEW)
    assert kept(str(document)) is None
    forget(str(document))
    assert os.path.isdir(path)


@pytest.mark.parametrize(
    ("call", "number", "words"),
    [
        ("mkdir", errno.EACCES, "permission is denied"),
        ("mkdir", errno.EROFS, "read-only"),
        ("open", errno.EACCES, "permission is denied"),
        ("fsync", errno.ENOSPC, "disk is full"),
        ("replace", errno.EIO, "disk reports an error"),
    ],
)
def test_a_disk_that_refuses_is_told_and_leaves_nothing(
    call: str,
    number: int,
    words: str,
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Permissions stop no root user, so the system's answer is played.
    def failing(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing)
        assert words in refused(keep, None, NEW)
    assert not [one for one in state.rglob("*") if one.is_file()]


def without_modes(real: Callable[..., None]) -> Callable[..., None]:
    def forbidden(*arguments: object, **options: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    return forbidden


def test_a_file_system_without_modes_keeps_it_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "chmod", without_modes(os.chmod))
    assert Path(keep(None, NEW)).read_bytes() == NEW


def left(process: int) -> str:
    """Leave a file behind as a process that had no document would."""
    path = keep(None, NEW)
    other = path.replace(str(os.getpid()), str(process))
    os.rename(path, other)
    return other


def test_what_an_ended_process_left_without_a_file_is_found_and_adopted() -> None:
    assert kept(None) is None
    left(os.getppid())  # runs
    assert kept(None) is None
    path = left(2**22 + 1)  # no process has such a number
    assert kept(None) == path
    adopt(path)
    assert kept(None) is None
    assert Path(recovery_path(None)).read_bytes() == NEW
    adopt(path)
