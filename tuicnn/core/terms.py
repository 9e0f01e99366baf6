"""Terms: one expression that gives its value, its formula and its substitution.

It never decides a rule: the rules stand in `shapes` and with the layers, written once
for integers and for terms alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import TypeVar

ENTERING = "entering "
"""How the meaning of a symbol begins that is a size of what enters a layer."""

ALL_NUMBERS = "numbers"
"""What follows it where all that enters is counted, along every axis."""

_SUM, _QUOTIENT, _PRODUCT, _POWER, _ATOM = range(5)
"""How tightly the outermost operator of a term binds."""


class OpenSize(int):
    """An integer that stands for others, too, and so decides nothing by its value.

    `symbolic` sends such sizes through the layers' rules.
    """

    def smaller(self, other: int) -> int:
        """Return the smaller of two sizes."""
        raise NotImplementedError

    def larger(self, other: int) -> int:
        """Return the larger of two sizes."""
        raise NotImplementedError

    def scaled(self, factor: float, value: int) -> int:
        """Return the size times a real factor, which is here some `value`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter of a formula: what it stands for, and its value here."""

    letter: str
    value: int | float | Fraction
    meaning: str

    @property
    def axis(self) -> str | None:
        """The axis of what enters that it measures; None where it is no such size."""
        name = self.meaning.removeprefix(ENTERING)
        return None if name == self.meaning else name


@dataclass(frozen=True, slots=True)
class Rounding:
    """One quotient, or product, that a formula rounds to a whole number.

    Attributes:
        written: What is rounded, with the values put in: 10 / 4.
        exact: Its value.
        rounded: The whole number.
    """

    written: str
    exact: Fraction | float
    rounded: int


@dataclass(frozen=True, slots=True)
class Term:
    """A number that remembers how it came about."""

    value: int
    formula: str
    substitution: str
    symbols: tuple[Symbol, ...] = ()
    binding: int = _ATOM
    roundings: tuple[Rounding, ...] = ()

    def __add__(self, other: int | Term) -> Term:
        return _infix(self, "+", other, _SUM, self.value + _value(other))

    def __radd__(self, other: int) -> Term:
        return _constant(other) + self

    def __sub__(self, other: int | Term) -> Term:
        return _infix(self, "−", other, _SUM, self.value - _value(other))

    def __rsub__(self, other: int) -> Term:
        return _constant(other) - self

    def __mul__(self, other: int | Term) -> Term:
        return _infix(self, "·", other, _PRODUCT, self.value * _value(other))

    def __rmul__(self, other: int) -> Term:
        return _constant(other) * self

    def __floordiv__(self, other: int | Term) -> Term:
        return _rounded("⌊", self, other, "⌋", self.value // _value(other))

    def __mod__(self, other: int | Term) -> Term:
        return _infix(self, "mod", other, _QUOTIENT, self.value % _value(other))

    def __pow__(self, exponent: int) -> Term:
        raised = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(exponent))
        return Term(
            self.value**exponent,
            _wrapped(self.formula, self.binding < _ATOM) + raised,
            _wrapped(self.substitution, self.binding < _ATOM) + raised,
            self.symbols,
            _POWER,
            self.roundings,
        )


N = TypeVar("N", int, Term)
"""An integer, or a term: a rule written over `N` computes and explains."""


def symbol(letter: str, value: int, meaning: str) -> Term:
    """Return the letter of a formula, bound to its value."""
    spelled = str(value) if value >= 0 else f"(−{-value})"
    return Term(value, letter, spelled, (Symbol(letter, value, meaning),))


def product(factors: Iterable[N]) -> N:
    """Return the product of one or more factors."""
    return reduce(mul, factors)


def exact_quotient(dividend: N, divisor: N | int) -> N:
    """Return a division that leaves no rest.

    Args:
        dividend: A multiple of `divisor`; the layer has refused all others.
    """
    if isinstance(dividend, Term):
        value = dividend.value // _value(divisor)
        return _infix(dividend, "/", divisor, _QUOTIENT, value)
    return dividend // divisor


def ceiling(dividend: N, divisor: N | int) -> N:
    """Return a quotient rounded up."""
    if isinstance(dividend, Term):
        value = -(-dividend.value // _value(divisor))
        return _rounded("⌈", dividend, divisor, "⌉", value)
    return -(-dividend // divisor)


def smaller(first: N, second: N) -> N:
    """Return the smaller of two numbers."""
    if isinstance(first, Term):
        return _call("min", first, second, min(first.value, _value(second)))
    if isinstance(first, OpenSize):
        return first.smaller(second)
    return min(first, second)


def larger(first: N, second: N | int) -> N:
    """Return the larger of two numbers."""
    if isinstance(first, Term):
        return _call("max", first, second, max(first.value, _value(second)))
    if isinstance(first, OpenSize):
        return first.larger(second)
    return max(first, second)


def scaled(size: N, factor: float) -> N:
    """Return a size times a real factor, rounded down.

    Args:
        factor: Multiplied in double precision, as PyTorch's `interpolate` does.
    """
    if isinstance(size, Term):
        value = math.floor(size.value * factor)
        written = f"{size.substitution}·{factor!r}"
        return Term(
            value,
            f"⌊{size.formula}·f⌋",
            f"⌊{written}⌋",
            (*size.symbols, Symbol("f", factor, "scale factor")),
            roundings=(
                *size.roundings,
                Rounding(written, size.value * factor, value),
            ),
        )
    if isinstance(size, OpenSize):
        return size.scaled(factor, math.floor(int(size) * factor))
    return math.floor(size * factor)


def _value(number: int | Term) -> int:
    return number.value if isinstance(number, Term) else number


def _constant(number: int | Term) -> Term:
    if isinstance(number, Term):
        return number
    return Term(number, str(number), str(number))


def _wrapped(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def _merged(first: Term, second: Term) -> tuple[Symbol, ...]:
    return tuple(dict.fromkeys((*first.symbols, *second.symbols)))


def _roundings(first: Term, second: Term) -> tuple[Rounding, ...]:
    return tuple(dict.fromkeys((*first.roundings, *second.roundings)))


def _infix(
    left: Term, operator: str, other: int | Term, binding: int, value: int
) -> Term:
    right = _constant(other)
    # − and / do not associate: their right side keeps its parentheses.
    least = {"−": _QUOTIENT, "/": _POWER, "mod": _POWER}.get(operator, binding)

    def spell(a: str, b: str) -> str:
        spaced = operator if operator == "·" else f" {operator} "
        a = _wrapped(a, left.binding < binding)
        b = _wrapped(b, right.binding < least)
        return f"{a}{spaced}{b}"

    return Term(
        value,
        spell(left.formula, right.formula),
        spell(left.substitution, right.substitution),
        _merged(left, right),
        binding,
        _roundings(left, right),
    )


def _rounded(
    opening: str, dividend: Term, other: int | Term, closing: str, value: int
) -> Term:
    divisor = _constant(other)
    quotient = _infix(dividend, "/", divisor, _QUOTIENT, value)
    written = f"{dividend.value} / {divisor.value}".replace("-", "−")
    exact = Fraction(dividend.value, divisor.value)
    return Term(
        value,
        f"{opening}{quotient.formula}{closing}",
        f"{opening}{quotient.substitution}{closing}",
        quotient.symbols,
        roundings=(*quotient.roundings, Rounding(written, exact, value)),
    )


def _call(name: str, first: Term, other: int | Term, value: int) -> Term:
    second = _constant(other)
    return Term(
        value,
        f"{name}({first.formula}, {second.formula})",
        f"{name}({first.substitution}, {second.substitution})",
        _merged(first, second),
        roundings=_roundings(first, second),
    )
