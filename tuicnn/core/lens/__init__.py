"""The same layer as PyTorch, Keras and ONNX spell it, with what differs and why.

It never runs any of them: code is text, put together of numbers and known words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tuicnn.core.layer import Effect
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.lens.keras import KERAS
from tuicnn.core.lens.onnx import ONNX
from tuicnn.core.lens.pytorch import PYTORCH
from tuicnn.core.lens.sequence import LONGEST, in_a_row, inner_rows
from tuicnn.core.lens.view import (
    Cannot,
    Framework,
    Setting,
    Spellers,
    View,
    viewed,
)

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

SPELLERS: Final[Mapping[Framework, Spellers]] = {
    Framework.PYTORCH: PYTORCH,
    Framework.KERAS: KERAS,
    Framework.ONNX: ONNX,
}
"""How each framework writes each layer type."""

__all__ = ["SPELLERS", "Framework", "Setting", "View", "lens", "spelled_in"]


def lens(report: Report, row: Row) -> tuple[View, ...]:
    """Return a layer as each framework sees it; () where it has no effect."""
    found = (_seen(report, row, each) for each in Framework)
    return tuple(one for one in found if one is not None)


def _seen(report: Report, row: Row, framework: Framework) -> View | None:
    one = setting_of(report, row)
    if one is None:
        return None
    view = spelled_in(framework, one)
    if not isinstance(row.layer, Block) or row.stop - row.index > LONGEST:
        return view
    inner = (_seen(report, each, framework) for each in inner_rows(report, row))
    return in_a_row(view, inner)


def spelled_in(framework: Framework, one: Setting) -> View:
    """Return a layer as one framework sees it."""
    if len(one.x) > 4 or len(one.effect.output) > 5:
        found = Cannot("maps of more than three spatial axes are not written here")
        return viewed(framework, one, found)
    return viewed(framework, one, SPELLERS[framework][one.layer.type](one))


def setting_of(report: Report, row: Row) -> Setting | None:
    """Return a layer with what enters and leaves it; None where nothing does."""
    shape = row.inputs[0] if row.inputs else None
    if row.output is None or shape is None:
        return None
    # Only a block has no effect of its own where something leaves it.
    effect = Effect(row.output) if row.effect is None else row.effect
    return Setting(row.layer, shape, effect, _values(row))


def _values(row: Row) -> tuple[str, ...]:
    """Return names for what a merge joins: safe in code, whatever layers are called."""
    if isinstance(row.layer, Parallel):
        return tuple(f"y{number}" for number in range(len(row.layer.branches)))
    return ("x", *(f"y{number}" for number in range(1, len(row.sources))))
