"""Terms against the arithmetic that their own lines state."""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.arithmetic import assert_true, evaluated
from tuicnn.core.derivation import Step, spelled
from tuicnn.core.terms import (
    OpenSize,
    Rounding,
    Term,
    ceiling,
    exact_quotient,
    larger,
    product,
    scaled,
    smaller,
    symbol,
)

numbers = st.integers(-30, 30)


@st.composite
def terms(draw: st.DrawFn) -> tuple[Term, int]:
    """Draw a term of a few operations, and what it must be worth."""
    letters = (f"x{number}" for number in count())

    def grown(depth: int) -> tuple[Term, int]:
        value = draw(numbers)
        if not depth:
            return symbol(next(letters), value, "a number"), value
        (left, first), (right, second) = (
            grown(depth - 1),
            grown(draw(st.integers(0, 1))),
        )
        constant = draw(st.integers(0, 9))
        divisor = draw(st.integers(1, 7))
        return draw(
            st.sampled_from(
                [
                    (left + right, first + second),
                    (left - right, first - second),
                    (left * right, first * second),
                    (constant + left, constant + first),
                    (constant - left, constant - first),
                    (constant * left, constant * first),
                    (left // divisor, first // divisor),
                    (left % divisor, first % divisor),
                    (left**2, first**2),
                    (ceiling(left, divisor), -(-first // divisor)),
                    (smaller(left, right), min(first, second)),
                    (larger(left, constant), max(first, constant)),
                    (exact_quotient(left * divisor, divisor), first),
                    (product((left, right, left)), first * second * first),
                ]
            )
        )

    return grown(draw(st.integers(0, 3)))


@given(terms())
def test_a_term_is_worth_what_its_lines_say(case: tuple[Term, int]) -> None:
    term, value = case
    assert term.value == value
    assert_true(Step.of("it", term))
    assert all(evaluated(one.written) == one.exact for one in term.roundings)


@given(numbers, st.integers(1, 9))
def test_a_rule_for_integers_is_the_rule_for_terms(number: int, divisor: int) -> None:
    term = symbol("i", number, "a size")
    assume(number % divisor == 0)
    assert exact_quotient(number, divisor) == exact_quotient(term, divisor).value
    assert ceiling(number + 1, divisor) == ceiling(term + 1, divisor).value
    assert smaller(number, divisor) == smaller(term, divisor).value
    assert larger(number, divisor) == larger(term, divisor).value


def test_a_term_has_no_parentheses_that_change_nothing() -> None:
    a, b, c = (symbol(letter, 6, letter) for letter in "abc")
    found = [a + b + c, a - (b - c), a - (b + c), (a + b) * c, a * b * c, a + b * c]
    found += [a**2, (a + b) ** 2, (a * b) % c, a % (b * c), (a + b) // (b * c)]
    found += [exact_quotient(a, b * c), exact_quotient(a * b, c), a * (b % c)]
    assert [one.formula for one in found] == [
        "a + b + c", "a − (b − c)", "a − (b + c)", "(a + b)·c", "a·b·c", "a + b·c",
        "a²", "(a + b)²", "a·b mod c", "a mod (b·c)", "⌊(a + b) / (b·c)⌋",
        "a / (b·c)", "a·b / c", "a·(b mod c)",
    ]  # fmt: skip
    assert (a // 4).roundings == (Rounding("6 / 4", Fraction(3, 2), 1),)


@pytest.mark.parametrize(
    ("number", "text"),
    [(37_752_832, "37,752,832"), (-3, "−3"), (Fraction(1, 2), "1/2"), (0, "0")],
)
def test_a_number_is_spelled_as_a_reader_expects_it(
    number: int | Fraction, text: str
) -> None:
    assert spelled(number) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (3, "3"), (-2, "(−2)")])
def test_a_negative_value_stands_in_parentheses(value: int, text: str) -> None:
    assert symbol("p", value, "padding").substitution == text


def test_a_scale_rounds_down_and_says_so() -> None:
    half = symbol("i", 9, "a size") // 2
    found = scaled(half, 0.8)
    assert (found.value, found.formula) == (3, "⌊⌊i / 2⌋·f⌋")
    assert found.roundings == (
        Rounding("9 / 2", Fraction(9, 2), 4),
        Rounding("⌊9 / 2⌋·0.8", 3.2, 3),
    )
    assert scaled(4, 0.8) == 3


def test_a_size_that_stands_for_others_is_told_what_it_is_here() -> None:
    class Here(OpenSize):
        def scaled(self, factor: float, value: int) -> int:
            return value

    assert scaled(Here(9), 0.8) == 7
