"""Where closed forms hold: bounds and remainders for each letter, and what is left.

It never asks a layer: it sorts the conditions that `traced` wrote down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from math import lcm
from typing import Final

from tuicnn.core import limits
from tuicnn.core.symbolic.formula import Values, letters
from tuicnn.core.symbolic.growth import direction, turn
from tuicnn.core.symbolic.traced import Condition, Relation

MOST: Final = limits.INPUT_SIZE
"""The largest size of an axis that anything is claimed for."""

_LONGEST: Final = 16_384
"""Sizes after which remainders must repeat to be told apart."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes that one letter may have: bounds, and remainders of a division.

    Attributes:
        letter: The letter.
        least: The smallest size.
        least_by: The layer that asks for it; empty for 1.
        most: The largest size.
        most_by: The layer that asks for it; empty for the program's own limit.
        period: The number by which sizes are divided.
        remainders: What a division by it may leave.
        remainders_by: The layers that ask for it.
    """

    letter: str
    least: int = 1
    least_by: str = ""
    most: int = MOST
    most_by: str = ""
    period: int = 1
    remainders: tuple[int, ...] = (0,)
    remainders_by: tuple[str, ...] = ()

    def holds(self, size: int) -> bool:
        """Whether a size is among them."""
        fits = self.least <= size <= self.most
        return fits and size % self.period in self.remainders

    def above(self, size: int) -> Iterator[int]:
        """Yield the sizes from one on, smallest first."""
        for one in range(max(size, self.least), self.most + 1):
            if one % self.period in self.remainders:
                yield one

    def below(self, size: int) -> Iterator[int]:
        """Yield the sizes from one down, largest first."""
        for one in range(min(size, self.most), self.least - 1, -1):
            if one % self.period in self.remainders:
                yield one

    @property
    def smallest(self) -> int | None:
        """The smallest of them, if there is one."""
        return next(islice(self.above(1), 1), None)


@dataclass(frozen=True, slots=True)
class Domain:
    """Where closed forms hold.

    Attributes:
        sizes: What each letter may be.
        others: Conditions on several letters, or of another kind.
    """

    sizes: tuple[Sizes, ...]
    others: tuple[Condition, ...] = ()

    def holds(self, values: Values) -> bool:
        """Whether it holds for these sizes."""
        return all(one.holds(values[one.letter]) for one in self.sizes) and all(
            one.holds(values) for one in self.others
        )


def domain(here: Values) -> Domain:
    """Return the domain that nothing was asked of yet.

    Args:
        here: The letters of the input with the sizes that it has.
    """
    return Domain(tuple(map(Sizes, here)))


def within(base: Domain, here: Values, conditions: Iterable[Condition]) -> Domain:
    """Return the part of a domain in which conditions hold, all of which do here."""
    found = {one.letter: one for one in base.sizes}
    others = list(base.others)
    for one in conditions:
        asked = letters(one.formula)
        name = next(iter(asked), "")
        narrowed = None
        if len(asked) == 1 and name in found:
            narrowed = _narrowed(found[name], one, here[name])
        if narrowed is None:
            others.append(one)
        else:
            found[name] = narrowed
    return Domain(tuple(map(_shortened, found.values())), tuple(others))


def _narrowed(sizes: Sizes, one: Condition, here: int) -> Sizes | None:
    """Return the sizes for which a condition holds, too; None where it is not plain."""
    repeats = turn(one.formula)
    if repeats is not None and repeats[1] == 0:
        return _with_remainders(sizes, one, repeats[0])
    if direction(one.formula) is None or one.relation is Relation.UNEQUAL:
        return None
    if one.relation is Relation.EQUAL:
        for formula in (one.formula, one.formula.times(-1)):
            half = Condition(formula, Relation.AT_LEAST, one.path)
            sizes = _bounded(sizes, half, here)
        return sizes
    return _bounded(sizes, one, here)


def _bounded(sizes: Sizes, one: Condition, here: int) -> Sizes:
    """Return the sizes for which a formula that rises, or falls, is at least 0."""

    def holds(size: int) -> bool:
        return one.formula.at({sizes.letter: size}) >= 0

    if direction(one.formula) == 1:
        if holds(sizes.least):
            return sizes
        least = here - _last(here - sizes.least, lambda steps: holds(here - steps))
        return replace(sizes, least=least, least_by=one.path)
    if holds(sizes.most):
        return sizes
    most = here + _last(sizes.most - here, lambda steps: holds(here + steps))
    return replace(sizes, most=most, most_by=one.path)


def _last(most: int, holds: Callable[[int], bool]) -> int:
    """Return the last of 0 … most for which something holds that then ends."""
    first, behind = 0, most + 1
    while behind - first > 1:
        middle = (first + behind) // 2
        if holds(middle):
            first = middle
        else:
            behind = middle
    return first


def _with_remainders(sizes: Sizes, one: Condition, period: int) -> Sizes | None:
    whole = lcm(sizes.period, period)
    if whole > _LONGEST:
        return None
    open_still = [
        size
        for start in range(0, whole, sizes.period)
        for size in (start + left for left in sizes.remainders)
    ]
    kept = [size for size in open_still if one.holds({sizes.letter: size})]
    if len(kept) == len(open_still):
        return sizes
    asking = dict.fromkeys((*sizes.remainders_by, one.path))
    return replace(
        sizes,
        period=whole,
        remainders=tuple(sorted(kept)),
        remainders_by=tuple(asking),
    )


def _shortened(sizes: Sizes) -> Sizes:
    """Return the same sizes with the shortest period."""
    known = frozenset(sizes.remainders)
    for period in count(1):
        if sizes.period % period:
            continue
        short = tuple(sorted({size % period for size in known}))
        if len(short) * (sizes.period // period) == len(known):
            return replace(sizes, period=period, remainders=short)
    raise AssertionError("a period divides itself")
