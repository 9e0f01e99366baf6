"""One layer explained: what arrives, what leaves, what it learns, what it costs.

It never looks at another layer but to name it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Refusal, Severity
from tuicnn.core.explain.arrival import arrivals
from tuicnn.core.explain.lines import legend, section, spelled_out, within, wrapped
from tuicnn.core.explain.neuron import neuron
from tuicnn.core.layers.conv import Conv1d, Conv2d, Conv3d, Convolution
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.shaping import Flatten
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import elements, spell
from tuicnn.core.wording import bytes_spelled, counted, percent

if TYPE_CHECKING:
    from tuicnn.core.layer import Effect
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape


def explain_layer(report: Report, row: Row) -> list[str]:
    """Return why the numbers of one layer are what they are, as lines."""
    lines = [*_headline(row), ""]
    if not row.reached:
        lines += ["Nothing arrives here, because of an error above:"]
        return [*lines, *first_error(report)]
    if row.container:
        lines += section("What it holds", _content(report, row))
    else:
        lines += section("What arrives", arrivals(report, row))
    if row.effect is not None and not row.container:
        lines += section("What leaves", _leaving(row, row.effect))
        lines += section("Where each number goes", _index_map(row))
        lines += section("What it learns", _learnt(report, row, row.effect))
        lines += section("What it costs", _costs(report, row, row.effect))
    lines += section("Problems", _problems(report, row))
    return lines[:-1]


def first_error(report: Report, indent: str = "") -> list[str]:
    """Return the first error as lines: what is wrong, and what to do."""
    for one in report.diagnostics:
        if one.severity is Severity.ERROR:
            where = f"{one.path}: " if one.path else ""
            return [
                *wrapped(f"{where}{one.message}", indent),
                *wrapped(one.hint, f"{indent}  "),
            ]
    return []


def _headline(row: Row) -> list[str]:
    detail = settings(row.layer)
    entering = " and ".join("?" if one is None else spell(one) for one in row.inputs)
    leaving = "?" if row.output is None else spell(row.output)
    called = f"{row.path} · {kind(row.layer)}{' ' if detail else ''}{detail}"
    return [*wrapped(called), f"{entering} → {leaving}"]


def _leaving(row: Row, effect: Effect) -> Iterator[str]:
    steps = effect.derive()
    sizes = [step for step in steps if step.quantity.startswith("output ")]
    if all(step.formula == "i" for step in sizes):
        yield f"{spell(effect.output)}: the shape is kept."
        return
    told: dict[tuple[str, str], str] = {}
    shown = []
    for step in (one for one in steps if one in sizes or "padding" in one.quantity):
        name = step.quantity.removeprefix("output ")
        key = (step.formula, step.substitution)
        if key in told and step.formula != "i":
            yield f"{name} = {step.value}, as {told[key]}"
        else:
            told[key] = name
            yield from spelled_out(name, step)
        shown.append(step)
    yield from legend(shown)
    shape = effect.output
    if isinstance(row.layer, Convolution) and len(shape) > 2:
        yield f"{spell((*shape[1:], shape[0]))} channels last, as Keras writes it"


def _index_map(row: Row) -> Iterator[str]:
    """Yield where flatten puts each cell, both ways, and what Keras does instead."""
    shape = row.inputs[0]
    if not isinstance(row.layer, Flatten) or shape is None or len(shape) != 3:
        return
    if row.output != (elements(shape),):
        return
    channels, height, width = shape
    area = height * width
    c, i, j = channels // 2, height // 2, width // 2
    place = c * area + i * width + j
    yield "Nothing is mixed or lost: each number keeps an address."
    yield f"place = c·(H·W) + i·W + j = c·{area} + i·{width} + j"
    yield f"channel {c}, row {i}, column {j} → {c}·{area} + {i}·{width} + {j} = {place}"
    yield (
        f"and back: c = ⌊{place} / {area}⌋ = {c}, rest {place % area}; "
        f"i = ⌊{place % area} / {width}⌋ = {i}, rest j = {j}"
    )
    last = (i * width + j) * channels + c
    yield "Keras counts channels last, so its weights stand in another order:"
    yield (f"place = (i·W + j)·C + c = ({i}·{width} + {j})·{channels} + {c} = {last}")


def _learnt(report: Report, row: Row, effect: Effect) -> Iterator[str]:
    if not effect.parameters and not effect.buffers:
        yield "Nothing: it has no parameters."
        return
    yield from _filters(row, effect)
    steps = {step.quantity: step for step in effect.derive()}
    for name, shape in effect.parameters.items():
        yield from spelled_out(f"{name} ({spell(shape)})", steps[name])
    for name, shape in effect.buffers.items():
        yield from spelled_out(
            f"{name} ({spell(shape)}), kept, not learnt", steps[name]
        )
    yield from legend([steps[one] for one in (*effect.parameters, *effect.buffers)])
    counts = [int(steps[name].value) for name in effect.parameters]
    total = report.totals.parameters
    own = spelled(sum(counts))
    summed = f"{' + '.join(map(spelled, counts))} = {own}" if counts[1:] else own
    if counts:
        yield f"{summed} {'parameter' if own == '1' else 'parameters'}"
        yield f"{percent(sum(counts), total)} of the network's {spelled(total)}"
    if isinstance(row.layer, Linear) and row.inputs[0] is not None:
        chosen = spelled(row.layer.out_features)
        yield f"{chosen} is a choice; {spelled(row.inputs[0][-1])} is what arrives."
        yield from neuron(report, row)


def _filters(row: Row, effect: Effect) -> list[str]:
    """Return what one filter looks like, depth included: it sums over channels."""
    layer = row.layer
    if not isinstance(layer, (Conv1d, Conv2d, Conv3d)):
        return []
    _, depth, *kernel = effect.parameters["weight"]
    window = spell(tuple(kernel))
    share = "the channels of its group" if layer.groups > 1 else "all channels"
    return within(
        f"{spelled(layer.out_channels)} filters, each {window}×{depth}: a filter spans "
        f"{share}, sums over them, and makes one map."
    )


def _costs(report: Report, row: Row, effect: Effect) -> Iterator[str]:
    if effect.macs:
        step = next(one for one in effect.derive() if one.quantity == "MACs")
        yield from spelled_out("multiplications (MACs)", step)
        total = report.totals.macs
        yield f"{percent(effect.macs, total)} of the network's {spelled(total)}"
        tensors = (*effect.parameters, *effect.buffers)
        told = (one for one in effect.derive() if one.quantity in tensors)
        yield from legend([step], told)
    count = elements(effect.output)
    yield (
        f"memory of its output: 4 bytes · {counted(count, 'number')} "
        f"= {bytes_spelled(4 * count)}"
    )
    field = report.fields[row.index]
    if field is not None and field.patterns:
        whole = all(not pattern.shift for pattern in field.patterns)
        seen = "the whole input, " if whole else ""
        cells = "cell" if elements(field.size) == 1 else "cells"
        yield (
            f"receptive field: each output sees {seen}{spell(field.size)} {cells} of "
            "the input"
        )


def _content(report: Report, row: Row) -> Iterator[str]:
    layer = row.layer
    if isinstance(layer, Block):
        times = f", {layer.repeat} times with fresh weights" if layer.repeat > 1 else ""
        yield f"{counted(len(layer.layers), 'layer')} in a row{times}."
    if isinstance(layer, Parallel):
        yield f"{branches_of(layer)}, joined by {layer.merge}:"
        for number, source in enumerate(row.sources):
            yield from within(_branch(report, row, layer, number, source))
    totals = report.totals_of(row)
    run = counted(totals.layers, "layer")
    learnt = counted(totals.parameters, "parameter")
    yield f"{run} in all, with {learnt} and {counted(totals.macs, 'MAC')}."
    yield f"Ask for one of them: {report.rows[min(row.index + 1, row.stop - 1)].path}"


def branches_of(layer: Parallel) -> str:
    """Return how many branches a container has, in words."""
    return counted(len(layer.branches), "branch", "branches")


def _branch(report: Report, row: Row, layer: Parallel, number: int, source: int) -> str:
    end = None if source < 0 else report.rows[source]
    shape = report.network.input if end is None else end.output
    if source < row.index:
        shape = _share(layer, shape)
    leaving = "?" if shape is None else spell(shape)
    if not layer.branches[number]:
        return f"branch {number} passes its input on: {leaving}"
    return f"branch {number} ends with {end.path if end else 'the input'}: {leaving}"


def _share(layer: Parallel, shape: Shape | None) -> Shape | None:
    """Return what a branch is given of a shape; None where it cannot be dealt out."""
    try:
        return None if shape is None else layer.share(shape)
    except Refusal:
        return None


def _problems(report: Report, row: Row) -> Iterator[str]:
    for one in report.diagnostics:
        if one.path == row.path:
            yield from within(f"{one.severity}: {one.message}")
            yield from within(one.hint)
