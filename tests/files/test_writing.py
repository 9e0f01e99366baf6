"""Writing of documents: whole, under the same name, with the same mode."""

import errno
import os
import stat
from pathlib import Path

import pytest

from tests.files.support import NEW, OLD, refused
from tuicnn.errors import FileError
from tuicnn.files import sweep, write_atomically


def test_a_file_is_written_whole(document):
    result = write_atomically(document, NEW)
    assert document.read_bytes() == NEW
    assert result == (os.path.realpath(document), True, 0, "", False)
    assert result.remarks == ()
    assert os.listdir(document.parent) == [document.name]


@pytest.mark.parametrize(
    "name", ["new.json", "x" * 255, "\udcff", "a\nb", "-", "\x1b[x]"]
)
def test_a_file_is_created_under_any_name_the_system_takes(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_atomically(name, NEW)
    assert os.listdir() == [name]
    assert Path(name).read_bytes() == NEW


def test_no_bytes_at_all_can_be_written(document):
    write_atomically(document, b"")
    assert document.read_bytes() == b""


def test_a_new_file_takes_the_mode_that_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "new.json", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666, 0o755])
def test_the_mode_of_the_old_file_is_kept(document, mode):
    document.chmod(mode)
    write_atomically(document, NEW)
    assert stat.S_IMODE(document.stat().st_mode) == mode


def test_a_symbolic_link_stays_one(document, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.json"
    link.symlink_to(document)
    result = write_atomically(link, NEW)
    assert link.is_symlink()
    assert document.read_bytes() == NEW
    assert result.path == os.path.realpath(document)
    assert os.listdir(folder) == ["link.json"]


def test_a_dangling_link_creates_what_it_names(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_atomically(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == NEW


def test_other_hard_links_are_counted_and_keep_the_old_content(document):
    other = document.with_name("other.json")
    os.link(document, other)
    assert write_atomically(document, NEW).other_names == 1
    assert other.read_bytes() == OLD


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing/net.json", "there is no folder"),
        ("net.json/inside", "is a file"),
        ("new/", "names a folder"),
        ("", "names a folder"),
        ("..", "is a folder"),
        ("a\0b", "no file name can"),
        ("\ud800", "no file name can"),
        ("x" * 256, "name is too long"),
    ],
)
def test_a_target_that_cannot_be_is_refused(path, message, document, monkeypatch):
    monkeypatch.chdir(document.parent)
    assert message in refused(write_atomically, path, NEW)
    assert os.listdir() == [document.name]


def test_a_read_only_file_is_not_replaced(document, monkeypatch):
    # Permissions stop no root user, so the system's answer is played.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    assert "read-only" in refused(write_atomically, document, NEW)
    assert document.read_bytes() == OLD


def test_a_file_system_without_modes_can_be_written(document, monkeypatch):
    def forbidden(descriptor: int, mode: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", forbidden)
    assert write_atomically(document, NEW).durable
    assert document.read_bytes() == NEW


def test_what_the_disk_takes_piecemeal_is_written_to_the_end(document, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda to, data: real(to, data[:3]))
    write_atomically(document, NEW)
    assert document.read_bytes() == NEW


def test_only_stale_temporary_files_of_ours_are_swept(tmp_path):
    stale, fresh = ".t-00000000.tmp", ".t-ffffffff.tmp"
    others = [".t-0.tmp", ".t-00000000.tmp~", "x.t-00000000.tmp", ".t-0000000G.tmp"]
    for name in (stale, fresh, *others):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_000, 1_000))
    os.utime(tmp_path / fresh, (2_000, 2_000))
    (tmp_path / ".t-11111111.tmp").symlink_to(stale)
    (tmp_path / ".t-22222222.tmp").mkdir()
    assert sweep(tmp_path, before=2_000) == [stale]
    assert set(others) < set(os.listdir(tmp_path))
    assert (tmp_path / fresh).exists()


def test_a_folder_that_cannot_be_swept_is_left_in_silence(tmp_path):
    assert sweep(tmp_path / "missing", before=0) == []


# The version before


def test_the_version_before_is_kept(document):
    for text in (NEW, b"third"):
        before = document.read_bytes()
        result = write_atomically(document, text, backup=True)
        assert result.backup == f"{document}.bak"
        assert result.other_names == 0
        assert document.read_bytes() == text
        assert Path(result.backup).read_bytes() == before
    assert set(os.listdir(document.parent)) == {"net.json", "net.json.bak"}


def test_a_new_file_has_no_version_before(tmp_path):
    result = write_atomically(tmp_path / "new", NEW, backup=True)
    assert (result.backup, result.unkept) == ("", False)
    assert os.listdir(tmp_path) == ["new"]


def test_a_backup_that_is_still_the_file_itself_is_no_other_name(document):
    # As a save leaves it that was killed between both steps.
    os.link(document, f"{document}.bak")
    result = write_atomically(document, NEW, backup=True)
    assert result.other_names == 0
    assert Path(f"{document}.bak").read_bytes() == OLD
    assert len(os.listdir(document.parent)) == 2


@pytest.mark.parametrize("kind", ["folder", "link", "long", "no links"])
def test_a_backup_that_cannot_be_made_stops_no_save(kind, document, monkeypatch):
    path = document
    if kind == "folder":
        os.mkdir(f"{document}.bak")
    elif kind == "link":
        os.symlink("elsewhere", f"{document}.bak")
    elif kind == "long":
        path = document.with_name("x" * 255)
        path.write_bytes(OLD)
    else:

        def forbidden(*_):
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", forbidden)
    count = len(os.listdir(document.parent))
    result = write_atomically(path, NEW, backup=True)
    assert (result.backup, result.unkept) == ("", True)
    assert "could not be kept" in result.remarks[0]
    assert path.read_bytes() == NEW
    assert len(os.listdir(document.parent)) == count


def test_a_check_can_prevent_the_replacement(document):
    def check():
        assert len(os.listdir(document.parent)) == 2  # all else is done
        raise FileError("changed")

    assert refused(lambda: write_atomically(document, NEW, check=check)) == "changed"
    assert os.listdir(document.parent) == [document.name]
    assert document.read_bytes() == OLD
