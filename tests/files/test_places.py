"""Where paths begin: at the working folder, or at the user's where that is gone."""

from __future__ import annotations

import os

import pytest

from tuicnn.files import absolute, here


def test_a_path_begins_at_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert here() == str(tmp_path)
    assert absolute("a/../b.json") == str(tmp_path / "b.json")
    assert absolute("/x/./y") == "/x/y"


@pytest.mark.parametrize(
    ("home", "start"), [("/home/somebody", "/home/somebody"), ("relative", os.sep)]
)
def test_it_begins_at_home_where_that_folder_is_gone(
    tmp_path, monkeypatch, home, start
):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("HOME", home)
    try:
        assert here() == start
        assert absolute("net.json") == os.path.join(start, "net.json")
    finally:
        os.chdir(tmp_path)
