"""Explanations as lines of a pane that scrolls to the side: tables stay whole.

It never explains, and never breaks a sentence itself: `explaining` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from textual.content import Content

from tuicnn.ui.dialogs.ask import visible
from tuicnn.ui.explaining import told

_LEAST: Final = 20
"""Columns that a line has at least; a narrower pane scrolls to the side."""
_GAP: Final = re.compile(r"(?<=\S) {2,}(?=\S)")


def laid(lines: Sequence[str], width: int) -> list[Content]:
    """Return an explanation as the lines of a pane.

    Args:
        width: Columns of the pane; only rows of tables are longer.
    """
    width = max(_LEAST, width)
    found: list[Content] = []
    shown = [visible(line).plain for line in lines]
    for row, block in groupby(
        shown, lambda line: len(line) > width and _in_table(line)
    ):
        part = list(block)
        found += map(Content, part) if row else _whole(part, width)
    return found


def _whole(lines: list[str], width: int) -> list[Content]:
    return told(lines, width).split("\n", allow_blank=True)


def _in_table(line: str) -> bool:
    """Whether a line is a row of a table: three columns, and no bar among them."""
    return len(_GAP.findall(line)) > 1 and "█" not in line
