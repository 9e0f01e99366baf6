"""One neuron written out, where its weights stand in the document.

It never computes an output: the forward pass does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.wording import subscript

if TYPE_CHECKING:
    from tuicnn.core.network import Values
    from tuicnn.core.report import Report, Row

_MOST: Final = 8
"""Inputs of a neuron that is written out."""


def neuron(report: Report, row: Row) -> Iterator[str]:
    """Yield what the first output of a linear layer computes, in numbers."""
    values = report.network.parameters or {}
    weights = values.get(f"{row.path}.weight")
    if not isinstance(weights, tuple) or not isinstance(weights[0], tuple):
        return
    first = weights[0]
    if len(first) > _MOST:
        return
    terms = [_term(one, f"·x{subscript(at)}") for at, one in enumerate(first, 1)]
    bias = values.get(f"{row.path}.bias")
    if isinstance(bias, tuple):
        terms.append(_term(bias[0], ""))
    summed = " ".join(terms).removeprefix("+ ")
    if summed.startswith("− "):  # a sign of its own, not a subtraction
        summed = f"−{summed[2:]}"
    followed = _follower(report, row)
    shown = f"{followed}({summed})" if followed else summed
    yield f"its first output, with x₁ … the inputs: {shown}"


def _term(value: Values, factor: str) -> str:
    number = value if isinstance(value, (int, float)) else 0.0
    sign = "−" if number < 0 else "+"
    return f"{sign} {abs(number):.7g}{factor}"


def _follower(report: Report, row: Row) -> str | None:
    """Return the function that a layer's output goes through next."""
    for one in report.rows[row.index + 1 :]:
        if one.sources == (row.index,) and one.output == row.output:
            if one.layer.type in ("tanh", "sigmoid", "relu", "softplus"):
                return one.layer.type
            return None
    return None
