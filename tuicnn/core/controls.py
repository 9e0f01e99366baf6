"""Characters that a terminal obeys, or that hide in a text, instead of being shown.

It never decides where a text goes: every edge of the program asks here.
"""

from __future__ import annotations

import re
from typing import Final

MARK: Final = "�"
"""What stands in the place of one."""

UNSEEN: Final = (
    r"\x7f-\x9f"  # C1
    r"\u00ad\u034f\u061c\u180e\u200b-\u200f"  # of no width, and of direction
    r"\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e007f"  # music's, and tags
)
"""Them all, as a regular expression has them in brackets; without C0."""

_OBEYED: Final = re.compile(rf"[\x00-\x09\x0b-\x1f{UNSEEN}]")

_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, as strange file names have it: no terminal takes one."""

_KEPT: Final = {"\u00ad": MARK, "\u200d": "\u200d"}
"""A hyphen takes a cell; a joiner makes one sign of two, which would be wider apart."""


def harmless(text: str) -> str:
    """Return a text with a mark in the place of each such character; lines stay."""
    return text if text.isprintable() else _OBEYED.sub(MARK, text)


def narrowed(text: str) -> str:
    """Return a text of one line without such characters.

    Where a line has been laid out in cells, a mark for what takes none would push the
    rest of it over the edge.
    """
    if text.isprintable():
        return text
    found = _OBEYED.sub(lambda one: _KEPT.get(one[0], ""), text)
    return _HALF.sub(MARK, found.replace("\n", ""))
