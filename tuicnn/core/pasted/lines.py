"""A pasted message as lines for people: what it means, which layer, what to do.

It never decides which layer it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.derivation import spelled
from tuicnn.core.explain.lines import section, within
from tuicnn.core.layers.dense import Linear
from tuicnn.core.pasted.clue import met
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import elements, spell
from tuicnn.core.wording import counted, listed

if TYPE_CHECKING:
    from tuicnn.core.pasted.clue import Clue, Pasted
    from tuicnn.core.report import Report, Row


def pasted_lines(report: Report, found: Pasted) -> list[str]:
    """Return what a pasted message means for a network, as lines."""
    clue = found.clue
    if clue is None:
        return [
            "This is no shape error of PyTorch, Keras or ONNX Runtime that is known.",
            "Paste its last line, the one with the numbers.",
            "`tuicnn check SOURCE` lists what is wrong with the network itself.",
        ]
    lines = section("What it means", within(clue.meaning))
    if clue.impossible:
        return [*lines, *section("What to do", within(clue.remedy))][:-1]
    lines += section("Which layer", _layer(report, found, clue))
    lines += section("What to do", _remedy(found, clue))
    return lines[:-1]


def _layer(report: Report, found: Pasted, clue: Clue) -> Iterator[str]:
    row = found.row
    if row is None:
        yield f"No layer of {report.network.name} has these numbers."
        yield from _makers(found, clue)
        yield "Perhaps the network that ran differs from this one, or its input does."
        return
    yield from within(_called(row))
    arriving = [
        f"{'?' if shape is None else spell(shape)} from {report.called(source)}"
        for shape, source in zip(met(report, row).inputs, row.sources, strict=True)
    ]
    yield from within(f"What arrives: {listed(arriving)}.")
    yield from within(f"Why this one: {listed(found.held)}.")
    for one in found.missed:
        yield from within(f"The message also says: {one}; that is not so here.")
    yield from _makers(found, clue)
    if clue.batch is not None:
        entering = row.inputs[0] or ()
        each = elements(entering[:-1]) if isinstance(row.layer, Linear) else 1
        count = clue.batch // each
        yield f"The batch had {counted(count, 'sample')}: that is no size of a layer."
    if found.others:
        yield from within(f"{listed(found.others[:4])} would fit as well.")


def _called(row: Row) -> str:
    detail = settings(row.layer)
    return f"{row.path} · {kind(row.layer)}{' ' if detail else ''}{detail}"


def _makers(found: Pasted, clue: Clue) -> Iterator[str]:
    for size, path in found.makers:
        leaves = "is" if path == "the input" else "is what leaves"
        what = f"{spelled(size)} {leaves} {path}"
        yield from within(f"{what}: {clue.sizes[size]}.")


def _remedy(found: Pasted, clue: Clue) -> Iterator[str]:
    problem = found.diagnostic
    if problem is None:
        yield from within(clue.remedy)
        if found.row is not None:
            yield "Here the network has no such error: mend the code that ran."
        return
    yield from within(problem.message)
    yield from within(problem.hint)
    for fix in problem.fixes:
        yield f"fix: {fix.title}"
