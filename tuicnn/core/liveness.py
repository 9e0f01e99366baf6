"""How much must be in memory at once: which tensors a later layer still needs.

It never allocates: it counts numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuicnn.core.shapes import elements

if TYPE_CHECKING:
    from tuicnn.core.report import Report


def peak_elements(report: Report) -> int:
    """Return the most numbers alive at once while one sample passes through.

    A tensor lives from the layer that makes it to the last one that reads it; the
    network's output lives to the end. After an error, what can be reached counts.
    """
    last_use: dict[int, int] = {}
    for position, index in enumerate(report.order):
        for source in report.rows[index].sources:
            last_use[source] = position
    input_size = elements(report.network.input)
    alive = peak = input_size
    sizes = {-1: input_size}
    for position, index in enumerate(report.order):
        row = report.rows[index]
        if row.output is None:
            continue
        sizes[index] = elements(row.output)
        alive += sizes[index]
        peak = max(peak, alive)
        for source in set(row.sources):
            if last_use[source] == position:
                alive -= sizes.get(source, 0)
    return peak
