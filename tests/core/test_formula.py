"""Formulas at random: each simplification keeps the value, and is spelled as it is."""

from __future__ import annotations

from random import Random

import pytest

from tests.arithmetic import evaluated
from tests.long import long_or
from tuicnn.core.explain.symbolic import condition_told
from tuicnn.core.symbolic import spell_formula
from tuicnn.core.symbolic.formula import (
    Formula,
    Greatest,
    Least,
    alone,
    floored,
    letter,
    letters,
    multiplied,
    number,
    remainder,
    scaled_down,
    weight,
)
from tuicnn.core.symbolic.traced import Condition, Relation

COUNT = long_or(400, 20_000)
VALUES = [{"H": 7, "W": 12}, {"H": 30, "W": 1}, {"H": 1, "W": 1}]
Tried = tuple[Formula, list[int]]
"""A formula, and what it is for each of the values, by plain arithmetic."""


def some_formula(draw: Random, depth: int) -> Tried:
    if depth == 0 or draw.random() < 0.15:
        if draw.random() < 0.3:
            value = draw.randrange(-3, 6)
            return number(value), [value] * len(VALUES)
        name = draw.choice("HW")
        return letter(name), [one[name] for one in VALUES]
    first, left = some_formula(draw, depth - 1)
    second, right = some_formula(draw, depth - 1)
    both = list(zip(left, right, strict=True))
    factor, divisor = draw.randrange(-4, 5), draw.choice((1, 2, 3, 4, 6))
    match draw.randrange(8):
        case 0:
            return first.plus(second), [a + b for a, b in both]
        case 1:
            return first.minus(second), [a - b for a, b in both]
        case 2:
            return first.times(factor), [a * factor for a in left]
        case 3:
            sign = draw.choice((1, 1, -1))
            return floored(first, sign * divisor), [a // (sign * divisor) for a in left]
        case 4:
            return remainder(first, divisor), [a % divisor for a in left]
        case 5:
            return multiplied(first, second), [a * b for a, b in both]
        case 6:
            return alone(Least(first, second)), [min(pair) for pair in both]
        case _:
            return alone(Greatest(first, second)), [max(pair) for pair in both]


def test_what_is_simplified_keeps_its_value_and_is_read_as_it_is_meant():
    draw, heaviest = Random("formulas"), 0
    for _ in range(COUNT):
        formula, wanted = some_formula(draw, 4)
        assert [formula.at(one) for one in VALUES] == wanted
        spelled = spell_formula(formula)
        assert [evaluated(spelled, one) for one in VALUES] == wanted, spelled
        assert letters(formula) <= {"H", "W"}
        heaviest = max(heaviest, weight(formula))
    assert heaviest > 12


def test_a_factor_that_is_not_exact_is_rounded_as_double_precision_does():
    formula = scaled_down(letter("H"), 0.1)
    assert [formula.at({"H": size}) for size in (9, 10, 29, 30)] == [0, 1, 2, 3]
    assert scaled_down(letter("H"), 0.5) == floored(letter("H"), 2)


@pytest.mark.parametrize(
    ("formula", "relation", "told"),
    [
        (letter("H").minus(letter("W")), Relation.EQUAL, "H = W (up asks for it)"),
        (letter("H").times(-2).plus(number(7)), Relation.EQUAL,
         "7 = 2·H (up asks for it)"),
        (letter("H").plus(letter("W")).minus(number(9)), Relation.UNEQUAL,
         "H + W ≠ 9 (up asks for it)"),
    ],
)  # fmt: skip
def test_a_condition_is_told_without_a_minus_sign(formula, relation, told):
    assert condition_told(Condition(formula, relation, "up")) == told
