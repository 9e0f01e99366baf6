"""Reads a formula as a person would, and works it out in exact fractions.

It never uses the program's own terms: it is what their lines are checked against.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from tuicnn.core.derivation import Step
from tuicnn.core.layer import Effect
from tuicnn.core.shapes import elements

Number = Fraction | float
"""Exact, but for products with a decimal, which are those of double precision."""

_TOKEN = re.compile(
    r"\s*(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
    r"|\s*(?P<word>[A-Za-z][A-Za-z0-9_₀-₉]*)"
    r"|\s*(?P<power>[⁰¹²³⁴-⁹]+)"
    r"|\s*(?P<sign>[+−·/(),⌊⌋⌈⌉])"
)
_DIGITS = {ord(raised): str(digit) for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_CLOSING = {"⌊": "⌋", "⌈": "⌉", "(": ")"}
_ROUND: dict[str, Callable[[Number], int]] = {"⌊": math.floor, "⌈": math.ceil}


def evaluated(line: str, letters: Mapping[str, Number] | None = None) -> Number:
    """Return the value of a line such as ⌊(28 + 2·1 − 5) / 1⌋ + 1.

    Args:
        letters: What the letters in it stand for.

    Raises:
        ValueError: The line is no arithmetic.
    """
    reader = _Reader(line, letters or {})
    value = reader.sum()
    if reader.tokens:
        raise ValueError(f"{line!r} goes on with {reader.tokens}")
    return value


class _Reader:
    """What is left of a line."""

    def __init__(self, line: str, letters: Mapping[str, Number]) -> None:
        self.letters = letters
        self.tokens: list[str] = []
        position = 0
        while position < len(line.rstrip()):
            found = _TOKEN.match(line, position)
            if found is None:
                raise ValueError(f"{line!r} cannot be read from column {position}")
            self.tokens.append(found.group().strip())
            position = found.end()

    def sum(self) -> Number:
        value = self.product()
        while self._next("+", "−"):
            plus = self.tokens.pop(0) == "+"
            other = self.product()
            value = value + other if plus else value - other
        return value

    def product(self) -> Number:
        value = self.power()
        while self._next("·", "/", "mod"):
            operator = self.tokens.pop(0)
            other = self.power()
            if operator == "·":
                value = value * other
            else:
                value = value / other if operator == "/" else value % other
        return value

    def power(self) -> Number:
        value = self.atom()
        if self.tokens and self.tokens[0][0] in "⁰¹²³⁴⁵⁶⁷⁸⁹":
            value = value ** int(self.tokens.pop(0).translate(_DIGITS))
        return value

    def atom(self) -> Number:
        token = self._take()
        if token == "−":
            return -self.power()
        if token in _CLOSING:
            value = self.sum()
            self._expect(_CLOSING[token])
            return Fraction(_ROUND[token](value)) if token in _ROUND else value
        if token in ("min", "max"):
            self._expect("(")
            first = self.sum()
            self._expect(",")
            second = self.sum()
            self._expect(")")
            return min(first, second) if token == "min" else max(first, second)
        if token[0].isdecimal():
            return Fraction(token) if token.isdecimal() else float(token)
        if token in self.letters:
            return self.letters[token]
        raise ValueError(f"{token!r} is no number")

    def _next(self, *signs: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in signs

    def _take(self) -> str:
        if not self.tokens:
            raise ValueError("the line breaks off")
        return self.tokens.pop(0)

    def _expect(self, sign: str) -> None:
        if self._take() != sign:
            raise ValueError(f"{sign!r} is missing")


def assert_true(step: Step) -> None:
    """Assert that every line of a step gives its value."""
    letters = {one.letter: one.value for one in step.symbols}
    assert len(letters) == len(step.symbols), f"a letter twice in {step.formula}"
    assert evaluated(step.substitution) == step.value, step.substitution
    assert evaluated(step.brief) == step.value, step.brief
    assert evaluated(step.formula, letters) == step.value, step.formula


def assert_adds_up(effect: Effect) -> None:
    """Assert that a layer's derivation is true, and that it is all of it."""
    steps = effect.derive()
    for step in steps:
        assert_true(step)
    found = {step.quantity: step.value for step in steps}
    assert len(found) == len(steps), "a quantity is derived twice"
    output = tuple(step.value for step in steps if step.quantity.startswith("output "))
    assert output == effect.output
    tensors = {**effect.parameters, **effect.buffers}
    counted = {name: found[name] for name in tensors}
    assert counted == {name: elements(shape) for name, shape in tensors.items()}
    assert found.get("MACs", 0) == effect.macs
