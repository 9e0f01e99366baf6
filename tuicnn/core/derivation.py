"""Derivations: each number of a layer, with the formula that it was computed by.

It never computes: the term that it is given knows its value and its formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tuicnn.core.terms import Rounding, Symbol, Term


@dataclass(frozen=True, slots=True)
class Step:
    """One number of a layer, and where it comes from.

    Attributes:
        quantity: What the number is: "output height", "weight", "MACs".
        formula: How it is computed, in letters.
        substitution: The same with the values put in.
        value: The number.
        symbols: What the letters stand for.
        brief: The substitution without what changes nothing here, such as padding of 0.
        roundings: Where the formula rounds, innermost first.
    """

    quantity: str
    formula: str
    substitution: str
    value: int | Fraction
    symbols: tuple[Symbol, ...] = ()
    brief: str = ""
    roundings: tuple[Rounding, ...] = ()

    @classmethod
    def of(cls, quantity: str, term: Term, brief: Term | None = None) -> Step:
        """Return the step that derives `quantity` by `term`.

        Args:
            brief: The same number by a shorter expression, where there is one.
        """
        return cls(
            quantity,
            term.formula,
            term.substitution,
            term.value,
            term.symbols,
            (brief or term).substitution,
            term.roundings,
        )


def spelled(number: int | Fraction) -> str:
    """Return a number as a reader expects it: 37,752,832; −3; 1/2."""
    text = f"{number:,}" if isinstance(number, int) else f"{number}"
    return text.replace("-", "−")
