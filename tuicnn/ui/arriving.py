"""What arrives where a layer is to be added, and how that place is called.

It never adds any.
"""

from __future__ import annotations

from collections.abc import Iterator

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.network import effective_names
from tuicnn.core.report import Report, Row
from tuicnn.core.shapes import Shape
from tuicnn.core.tree import container_of, list_at


def arriving(
    report: Report, at: Pointer
) -> tuple[Shape | None, list[tuple[str, Shape]]]:
    """Return the shape that arrives at a place, and the layers before it there."""
    earlier = [
        (row.name, row.output) for row in _before(report, at) if row.output is not None
    ]
    parent, index = at[:-1], at[-1]
    above = report.at((*parent, int(index) - 1)) if index else None
    if above is not None:
        return above.output, earlier
    here = report.at(at)
    if here is not None:
        return here.inputs[0], earlier
    holder = container_of(parent)
    around = report.at(holder) if holder else None
    if around is None:
        return report.network.input, earlier
    return around.inputs[0], earlier


def _before(report: Report, at: Pointer) -> Iterator[Row]:
    """Yield the rows that a merge at a place could name, the earliest first."""
    for cut in range(2, len(at) + 1):
        parent, index = at[: cut - 1], at[cut - 1]
        if not isinstance(index, int) or list_at(report.network, parent) is None:
            continue
        for number in range(index):
            row = report.at((*parent, number))
            if row is not None:
                yield row


def where(report: Report, at: Pointer) -> str:
    """Return what to call a place for a new layer."""
    siblings = list_at(report.network, at[:-1]) or ()
    names = effective_names(siblings)
    index = int(at[-1])
    if index:
        return f"after {names[index - 1]}"
    return f"before {names[0]}" if names else "in an empty place"
