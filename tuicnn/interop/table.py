"""The layer table as CSV: one row a layer, exact numbers, for spreadsheets and scripts.

It never lets a spreadsheet take a text for a formula.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind, settings
from tuicnn.interop.analysis import number
from tuicnn.interop.oneline import one_line

HEADER: Final = (
    "path",
    "type",
    "settings",
    "depth",
    "container",
    "input_shapes",
    "output_shape",
    "parameter_count",
    "macs",
    "activation_bytes",
    "receptive_field",
    "effective_stride",
)

Cell = str | int


def to_csv(report: Report) -> str:
    """Return the rows of a report as CSV (RFC 4180); containers hold totals."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(_cells(report, row) for row in report.rows)
    return text.getvalue()


def _cells(report: Report, row: Row) -> tuple[Cell, ...]:
    totals = report.totals_of(row)
    field = report.fields[row.index]
    return (
        _guarded(row.path),
        _guarded(kind(row.layer)),
        _guarded(settings(row.layer)),
        row.depth,
        "true" if row.container else "false",
        " ".join(_sizes(shape) for shape in row.inputs),
        _sizes(row.output),
        totals.parameters,
        totals.macs,
        totals.activation_bytes,
        _sizes(None if field is None else field.size),
        _sizes(None if field is None else field.stride),
    )


def _sizes(numbers: Iterable[int | Fraction] | None) -> str:
    """Return numbers as 32x24x24; nothing where they cannot be known."""
    return "" if numbers is None else "x".join(str(number(one)) for one in numbers)


def _guarded(text: str) -> str:
    """Return a text that no spreadsheet evaluates.

    Source: OWASP, CSV Injection; some read the full-width signs, too.
    """
    line = one_line(text)
    sign = unicodedata.normalize("NFKC", line[:1])
    return f"'{line}" if sign and sign in "=+-@" else line
