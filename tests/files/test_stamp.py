"""Stamps: whether a file is still what it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.files.support import NEW, OLD
from tuicnn.core.limits import FILE_BYTES
from tuicnn.files.stamp import stamp, unchanged


def test_a_file_that_nobody_touched_is_unchanged(document: Path) -> None:
    assert unchanged(document, stamp(document))
    assert unchanged(str(document), stamp(document))


def test_a_file_that_was_only_touched_is_unchanged(document: Path) -> None:
    before = stamp(document)
    os.utime(document, (1, 1))
    assert unchanged(document, before)
    assert stamp(document) != before


def test_a_file_that_was_written_anew_with_the_same_content_is_unchanged(
    document: Path,
) -> None:
    before = stamp(document)
    other = document.with_name("other")
    other.write_bytes(OLD)
    os.replace(other, document)
    assert unchanged(document, before)


@pytest.mark.parametrize("data", [NEW, OLD[::-1], b""])
def test_another_content_is_a_change(document: Path, data: bytes) -> None:
    before = stamp(document)
    document.write_bytes(data)
    os.utime(document, (1, 1))
    assert not unchanged(document, before)


def test_a_file_that_is_removed_has_changed(document: Path) -> None:
    before = stamp(document)
    document.unlink()
    assert not unchanged(document, before)


def test_a_file_that_was_not_there_is_unchanged_until_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    assert stamp(path) is None
    assert unchanged(path, None)
    path.write_bytes(NEW)
    assert not unchanged(path, None)


def test_a_file_that_became_a_folder_has_changed(document: Path) -> None:
    before = stamp(document)
    document.unlink()
    document.mkdir()
    assert stamp(document) is None
    assert not unchanged(document, before)


def test_a_file_that_grew_beyond_what_is_read_has_changed(document: Path) -> None:
    before = stamp(document)
    os.truncate(document, FILE_BYTES + 1)
    assert not unchanged(document, before)


@pytest.mark.parametrize("path", ["a\0b", "no such folder/x", "\ud800"])
def test_what_no_file_can_be_has_no_stamp(path: str) -> None:
    assert stamp(path) is None
    assert unchanged(path, None)
