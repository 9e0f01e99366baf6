"""From a network to its report, with no more work than what changed asks for.

It never knows a layer's rule, and never keeps state between calls.
"""

from __future__ import annotations

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Diagnostic, Refusal
from tuicnn.core.layer import Effect, LayerSpec
from tuicnn.core.network import (
    Network,
    leaves_after_repetition,
    rows_after_repetition,
)
from tuicnn.core.report import INPUT, Report, Row
from tuicnn.core.scope import Value
from tuicnn.core.walk import Walk, bounded, noted


def check(network: Network, previous: Report | None = None) -> Report:
    """Return every row, total and problem of a network.

    Args:
        previous: The report of an earlier version; what it shares with this one, layer
            object by layer object, is not computed again.
    """
    if previous is not None:
        replaced = _one_replaced(network, previous)
        if replaced is not None:
            return replaced
    count = leaves_after_repetition(network.layers)
    rows = rows_after_repetition(network.layers)
    if count > limits.LAYERS or rows > limits.ROWS:
        return Report(network, (), (), INPUT, (_too_many(count, rows),), {})
    walk = Walk({} if previous is None else previous.known)
    start = Value(network.input, INPUT, "the input")
    end = walk.sequence(network.layers, start, None, "", ("layers",), 0)
    return Report(
        network,
        tuple(walk.rows),
        tuple(walk.order),
        end.source,
        tuple(walk.diagnostics.values()),
        walk.known,
    )


def _too_many(count: int, rows: int) -> Diagnostic:
    return Diagnostic(
        Code.TOO_LARGE,
        "",
        "layers",
        ("layers",),
        f"The network has {count:,} layers after repetition, in {rows:,} rows with "
        f"their containers; {limits.LAYERS:,} and {limits.ROWS:,} are the limits.",
        "Repeat fewer blocks.",
    )


def _one_replaced(network: Network, previous: Report) -> Report | None:
    """Return the report after one top-level layer was exchanged for its like.

    Where the new layer has the old one's name and lets the same shape leave, no other
    row changes: this is what typing into a field does, and must not cost more in a long
    stack than in a short one. None in any other case.
    """
    at = _only_difference(network, previous.network)
    if at is None or not previous.rows:
        return None
    row = previous.top_level[at]
    layer = network.layers[at]
    effect = _effect_like(layer, row)
    if effect is None:
        return None
    changed = row._replace(layer=layer, effect=effect)
    rows = (*previous.rows[: row.index], changed, *previous.rows[row.index + 1 :])
    kept = (
        one
        for one in previous.found
        if one.pointer[:2] != row.pointer or one.code is Code.DUPLICATE_NAME
    )
    notes = (noted(note, row.path, row.pointer) for note in effect.notes)
    entering = row.inputs[0] or ()
    known = {**previous.known, (id(layer), entering): (layer, effect)}
    known.pop((id(row.layer), entering), None)  # else every version lives on
    report = Report(network, rows, previous.order, previous.end, (*kept, *notes), known)
    report.inherit(previous, row.index)
    return report


def _only_difference(network: Network, earlier: Network) -> int | None:
    """Return the only top-level place at which two networks differ, if there is one."""
    if network.input != earlier.input or len(network.layers) != len(earlier.layers):
        return None
    different = [
        index
        for index, (new, old) in enumerate(
            zip(network.layers, earlier.layers, strict=True)
        )
        if new is not old
    ]
    return different[0] if len(different) == 1 else None


def _effect_like(layer: LayerSpec, row: Row) -> Effect | None:
    """Return what a layer does in place of a row's, if nothing else changes by it."""
    old = row.layer
    entering = row.inputs[0]
    if row.effect is None or entering is None or len(row.inputs) > 1:
        return None
    if type(layer) is not type(old) or layer.name != old.name or row.container:
        return None
    try:
        effect = bounded(layer.infer(entering))
    except Refusal:
        return None  # the whole pass says what follows from it
    return effect if effect.output == row.effect.output else None
