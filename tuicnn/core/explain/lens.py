"""A layer, or a whole network, as PyTorch, Keras and ONNX spell it, in words.

It never writes code itself: `lens` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.derivation import spelled
from tuicnn.core.explain.layer import first_error
from tuicnn.core.explain.lines import INDENT, fitted
from tuicnn.core.layers.structure import Parallel
from tuicnn.core.lens import Framework, View, lens
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import AXES, spell
from tuicnn.core.wording import listed

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

NAMES: Final = {
    Framework.PYTORCH: "PyTorch",
    Framework.KERAS: "Keras (channels last)",
    Framework.ONNX: "ONNX (opset 17)",
}
"""What each framework is called."""


def explain_lens(
    report: Report, row: Row | None = None, only: Framework | None = None
) -> list[str]:
    """Return one layer, or all of them, as each framework spells it, as lines.

    Args:
        row: The layer; None for the whole network.
        only: The framework; None for all of them.
    """
    lines = _network(report, only) if row is None else _layer(report, row, only)
    return [one for line in lines for one in fitted(line)]


def views(report: Report, row: Row, only: Framework | None = None) -> list[View]:
    """Return a layer as each framework, or one of them, sees it."""
    return [one for one in lens(report, row) if only in (None, one.framework)]


def _layer(report: Report, row: Row, only: Framework | None) -> Iterator[str]:
    detail = settings(row.layer)
    names = _names(row)
    entering = " and ".join("?" if one is None else spell(one) for one in row.inputs)
    yield f"{row.path} · {kind(row.layer)}{' ' if detail else ''}{detail}"
    yield f"{entering} → {'?' if row.output is None else spell(row.output)}"
    if names:
        yield f"{INDENT}{names}"
    found = views(report, row, only)
    for view in found:
        yield from ("", NAMES[view.framework])
        yield from (f"{INDENT}{line}" for line in _view(view))
    if not found:
        yield from ("", "There is nothing to spell, because of an error:")
        yield from first_error(report, INDENT)


def _names(row: Row) -> str:
    """Return what the values of a merge are called in code."""
    last = len(row.sources) - 1
    if isinstance(row.layer, Parallel):
        if last == 0:
            return "y0: what leaves its branch"
        each = "y0 and y1" if last == 1 else f"y0 to y{last}"
        return f"{each}: what leaves its branches, in their order"
    if last > 0:
        each = {1: "y1 is", 2: "y1 and y2 are"}.get(last, f"y1 to y{last} are")
        return f"x is what enters, {each} what it names"
    return ""


def _view(view: View) -> Iterator[str]:
    if view.output is None:
        yield f"cannot: {view.reason}"
        return
    yield from (view.code, f"leaves {spell(view.output)}")
    if view.edges:
        sides = (
            f"{axis} {begin} before, {end} after"
            for axis, (begin, end) in zip(
                AXES[len(view.edges)], view.edges, strict=True
            )
        )
        yield f"cells at the ends: {'; '.join(sides)}"
    if view.trainable or view.kept:
        kept = f", and {spelled(view.kept)} kept, not learnt" if view.kept else ""
        yield f"{spelled(view.trainable)} numbers learnt{kept}"
    yield from (f"note: {remark}" for remark in view.remarks)


def _network(report: Report, only: Framework | None) -> Iterator[str]:
    network = report.network
    title = network.title or network.name
    yield title if title == network.name else f"{title} ({network.name})"
    if not report.rows:
        yield "There are no layers yet."
        return
    chosen = [only] if only else list(Framework)
    yield f"as {listed(NAMES[one] for one in chosen)}"
    notes: dict[str, int] = {}
    told: set[object] = set()
    for row in report.rows:
        key = (row.pointer, row.inputs)
        if key in told or (row.container and not row.effect):
            continue
        told.add(key)
        found = views(report, row, only)
        if found:
            yield from ("", row.path)
        for view in found:
            word = view.framework.value
            yield f"{INDENT}{word:<8}{view.code or f'cannot: {view.reason}'}"
            for remark in view.remarks:
                note = f"{word}: {remark}"
                notes[note] = notes.get(note, 0) + 1
    if notes:
        yield from ("", "Differences")
    for note, count in notes.items():
        yield f"{INDENT}{note}{f' ({count} layers)' if count > 1 else ''}"
    if not report.valid:
        yield from ("", "The network has an error; what is below it is left out:")
        yield from first_error(report, INDENT)
