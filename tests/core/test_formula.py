"""Formulas at random: each simplification keeps the value, and is spelled as it is."""

from __future__ import annotations

from random import Random

import pytest

from tests.arithmetic import evaluated
from tests.long import long_or
from tuicnn.core.explain.symbolic import condition_told
from tuicnn.core.symbolic import spell_formula
from tuicnn.core.symbolic.extremes import greatest, least
from tuicnn.core.symbolic.formula import (
    Formula,
    floored,
    letter,
    letters,
    multiplied,
    number,
    remainder,
    scaled_down,
    weight,
)
from tuicnn.core.symbolic.growth import direction, turn
from tuicnn.core.symbolic.traced import Condition, Relation, Traced, Trail

COUNT = long_or(400, 20_000)
VALUES = [{"H": 7, "W": 12}, {"H": 30, "W": 1}, {"H": 1, "W": 1}]
Tried = tuple[Formula, list[int]]
"""A formula, and what it is for each of the values, by plain arithmetic."""


def some_formula(draw: Random, depth: int) -> Tried:
    """Return a formula of two letters, with what it is by plain arithmetic."""
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
            return least(first, second), [min(pair) for pair in both]
        case _:
            return greatest(first, second), [max(pair) for pair in both]


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


H, W = letter("H"), letter("W")
UP = floored(H.plus(number(1)), 2)


def of_one_letter(draw: Random, depth: int) -> Formula:
    """Return a formula of H alone, without products."""
    if depth == 0 or draw.random() < 0.15:
        return draw.choice((H, H, number(draw.randrange(-3, 6))))
    first, second = (of_one_letter(draw, depth - 1) for _ in range(2))
    divisor = draw.choice((2, 3, 4))
    return draw.choice(
        (
            first.plus(second),
            first.minus(second),
            floored(first, divisor),
            remainder(first, divisor),
            least(first, second),
            greatest(first, second),
            scaled_down(first, 1.7),
        )
    )


def test_what_is_said_of_growth_holds_for_all_sizes():
    draw, repeating, directed = Random("growth"), 0, 0
    for _ in range(COUNT):
        formula = of_one_letter(draw, 4)
        values = [formula.at({"H": size}) for size in range(1, 40)]
        steps = turn(formula)
        if steps is not None:
            period, rise = steps
            later = [formula.at({"H": size + period}) for size in range(1, 40)]
            assert later == [value + rise for value in values], spell_formula(formula)
            repeating += bool(formula.terms)
        way = direction(formula)
        if way is not None:
            assert values == sorted(values, reverse=way < 0), spell_formula(formula)
            directed += 1
    assert min(repeating, directed) > COUNT / 8


@pytest.mark.parametrize(
    ("formula", "spelled", "steps"),
    [
        (least(H, W), "min(H, W)", None),
        (least(H.plus(number(2)), H), "H", (1, 1)),
        (greatest(floored(H, 2), UP.times(2)), "max(⌊H/2⌋, 2·⌈H/2⌉)", None),
        (least(floored(H, 2), UP), "⌊H/2⌋", (2, 1)),
        (greatest(remainder(H, 4), number(4)), "4", (1, 0)),
        (greatest(remainder(H, 4), number(1)), "max((H mod 4), 1)", (4, 0)),
        (greatest(H, number(9)), "max(H, 9)", None),  # 9 stays, and H rises
    ],
)
def test_an_extreme_is_decided_where_it_is_so_for_all_sizes(formula, spelled, steps):
    assert spell_formula(formula) == spelled
    if "W" not in letters(formula):
        assert turn(formula) == steps


HEIGHT = 9


@pytest.mark.parametrize(
    ("done", "value", "spelled", "asked"),
    [
        (lambda h, _: 20 - h, 11, "−H + 20", []),
        (lambda h, w: h // w, 2, "⌊H/4⌋", ["W = 4"]),
        (lambda h, _: h % 4 >= 4, False, "0", []),  # so for all sizes: nothing asked
        (lambda h, _: h % 4 < 4, True, "1", []),
        (lambda h, _: h >= 4, True, "1", ["H ≥ 4"]),
        (lambda h, _: h == "9", False, "0", []),
        (lambda h, _: h == 9, True, "1", ["H = 9"]),
        (lambda h, _: h.smaller(20), 9, "min(H, 20)", []),
    ],
)
def test_a_size_remembers_how_it_was_made_and_what_was_asked(
    done, value, spelled, asked
):
    trail = Trail(path="up")
    found = done(trail.size(HEIGHT, "H"), trail.size(4, "W"))
    formula = found.formula if isinstance(found, Traced) else number(int(found))
    assert (int(found), spell_formula(formula)) == (value, spelled)
    told = [condition_told(one) for one in trail.conditions.values()]
    assert told == [f"{one} (up asks for it)" for one in asked]
