"""Operations as other programs count them, each difference with its reason.

It never runs them: their rules are written here, of the version that is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.counts.fvcore import FVCORE
from tuicnn.core.counts.ptflops import PTFLOPS
from tuicnn.core.counts.tally import Count, Difference, Part, Seen, Tool
from tuicnn.core.counts.tensorflow import TENSORFLOW
from tuicnn.core.counts.thop import THOP
from tuicnn.core.counts.torchinfo import TORCHINFO

if TYPE_CHECKING:
    from tuicnn.core.report import Report

TOOLS: Final = (THOP, PTFLOPS, FVCORE, TORCHINFO, TENSORFLOW)
"""Every program whose rules are known."""

__all__ = [
    "TOOLS",
    "TORCHINFO",
    "Count",
    "Difference",
    "Part",
    "Seen",
    "Tool",
    "counts",
]


def counts(report: Report) -> tuple[Count, ...]:
    """Return a network as each program counts it, for one sample.

    The model is taken to be written with one module for each layer, merges as
    operators between tensors, in evaluation mode.
    """
    seen = list(_seen(report))
    return tuple(
        Count(tool, report.totals.macs, _differences(tool, seen)) for tool in TOOLS
    )


def _seen(report: Report) -> Iterator[Seen]:
    """Yield the layers that do something to what arrives."""
    for row in report.rows:
        if row.effect is not None and row.inputs and row.inputs[0] is not None:
            yield Seen(row, row.inputs[0], row.effect)


def _plus(first: int | None, second: int | None) -> int | None:
    """Return a sum; None where one of the two is not known."""
    return None if first is None or second is None else first + second


def _differences(tool: Tool, seen: list[Seen]) -> tuple[Difference, ...]:
    """Return what a program counts otherwise, the largest first."""
    counted: dict[str, int | None] = {}
    paths: dict[str, list[str]] = {}
    for one in seen:
        for part in tool.rule(one):
            if part.count == 0:
                continue
            counted[part.reason] = _plus(counted.get(part.reason, 0), part.count)
            paths.setdefault(part.reason, []).append(one.row.path)
    found = (
        Difference(reason, count, tuple(paths[reason]))
        for reason, count in counted.items()
    )
    return tuple(sorted(found, key=lambda one: -abs(one.count or 0)))
