"""From a network to its report, with no more work than what changed asks for.

It never knows a layer's rule, and never keeps state between calls.
"""

from __future__ import annotations

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Diagnostic, Refusal
from tuicnn.core.effects import Effects
from tuicnn.core.layer import Effect, LayerSpec
from tuicnn.core.network import (
    Network,
    leaves_after_repetition,
    rows_after_repetition,
)
from tuicnn.core.problems import noted
from tuicnn.core.report import INPUT, Known, Report, Row
from tuicnn.core.scope import Value
from tuicnn.core.shapes import Shape
from tuicnn.core.walk import Walk


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
        tuple(walk.problems.found.values()),
        walk.effects.known,
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

    Where the new layer has the old one's name, rows above do not change, nor do those
    behind one that leaves the same shape as before: this is what typing into a field
    does, and must not cost what a whole pass costs. None in any other case.
    """
    at = _only_difference(network, previous.network)
    if at is None or not previous.rows:
        return None
    if len(previous.found) > limits.DIAGNOSTICS:  # not all are there to be kept
        return None
    first = previous.top_level[at].index
    known = dict(previous.known)
    rows = _until_alike(network.layers[at], previous, first, known)
    if not rows:
        return None
    stop = first + len(rows)
    places = {row.pointer for row in rows}
    kept = (
        one
        for one in previous.found
        if one.pointer[:2] not in places or one.code is Code.DUPLICATE_NAME
    )
    notes = (
        noted(note, row.path, row.pointer)
        for row in rows
        if row.effect is not None
        for note in row.effect.notes
    )
    report = Report(
        network,
        (*previous.rows[:first], *rows, *previous.rows[stop:]),
        previous.order,
        previous.end,
        (*kept, *notes),
        known,
    )
    report.inherit(previous, first, stop)
    return report


def _until_alike(
    layer: LayerSpec, previous: Report, index: int, known: Known
) -> list[Row]:
    """Return the rows from an exchanged layer on that are not as before.

    None are returned where something else than the next row reads one of them: then
    the whole pass says what follows.

    Args:
        index: The row of the layer.
        known: Effects by layer and entering shape, brought up to date.
    """
    rows, readers = previous.rows, previous.readers
    old, one = rows[index], layer
    shape = old.inputs[0]
    if type(layer) is not type(old.layer) or layer.name != old.layer.name:
        return []
    effects = Effects(known, known)
    # Rows that share an effect have equal fields: they share what they do from now on.
    shared: dict[tuple[type[LayerSpec], int, Shape], Effect] = {}
    found: list[Row] = []
    for at in range(index, len(rows)):
        row = rows[at]
        if len(row.inputs) != 1 or row.effect is None or row.container:
            return []
        assert shape is not None  # it has an effect
        known.pop((id(row.layer), row.inputs[0] or ()), None)  # else all versions live
        try:
            if not found:
                effect = effects.of(one, shape)
            else:
                one, key = row.layer, (type(row.layer), id(row.effect), shape)
                effect = shared.get(key) or effects.of(one, shape)
                shared[key] = effect
        except Refusal:
            return []  # the whole pass says what follows from it
        known[id(one), shape] = (one, effect)
        output = effect.output
        found.append(
            Row(row.path, one, row.pointer, 0, at, at + 1, (shape,), row.sources,
                output, effect)
        )  # fmt: skip
        if output == row.output:
            break
        if readers[at] > 1:
            return []
        shape = output
    return found


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
