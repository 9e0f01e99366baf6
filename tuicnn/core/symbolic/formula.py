"""Closed forms: sums of letters, floors and products, simplified where that is exact.

It never knows a network: `traced` sends sizes through one, and these come of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

Values = Mapping[str, int]
"""What the letters stand for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A size that is not known: H."""

    name: str


@dataclass(frozen=True, slots=True)
class Floor:
    """A quotient rounded down; what is constant in it lies in 0 … divisor − 1."""

    dividend: Formula
    divisor: int


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a division leaves."""

    dividend: Formula
    divisor: int


@dataclass(frozen=True, slots=True)
class Least:
    """The smaller of two."""

    first: Formula
    second: Formula


@dataclass(frozen=True, slots=True)
class Greatest:
    """The larger of two."""

    first: Formula
    second: Formula


@dataclass(frozen=True, slots=True)
class Scaled:
    """A size times a real factor in double precision, rounded down."""

    size: Formula
    factor: float


@dataclass(frozen=True, slots=True)
class Product:
    """Several sizes multiplied; none has a factor that could stand before it."""

    factors: tuple[Formula, ...]


Atom = Letter | Floor | Remainder | Least | Greatest | Scaled | Product
"""What a sum adds up, times a whole number."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A sum: whole multiples of atoms, and a whole number.

    Attributes:
        terms: Atoms with their factors, none of them 0, in a fixed order.
        constant: What is added to them.
    """

    terms: tuple[tuple[Atom, int], ...]
    constant: int

    def plus(self, other: Formula) -> Formula:
        """Return the sum of both."""
        if not other.terms:  # nearly always: nothing to join
            return Formula(self.terms, self.constant + other.constant)
        return total((*self.terms, *other.terms), self.constant + other.constant)

    def times(self, factor: int) -> Formula:
        """Return a multiple."""
        if factor == 0:
            return number(0)
        terms = tuple((atom, factor * many) for atom, many in self.terms)
        return Formula(terms, factor * self.constant)

    def minus(self, other: Formula) -> Formula:
        """Return the difference."""
        return self.plus(other.times(-1))

    def at(self, values: Values) -> int:
        """Return the number that it is for these sizes."""
        return self.constant + sum(
            many * _atom_at(atom, values) for atom, many in self.terms
        )


def _atom_at(atom: Atom, values: Values) -> int:
    match atom:
        case Letter(name):
            return values[name]
        case Floor(dividend, divisor):
            return dividend.at(values) // divisor
        case Remainder(dividend, divisor):
            return dividend.at(values) % divisor
        case Least(first, second):
            return min(first.at(values), second.at(values))
        case Greatest(first, second):
            return max(first.at(values), second.at(values))
        case Scaled(size, factor):
            return math.floor(size.at(values) * factor)
        case Product(factors):
            return math.prod(factor.at(values) for factor in factors)


def parts(atom: Atom) -> tuple[Formula, ...]:
    """Return the formulas that an atom is made of; none for a letter."""
    match atom:
        case Letter():
            return ()
        case Floor(dividend, _) | Remainder(dividend, _):
            return (dividend,)
        case Least(first, second) | Greatest(first, second):
            return (first, second)
        case Scaled(size, _):
            return (size,)
        case Product(factors):
            return factors


def letters(formula: Formula) -> frozenset[str]:
    """Return the letters that stand in a formula."""
    found: set[str] = set()
    for atom, _ in formula.terms:
        if isinstance(atom, Letter):
            found.add(atom.name)
        for part in parts(atom):
            found |= letters(part)
    return frozenset(found)


def weight(formula: Formula) -> int:
    """Return how many atoms a formula holds: how long it is to read."""
    return sum(
        1 + sum(map(weight, parts(atom))) for atom, _ in formula.terms
    )  # fmt: skip


def number(value: int) -> Formula:
    """Return a number as a formula."""
    return Formula((), value)


def letter(name: str) -> Formula:
    """Return a letter as a formula."""
    return alone(Letter(name))


def alone(atom: Atom) -> Formula:
    """Return an atom as a formula."""
    return Formula(((atom, 1),), 0)


def total(terms: Iterable[tuple[Atom, int]], constant: int) -> Formula:
    """Return a sum with equal atoms joined."""
    counted: dict[Atom, int] = {}
    for atom, many in terms:
        counted[atom] = counted.get(atom, 0) + many
    kept = [(atom, many) for atom, many in counted.items() if many]
    if len(kept) > 1:
        kept.sort(key=lambda term: repr(term[0]))
    return Formula(tuple(kept), constant)


def floored(dividend: Formula, divisor: int) -> Formula:
    """Return a quotient rounded down, floors within it composed where that is exact.

    ⌊(n·x + y)/n⌋ = x + ⌊y/n⌋, ⌊(g·x + c)/(g·n)⌋ = ⌊(x + ⌊c/g⌋)/n⌋, and
    ⌊(⌊x/m⌋ + c)/n⌋ = ⌊(x + c·m)/(m·n)⌋ hold for whole x, y and c.
    Source: Graham, Knuth, Patashnik, Concrete Mathematics, 3.2.
    """
    if divisor == 1:
        return dividend
    if divisor < 0:
        return floored(dividend.times(-1), -divisor)
    whole = Formula(
        tuple((a, many // divisor) for a, many in dividend.terms if not many % divisor),
        dividend.constant // divisor,
    )
    rest = Formula(
        tuple((a, many) for a, many in dividend.terms if many % divisor),
        dividend.constant % divisor,
    )
    return whole.plus(_floored_rest(rest, divisor)) if rest.terms else whole


def _floored_rest(rest: Formula, divisor: int) -> Formula:
    """Return a quotient rounded down that has nothing whole in it."""
    common = math.gcd(divisor, *(many for _, many in rest.terms))
    if common > 1:
        terms = tuple((atom, many // common) for atom, many in rest.terms)
        return floored(Formula(terms, rest.constant // common), divisor // common)
    if all(many < 0 for _, many in rest.terms):  # −⌊−x/n⌋ rounds up
        turned = rest.times(-1).plus(number(divisor - 1))
        return floored(turned, divisor).times(-1)
    atom, many = rest.terms[0]
    if len(rest.terms) == 1 and many == 1 and isinstance(atom, Floor):
        inner = atom.dividend.plus(number(rest.constant * atom.divisor))
        return floored(inner, atom.divisor * divisor)
    return alone(Floor(rest, divisor))


def remainder(dividend: Formula, divisor: int) -> Formula:
    """Return what a division by a positive number leaves."""
    terms = [(atom, many % divisor) for atom, many in dividend.terms]
    rest = total(terms, dividend.constant % divisor)
    return alone(Remainder(rest, divisor)) if rest.terms else rest


def multiplied(first: Formula, second: Formula) -> Formula:
    """Return a product, whole factors drawn before it."""
    if not first.terms:
        return second.times(first.constant)
    if not second.terms:
        return first.times(second.constant)
    (many, left), (more, right) = _factors(first), _factors(second)
    factors = tuple(sorted((*left, *right), key=repr))
    return Formula(((Product(factors), many * more),), 0)


def _factors(formula: Formula) -> tuple[int, tuple[Formula, ...]]:
    """Return the whole factor of a formula, and what it is multiplied with."""
    common, rest = content(formula)
    atom, many = rest.terms[0]
    if len(rest.terms) == 1 and not rest.constant and isinstance(atom, Product):
        return common * many, atom.factors
    return common, (rest,)


def content(formula: Formula) -> tuple[int, Formula]:
    """Return the largest number that divides a formula, and the formula without it."""
    common = math.gcd(formula.constant, *(many for _, many in formula.terms)) or 1
    terms = tuple((atom, many // common) for atom, many in formula.terms)
    return common, Formula(terms, formula.constant // common)


_EXACT: Final = 2**20
"""Below it, a factor's numerator times a size is exact in double precision."""


def scaled_down(size: Formula, factor: float) -> Formula:
    """Return a size times a real factor in double precision, rounded down."""
    upper, lower = factor.as_integer_ratio()
    if upper < _EXACT and lower < _EXACT:
        return floored(size.times(upper), lower)
    return alone(Scaled(size, factor))
