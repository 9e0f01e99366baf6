"""The smaller and the larger of two formulas, decided where that is so for all sizes.

They never ask how large a size is here.
"""

from __future__ import annotations

from tuicnn.core.symbolic.formula import (
    Floor,
    Formula,
    Greatest,
    Least,
    Remainder,
    alone,
)


def least(first: Formula, second: Formula) -> Formula:
    """Return the smaller of two: one of them, where it is so for all sizes."""
    low, high = bounds(first.minus(second))
    if high is not None and high <= 0:
        return first
    if low is not None and low >= 0:
        return second
    return alone(Least(first, second))


def greatest(first: Formula, second: Formula) -> Formula:
    """Return the larger of two: one of them, where it is so for all sizes."""
    low, high = bounds(first.minus(second))
    if high is not None and high <= 0:
        return second
    if low is not None and low >= 0:
        return first
    return alone(Greatest(first, second))


def bounds(formula: Formula) -> tuple[int | None, int | None]:
    """Return the least and largest value that a formula can have, as far as is plain.

    Two floors of the same sum by the same divisor differ by 1 at most.
    """
    low = high = formula.constant
    pending: dict[tuple[object, ...], tuple[int, int]] = {}
    for atom, many in formula.terms:
        if isinstance(atom, Remainder):
            most = many * (atom.divisor - 1)
            low, high = low + min(most, 0), high + max(most, 0)
            continue
        if not isinstance(atom, Floor):
            return None, None
        key = (atom.dividend.terms, atom.divisor)
        other = pending.pop(key, None)
        if other is None:
            pending[key] = (atom.dividend.constant, many)
            continue
        offset, much = other
        if much != -many:
            return None, None
        gap = many if atom.dividend.constant > offset else -many
        low, high = low + min(gap, 0), high + max(gap, 0)
    return (None, None) if pending else (low, high)
