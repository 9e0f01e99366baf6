"""Tables in lines no wider than a terminal: what is too wide is told line by line.

It never knows what the cells mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tuicnn.core.explain.lines import INDENT, WIDTH, fitted

_GAP: Final = "  "


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], alignment: str
) -> list[str]:
    """Return rows as aligned lines, the first cell on its own where it is too long.

    Args:
        header: A title for each column.
        alignment: `<` or `>` for each column.
    """
    whole = _aligned([header, *rows], alignment)
    if max(map(len, whole)) <= WIDTH:
        return whole
    behind = _aligned([one[1:] for one in (header, *rows)], alignment[1:])
    if max(map(len, behind)) + len(INDENT) <= WIDTH:
        pairs = zip((header, *rows), behind, strict=True)
        told = ([*fitted(one[0]), INDENT + rest] for one, rest in pairs)
        return [line.rstrip() for lines in told for line in lines]
    return [line for row in rows for line in _one_by_one(header, row)]


def _aligned(rows: Sequence[Sequence[str]], alignment: str) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(
            f"{cell:{side}{size}}"
            for cell, size, side in zip(row, widths, alignment, strict=True)
        ).rstrip()
        for row in rows
    ]


def _one_by_one(header: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    """Yield the cells of a row, each on a line with its title."""
    yield from fitted(row[0])
    for title, cell in zip(header[1:], row[1:], strict=True):
        if cell:
            yield from fitted(f"{INDENT}{title}: {cell}")
