"""Plain text in columns: for terminals, pipes and screen readers.

It never knows what the cells mean.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

GAP = "  "


def columns(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    alignment: str,
    width: int | None = None,
    flexible: int | None = None,
) -> Iterator[str]:
    """Yield rows as aligned lines, trailing spaces left out.

    Args:
        header: Titles; empty for none.
        alignment: `<` or `>` for each column.
        width: Columns of the terminal; None: as wide as it takes.
        flexible: The column that is cut where the terminal is too narrow.
    """
    every = [header, *rows] if header else list(rows)
    widths = [max(map(cells, column), default=0) for column in zip(*every, strict=True)]
    if width is not None and flexible is not None and widths:
        excess = sum(widths) + len(GAP) * (len(widths) - 1) - width
        least = cells(header[flexible]) if header else 1
        widths[flexible] = max(least, widths[flexible] - max(0, excess))
    for number, row in enumerate(every):
        fitted = (
            _fitted(cell, size, side)
            for cell, size, side in zip(row, widths, alignment, strict=True)
        )
        yield GAP.join(fitted).rstrip()
        if number == 0 and header:
            yield GAP.join("─" * size for size in widths)


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    none = sum(unicodedata.combining(one) != 0 for one in text)
    return len(text) + wide - none


def shortened(text: str, size: int) -> str:
    """Return a text that takes at most `size` columns, an ellipsis where it was cut."""
    if cells(text) <= size:
        return text
    kept = text
    while kept and cells(kept) > size - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _fitted(text: str, size: int, side: str) -> str:
    text = shortened(text, size)
    space = " " * (size - cells(text))
    return space + text if side == ">" else text + space
