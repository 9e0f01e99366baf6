"""The analysis: everything a report knows, as JSON for scripts and other tools.

It never computes a number, and never writes one that JSON does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from tuicnn.core.accounting import steps, summary_steps
from tuicnn.core.derivation import Step
from tuicnn.core.diagnostics import Diagnostic, Severity, escape_pointer
from tuicnn.core.fixes import EFFORT, Fixes
from tuicnn.core.layer import Shapes
from tuicnn.core.network import document
from tuicnn.core.receptive import Field
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind
from tuicnn.core.shapes import Shape
from tuicnn.interop.jsonlayout import to_text

FORMAT: Final = "tuicnn-analysis/1"


def to_json(
    report: Report,
    preview: Mapping[str, object] | None = None,
    problems: Sequence[Diagnostic] | None = None,
) -> str:
    """Return the analysis of a network as text; the arguments are `analysis`'."""
    return to_text(analysis(report, preview, problems))


def analysis(
    report: Report,
    preview: Mapping[str, object] | None = None,
    problems: Sequence[Diagnostic] | None = None,
) -> dict[str, object]:
    """Return the analysis of a network.

    Args:
        preview: What a forward pass found, if there was one.
        problems: The problems with their places in a text, those of reading it
            included; left out, those that the report has.
    """
    if problems is None:
        problems = report.diagnostics
    fixes = Fixes(report, EFFORT)
    found: dict[str, object] = {
        "format": FORMAT,
        "architecture": document(report.network),
        "valid": all(one.severity is not Severity.ERROR for one in problems),
        "summary": _summary(report),
        "layers": [_layer(report, row) for row in report.rows],
        "diagnostics": [diagnostic_entry(one, fixes.titles(one)) for one in problems],
    }
    if preview is not None:
        found["preview"] = preview
    return found


def _summary(report: Report) -> dict[str, object]:
    totals = report.totals
    return {
        "input_shape": _shape(report.network.input),
        "output_shape": _shape(report.output),
        "layers": totals.layers,
        "parameters": totals.parameters,
        "trainable_parameters": totals.parameters,
        "buffers": totals.buffers,
        "macs": totals.macs,
        "parameter_bytes": totals.parameter_bytes,
        "activation_bytes": totals.activation_bytes,
        "peak_activation_bytes": report.peak_activation_bytes,
        "receptive_field": _size(report.receptive_field),
        "derivation": _derivation(summary_steps(report)),
    }


def _layer(report: Report, row: Row) -> dict[str, object]:
    totals = report.totals_of(row)
    field = report.fields[row.index]
    return {
        "path": row.path,
        "type": kind(row.layer),
        "depth": row.depth,
        "container": row.container,
        "input_shapes": [_shape(shape) for shape in row.inputs],
        "output_shape": _shape(row.output),
        "parameters": _tensors(row.parameters),
        "buffers": _tensors(row.buffers),
        "parameter_count": totals.parameters,
        "macs": totals.macs,
        "activation_bytes": totals.activation_bytes,
        "receptive_field": _size(field),
        "effective_stride": None if field is None else list(map(number, field.stride)),
        "derivation": _derivation(steps(report, row)),
    }


def _shape(shape: Shape | None) -> list[int] | None:
    return None if shape is None else list(shape)


def _tensors(shapes: Shapes) -> dict[str, list[int]]:
    return {name: list(shape) for name, shape in shapes.items()}


def _size(field: Field | None) -> list[int] | None:
    return None if field is None else list(field.size)


def number(value: int | float | Fraction) -> int | float:
    """Return a number as JSON has it: whole if it is whole."""
    return int(value) if value == int(value) else float(value)


def _derivation(found: Iterable[Step]) -> list[dict[str, object]]:
    return [
        {
            "quantity": step.quantity,
            "formula": step.formula,
            "substitution": step.substitution,
            "value": number(step.value),
            "symbols": [
                {
                    "symbol": one.letter,
                    "value": number(one.value),
                    "meaning": one.meaning,
                }
                for one in step.symbols
            ],
        }
        for step in found
    ]


def diagnostic_entry(one: Diagnostic, fixes: Iterable[str] = ()) -> dict[str, object]:
    """Return a problem as the analysis has it.

    Args:
        fixes: What each fix is called.
    """
    return {
        "code": one.code.code,
        "severity": one.severity.value,
        "path": one.path,
        "field": one.field,
        "pointer": escape_pointer(one.pointer),
        "line": one.line,
        "column": one.column,
        "message": one.message,
        "hint": one.hint,
        "fixes": [{"title": title} for title in fixes],
    }
