"""What is no regular file: neither read nor written, and never waited for."""

import os
import socket
import stat
from pathlib import Path

import pytest

from tests.files.support import NEW, refused
from tuicnn.files import read_bytes, read_text, write_atomically


def special_files(folder: Path) -> dict[str, str]:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
    return {
        str(folder): "folder",
        str(folder / "pipe"): "named pipe",
        str(folder / "socket"): "socket",
        "/dev/null": "device",
    }


@pytest.mark.parametrize(
    "function", [read_bytes, read_text, lambda path: write_atomically(path, NEW)]
)
def test_what_is_no_regular_file_is_refused_by_its_kind(function, tmp_path):
    for path, kind in special_files(tmp_path).items():
        before = os.lstat(path)
        assert kind in refused(function, path)
        assert stat.S_IFMT(os.lstat(path).st_mode) == stat.S_IFMT(before.st_mode)
    assert len(list(tmp_path.iterdir())) == 2


def test_links_that_lead_in_a_circle_are_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "circle" in refused(read_bytes, tmp_path / "a")
    assert "circle" in refused(write_atomically, tmp_path / "a", NEW)
    assert (tmp_path / "a").is_symlink()
