"""The story of a network: layer by layer, then what it adds up to.

It never repeats itself: repetitions that do the same to the same shape are told once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Severity
from tuicnn.core.explain.layer import branches_of, first_error
from tuicnn.core.explain.lines import INDENT, WIDTH, fitted, wrapped
from tuicnn.core.explain.shares import MOST, shares
from tuicnn.core.layers.broken import Broken
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import axis_names, spell
from tuicnn.core.wording import bytes_spelled, counted

if TYPE_CHECKING:
    from tuicnn.core.layer import Effect
    from tuicnn.core.report import Report, Row


def explain_network(report: Report) -> list[str]:
    """Return the story of a network as lines."""
    network = report.network
    title = network.title or network.name
    called = title if title == network.name else f"{title} ({network.name})"
    lines = wrapped(called) or [network.name]
    lines += wrapped(network.description or "")
    names = ", ".join(axis_names(network.input))
    lines += ["", f"The input is {spell(network.input)}: {names}."]
    if not report.rows:
        if report.valid:
            return [*lines, "There are no layers yet: what enters leaves."]
        return [*lines, *first_error(report)]
    story = (*_told(report, 0, len(report.rows)), "", *_sum(report))
    lines += [one for line in story for one in fitted(line)]
    if any(one.severity is Severity.ERROR for one in report.diagnostics):
        lines += ["", *first_error(report)]
    return lines


def _told(report: Report, start: int, stop: int) -> Iterator[str]:
    """Yield the story of some rows."""
    index = start
    while index < stop:
        row = report.rows[index]
        yield from _story(row)
        if isinstance(row.layer, Block) and row.layer.repeat > 1:
            yield from _repetitions(report, row, row.layer.repeat)
            index = row.stop
        else:
            index += 1


def _repetitions(report: Report, block: Row, repeat: int) -> Iterator[str]:
    """Yield each repetition that differs from the one before."""
    size = (block.stop - block.index - 1) // repeat
    before: list[object] = []
    same: list[int] = []
    for number in range(repeat):
        start = block.index + 1 + number * size
        rows = report.rows[start : start + size]
        doing: list[object] = [(row.inputs, row.output) for row in rows]
        if doing == before:
            same.append(number)
            continue
        yield from _same_again(block, same)
        same = []
        before = doing
        yield from _told(report, start, start + size)
    yield from _same_again(block, same)


def _same_again(block: Row, same: list[int]) -> Iterator[str]:
    if same:
        span = f"{block.path}.{same[0]}"
        if len(same) > 1:
            span += f" to {block.path}.{same[-1]}"
        yield ""
        yield f"{span}: the same again, with weights of their own"


def _story(row: Row) -> Iterator[str]:
    """Yield what one row does: a line for its shape, a line for each reason."""
    leaving = "?" if row.output is None else spell(row.output)
    layer = row.layer
    if isinstance(layer, Block):
        times = f", {layer.repeat} times" if layer.repeat > 1 else ""
        held = counted(len(layer.layers), "layer")
        yield from ("", f"{row.path} · block of {held}{times}")
        return
    if isinstance(layer, Parallel):
        merge = f"{branches_of(layer)}, joined by {layer.merge}"
        yield from ("", f"{row.path} · {merge} → {leaving}")
        return
    effect = row.effect
    if effect is None:
        why = "refuses what arrives" if row.reached else "is not reached"
        if isinstance(layer, Broken):
            why = "cannot be read"
        yield from ("", f"{row.path} · {kind(layer)} {why}")
        return
    if effect.output == row.inputs[0] and not effect.parameters:
        yield f"{row.path} · {layer.type} keeps {leaving}"
        return
    detail = settings(layer)
    yield ""
    yield f"{row.path} · {layer.type}{' ' if detail else ''}{detail} → {leaving}"
    for line in (*_reasons(effect), *_count(effect)):
        yield f"{INDENT}{INDENT}{line}"


def _reasons(effect: Effect) -> Iterator[str]:
    """Yield why each size is what it is, sizes that tell the same once."""
    told: dict[str, tuple[list[str], Step]] = {}
    for step in effect.derive():
        stated = step.brief == str(step.value)
        if step.quantity.startswith("output ") and not stated:
            name = step.quantity.removeprefix("output ")
            told.setdefault(step.brief, ([], step))[0].append(name)
    for brief, (names, step) in told.items():
        yield f"{' and '.join(names)}: {spelled(step.value)} = {brief}"


def _count(effect: Effect) -> Iterator[str]:
    steps = {step.quantity: step for step in effect.derive()}
    counted = [steps[name] for name in effect.parameters if name in steps]
    if not counted:
        return
    total = spelled(sum(step.value for step in counted))
    line = f"parameters: {' + '.join(step.brief for step in counted)}"
    if line == f"parameters: {total}":
        yield line
    elif len(line) + len(total) + 7 <= WIDTH:
        yield f"{line} = {total}"
    else:
        yield from (line, f"{INDENT}= {total}")


def _sum(report: Report) -> Iterator[str]:
    """Yield what the network adds up to, its parameters as terms by share."""
    totals = report.totals
    yield "In all"
    terms = [
        (report.totals_of(row).parameters, row.path)
        for row in report.rows
        if not row.container and row.parameters
    ]
    if totals.parameters:
        yield from (f"{INDENT}{line}" for line in shares(terms, totals.parameters))
        if 1 < len(terms) <= MOST:
            summed = " + ".join(spelled(count) for count, _ in terms)
            yield f"{INDENT}{summed} = {spelled(totals.parameters)}"
    yield f"{INDENT}{counted(totals.parameters, 'parameter')}"
    yield f"{INDENT}{spelled(totals.macs)} multiplications (MACs) for one sample"
    peak = bytes_spelled(report.peak_activation_bytes)
    made = bytes_spelled(totals.activation_bytes)
    yield f"{INDENT}{made} of outputs in all, at most {peak} at once"
    yield f"{INDENT}{spell(report.network.input)} enters; {_what_leaves(report)}"


def _what_leaves(report: Report) -> str:
    if report.output is None:
        return "nothing leaves, because of an error"
    return f"{spell(report.output)} leaves"
