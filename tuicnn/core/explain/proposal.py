"""A proposal in words: what it would do to counts, shapes and problems.

It never applies one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.budget.terms import Measure
from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Severity
from tuicnn.core.numerous import number_of
from tuicnn.core.shapes import elements, spell
from tuicnn.core.wording import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuicnn.core.compare import Pair
    from tuicnn.core.diagnostics import Diagnostic
    from tuicnn.core.proposal import Consequence

SHOWN: Final = 4
"""Layers, and problems of a kind, that are written out on the command line."""


def consequence_lines(would: Consequence, shown: int = SHOWN) -> Iterator[str]:
    """Yield what would become of a network: counts, layers, problems."""
    for measure in Measure:
        before = measure.of(would.before.totals)
        after = measure.of(would.after.totals)
        if before != after:
            sign = "−" if after < before else "+"
            share = f" ({sign}{percent(abs(after - before), before)})" if before else ""
            yield f"{measure.called} {spelled(before)} → {spelled(after)}{share}"
    changed = would.changed
    yield from map(_difference, changed[:shown])
    if len(changed) > shown:
        yield f"and {len(changed) - shown} more layers change"
    yield from _problems("new", would.raised, shown)


def solved_lines(would: Consequence, shown: int = SHOWN) -> Iterator[str]:
    """Yield the problems that would be gone, and how many errors would be left."""
    yield from _problems("no more", would.solved, shown, brief=True)
    left = number_of(would.after, Severity.ERROR)
    if left != "0":
        yield f"{left} {'error is' if left == '1' else 'errors are'} left"
    elif not would.before.valid:
        yield "no error is left"


def _problems(
    word: str, found: Sequence[Diagnostic], shown: int, brief: bool = False
) -> Iterator[str]:
    for one in found[:shown]:
        what = one.code.code if brief else one.message
        yield f"{word} {one.severity}, {one.path or 'input'}: {what}"
    if len(found) > shown:
        yield f"and {len(found) - shown} more"


def _difference(pair: Pair) -> str:
    left, right = pair.left, pair.right
    if left is None or right is None:
        row = left or right
        assert row is not None
        sign = "+" if left is None else "−"
        shape = "" if row.output is None else f" {spell(row.output)}"
        return f"{sign} {row.path}{shape}"
    shapes = [spell(row.output) for row in (left, right) if row.output is not None]
    if len(set(shapes)) == 1:
        again = "as before" if left.output is not None else "leaves again"
        shapes = [f"{shapes[0]} {again}"]
    counts = [
        spelled(sum(map(elements, row.parameters.values()))) for row in (left, right)
    ]
    learnt = f", parameters {' → '.join(counts)}" if counts[0] != counts[1] else ""
    return f"{right.path}: {' → '.join(shapes)}{learnt}"
