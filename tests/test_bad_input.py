"""Whatever is opened: a diagnostic or one clear line, never a traceback."""

from __future__ import annotations

import gzip
import json
import os
import random
import socket
from collections.abc import Iterator
from functools import cache

import pytest

from tests.documents import (
    PRESETS,
    as_text,
    preset_text,
    problems_of,
    report_of_text,
    text_of,
)
from tests.program import assert_holds, assert_no_traceback, child, run
from tuicnn.core.diagnostics import Code, Diagnostic
from tuicnn.core.reading import read_text

RELU = {"type": "relu"}
CONV = {"type": "conv2d", "name": "conv", "out_channels": 4, "kernel_size": 3}
STEP = 61
"""Every so many bytes a whole preset is damaged: its parts are, at every byte."""


@cache
def parts() -> tuple[str, ...]:
    """Return every layer of every preset in a document of its own, and the heads.

    A whole document takes milliseconds, and there are 240,000 places in the presets;
    many of their layers are equal.
    """
    layers: dict[str, None] = {}
    heads = []
    for name in PRESETS:
        document = json.loads(preset_text(name))
        for layer in _every(document["layers"]):
            layers[json.dumps(layer, ensure_ascii=False)] = None
        heads.append(as_text({**document, "layers": []}))
    start = '{"format": "tuicnn/1", "name": "n", "input": [3, 64, 64], "layers": ['
    return (*heads, *(f"{start}{layer}]}}" for layer in layers))


def _every(layers: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield layers, containers emptied, and what was in them."""
    for layer in layers:
        own = dict(layer)
        if "layers" in layer:
            yield from _every(own.pop("layers"))
            own["layers"] = [RELU]
        if "branches" in layer:
            for branch in own.pop("branches"):
                yield from _every(branch)
            own["branches"] = [[RELU], []]
        yield own


def assert_placed(problem: Diagnostic, text: str) -> None:
    """Assert that a problem can be shown: printable, in its place, with a remedy."""
    assert (problem.message + problem.hint).isprintable()
    assert problem.message
    assert problem.hint
    lines = text.split("\n")
    assert problem.line is not None
    assert problem.column is not None
    assert 1 <= problem.line <= len(lines)
    assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1


def assert_told(text: str) -> None:
    """Assert that a text is a network, or that what is wrong is told with its place."""
    reading = read_text(text)
    assert reading.network is not None or reading.problems
    for problem in problems_of(text):
        assert_placed(problem, text)


def assert_cut_off(text: str) -> None:
    """Assert that a truncated text is refused, once, in its place."""
    reading = read_text(text)
    assert reading.network is None
    (problem,) = reading.problems
    assert problem.code is Code.JSON_SYNTAX
    assert_placed(problem, text)


def changed(text: str, at: int, chance: random.Random) -> str:
    """Return a text with one character changed."""
    return text[:at] + chr(chance.randrange(128)) + text[at + 1 :]


def refused(text: str | bytes, status: int = 2) -> str:
    """Assert that a document is refused in words, and return them."""
    outcome = run("check", "-", stdin=text)
    assert outcome.status == status, outcome.out
    assert_no_traceback(outcome)
    assert outcome.out.isprintable() or "\n" in outcome.out
    return outcome.out + outcome.err


def test_every_layer_of_every_preset_cut_off_at_every_byte_is_refused():
    for text in parts():
        start = text.index('"layers"') if text.startswith('{"') else 0
        for end in range(start, len(text.rstrip())):
            assert_cut_off(text[:end])


@pytest.mark.parametrize("name", PRESETS)
def test_a_whole_preset_that_is_cut_off_is_refused(name):
    text = preset_text(name).rstrip()
    for end in (*range(0, len(text), STEP), *range(len(text) - 9, len(text))):
        assert_cut_off(text[:end])


def test_every_layer_of_every_preset_changed_at_every_byte_is_told():
    chance = random.Random(4711)
    for text in parts():
        start = text.index('"layers"') if text.startswith('{"') else 0
        for at in range(start, len(text)):
            assert_told(changed(text, at, chance))


@pytest.mark.parametrize("name", PRESETS)
def test_a_whole_preset_with_a_changed_byte_is_told(name):
    chance = random.Random(name)
    text = preset_text(name)
    for at in range(len(name), len(text), 5 * STEP):
        assert_told(changed(text, at, chance))


@pytest.mark.parametrize("name", ["alexnet", "inception-v3", "matlab-2-6-1"])
def test_a_damaged_preset_is_refused_by_the_whole_program(name, tmp_path):
    data = preset_text(name).encode()
    path = tmp_path / "net.json"
    for damaged in (data[:99], data[:-3], data[:500] + b"\xff" + data[501:]):
        path.write_bytes(damaged)
        outcome = child("check", str(path))
        assert outcome.status == 2
        assert_no_traceback(outcome)
        assert_holds(outcome.out + outcome.err, str(path), "line" if b"\xff" in damaged
                     else "json-syntax")  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("p", "NaN", "NaN is not a number"),
        ("p", "Infinity", "Infinity is not a number"),
        ("p", "-Infinity", "-Infinity is not a number"),
        ("p", "1e999", "too large"),
        ("p", "9" * 5000, "too large"),
    ],
)
def test_a_number_that_json_has_not_is_refused_in_its_place(field, value, message):
    text = text_of((3,), {"type": "dropout", field: 0}).replace("0}", f"{value}}}")
    assert_holds(refused(text), "json-syntax", message, "6:30: error")


@pytest.mark.parametrize(
    "value",
    ["true", '"3"', "1.0", "1e3", "3.5", "-0.0", "0", "-1", "null", "[]", "{}",
     "[3]", "[3, 3, 3]", "[true, 3]", "[3, 3.0]", "1025", "2147483648", "1e15",
     "9" * 4000],
    ids=lambda value: value[:10],
)  # fmt: skip
def test_what_is_no_sound_size_is_refused_and_quoted(value):
    text = text_of((3, 9, 9), {**CONV, "kernel_size": 77}).replace("77", value)
    told = refused(text, status=1)
    assert_holds(told, "conv: invalid-value kernel_size:", "Received:", "1 error")
    assert value[:9] in told or value in ("1e3", "1e15")


@pytest.mark.parametrize("value", ["true", "1.0", '"3"', "1e2", "0", "9" * 4000])
def test_what_is_no_sound_input_is_refused(value):
    text = text_of((77, 9, 9)).replace("77", value)
    assert_holds(refused(text, status=1), "invalid-value input:", "Received:")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("null", "not-a-document", "Received: null"),
        ("[]", "not-a-document", "Received: []"),
        ("3", "not-a-document", "Received: 3"),
        ('"net"', "not-a-document", 'Received: "net"'),
        ("{}", "unknown-format", "missing"),
        ('{"layers": []}', "unknown-format", "missing"),
        ('{"format": null}', "unknown-format", "Received: null"),
        ('{"format": "tuicnn/2"}', "unknown-format", "upgrade"),
        ('{"format": "keras"}', "unknown-format", 'Received: "keras"'),
        ("<!DOCTYPE html>\n<html></html>", "json-syntax", "HTML"),
        ("version https://git-lfs.github.com/spec/v1\n", "json-syntax", "LFS"),
        ("// a comment\n{}", "json-syntax", "comment"),
        ("{'format': 1}", "json-syntax", "quote"),
        ("name: net\n", "json-syntax", "name"),
        ("\ufeff\ufeff{}", "json-syntax", "byte order mark"),
        (" \n ", "json-syntax", "empty"),
    ],
)
def test_what_is_no_document_is_refused_by_what_it_is(text, code, words):
    assert_holds(refused(text), code, words)


def test_missing_keys_are_all_told():
    told = refused('{"format": "tuicnn/1"}', status=1)
    for key in "name", "input", "layers":
        assert f"missing-key a network needs “{key}”" in told


def test_a_later_version_is_refused_whatever_else_it_holds():
    document = {"format": "tuicnn/9", "name": 3, "layers": [{"type": "attention"}]}
    told = refused(as_text(document))
    assert_holds(told, "unknown-format", "tuicnn/9", "upgrade", "1 error")


def test_one_byte_order_mark_is_no_fault():
    text = text_of((3, 9, 9), CONV)
    assert run("check", "-", stdin=b"\xef\xbb\xbf" + text.encode()).status == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (gzip.compress(b"{}", mtime=0), "gzip"),
        ('{"a": 1}'.encode("utf-16"), "UTF-16"),
        (b'{"a": "\xe9"}', "not UTF-8"),
        (b"{\0}", "binary"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_one_line(data, words, tmp_path):
    path = tmp_path / "net.json"
    path.write_bytes(data)
    outcome = run("summary", str(path))
    assert (outcome.status, outcome.out) == (2, "")
    assert words in outcome.err.splitlines()[0]
    assert words in run("summary", "-", stdin=data).err


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    (tmp_path / "circle").symlink_to("circle")
    kinds = {".": "folder", "pipe": "named pipe", "socket": "socket",
             "circle": "circle", "none": "no file called"}  # fmt: skip
    for name, kind in kinds.items():
        outcome = run("check", str(tmp_path / name))
        assert (outcome.status, outcome.out) == (2, "")
        assert kind in outcome.err
    assert run("check", "/dev/null").status == 2
    assert child("check", str(tmp_path / "pipe")).status == 2


CONTROLS = set("\x1b\x07\x9b\0\u202e\u2066\u200b")
HOSTILE = {
    "escape": "\x1b[2J\x1b]0;title\x07",
    "c1": "\x9b2J",
    "nul": "a\0b",
    "bidi": "\u202egnp.exe",
    "isolate": "\u2066x\u2069",
    "zero width": "a\u200bb",
    "newline": "a\nb",
    "private": "\ue000",
    "long": "x" * 10**6,
    "empty": "",
    "dotted": "a.b",
    "slashed": "a/b",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_is_refused_and_never_printed(name):
    places = (
        text_of((3, 9, 9), {**CONV, "name": name}),
        text_of((3, 9, 9), CONV).replace('"case"', json.dumps(name)),
    )
    for text in places:
        for command in "check", "summary", "explain", "export":
            outcome = run(command, "-", stdin=text)
            assert outcome.status == 1
            printed = outcome.out + outcome.err
            assert "name: expected" in printed
            assert not set(printed) & CONTROLS
            assert command == "export" or "x" * 99 not in printed


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_never_printed_wherever_it_stands(name):
    places = (
        text_of((3, 9, 9), {"type": name}),
        text_of((3, 9, 9), {**CONV, f"{name}!": 1}),
        text_of((3, 9, 9), {**CONV, "padding": name}),
        text_of((3, 9, 9), CONV, {"type": "add", "with": [name]}),
        text_of((3, 9, 9), CONV, parameters={f"{name}!": 1}),
        text_of((3, 9, 9), CONV, expect=[name[:4000]]),
        text_of((3, 9, 9), CONV, **{f"{name}!": 1}),
        as_text({"format": name}),
    )
    for text in places:
        outcome = run("check", "-", stdin=text)
        assert outcome.status in (1, 2), text[:500]
        printed = outcome.out + outcome.err
        assert not set(printed) & CONTROLS
        assert "x" * 99 not in printed


@pytest.mark.parametrize("key", ["title", "description", "source"])
def test_hostile_text_about_a_network_is_shown_without_controls(key):
    text = text_of((3, 9, 9), CONV, **{key: "a\x1b[2Jb\u202ec\nd"})
    for command in (["summary"], ["explain"], ["export", "--to", "markdown"],
                    ["export", "--to", "mermaid"], ["export", "--to", "csv"],
                    ["export"], ["check"], ["compare", "lenet5"]):  # fmt: skip
        outcome = run(*command, "-", stdin=text)
        assert outcome.status == 0
        assert not set(outcome.out + outcome.err) & {"\x1b", "\u202e"}, command


def test_half_a_surrogate_pair_is_refused_in_its_place():
    text = text_of((3, 9, 9), {**CONV, "name": "77"}).replace("77", r"\ud800")
    assert_holds(refused(text), "json-syntax", "surrogate", "6:32: error")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('{"format": "tuicnn/1",\n "format": "tuicnn/1"}',
         "line 1 column 2 and line 2 column 2"),
        ('{"format": "tuicnn/1", "layers": [\n{"type": "relu",\n"type": "relu"}]}',
         "line 2 column 2 and line 3 column 1"),
        ('{"parameters": {"a": 1,\n"b": 2, "a": 3}}',
         "line 1 column 17 and line 2 column 9"),
        ('{"layers": [{"type": "block", "layers": [{"name": 1,\n"n\\u0061me": 2}]}]}',
         "line 1 column 43 and line 2 column 1"),
    ],
)  # fmt: skip
def test_a_key_that_stands_twice_is_refused_and_both_places_are_named(text, places):
    assert_holds(refused(text), "json-syntax", "stands twice", places)


def test_a_preset_is_sound_before_it_is_damaged():
    for text in parts():
        assert not read_text(text).problems
    for name in PRESETS:
        assert report_of_text(preset_text(name)).valid
