"""Streams whose encoding lacks a sign: what stands for it, in texts and on screens."""

from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.program import ROOT
from tuicnn.plain import CELLS, WORDS, in_cells, in_words

SOURCES = [
    path
    for path in (ROOT / "tuicnn").rglob("*")
    if path.suffix in {".py", ".tcss"} and path.parts[-2:] != ("core", "controls.py")
]
SIGNS = sorted(
    {sign for path in SOURCES for sign in path.read_text("utf-8") if not sign.isascii()}
)


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_of_the_program_has_another_that_every_terminal_has(sign):
    assert in_words(sign).isascii() and in_words(sign).isprintable()
    assert "\\" not in in_words(sign)
    cells = in_cells(sign)
    assert cells.isascii() and cells.isprintable()
    assert len(cells) == cell_len(sign)


@pytest.mark.parametrize(
    ("text", "words", "cells"),
    [("1×32×32 → 6×28×28", "1x32x32 -> 6x28x28", "1x32x32 > 6x28x28"),
     ("⌊(32 + 2·0 − 5) / 1⌋", "floor((32 + 2*0 - 5) / 1)", "[(32 + 2*0 - 5) / 1]"),
     ("10⁻¹² of 2⁶⁴", "10^-12 of 2^64", "10??? of 2??"),
     ("≤ ≥ ≠", "<= >= !=", "? ? ?"),
     ("┌─┐ │ └┴┘ █▁", "+-+ | +++ #-", "+-+ | +++ #-"),
     ("“é” 层 e\u0301 \udcff", '"\\xe9" \\u5c42 e\\u0301 \\udcff', '"e" ?? e ?')],
)  # fmt: skip
def test_a_text_without_its_signs_says_the_same(text, words, cells):
    assert (in_words(text), in_cells(text)) == (words, cells)


def test_a_stream_keeps_what_it_has():
    stream = io.TextIOWrapper(io.BytesIO(), "latin-1", WORDS)
    stream.write("6×28×28 → 2³¹, “2⁶⁴”")
    stream.flush()
    assert stream.buffer.getvalue().decode("latin-1") == '6×28×28 -> 2³¹, "2^64"'


@given(st.text(st.characters(exclude_categories=["Cc"])), st.sampled_from(
    ["ascii", "latin-1", "cp437", "koi8-r", "utf-8"]))  # fmt: skip
def test_every_text_can_be_written(text, encoding):
    for errors in (WORDS, CELLS):
        assert isinstance(text.encode(encoding, errors), bytes)


def test_what_cannot_be_read_is_not_guessed():
    with pytest.raises(UnicodeDecodeError):
        codecs.decode(b"\xff", "utf-8", WORDS)
