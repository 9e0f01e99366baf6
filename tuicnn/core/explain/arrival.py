"""What arrives at a layer, number by number, back to the input.

It never follows a chain itself: `chain` does; here it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Final

from tuicnn.core.chain import Known, Link, chain
from tuicnn.core.derivation import Step
from tuicnn.core.explain.lines import INDENT, WIDTH, field_stated, within
from tuicnn.core.layers.shaping import Flatten
from tuicnn.core.settings import settings
from tuicnn.core.shapes import axis_names, spell
from tuicnn.core.wording import listed

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

_MOST: Final = 64
"""Links of one axis that are told; the deepest presets have ten."""


def arrivals(report: Report, row: Row) -> Iterator[str]:
    """Yield where each size that enters a layer comes from."""
    entering, source = row.inputs[0], row.sources[0]
    assert entering is not None  # who asks has told that nothing arrives
    if source < 0 and entering == report.network.input:
        yield f"{spell(entering)}: the input ({', '.join(axis_names(entering))})."
        return
    known: Known = {}
    links: list[Link] = []
    cut: list[Link] = []
    for axis in axis_names(entering):
        run = list(islice(chain(report, source, axis, known, row), _MOST + 1))
        links += run[:_MOST]
        cut += run[_MOST:]
    told, twins = _without_twins(links)
    width = max(len(str(link.value)) for link in told)
    for link in told:
        yield from _line(link, width)
    if cut and cut[0].row is not None:
        yield "and so on, up to the input. To go on from there:"
        yield f"tuicnn explain SOURCE {cut[0].row.path} --number {cut[0].axis}"
    if twins:
        yield from within(f"{listed(twins).capitalize()} goes the same way.")
    if len(told) > 1:
        yield "Layers that are not named keep these sizes."


def _without_twins(links: list[Link]) -> tuple[list[Link], list[str]]:
    """Return links without the axes that tell the same as another, and those axes."""
    runs: dict[str, list[Link]] = {}
    for link in links:
        runs.setdefault(link.axis, []).append(link)
    kept: list[str] = []
    twins: list[str] = []
    for axis, run in runs.items():
        alike = any(_numbers(runs[other]) == _numbers(run) for other in kept)
        (twins if alike else kept).append(axis)
    return [link for link in links if link.axis in kept], twins


def _numbers(links: list[Link]) -> list[tuple[str, int | Fraction]]:
    return [(link.row.path if link.row else "", link.value) for link in links]


def _line(link: Link, width: int) -> Iterator[str]:
    number = str(link.value).rjust(width)
    if link.row is None or link.step is None:
        yield f"{number}   is the {link.axis} of the input"
        return
    why = _why(link.row, link.step)
    if link.step.brief == str(link.value):
        yield f"{number}   {why}"
        return
    line = f"{number} = {link.step.brief:<26} {why}"
    if len(line) + len(INDENT) <= WIDTH:
        yield line
    else:
        yield f"{number} = {link.step.brief}"
        yield from (f"{' ' * width}   {more}" for more in within(why))


def _why(row: Row, step: Step) -> str:
    """Return what a layer did to make a size."""
    if isinstance(row.layer, Flatten) and row.inputs[0] is not None:
        return f"{row.path} lays {spell(row.inputs[0])} out in a row"
    field = field_stated(step)
    if field is not None:
        return f"{row.path} makes them: {field}, a choice"
    detail = settings(row.layer)
    return f"{row.path}: {detail}" if detail else row.path
