"""Reading of documents: what is refused, and in which words."""

import gzip
import io
import os
import sys
from types import SimpleNamespace

import pytest

from tests.files.support import OLD, refused
from tuicnn.files import read_bytes, read_text, shown


def pipe_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    stream = SimpleNamespace(buffer=io.BytesIO(data), closed=False)
    monkeypatch.setattr(sys, "stdin", stream)


def test_a_file_is_read_as_it_is(document):
    assert read_bytes(document) == OLD
    assert read_text(str(document)) == OLD.decode()


def test_a_dash_reads_standard_input(monkeypatch):
    pipe_in(monkeypatch, "é".encode())
    assert read_text("-") == "é"


def test_a_closed_standard_input_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert "standard input is closed" in refused(read_bytes, "-")


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(document, monkeypatch):
    limit = len(OLD)
    assert read_bytes(document, limit) == OLD
    assert "larger than the limit of 10 bytes" in refused(read_bytes, document, 10)
    pipe_in(monkeypatch, OLD)
    assert read_bytes("-", limit) == OLD
    pipe_in(monkeypatch, OLD)
    assert "standard input is larger" in refused(read_bytes, "-", limit - 1)


def test_a_file_that_grows_while_it_is_read_is_refused(document, monkeypatch):
    real = os.fstat

    def earlier(descriptor: int) -> os.stat_result:
        return os.stat_result((*real(descriptor)[:6], 1, 0, 0, 0))

    monkeypatch.setattr(os, "fstat", earlier)
    assert "larger than the limit" in refused(read_bytes, document, len(OLD) - 1)


def test_an_enormous_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert "larger than the limit of 8 MiB" in refused(read_bytes, path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (gzip.compress(b"{}", mtime=0), "gzip"),
        (b"PK\x03\x04rest", "zip"),
        (b"PK\x05\x06rest", "zip"),
        (b"\x89HDF\r\n\x1a\nrest", "HDF5"),
        (b"\x93NUMPY\x01\x00", "NumPy"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x08\x08\x12\x07pytorch", "ONNX"),
        ("{}".encode("utf-16"), "UTF-16"),
        ("{}".encode("utf-16-le"), "UTF-16"),
        ("{}".encode("utf-16-be"), "UTF-16"),
        ("{}".encode("utf-32"), "UTF-32"),
        (b"{\x00\x00\x00}", "binary"),
        ('{\n"a": "é"}'.encode("latin-1"), "not UTF-8: byte 0xE9 in line 2"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
    ],
)
def test_what_is_no_text_is_told_by_its_first_bytes(data, message, document):
    document.write_bytes(data)
    assert message in refused(read_text, document)
    assert read_bytes(document) == data


def test_one_byte_order_mark_is_stripped(document):
    document.write_bytes(b"\xef\xbb\xbf\xef\xbb\xbf{}")
    assert read_text(document) == "\ufeff{}"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no such file", "no such file"),
        ("net.json/inside", "part of the path is a file"),
        ("a\0b", "no file name can"),
        ("\ud800", "no file name can"),
        ("x" * 256, "name is too long"),
        ("", "no such file"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path, message, document, monkeypatch):
    monkeypatch.chdir(document.parent)
    assert message in refused(read_bytes, path)


def test_a_path_is_shown_without_control_characters():
    assert shown("é/\x1b[2J\n\udcff\u202e.json") == "é/\\x1b[2J\\n\\udcff\\u202e.json"
