"""What a document declares beside its layers: values of parameters, expectations.

It never runs anything: values are checked by their shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.diagnostics import Code, Diagnostic
from tuicnn.core.expect import unmet
from tuicnn.core.network import values_shape
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.wording import brief, nearest

if TYPE_CHECKING:
    from tuicnn.core.report import Report


def contradictions(report: Report) -> Iterator[Diagnostic]:
    """Yield what a document declares that its network does not bear out."""
    yield from _values(report)
    for number, text in enumerate(report.network.expect):
        problem = unmet(report, text, ("expect", number))
        if problem is not None:
            yield problem


def _values(report: Report) -> Iterator[Diagnostic]:
    values = report.network.parameters
    if not values:
        return
    known: dict[str, Shape] = {}
    for row in report.rows:
        for name, shape in (*row.parameters.items(), *row.buffers.items()):
            known[f"{row.path}.{name}"] = shape
    complete = all(row.reached and row.output is not None for row in report.rows)
    for key, rows in values.items():
        if key in known:
            yield from _misshapen(key, known[key], values_shape(rows))
        elif complete:  # below an error, nothing can be said of a name
            close = nearest(key, known)
            yield Diagnostic(
                Code.UNKNOWN_PARAMETER,
                "",
                None,
                ("parameters", key),
                f"The network has no parameter “{brief(key)}”.",
                f"Did you mean {close}?"
                if close
                else "A key is a layer's path and the parameter's name: fc1.weight.",
            )


def _misshapen(key: str, wanted: Shape, found: Shape | None) -> Iterator[Diagnostic]:
    if found == wanted:
        return
    received = (
        "rows of unequal length" if found is None else spell(found) or "a single number"
    )
    yield Diagnostic(
        Code.PARAMETER_SHAPE,
        key.rpartition(".")[0],
        None,
        ("parameters", key),
        f"{key} has the shape {spell(wanted)}. Received: {received}.",
        "Rows stand in PyTorch's order: one row for each output.",
    )
