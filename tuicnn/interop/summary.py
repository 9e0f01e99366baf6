"""The layer table of a network as plain text, with its totals.

It never computes a number: rows and totals come from the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tuicnn.core.derivation import spelled
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import spell
from tuicnn.core.wording import bytes_spelled, continued, short
from tuicnn.interop.columns import columns
from tuicnn.interop.oneline import one_line

_HEADER: Final = ("Layer", "What", "Output", "Parameters", "MACs")
_WHAT: Final = 1
_NARROW: Final = 100
"""Columns below which multiplications are shown in three digits."""


def summary(report: Report, width: int | None = None) -> Iterator[str]:
    """Yield the table of a network.

    Args:
        width: Columns of the terminal, to which the table is fitted; None: no limit.
    """
    network = report.network
    title = one_line(network.title or network.name)
    whole = title if title == network.name else f"{title} ({network.name})"
    yield from continued("", whole, "")
    yield f"input {spell(network.input)}"
    yield ""
    if not report.rows:
        yield "no layers yet"
        return
    count = short if width is not None and width < _NARROW else spelled
    cells = [_cells(report, row, count) for row in report.rows]
    yield from columns(_HEADER, cells, "<<<>>", width, flexible=_WHAT)
    yield ""
    yield from _totals(report)


def _cells(report: Report, row: Row, count: Callable[[int], str]) -> tuple[str, ...]:
    totals = report.totals_of(row)
    detail = settings(row.layer)
    leaving = "?" if row.output is None else spell(row.output)
    return (
        "  " * row.depth + one_line(_shown_name(row)),
        one_line(f"{kind(row.layer)}{' ' if detail else ''}{detail}"),
        leaving,
        spelled(totals.parameters) if totals.parameters else "",
        count(totals.macs) if totals.macs else "",
    )


def _shown_name(row: Row) -> str:
    """Return the last part of a path, with the number of its repetition or branch."""
    parts = row.path.split(".")
    numbered = len(parts) > 1 and parts[-2].isdigit()
    return ".".join(parts[-2:]) if numbered else parts[-1]


def _totals(report: Report) -> Iterator[str]:
    totals = report.totals
    output = "not reached" if report.output is None else spell(report.output)
    field = report.receptive_field
    rows = [
        ("output", output),
        ("layers", spelled(totals.layers)),
        (
            "parameters",
            f"{spelled(totals.parameters)} ({bytes_spelled(totals.parameter_bytes)})",
        ),
        ("MACs", spelled(totals.macs)),
        (
            "activations",
            f"{bytes_spelled(totals.activation_bytes)}, at most "
            f"{bytes_spelled(report.peak_activation_bytes)} at once",
        ),
    ]
    if totals.buffers:
        rows.insert(3, ("buffers", spelled(totals.buffers)))
    if field is not None and field.patterns:
        rows.append(("receptive field", spell(field.size)))
    yield from columns((), rows, "<<")
