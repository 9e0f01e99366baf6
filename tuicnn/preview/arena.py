"""Places in one stretch of memory for arrays that live at different times.

It never allocates the stretch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_ALIGNMENT = 16
"""Numbers between possible beginnings: 64 bytes, a line of the cache."""


class Life(NamedTuple):
    """An array that must exist for a while.

    Attributes:
        size: Numbers in it.
        first: Step in which it is written.
        last: Last step in which it is read.
    """

    size: int
    first: int
    last: int


def offsets(lives: Sequence[Life]) -> tuple[list[int], int]:
    """Return where each array begins, and how many numbers are needed in all.

    The largest are placed first, each as low as those alive with it allow.
    """
    found = [0] * len(lives)
    placed: list[int] = []
    total = 0
    for index in sorted(range(len(lives)), key=lambda one: -lives[one].size):
        life = lives[index]
        size = -(-life.size // _ALIGNMENT) * _ALIGNMENT
        others = sorted(
            (found[other], found[other] + lives[other].size)
            for other in placed
            if lives[other].first <= life.last and life.first <= lives[other].last
        )
        at = 0
        for begin, end in others:
            if at + size <= begin:
                break
            at = max(at, -(-end // _ALIGNMENT) * _ALIGNMENT)
        found[index] = at
        placed.append(index)
        total = max(total, at + size)
    return found, total
