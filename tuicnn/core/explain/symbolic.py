"""Closed forms in words: what each layer leaves, and the sizes for which that holds.

It never makes a formula: `symbolic` did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tuicnn.core.explain.lines import fitted, paragraph
from tuicnn.core.explain.table import table
from tuicnn.core.shapes import AXES, axis_names
from tuicnn.core.symbolic import BATCH, Sizes, spell_formula
from tuicnn.core.symbolic.domain import MOST
from tuicnn.core.symbolic.formula import Formula
from tuicnn.core.symbolic.traced import Condition
from tuicnn.core.wording import listed

if TYPE_CHECKING:
    from tuicnn.core.symbolic import Symbolic, SymbolicRow

_SAID = 3
"""Layers, or remainders, that are named; more are counted."""


def explain_symbolic(found: Symbolic) -> list[str]:
    """Return closed forms as lines: a table, what stands in it, and where it holds."""
    network = found.network
    spatial = found.letters[1:]
    if not any(spatial):
        return [
            f"{network.name} takes a vector: it has no height or width to keep open."
        ]
    sample = (BATCH, str(network.input[0]), *map(str, spatial))
    lines = [f"{network.name}, for any input {'×'.join(sample)}", ""]
    shown = [row for row in found.rows if not row.container and row.changes]
    if shown:
        lines += [*_table(found, shown), ""]
    return lines + [
        line
        for text in (*_words(found, bool(shown)), "", *_claims(found))
        for line in paragraph(text)
    ]


def _table(found: Symbolic, shown: list[SymbolicRow]) -> Iterator[str]:
    names = AXES[len(found.network.input) - 1]
    maps = [row for row in shown if _is_map(row, names)]
    header = ("Layer", *(name.capitalize() for name in names), "Now")
    rows = [(row.path, *_cells(row), _here(found, row)) for row in maps]
    if rows:
        yield from table(header, rows, "<" * len(header))
    for row in shown:
        yield from _unlike(row, not _is_map(row, names))
    for one in found.named:
        yield from fitted(f"{one.letter} = {spell_formula(one.formula)}")


def _is_map(row: SymbolicRow, names: tuple[str, ...]) -> bool:
    return row.output is not None and len(row.output) == len(names) + 1


def _cells(row: SymbolicRow) -> list[str]:
    return [spell_formula(one) for one in (row.output or ())[1:]]


def _here(found: Symbolic, row: SymbolicRow) -> str:
    shape = found.shape(row, found.network.input)
    return "×".join(map(str, shape or ()))


def _unlike(row: SymbolicRow, vector: bool) -> Iterator[str]:
    """Yield what a table of heights and widths has no room for."""
    output = row.output or ()
    names = axis_names(tuple(one.constant for one in output))
    for axis, (name, one) in enumerate(zip(names, output, strict=True)):
        if (axis == 0 or vector) and one.terms:
            yield from fitted(f"{row.path}: {name} = {spell_formula(one)}")


def _words(found: Symbolic, shown: bool) -> Iterator[str]:
    """Yield what the letters and brackets mean."""
    names = AXES[len(found.network.input) - 1]
    said = [
        f"{letter} its {name}"
        for letter, name in zip(found.letters[1:], names, strict=True)
    ]
    yield f"{BATCH} is the number of samples, {listed(said)}. {BATCH} never changes."
    if shown:
        yield "⌊x⌋ is x rounded down, ⌈x⌉ is x rounded up."
        yield "Layers that are not named keep these sizes."
    fed = [row.path for row in found.rows if row.tensors]
    if fed:
        yield (
            f"{_some(fed)} {'has' if len(fed) == 1 else 'have'} as many weights as "
            "numbers arrive: another size asks for other weights."
        )
    refusing = next((row for row in found.rows if row.output is None), None)
    if refusing is not None:
        yield f"Nothing is claimed from {refusing.path} on: an error stands there."


def _claims(found: Symbolic) -> Iterator[str]:
    """Yield the sizes for which the formulas hold."""
    told = [text for one in found.domain.sizes for text in sizes_told(one)]
    if not told and not found.domain.others:
        yield f"All of this holds for every size up to {MOST:,}."
        return
    yield "All of this holds where"
    yield from (f"  {text}" for text in told)
    yield from (f"  {condition_told(one)}" for one in found.domain.others)
    yield "Nothing is claimed for other sizes: most are refused by a layer."


def sizes_told(one: Sizes) -> Iterator[str]:
    """Yield what is asked of a letter, and by whom."""
    if one.least > 1:
        yield f"{one.letter} ≥ {one.least} ({one.least_by} asks for it)"
    if one.most < MOST:
        yield f"{one.letter} ≤ {one.most} ({one.most_by} asks for it)"
    if one.period > 1:
        yield f"{one.letter} {remainders_told(one)} ({_by(one.remainders_by)})"


def remainders_told(one: Sizes) -> str:
    """Return which remainders sizes may have: is a multiple of 16."""
    if one.remainders == (0,):
        return f"is a multiple of {one.period}"
    if len(one.remainders) == 1:
        return f"is {one.remainders[0]} more than a multiple of {one.period}"
    first = one.remainders[:_SAID]
    more = len(one.remainders) - len(first)
    shown = f"{', '.join(map(str, first))} or {more} others" if more else _either(first)
    return f"divided by {one.period} leaves {shown}"


def _either(numbers: tuple[int, ...]) -> str:
    return " or ".join([", ".join(map(str, numbers[:-1])), str(numbers[-1])])


def _by(paths: tuple[str, ...]) -> str:
    return f"{_some(paths)} {'asks' if len(paths) == 1 else 'ask'} for it"


def _some(paths: Sequence[str]) -> str:
    """Return the first of some paths, the others counted."""
    if len(paths) > _SAID:
        paths = (*paths[: _SAID - 1], f"{len(paths) - _SAID + 1} more")
    return listed(paths)


def condition_told(one: Condition) -> str:
    """Return a condition on several letters as an equation."""
    terms = one.formula.terms
    above = tuple((atom, many) for atom, many in terms if many > 0)
    below = tuple((atom, -many) for atom, many in terms if many < 0)
    constant = one.formula.constant
    left = spell_formula(Formula(above, max(constant, 0)))
    right = spell_formula(Formula(below, max(-constant, 0)))
    return f"{left} {one.relation.value} {right} ({one.path} asks for it)"
