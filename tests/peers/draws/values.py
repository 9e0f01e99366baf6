"""The small random choices that settings are put together from."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tuicnn.core.shapes import Shape

Fields = dict[str, object]
Setting = tuple[Fields, Shape]
Draw = Callable[[Random], Setting]
_LONGEST = {1: 14, 2: 10, 3: 7}


def seldom(rng: Random) -> bool:
    """Return True once in twelve."""
    return rng.randrange(12) == 0


def a_map(rng: Random, rank: int) -> Shape:
    """Return the shape of a small map; seldom of one with other axes."""
    if seldom(rng):
        rank = rng.choice([0, 1, 2, 3])
    sizes = (rng.randint(1, _LONGEST[rank]) for _ in range(rank))
    return (rng.choice([1, 2, 3, 4, 6, 8]), *sizes)


def any_shape(rng: Random) -> Shape:
    """Return the shape of a vector or of a small map."""
    return a_map(rng, rng.choice([0, 1, 2, 3]) or 1) if rng.random() < 0.8 else (6,)


def each_axis(rng: Random, rank: int, least: int, most: int) -> object:
    """Return one integer, or one for each axis; seldom one that is too small."""
    if seldom(rng) and seldom(rng):
        least = min(least, 0)
        most = least
    if rng.random() < 0.5:
        return rng.randint(least, most)
    return tuple(rng.randint(least, most) for _ in range(rank))


def pairs(rng: Random, rank: int, most: int) -> object:
    """Return cells before and after each axis."""
    return tuple((rng.randint(0, most), rng.randint(0, most)) for _ in range(rank))


def padding(rng: Random, rank: int, most: int, words: bool = True) -> object:
    """Return padding in one of its forms."""
    form = rng.random()
    if words and form < 0.2:
        return "same"
    if words and form < 0.25:
        return "valid"
    if form < 0.4:
        return pairs(rng, rank, most)
    return each_axis(rng, rank, 0, most)


def declared(rng: Random, fields: Fields, name: str, actual: int) -> None:
    """State what enters, rightly or, seldom, wrongly."""
    if rng.random() < 0.4:
        fields[name] = actual + 1 if seldom(rng) else actual


def maybe(rng: Random, fields: Fields, name: str, value: object) -> None:
    """Set a field, or leave it at its default."""
    if rng.random() < 0.5:
        fields[name] = value
