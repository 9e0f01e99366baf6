"""What a letter of a derivation stands for: another number, a field, or a constant.

It never derives: it says where to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.structure import Parallel
from tuicnn.core.report import INPUT
from tuicnn.core.shapes import AXES, axis_names
from tuicnn.core.sight import MOVED, SEEN
from tuicnn.core.terms import Symbol
from tuicnn.core.why.derive import ENTERING_NUMBERS, OUTPUT_BYTES, SHARE, SPAN
from tuicnn.core.why.edges import FIRST, LAST
from tuicnn.core.why.number import NETWORK, OUTPUT, Number

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.report import Report, Row

_STATED: Final = {
    "kernel ": ("kernel_size",),
    "stride, ": ("stride", "kernel_size"),
    "dilation, ": ("dilation",),
    "padding before, ": ("padding",),
    "padding after, ": ("padding",),
    "cells cut before, ": ("padding",),
    "cells cut after, ": ("padding",),
    "cells before, ": ("padding", "cropping"),
    "cells after, ": ("padding", "cropping"),
    "where the first window begins": ("padding", "cropping"),
    "output padding, ": ("output_padding", "padding"),
    "scale factor": ("scale_factor",),
    "groups": ("groups",),
    "filters for each channel": ("depth_multiplier",),
    "a size that is stated": ("shape", "unflattened_size"),
    "cells from window to window": ("stride", "kernel_size"),
    "outputs made of them": ("stride", "upscale_factor"),
}
"""How the meaning of a letter begins, and the fields that may state its value."""

_SETTINGS: Final = ("stride, ", "dilation, ", "padding before, ", "padding after, ")
"""What every window's formula has, whether its layer has the field or not."""

_FIELD: Final = "the field "


def field_behind(layer: LayerSpec, symbol: Symbol) -> str | None:
    """Return the field that states the value of a letter; None where none does."""
    if symbol.meaning.startswith(_FIELD):
        return symbol.meaning.removeprefix(_FIELD)
    for beginning, fields in _STATED.items():
        if symbol.meaning.startswith(beginning):
            there = [one for one in fields if one in type(layer).model_fields]
            given = [one for one in there if getattr(layer, one) is not None]
            return next(iter((*given, *there)), None)
    return None


def never_stated(layer: LayerSpec, symbol: Symbol) -> bool:
    """Whether a letter stands for a setting that layers of this type do not have."""
    return symbol.meaning.startswith(_SETTINGS) and not field_behind(layer, symbol)


def number_behind(report: Report, number: Number, symbol: Symbol) -> Number:
    """Return the number that a letter of another one's derivation stands for.

    Where it has no derivation of its own, the letter itself is the number.
    """
    found = _candidates(report, number, symbol)
    return next(iter(found), number._replace(letter=symbol.letter))


def _candidates(report: Report, number: Number, symbol: Symbol) -> Iterator[Number]:
    place, quantity, _ = number
    meaning = symbol.meaning
    axis = quantity.rpartition(" ")[2]
    if meaning.startswith(f"{quantity} of "):
        yield from _term(report, number, symbol)
    if place == NETWORK:
        yield from _of_network(report, quantity, axis, symbol)
    elif place == INPUT:
        if meaning.startswith(OUTPUT):
            yield Number(INPUT, meaning)
    else:
        yield from _of_row(report, report.rows[place], quantity, axis, symbol)


def _term(report: Report, number: Number, symbol: Symbol) -> Iterator[Number]:
    """Yield the term of a sum over layers."""
    path = symbol.meaning.removeprefix(f"{number.quantity} of ")
    row = report.row(path)
    assert row is not None  # a term is named after its layer
    yield Number(row.index, number.quantity)


def _of_network(
    report: Report, quantity: str, axis: str, symbol: Symbol
) -> Iterator[Number]:
    if quantity == "parameter bytes":
        yield Number(NETWORK, "parameters")
    elif quantity == "peak activation bytes":
        row = report.row(symbol.letter)
        inside = row is not None and symbol.meaning != "bytes that leave the input"
        yield Number(row.index if row and inside else INPUT, OUTPUT_BYTES)
    elif quantity.startswith(OUTPUT):
        yield Number(report.end, quantity)
    else:
        yield from _seen((report.end,), axis, symbol, report)


def _of_row(
    report: Report, row: Row, quantity: str, axis: str, symbol: Symbol
) -> Iterator[Number]:
    meaning = symbol.meaning
    if row.effect is None and quantity.startswith(OUTPUT):
        yield Number(row.sources[0], quantity)  # what leaves a block
    elif meaning.startswith("numbers in "):
        yield Number(row.index, meaning.removeprefix("numbers in "))
    elif meaning == ENTERING_NUMBERS:
        yield Number(row.index, ENTERING_NUMBERS)
    elif meaning.startswith("padding in all, "):
        yield Number(row.index, f"padding of {meaning.rpartition(' ')[2]}")
    elif meaning.startswith("output padding"):
        return
    elif meaning.startswith(OUTPUT):
        yield _own_size(row, meaning)
    elif quantity.startswith((SEEN, MOVED, FIRST, LAST)):
        yield from _of_sight(report, row, quantity, axis, symbol)
    else:
        yield from _arriving(report, row, quantity, symbol)


def _own_size(row: Row, meaning: str) -> Number:
    """Return the size of what leaves a layer that a letter means."""
    names = axis_names(row.output or ())
    wanted = meaning.removeprefix(OUTPUT)
    if wanted not in names:  # output channels, one a filter; features of a last axis
        wanted = names[-1] if isinstance(row.layer, Linear) else names[0]
    return Number(row.index, f"{OUTPUT}{wanted}")


def _of_sight(
    report: Report, row: Row, quantity: str, axis: str, symbol: Symbol
) -> Iterator[Number]:
    meaning = symbol.meaning
    if meaning == "cells that the window spans" and hasattr(row.layer, "kernel_size"):
        if row.layer.rank and not row.layer.type.startswith("conv_transpose"):
            yield Number(row.index, f"{SPAN}{_own_axis(report, row, axis)}")
    elif meaning.startswith("all cells of the input"):
        yield Number(INPUT, f"{OUTPUT}{axis}")
    elif meaning == "first cell that it sees":
        yield Number(row.index, f"{FIRST}{axis}")
    elif meaning == "cells that it sees":
        yield Number(row.index, f"{SEEN}{axis}")
    elif "this output" not in meaning and "widest" not in meaning:
        yield from _seen(row.sources, axis, symbol, report)


def _own_axis(report: Report, row: Row, axis: str) -> str:
    """Return what a layer calls an axis of the input: a permute above renames it."""
    entering, x = report.fields[row.sources[0]], row.inputs[0]
    assert entering is not None  # what leaves the layer sees something
    assert x is not None
    number = AXES[len(report.network.input) - 1].index(axis)
    return axis_names(x)[entering.axes.index(number)]


def _seen(
    sources: Iterable[int], axis: str, symbol: Symbol, report: Report
) -> Iterator[Number]:
    """Yield what the rows see that a layer reads, where it has the letter's value."""
    meaning = symbol.meaning
    number = AXES[len(report.network.input) - 1].index(axis)
    for source in sources:
        field = report.fields[source]
        assert field is not None  # else nothing would be known of what leaves
        pattern = field.patterns[number]
        first, last = pattern.spans[0] or (0, 0)
        known = {
            "first cell that ": (first, FIRST),
            "last cell that ": (last, LAST),
            "cells that the sight of ": (pattern.stride, MOVED),
            "cells that ": (pattern.width, SEEN),
        }
        for beginning, (value, quantity) in known.items():
            if meaning.startswith(beginning):
                if float(value) == float(symbol.value):
                    yield Number(source, f"{quantity}{axis}")
                break


def _arriving(
    report: Report, row: Row, quantity: str, symbol: Symbol
) -> Iterator[Number]:
    """Yield the sizes of what enters a row that a letter can mean."""
    name = _entering_axis(row, symbol)
    if name is None:
        return
    sources = row.sources
    if quantity == SHARE:
        sources = (entering_source(report, row),)
    elif " from " in symbol.meaning:  # one of the sizes that concat lines up
        sources = (sources[int(symbol.letter[1:]) - 1],)
    for source in sources:
        shape = report.network.input if source == INPUT else report.rows[source].output
        assert shape is not None  # else the layer would have no step
        names = axis_names(shape)
        axis = name if name in names else names[0]
        if shape[names.index(axis)] == symbol.value:
            yield Number(source, f"{OUTPUT}{axis}")
    splits = isinstance(row.layer, Parallel) and row.layer.split is not None
    shared = row if splits and quantity != SHARE else splitting(report, row)
    if shared is not None:
        yield Number(shared.index, SHARE)


def _entering_axis(row: Row, symbol: Symbol) -> str | None:
    """Return the axis of what enters that a letter measures, as its source names it."""
    meaning, shape = symbol.meaning, row.inputs[0] or ()
    names = axis_names(shape) if shape else ()
    found = symbol.axis or meaning.removeprefix("input ")
    found = found.removesuffix(": positions").partition(" from ")[0]
    if found in names:
        return found
    if found == "features" and names:  # the last axis of a map, to a linear layer
        return names[-1]
    return names[0] if found == "channels" and names else None


def entering_source(report: Report, row: Row) -> int:
    """Return the row whose output enters another one, containers too."""
    while row.container and row.stop > row.index + 1:
        row = report.rows[row.index + 1]
    return row.sources[0]


def splitting(report: Report, row: Row) -> Row | None:
    """Return the innermost container around a row that deals its channels out."""
    depth = row.depth
    for index in range(row.index - 1, -1, -1):
        around = report.rows[index]
        if around.depth < depth:
            if isinstance(around.layer, Parallel) and around.layer.split is not None:
                return around
            depth = around.depth
    return None
