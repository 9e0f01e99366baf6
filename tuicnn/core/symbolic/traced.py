"""Sizes that remember how they came from the input's: integers with a closed form.

They never decide a rule: the layers' own rules are sent such sizes, as they are sent
integers, and what a rule asks of a size is written down as a condition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tuicnn.core.symbolic.extremes import bounds, greatest, least
from tuicnn.core.symbolic.formula import (
    Formula,
    Values,
    floored,
    letter,
    multiplied,
    number,
    remainder,
    scaled_down,
)
from tuicnn.core.symbolic.spelling import spell_formula
from tuicnn.core.terms import OpenSize


class Relation(Enum):
    """How a formula stands to 0."""

    AT_LEAST = "≥"
    EQUAL = "="
    UNEQUAL = "≠"


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold for the closed forms to be those of a size.

    Attributes:
        formula: Stands in `relation` to 0.
        path: The layer that asks for it.
    """

    formula: Formula
    relation: Relation
    path: str

    def holds(self, values: Values) -> bool:
        """Whether it holds for these sizes."""
        found = self.formula.at(values)
        match self.relation:
            case Relation.AT_LEAST:
                return found >= 0
            case Relation.EQUAL:
                return found == 0
            case Relation.UNEQUAL:
                return found != 0


@dataclass(slots=True, eq=False)
class Trail:
    """What was asked on the way through one network.

    Attributes:
        conditions: In the order in which they were asked, each once.
        path: The layer that is asking.
    """

    conditions: dict[tuple[Formula, Relation], Condition] = field(default_factory=dict)
    path: str = ""

    def note(self, formula: Formula, relation: Relation) -> None:
        """Write down that a formula stands so to 0."""
        found = Condition(formula, relation, self.path)
        self.conditions.setdefault((formula, relation), found)

    def forget(self, kept: int) -> None:
        """Strike out all conditions but the first ones."""
        for key in list(self.conditions)[kept:]:
            del self.conditions[key]

    def size(self, value: int, name: str) -> Traced:
        """Return a size of the input that is kept open under a letter."""
        return Traced(value, letter(name), self)


class Traced(OpenSize):
    """A size that is here some integer, and in general a formula.

    Comparing it gives the answer for the integer, and writes it down as a condition,
    unless it is so for all sizes.
    """

    formula: Formula
    trail: Trail

    def __new__(cls, value: int, formula: Formula, trail: Trail) -> Traced:
        """Return a size with its formula."""
        found = super().__new__(cls, value)
        found.formula = formula
        found.trail = trail
        return found

    def _made(self, value: int, formula: Formula) -> int:
        """Return a size made of this one; one that is always the same is plain."""
        return Traced(value, formula, self.trail) if formula.terms else value

    def __add__(self, other: int) -> int:
        return self._made(int(self) + int(other), self.formula.plus(formula_of(other)))

    __radd__ = __add__

    def __sub__(self, other: int) -> int:
        return self._made(int(self) - int(other), self.formula.minus(formula_of(other)))

    def __rsub__(self, other: int) -> int:
        return self._made(int(other) - int(self), formula_of(other).minus(self.formula))

    def __neg__(self) -> int:
        return self._made(-int(self), self.formula.times(-1))

    def __mul__(self, other: int) -> int:
        product = multiplied(self.formula, formula_of(other))
        return self._made(int(self) * int(other), product)

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> int:
        divisor = self._pinned(other)
        return self._made(int(self) // divisor, floored(self.formula, divisor))

    def __mod__(self, other: int) -> int:
        divisor = self._pinned(other)
        return self._made(int(self) % divisor, remainder(self.formula, divisor))

    def _pinned(self, other: int) -> int:
        """Return a divisor as a number: one that could change is held fast."""
        if isinstance(other, Traced):
            self.trail.note(other.formula.minus(number(int(other))), Relation.EQUAL)
        return int(other)

    def smaller(self, other: int) -> int:
        """Return the smaller of two sizes, without asking which it is."""
        return self._made(
            min(int(self), int(other)), least(self.formula, formula_of(other))
        )

    def larger(self, other: int) -> int:
        """Return the larger of two sizes, without asking which it is."""
        return self._made(
            max(int(self), int(other)), greatest(self.formula, formula_of(other))
        )

    def scaled(self, factor: float, value: int) -> int:
        """Return the size times a real factor, which is here some `value`."""
        return self._made(value, scaled_down(self.formula, factor))

    def __bool__(self) -> bool:
        return not self._is_zero(self.formula, int(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, int):
            return NotImplemented
        return self._is_zero(
            self.formula.minus(formula_of(other)), int(self) - int(other)
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        # Not that of the integer: what is known of one is not known of the other.
        return hash((id(self.trail), self.formula))

    def __ge__(self, other: int) -> bool:
        return self._is_in_order(other, self)

    def __lt__(self, other: int) -> bool:
        return not self >= other

    def __le__(self, other: int) -> bool:
        return self._is_in_order(self, other)

    def __gt__(self, other: int) -> bool:
        return not self <= other

    def _is_zero(self, formula: Formula, value: int) -> bool:
        low, high = bounds(formula)
        if low == high == 0:
            return True
        if (low is not None and low > 0) or (high is not None and high < 0):
            return False
        self.trail.note(formula, Relation.UNEQUAL if value else Relation.EQUAL)
        return not value

    def _is_in_order(self, lesser: int, greater: int) -> bool:
        formula = formula_of(greater).minus(formula_of(lesser))
        low, high = bounds(formula)
        if low is not None and low >= 0:
            return True
        if high is not None and high < 0:
            return False
        truth = int(greater) >= int(lesser)
        asked = formula if truth else formula.times(-1).minus(number(1))
        self.trail.note(asked, Relation.AT_LEAST)
        return truth

    def __repr__(self) -> str:
        return f"{int(self)} = {spell_formula(self.formula)}"

    __str__ = int.__str__


def formula_of(size: int) -> Formula:
    """Return the formula of a size; a plain one is what it is."""
    return size.formula if isinstance(size, Traced) else number(size)
