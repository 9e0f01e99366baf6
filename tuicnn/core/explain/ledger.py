"""The pixel ledger in words: what is added, what is left out, what is never seen.

It never counts a cell: `ledger` did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tuicnn.core.derivation import spelled
from tuicnn.core.explain.layer import first_error
from tuicnn.core.explain.lines import wrapped
from tuicnn.core.explain.table import table
from tuicnn.core.layers.norm import GroupNorm, InstanceNorm, LayerNorm, RmsNorm
from tuicnn.core.ledger import by_layer
from tuicnn.core.reach import Span
from tuicnn.core.shapes import spell
from tuicnn.core.wording import listed

if TYPE_CHECKING:
    from tuicnn.core.ledger import Entry, Ledger, Never

_HEADER = (
    "Layer",
    "Axis",
    "Enters",
    "Padding",
    "px so far",
    "Cut",
    "Left out",
    "px so far",
)
_STATISTICS = (GroupNorm, InstanceNorm, LayerNorm, RmsNorm)
"""Layers whose statistics read whole maps of a sample."""
_SAID = 3
"""Stretches of rows that are named; more are counted."""

_CROWD = {"height": "row", "width": "column", "depth": "slice"}
"""What one step along an axis of the input is called."""


def explain_ledger(found: Ledger) -> list[str]:
    """Return the pixel ledger as lines: a table, what stands in it, and a summary."""
    network = found.report.network
    lines = [*wrapped(f"{network.name}: what becomes of {spell(network.input)}"), ""]
    if len(network.input) == 1:
        return [*lines, "It takes a vector: there are no rows or columns to lose."]
    rows = list(_rows(found))
    if rows:
        lines += [*table(_HEADER, rows, "<<>>>>>>"), "", *_words(found), ""]
    else:
        kept = "No layer adds a row or a column, and none leaves one out at an end."
        lines += [kept, ""]
    for text in _summary(found):
        lines += wrapped(text)
    return [*lines, *(first_error(found.report) if found.never is None else [])]


def _rows(found: Ledger) -> Iterator[tuple[str, ...]]:
    for path, entries in by_layer(found.entries).items():
        for names, one in _together([entry for entry in entries if not entry.even]):
            yield (path, names, *_cells(one))


def _together(entries: list[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield entries with their axes, those that tell the same as one."""
    told: dict[Entry, list[str]] = {}
    for one in entries:
        told.setdefault(replace(one, axis="", pixels=0), []).append(one.axis)
    for one, names in told.items():
        yield listed(names), one


def _cells(one: Entry) -> tuple[str, ...]:
    dropped = _some(one.dropped)
    if one.idle:
        dropped = f"{dropped} + {one.idle} pad" if one.dropped else f"{one.idle} pad"
    return (
        str(one.size),
        _ends((one.added.before, one.added.after + one.overhang)),
        _some(one.padded),
        _ends(one.cut),
        dropped,
        _some(one.lost),
    )


def _ends(ends: Sequence[int]) -> str:
    return f"{ends[0]} + {ends[1]}" if any(ends) else ""


def _some(number: object) -> str:
    return str(number) if number else ""


def _words(found: Ledger) -> Iterator[str]:
    """Yield what the columns mean."""
    told = [
        "Padding and Cut: cells before + after. Left out: cells at the end that no",
        "window reads, as the stride does not divide what is left; pad: of padding.",
        "px so far: all of it up to here, in pixels of the input.",
    ]
    yield from told
    if any(entry.overhang for entry in found.entries):
        yield "ceil_mode lets a last window stand over the end: counted as padding."


def _summary(found: Ledger) -> Iterator[str]:
    """Yield what of the input never reaches the output."""
    if found.never is None:
        yield "Nothing reaches the output, because of an error:"
        return
    lost = [one for one in found.never if one.spans]
    if not lost:
        reaches = "reaches" if found.exact else "may reach"
        yield f"Every row and column of the input {reaches} the output."
    for one in lost:
        yield _never(one)
    if not found.exact:
        yield "Some layers are not followed cell by cell: more may never reach it."
    if any(isinstance(row.layer, _STATISTICS) for row in found.report.rows):
        yield "What a normalisation's mean and variance read is not counted."


def _never(one: Never) -> str:
    """Return which rows have no way to the output, as a sentence."""
    crowd = _CROWD.get(one.axis, "cell")
    if one.size == 1:
        return f"The only {crowd} never reaches the output."
    if one.count == one.size:
        return f"None of the {spelled(one.size)} {crowd}s reaches the output."
    if len(one.spans) > _SAID:
        said = f"{spelled(one.count)}, such as {_place(one.spans[0])},"
    else:
        said = listed([_span(span, one.size, crowd) for span in one.spans])
    reach = "reaches" if one.count == 1 else "reach"
    return f"Of {spelled(one.size)} {crowd}s, {said} never {reach} the output."


def _span(span: Span, size: int, crowd: str) -> str:
    first, last = span
    count = last - first + 1
    many = f" {spelled(count)}" if count > 1 else ""
    if last == size - 1:
        return f"the last{many}"
    if first == 0:
        return f"the first{many}"
    return f"{crowd}{'s' if count > 1 else ''} {_place(span)}"


def _place(span: Span) -> str:
    first, last = span
    return spelled(first) if first == last else f"{spelled(first)} to {spelled(last)}"
