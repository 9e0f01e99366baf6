"""Formulas as people write them: ⌊(H − 11)/4⌋ + 1.

It never simplifies one: `formula` did when it made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from tuicnn.core.symbolic.formula import (
    Atom,
    Floor,
    Formula,
    Greatest,
    Least,
    Letter,
    Product,
    Remainder,
    Scaled,
    alone,
    content,
    number,
)


def spell_formula(formula: Formula) -> str:
    """Return a formula as people write it: ⌊(H − 11)/4⌋ + 1."""
    return "".join(_spelled(formula))


def _spelled(formula: Formula) -> Iterator[str]:
    common, inner = content(formula)
    if common > 1 and formula.terms and (inner.constant or len(inner.terms) > 1):
        yield f"{common}·{_factor(inner)}"
        return
    if _rises_by_one(formula):
        yield from _quotient(formula)
        return
    first = True
    for atom, many in sorted(formula.terms, key=lambda term: term[1] < 0):
        sign = "−" if many < 0 else "+"
        yield ("−" if many < 0 else "") if first else f" {sign} "
        yield f"{abs(many)}·" if abs(many) > 1 else ""
        yield _atom_spelled(atom)
        first = False
    if formula.constant or not formula.terms:
        sign = "−" if formula.constant < 0 else "+"
        yield ("−" if formula.constant < 0 else "") if first else f" {sign} "
        yield str(abs(formula.constant))


def _rises_by_one(formula: Formula) -> bool:
    if len(formula.terms) != 1:
        return False
    atom, many = formula.terms[0]
    return many == 1 and isinstance(atom, Floor)


def _quotient(formula: Formula) -> Iterator[str]:
    """Yield a single floor and a number as a rule has them.

    ⌊(H − 11)/4⌋ + 1: room for the window, in steps, and its first place. ⌊H/2⌋ and
    ⌈H/2⌉ where that is all.
    """
    atom = formula.terms[0][0]
    assert isinstance(atom, Floor)
    inside = atom.dividend.constant + formula.constant * atom.divisor
    dividend = Formula(atom.dividend.terms, 0)
    if inside == atom.divisor - 1 and len(dividend.terms) == 1:
        yield f"⌈{_divided(dividend, atom.divisor)}⌉"
    elif inside % atom.divisor == 0:
        yield f"⌊{_divided(dividend.plus(number(inside)), atom.divisor)}⌋"
    else:
        moved = dividend.plus(number(inside - atom.divisor))
        yield f"⌊{_divided(moved, atom.divisor)}⌋ + 1"


def _divided(dividend: Formula, divisor: int) -> str:
    return f"{_factor(dividend)}/{divisor}"


def _factor(formula: Formula) -> str:
    """Return a formula as it stands beside · and /."""
    text = spell_formula(formula)
    alone = len(formula.terms) == 1 and " " not in _outside(text)
    return text if alone and not text.startswith("−") else f"({text})"


def _outside(text: str) -> str:
    """Return what stands outside all brackets."""
    depth = 0
    kept = []
    for one in text:
        depth += one in "(⌊⌈"
        if not depth:
            kept.append(one)
        depth -= one in ")⌋⌉"
    return "".join(kept)


def _atom_spelled(atom: Atom) -> str:
    match atom:
        case Letter(name):
            return name
        case Floor():
            text = "".join(_quotient(alone(atom)))
            return f"({text})" if " " in _outside(text) else text
        case Remainder(dividend, divisor):
            return f"({_factor(dividend)} mod {divisor})"
        case Least(first, second):
            return f"min({spell_formula(first)}, {spell_formula(second)})"
        case Greatest(first, second):
            return f"max({spell_formula(first)}, {spell_formula(second)})"
        case Scaled(size, factor):
            return f"⌊{_factor(size)}·{factor!r}⌋"
        case Product(factors):
            return reduce("{}·{}".format, map(_factor, factors))
