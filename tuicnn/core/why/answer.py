"""Why a number is what it is, one step at a time: the rule, and what it is made from.

It never goes further up than it is asked to: each parent is a number to ask about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from tuicnn.core.derivation import Step
from tuicnn.core.report import INPUT
from tuicnn.core.sight import MOVED, SEEN
from tuicnn.core.terms import Rounding, Symbol
from tuicnn.core.why.derive import step_behind
from tuicnn.core.why.number import OUTPUT, Number, input_numbers, name_of
from tuicnn.core.why.origin import field_behind, never_stated, number_behind
from tuicnn.core.why.rule import (
    CHOICE,
    DEFINITION,
    INPUT_SIZE,
    READING,
    Rule,
    rule_of,
)

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row


class Root(Enum):
    """What a chain ends with."""

    INPUT = "the input"
    FIELD = "a field"
    DEFINITION = "a definition"


@dataclass(frozen=True, slots=True)
class Parent:
    """One of the numbers that another is made from.

    Attributes:
        letter: How the formula calls it.
        value: Its value.
        meaning: What it is.
        number: The number to ask about next.
    """

    letter: str
    value: int | float | Fraction
    meaning: str
    number: Number


@dataclass(frozen=True, slots=True)
class Why:
    """Why one number is what it is.

    Attributes:
        number: The number.
        name: What it is: "height that leaves pool5".
        value: Its value.
        rule: The rule by which it came about, and why the rule holds.
        formula: How it is computed, in letters; empty where nothing computes it.
        substitution: The same with the values put in.
        brief: The same without what changes nothing here.
        roundings: Where the formula rounds.
        parents: What it is made from, a letter each.
        root: What it is where nothing stands behind it; None where something does.
        field: The field that states it, if one does.
    """

    number: Number
    name: str
    value: int | float | Fraction
    rule: Rule
    formula: str
    substitution: str
    brief: str
    roundings: tuple[Rounding, ...] = ()
    parents: tuple[Parent, ...] = ()
    root: Root | None = None
    field: str = ""


def why(report: Report, number: Number) -> Why | None:
    """Return why a number is what it is; None where the network has no such number."""
    step = step_behind(report, number)
    if step is None:
        return None
    row = report.rows[number.place] if number.place >= 0 else None
    if number.letter:
        return _of_letter(report, number, step, row)
    if number.place == INPUT and number in input_numbers(report):
        return _root(report, number, step.value, INPUT_SIZE, Root.INPUT)
    rule = rule_of(number, step, row)
    stated = _stating(step, row)
    if stated is not None:
        return _root(report, number, step.value, CHOICE, Root.FIELD, stated)
    parents = tuple(_parents(report, number, step))
    return Why(
        number,
        name_of(report, number),
        step.value,
        rule,
        step.formula,
        step.substitution,
        step.brief or step.substitution,
        step.roundings,
        parents,
        None if parents else Root.DEFINITION,
    )


def chain_of(
    report: Report, number: Number, depth: int | None = None
) -> Iterator[tuple[int, Why]]:
    """Yield a number and all that it comes from, each once, with its distance.

    What a letter stands for and the document states is not among them: it is told
    beside the number that it makes.

    Args:
        depth: How far up to go; None: to the input.
    """
    pending = [(0, number)]
    seen: set[Number] = set()
    while pending:
        level, one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        found = why(report, one)
        if found is None:
            continue
        yield level, found
        if depth is None or level < depth:
            onward = [up for up in reversed(found.parents) if not _stated(report, up)]
            pending += [(level + 1, up.number) for up in onward]


def _stated(report: Report, parent: Parent) -> bool:
    """Whether a number is a letter's value, and nothing stands behind it."""
    number = parent.number
    if not number.letter:
        return False
    if number.place >= 0:
        letter = Symbol(parent.letter, parent.value, parent.meaning)
        if field_behind(report.rows[number.place].layer, letter) is not None:
            return True  # nearly always: nothing need be derived to know it
    found = why(report, number)
    return found is None or found.root is not None


def _parents(report: Report, number: Number, step: Step) -> Iterator[Parent]:
    for one in step.symbols:
        behind = number_behind(report, number, one)
        yield Parent(one.letter, one.value, one.meaning, behind)


def _stating(step: Step, row: Row | None) -> str | None:
    """Return the field that states a number outright, without a formula."""
    if row is None or len(step.symbols) != 1 or step.formula != step.symbols[0].letter:
        return None
    return field_behind(row.layer, step.symbols[0])


def _of_letter(
    report: Report, number: Number, step: Step, row: Row | None
) -> Why | None:
    """Return why a letter has its value: a field states it, or a rule."""
    found = next((one for one in step.symbols if one.letter == number.letter), None)
    if found is None:
        return None
    field = None if row is None else field_behind(row.layer, found)
    if field is not None:
        return _root(report, number, found.value, CHOICE, Root.FIELD, field)
    literal = found.letter == str(found.value)
    if row is None or literal or never_stated(row.layer, found):
        return _root(report, number, found.value, DEFINITION, Root.DEFINITION)
    return _read(report, number, found, row)


def _read(report: Report, number: Number, letter: Symbol, row: Row) -> Why:
    """Return that a value follows from how a layer reads what enters it."""
    axis = number.quantity.rpartition(" ")[2]
    quantities = {"i": OUTPUT, "R": SEEN, "J": MOVED}
    above = {
        Number(source, f"{quantity}{axis}"): sign
        for source in row.sources
        for sign, quantity in quantities.items()
    }
    parents = tuple(
        Parent(sign, step.value, name_of(report, one), one)
        for one, sign in above.items()
        if (step := step_behind(report, one)) is not None
    )
    name = f"{letter.meaning} ({row.path})"
    root = None if parents else Root.FIELD
    return Why(number, name, letter.value, READING, "", "", "", (), parents, root)


def _root(
    report: Report,
    number: Number,
    value: int | float | Fraction,
    rule: Rule,
    root: Root,
    field: str = "",
) -> Why:
    name = name_of(report, number)
    return Why(number, name, value, rule, "", "", "", root=root, field=field)
