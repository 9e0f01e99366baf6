"""The arithmetic that judges derivations, itself judged."""

from __future__ import annotations

import pytest

from tests.arithmetic import evaluated


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("⌊(28 + 0 + 0 − 1·(5 − 1) − 1) / 1⌋ + 1", 24),
        ("⌊(2 − 3) / 2⌋ + 1", 0),
        ("⌈(2 − 3) / 2⌉ + 1", 1),
        ("min(⌈7 / 2⌉, max(3, 2))·2²", 12),
        ("7 − 2 − 1 + (−3)", 1),
        ("12 / 2 / 3·4", 8),
        ("9 mod 4·2", 2),
        ("⌊100·0.29⌋", 28),
    ],
)
def test_the_arithmetic_that_judges_is_itself_right(line: str, value: int) -> None:
    assert evaluated(line) == value


@pytest.mark.parametrize("line", ["", "2 +", "(2", "2)", "2 - 1", "i + 1", "min(2)"])
def test_the_arithmetic_that_judges_refuses_what_is_none(line: str) -> None:
    with pytest.raises(ValueError):
        evaluated(line)
