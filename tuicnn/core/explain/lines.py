"""Lines of an explanation: wrapped, aligned, never wider than a terminal.

It never knows a network: it lays out text and steps.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from tuicnn.core.derivation import Step, spelled
from tuicnn.core.shapes import AXES
from tuicnn.core.wording import COLUMNS, sentences

WIDTH: Final = COLUMNS
"""Columns of a line: what an ordinary terminal shows."""
INDENT: Final = "  "
_UNCUT: Final = "\N{NO-BREAK SPACE}"


def section(title: str, lines: Iterable[str]) -> list[str]:
    """Return lines under a title, with an empty line behind; nothing for no lines."""
    found = [one for line in lines for one in fitted(f"{INDENT}{line}")]
    return [title, *found, ""] if found else []


def fitted(line: str) -> list[str]:
    """Return a line as one, or as several where it is too wide."""
    if len(line) <= WIDTH:
        return [line.rstrip()]
    indent = " " * (len(line) - len(line.lstrip())) + INDENT
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return a paragraph as lines."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def paragraph(text: str) -> list[str]:
    """Return a paragraph as lines that all begin where its first one does."""
    return wrapped(text.lstrip(), text[: len(text) - len(text.lstrip())]) or [""]


def within(text: str) -> list[str]:
    """Return a paragraph as lines of a section, each sentence on lines of its own."""
    width = WIDTH - len(INDENT)
    return [line for one in sentences(text) for line in textwrap.wrap(one, width)]


def field_stated(step: Step) -> str | None:
    """Return the field that states a number outright, if one does."""
    for one in step.symbols:
        if one.letter == step.formula and one.meaning.startswith("the field "):
            return one.meaning.removeprefix("the field ")
    return None


def spelled_out(name: str, step: Step) -> Iterator[str]:
    """Yield a number with its formula, its substitution and its value."""
    value = spelled(step.value)
    field = field_stated(step)
    if field is not None:
        yield f"{name} = {value}: the field {field}, a choice"
        return
    if step.formula == "i":
        yield f"{name} = {value}, as it enters"
        return
    if step.substitution == str(step.value):
        yield f"{name} = {step.formula} = {value}"
        return
    whole = f"{name} = {step.formula} = {step.substitution} = {value}"
    if len(whole) + len(INDENT) <= WIDTH:
        yield whole
        return
    yield f"{name} = {step.formula}"
    yield f"{' ' * len(name)} = {step.substitution} = {value}"


def legend(steps: Iterable[Step], told: Iterable[Step] = ()) -> list[str]:
    """Return what the letters of these steps stand for, an entry never cut in two.

    Args:
        told: Steps whose letters stand in a legend above.
    """
    known = _meanings(told)
    meanings = {
        letter: name for letter, name in _meanings(steps).items() if letter not in known
    }
    if not meanings:
        return []
    entries = (f"{letter}: {name}" for letter, name in meanings.items())
    joined = "; ".join(one.replace(" ", _UNCUT) for one in entries)
    return [line.replace(_UNCUT, " ") for line in within(f"({joined})")]


def _meanings(steps: Iterable[Step]) -> dict[str, str]:
    meanings: dict[str, str] = {}
    for step in steps:
        if step.formula == "i" or field_stated(step) is not None:
            continue
        for one in step.symbols:
            if one.letter != str(one.value):
                meanings.setdefault(one.letter, _any_axis(one.letter, one.meaning))
    return meanings


def _any_axis(letter: str, meaning: str) -> str:
    """Return a meaning without the axis, where one letter serves all of them."""
    if "_" in letter or letter.isupper():
        return meaning
    for axis in AXES[3] + AXES[1]:
        meaning = meaning.replace(f", {axis}", "").replace(f"kernel {axis}", "kernel")
        meaning = meaning.replace(f"entering {axis}", "entering size")
    return meaning.removeprefix("the ")
