"""A block of layers as one line: the layers in a row, where each is one by itself.

It never writes a layer: the spellers do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tuicnn.core.lens.view import Framework, View

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

_MOST: Final = 16
"""Layers that are written in a row."""
LONGEST: Final = 2 * _MOST
"""Rows of a block that is worth a try."""

_LAYERS: Final = {
    Framework.PYTORCH: frozenset(("nn",)),
    Framework.KERAS: frozenset(("layers", "keras", "float")),
    Framework.ONNX: frozenset[str](),
}
"""Names in the code of what is a layer by itself, not an expression of `x`."""


def inner_rows(report: Report, row: Row) -> Iterator[Row]:
    """Yield the rows of a block's own list, each repetition's behind the other."""
    at = row.index + 1
    while at < row.stop:
        inner = report.rows[at]
        yield inner
        at = inner.stop


def in_a_row(view: View, inner: Iterable[View | None]) -> View:
    """Return the view of a block with code, if its layers can stand in a row.

    Args:
        view: The block, without code.
        inner: Its layers; None for one that nothing is known of.
    """
    every = list(inner)
    known = [one for one in every if one is not None and one.code]
    whole = len(known) == len(every) and all(map(_is_layer, known))
    if view.framework is Framework.ONNX or not whole or not 0 < len(known) <= _MOST:
        return view
    remarks = dict.fromkeys(remark for one in known for remark in one.remarks)
    return replace(
        view,
        code=_written(view.framework, [one.code for one in known]),
        reason="",
        output=known[-1].output,
        trainable=sum(one.trainable for one in known),
        kept=sum(one.kept for one in known),
        remarks=tuple(remarks),
    )


def _is_layer(one: View) -> bool:
    names = {
        node.id for node in ast.walk(ast.parse(one.code)) if isinstance(node, ast.Name)
    }
    return names <= _LAYERS[one.framework]


def _written(framework: Framework, codes: Sequence[str]) -> str:
    listed = ", ".join(codes)
    if framework is Framework.PYTORCH:
        return f"nn.Sequential({listed})"
    return f"keras.Sequential([{listed}])"
