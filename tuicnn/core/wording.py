"""Small turns of phrase that messages share.

It never holds a message: those stand where the problem is found.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import Final

COLUMNS: Final = 80
"""Columns of an ordinary terminal."""

_SENTENCES: Final = re.compile(r"(?<=[.?!]) +(?=[A-Z“])")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant."""
    from difflib import get_close_matches  # 8 ms, and only a typo needs it

    folded = {one.lower(): one for one in known}
    close = get_close_matches(word.lower()[:64], folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def brief(text: str, most: int = 80) -> str:
    """Return a text as a message quotes it: on one line, and not endless."""
    head = text[: most + 1]
    shown = "".join(one if one.isprintable() else "�" for one in head)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def bytes_spelled(count: int) -> str:
    """Return a number of bytes as people read it: 110 KiB."""
    if count < 1024:
        return f"{count} B"
    size = float(count)
    for unit in ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        size /= 1024
        if size < 1024:
            return f"{size:,.1f} {unit}"
    return f"{_scientific(count)} B"


def short(count: int) -> str:
    """Return a large number in three digits: 51.4 M, and from 10¹⁵ on 1.2e18."""
    size = float(count)
    for unit in ("", " k", " M", " G", " T"):
        if size < 999.5:
            return f"{size:.3g}{unit}"
        size /= 1000
    return _scientific(count)


def _scientific(count: int) -> str:
    """Return a number without a unit of its size: 1.2e18."""
    return f"{count:.3g}".replace("e+", "e")


def percent(part: int, whole: int) -> str:
    """Return a share as people read it: 60.5 %, and never 0.0 % of something."""
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.05 or not part else "less than 0.1 %"


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: a, b and c."""
    every = list(words)
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} and {every[-1]}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return how many there are of something: 1 layer, 12 layers."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, so that each can have lines of its own."""
    return _SENTENCES.split(text)


def continued(head: str, text: str, indent: str = "    ") -> list[str]:
    """Return a text behind a head as lines no wider than a terminal.

    Args:
        head: Stands first, as it is: what looks for it finds it unbroken.
        indent: What the lines below begin with.
    """
    room = " " * len(head)
    first, *more = textwrap.wrap(
        text,
        COLUMNS,
        initial_indent=room,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    ) or [""]
    if len(first) > COLUMNS and len(head) > len(indent):
        return [head.rstrip(), *continued(indent, text, indent)]
    return [f"{head}{first[len(room) :]}".rstrip(), *more]


def subscript(number: int) -> str:
    """Return a number set below a letter: ₁₂."""
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(number))
