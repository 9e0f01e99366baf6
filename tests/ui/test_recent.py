"""Recent files: kept in order, bounded, and never a reason to fail."""

import json
import os

import pytest

from tuicnn.ui.recent import MOST, recent_files, remember


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "tuicnn" / "recent.json"


def written(place, text):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_nothing_is_recent_at_first(place):
    assert recent_files() == []
    assert not place.parent.exists()


def test_the_newest_file_stands_first_and_once():
    for path in ("/a.json", "/b.json", "/a.json"):
        remember(path)
    assert recent_files() == ["/a.json", "/b.json"]


def test_a_path_is_remembered_from_the_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    remember("net.json")
    assert recent_files() == [os.path.join(tmp_path, "net.json")]


def test_no_more_than_twenty_are_kept():
    for number in range(MOST + 5):
        remember(f"/{number}.json")
    assert recent_files() == [f"/{n}.json" for n in range(MOST + 4, 4, -1)]


@pytest.mark.parametrize("name", ["/\x1b[31m.json", "/a\nb.json", "/\udcff.json", "/é"])
def test_any_file_name_survives(name):
    remember(name)
    assert recent_files() == [name]


@pytest.mark.parametrize("name", ["/nul\0", "/" + "x" * 5000])
def test_what_is_no_path_is_not_remembered(name):
    remember(name)
    assert recent_files() == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "{}",
        '"/a.json"',
        "[" * 100_000,
        "[1, null, [], {}]",
        '["relative.json", "", "/nul\\u0000"]',
        b"\xff\xfe",
        "1" * 5000,
    ],
)
def test_hostile_content_is_ignored_and_replaced(content, place):
    written(place, content)
    assert recent_files() == []
    remember("/a.json")
    assert recent_files() == ["/a.json"]


def test_what_is_sensible_in_the_file_is_kept(place):
    written(place, json.dumps(["/a", 3, "/b", "/a", "c"]))
    assert recent_files() == ["/a", "/b"]


def test_a_file_that_is_too_large_is_ignored(place):
    written(place, json.dumps(["/a", " " * 2**20]))
    assert recent_files() == []


def test_a_named_pipe_in_its_place_is_ignored(place):
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    remember("/a.json")
    assert recent_files() == []


def test_a_folder_that_cannot_be_made_is_ignored(tmp_path):
    (tmp_path / "state").write_text("a file")
    remember("/a.json")
    assert recent_files() == []


def test_a_full_disk_is_ignored(monkeypatch):
    remember("/a.json")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    remember("/b.json")
    assert recent_files() == ["/a.json"]
