"""Characters that are obeyed or hidden: none of them gets through, others all do."""

import json
import unicodedata

import pytest
from rich.cells import cell_len

from tuicnn.core.controls import harmless, narrowed
from tuicnn.interop.jsonlayout import escaped, inline

EVERY = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
OBEYED = [one for one in EVERY if unicodedata.category(one) in ("Cc", "Zl", "Zp")]


def test_no_control_and_no_direction_gets_through():
    for one in (*OBEYED, *BIDI, "\ufeff", "\u200b", "\U000e0041"):
        assert one not in narrowed(f"a{one}b")
        if one != "\n":
            assert harmless(f"a{one}b") == "a�b"
            assert one not in inline({one: one})


def test_what_can_be_shown_stays_as_it_is():
    text = "".join(one for one in EVERY if one.isprintable())
    assert harmless(text) == narrowed(text) == escaped(text) == text


def test_a_line_is_as_wide_as_it_was_laid_out():
    for one in (*OBEYED, *BIDI, "\u00ad", "\u200d", "é", "漢", "\ud800"):
        assert cell_len(narrowed(one)) == cell_len(one)
    assert narrowed("👩\u200d🚀") == "👩\u200d🚀"
    assert narrowed("a\udc80\udfff") == "a��"


@pytest.mark.parametrize("value", ["".join(EVERY), {"\x9b": ["\u202e\ud800"]}])
def test_json_says_the_same_when_what_hides_is_escaped(value):
    text = json.dumps(value, ensure_ascii=False)
    assert json.loads(escaped(text)) == value
    assert not set(escaped(text)) & {*OBEYED, *BIDI}
