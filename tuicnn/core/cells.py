"""Sets of cells of one axis, and which of them a layer reads for those that leave.

A set is an integer: bit c stands for cell c, and −1 for every cell there is.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from tuicnn.core.reach import Pattern, Span

EVERY: Final = -1
"""Every cell, however many there are."""


def all_of(size: int) -> int:
    """Return the set of all cells of an axis, cell by cell."""
    return (1 << size) - 1


def settled(cells: int, size: int) -> int:
    """Return a set within an axis; all cells of it are `EVERY`."""
    cells &= all_of(size)
    return EVERY if cells == all_of(size) else cells


def held(cells: int, other: int) -> bool:
    """Whether all cells of a set are in another."""
    return cells | other == other


def runs(cells: int, size: int) -> list[Span]:
    """Return the first and last cell of each stretch of neighbours in a set."""
    text = format(cells & all_of(size), "b")[::-1]
    found = []
    start = text.find("1")
    while start >= 0:
        stop = text.find("0", start)
        stop = len(text) if stop < 0 else stop
        found.append((start, stop - 1))
        start = text.find("1", stop)
    return found


def read_by(pattern: Pattern, leaving: int, count: int, size: int, mode: str) -> int:
    """Return the cells that are read for some of those that leave.

    Args:
        leaving: The cells that leave, of `count`.
        size: How many cells enter.
        mode: What stands beyond the ends: "zeros", or how cells are repeated there.
    """
    leaving &= all_of(count)
    before = max((-span[0] for span in pattern.spans if span), default=0)
    before = max(before, 0)
    found = 0
    for phase, span in enumerate(pattern.spans):
        if span is not None:
            turns = _each(leaving, phase, pattern.period)
            moved = (span[0] + before, span[1] + before)
            found |= _swept(pattern, moved, turns)
    return settled(_folded(found, before, size, mode), size)


def _swept(pattern: Pattern, span: Span, turns: int) -> int:
    """Return what outputs of one phase read, the first turn reading `span`."""
    apart = _apart(turns, ceil(pattern.shift))
    found = 0
    for cell in range(span[0], span[1] + 1, pattern.every):
        found |= apart << cell
    return found


def _each(cells: int, first: int, step: int) -> int:
    """Return every step-th cell from the first one on, closed up."""
    if step == 1:
        return cells
    text = format(cells, "b")[::-1][first::step][::-1]
    return int(text, 2) if text else 0


def _apart(cells: int, step: int) -> int:
    """Return cells drawn apart: cell c becomes step·c."""
    if step == 1 or cells < 2:
        return cells
    return int(("0" * (step - 1)).join(format(cells, "b")), 2)


def _folded(cells: int, before: int, size: int, mode: str) -> int:
    """Return the cells of a map that are read, some of them as its own padding.

    Args:
        before: How many cells stand in front of the map's first one.
    """
    inside = (cells >> before) & all_of(size)
    if mode in ("zeros", "constant"):
        return inside
    ahead = cells & all_of(before)
    behind = cells >> (before + size)
    outer = [first for span in runs(ahead, before) for first in _range(span)]
    for cell in (one - before for one in outer):
        inside |= 1 << _repeated(cell, size, mode)
    for span in runs(behind, behind.bit_length()):
        for one in _range(span):
            inside |= 1 << _repeated(one + size, size, mode)
    return inside


def _range(span: Span) -> range:
    return range(span[0], span[1] + 1)


def _repeated(cell: int, size: int, mode: str) -> int:
    """Return the cell of a map that stands for one beyond its ends."""
    if mode == "circular":
        return cell % size
    if mode == "reflect":
        return -cell if cell < 0 else 2 * (size - 1) - cell
    return 0 if cell < 0 else size - 1
