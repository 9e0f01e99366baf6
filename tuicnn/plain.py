"""What stands for a sign in a stream whose encoding does not have it.

It never opens a stream: it names two handlers of encoding errors, as `codecs` has them.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from typing import Final

WORDS: Final = "tuicnn.words"
"""Errors of a stream for text: a sign may become a word, the unknown an escape."""
CELLS: Final = "tuicnn.cells"
"""Errors of a stream for a screen: each sign stays as wide as it is."""

_ALIKE: Final = {
    **dict.fromkeys("─━╌╍┄┅┈┉═╴╶╸╺╼╾▔▁▂–—−", "-"),
    **dict.fromkeys("│┃╎╏┆┇┊┋║╵╷╹╻╽╿▏▎▍▌▐▕", "|"),
    **dict.fromkeys("█▉▊▋▇▆▅▄▓■", "#"),
    **dict.fromkeys("▃▀▒", "="),
    **dict.fromkeys("░", ":"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("✗×", "x"),
    **dict.fromkeys("▸›", ">"),
    **dict.fromkeys("◂‹", "<"),
    **dict.fromkeys("●•·", "*"),
    **dict.fromkeys("�␛", "?"),
    **{sign: str(digit) for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    "✓": "v", "▾": "v", "▲": "!", "⋮": ":", "ₑ": "e", "\N{NO-BREAK SPACE}": " ",
    "↑": "^", "↓": "v", "⏎": "<", "↵": "<",
}  # fmt: skip
"""Signs for which another of the same width will do."""

_SPELLED: Final = {
    "…": ("...", "~"),
    "→": ("->", ">"),
    "←": ("<-", "<"),
    "⌊": ("floor(", "["),
    "⌋": (")", "]"),
    "⌈": ("ceil(", "["),
    "⌉": (")", "]"),
    "≤": ("<=", "?"),
    "≥": (">=", "?"),
    "≠": ("!=", "?"),
    "±": ("+-", "?"),
    "√": ("sqrt", "?"),
    "∞": ("inf", "?"),
    "μ": ("mu", "m"),
    "σ": ("sigma", "s"),
    "ε": ("eps", "e"),
    "γ": ("gamma", "g"),
    "β": ("beta", "b"),
}
"""Signs that take a word, and what stands for them in one cell."""

_DIGITS: Final = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER: Final = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")


def in_words(text: str) -> str:
    """Return what stands for characters in a text, in ASCII."""
    text = _POWER.sub(lambda one: f"^{one[0].translate(_DIGITS)}", text)
    return "".join(map(_word, text))


def in_cells(text: str) -> str:
    """Return what stands for characters on a screen, in ASCII, as many cells wide."""
    return "".join(map(_cells, text))


def _word(sign: str) -> str:
    if sign in _SPELLED:
        return _SPELLED[sign][0]
    found = _alike(sign)
    return found or sign.encode("ascii", "backslashreplace").decode("ascii")


def _cells(sign: str) -> str:
    if sign in _SPELLED:
        return _SPELLED[sign][1]
    if found := _alike(sign):
        return found
    if unicodedata.combining(sign):
        return ""
    letter = unicodedata.normalize("NFKD", sign)[0]
    if letter.isascii() and letter.isalpha():
        return letter
    return "??" if unicodedata.east_asian_width(sign) in "WF" else "?"


def _alike(sign: str) -> str:
    if sign.isascii():
        return sign
    corner = "+" if "\u2500" <= sign <= "\u257f" else ""
    return _ALIKE.get(sign, corner)


def _handler(
    spelled: Callable[[str], str],
) -> Callable[[UnicodeError], tuple[str, int]]:
    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return spelled(error.object[error.start : error.end]), error.end

    return handle


codecs.register_error(WORDS, _handler(in_words))
codecs.register_error(CELLS, _handler(in_cells))
