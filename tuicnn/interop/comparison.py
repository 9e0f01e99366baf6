"""Two networks side by side as plain text.

It never says which is better: it shows what differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core.compare import Comparison, Pair
from tuicnn.core.derivation import spelled
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import elements, spell
from tuicnn.core.wording import bytes_spelled, continued, listed
from tuicnn.interop.columns import columns
from tuicnn.interop.oneline import one_line

_LAYER: Final = 1
_SAME: Final = "="


def comparison_lines(comparison: Comparison, width: int | None = None) -> Iterator[str]:
    """Yield two networks layer by layer, then their totals.

    Args:
        width: Columns of the terminal, by which the layers' settings are cut.
    """
    names = [one_line(one.network.name) for one in (comparison.left, comparison.right)]
    left, right = (
        names if names[0] != names[1] else (f"{names[0]} (1)", f"{names[1]} (2)")
    )
    header = ("", "Layer", "Output", "Parameters", "MACs")
    rows = [row for pair in comparison.pairs for row in _pair_rows(pair)]
    yield f"− {left}"
    yield f"+ {right}"
    yield ""
    yield from columns(header, rows, "<<<>>", width, flexible=_LAYER)
    yield ""
    yield from columns(("", left, right, "ratio"), _totals(comparison), "<>>>")
    yield ""
    yield from _verdict(comparison)


def _pair_rows(pair: Pair) -> Iterator[tuple[str, ...]]:
    """Yield one row for layers that are alike, two for those that differ."""
    left = None if pair.left is None else _cells(pair.left)
    right = None if pair.right is None else _cells(pair.right)
    if left is not None and left == right:
        yield ("", *left)
        return
    if left is not None:
        yield ("−", *left)
    if right is not None:
        yield ("+", *right)


def _cells(row: Row) -> tuple[str, ...]:
    effect = row.effect
    count = 0 if effect is None else sum(map(elements, effect.parameters.values()))
    macs = 0 if effect is None else effect.macs
    detail = settings(row.layer)
    return (
        one_line(f"{row.path}  {kind(row.layer)}{' ' if detail else ''}{detail}"),
        "?" if row.output is None else spell(row.output),
        spelled(count) if count else "",
        spelled(macs) if macs else "",
    )


def _totals(comparison: Comparison) -> list[tuple[str, ...]]:
    left, right = comparison.totals
    return [
        ("output", *map(_output, (comparison.left, comparison.right)), ""),
        _ratio_row("parameters", left.parameters, right.parameters),
        _ratio_row("MACs", left.macs, right.macs),
        _ratio_row("activation bytes", left.activation_bytes, right.activation_bytes),
        ("layers", spelled(left.layers), spelled(right.layers), ""),
    ]


def _output(report: Report) -> str:
    return "?" if report.output is None else spell(report.output)


def _ratio_row(name: str, left: int, right: int) -> tuple[str, ...]:
    return (name, spelled(left), spelled(right), _ratio(left, right))


def _ratio(left: int, right: int) -> str:
    """Return how many times the right number is the left one."""
    if left == right:
        return _SAME
    if not left or not right:
        return "—"
    return f"{right / left:.2f} ×" if right > left else f"1 / {left / right:.2f}"


def _verdict(comparison: Comparison) -> Iterator[str]:
    left, right = comparison.totals
    same = []
    if comparison.same_shapes:
        same.append("the same input and output shapes")
    if left.parameters == right.parameters:
        same.append("the same number of parameters")
    if left.macs == right.macs:
        same.append("the same MACs")
    if left.activations == right.activations:
        same.append(f"the same activations ({bytes_spelled(left.activation_bytes)})")
    if not same:
        yield "They differ in every total."
        return
    yield from continued("", f"Both have {listed(same)}.", "")
