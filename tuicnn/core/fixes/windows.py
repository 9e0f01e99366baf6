"""Fixes of windows: kernels, strides and padding that do not go with a map.

It never slides a window: what a layer takes is tried with the layer itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.fixes.remedy import Finder, Place, Remedy, with_fields
from tuicnn.core.layer import both_edges, each_axis
from tuicnn.core.layers.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from tuicnn.core.layers.pool import GlobalAvgPool, GlobalMaxPool
from tuicnn.core.layers.shaping import Crop, Pad, Upsample
from tuicnn.core.shapes import Shape, Window, same_padding

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.report import Row

TRANSPOSED = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)

_FEW = 64
"""Values of a field that are tried."""


def number_of(layer: LayerSpec, field: str, rank: int) -> tuple[int, ...] | None:
    """Return a field's value for each axis; None where it has no numbers.

    A stride that is left out is as large as the window.
    """
    value = getattr(layer, field, None)
    if value is None and field == "stride":
        value = getattr(layer, "kernel_size", None)
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * rank
    if not isinstance(value, tuple) or len(value) != rank:
        return None
    return value if all(isinstance(one, int) for one in value) else None


def sides_of(layer: LayerSpec, field: str, rank: int) -> tuple[int, ...]:
    """Return the value for each axis of a field that holds numbers."""
    found = number_of(layer, field, rank)
    assert found is not None
    return found


def brought(values: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return a value for each axis as documents write it: one number, if it will do."""
    return values[0] if len(set(values)) == 1 else values


def taken(layer: LayerSpec, x: Shape) -> Shape | None:
    """Return what a layer makes of a shape; None where it refuses it."""
    try:
        return layer.infer(x).output
    except Refusal:
        return None


def edges_of(place: Place) -> tuple[tuple[int, int], ...] | None:
    """Return the cells that a layer pads at both ends of each axis, if numbers say."""
    layer, x = place.met
    if isinstance(layer, Pad):  # its list may be PyTorch's, from the last axis back
        return layer.edges(len(x) - 1)
    value = getattr(layer, "padding", 0)
    return None if isinstance(value, str) else both_edges(value, len(x) - 1)


def windows_of(place: Place) -> tuple[Window, ...]:
    """Return the window of a layer on each axis, its padding resolved."""
    layer, x = place.met
    rank = len(x) - 1
    kernel, stride = (sides_of(layer, one, rank) for one in ("kernel_size", "stride"))
    dilation = number_of(layer, "dilation", rank) or (1,) * rank
    same = getattr(layer, "padding", 0) == "same"
    if same:
        totals = map(same_padding, x[1:], kernel, stride, dilation)
        edges = tuple((total // 2, total - total // 2) for total in totals)
    else:
        edges = edges_of(place) or ((0, 0),) * rank
    ceil = bool(getattr(layer, "ceil_mode", False))
    return tuple(
        Window(size, k, s, d, *edge, ceil, same)
        for size, k, s, d, edge in zip(
            x[1:], kernel, stride, dilation, edges, strict=True
        )
    )


def _too_large(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    rank = len(x) - 1
    yield from _padded(place)
    kernel = sides_of(layer, "kernel_size", rank)
    edges = edges_of(place) or ((0, 0),) * rank
    dilation = number_of(layer, "dilation", rank) or (1,) * rank
    most = tuple(
        max((size + sum(edge) - 1) // step + 1, 1)
        for size, edge, step in zip(x[1:], edges, dilation, strict=True)
    )
    value = getattr(layer, "kernel_size", None)
    least = (min(most),) * rank if isinstance(value, int) else most
    yield from place.sets(kernel_size=brought(tuple(map(min, kernel, least))))
    yield from place.sets(kernel_size=brought(tuple(map(min, kernel, most))))
    if max(dilation) > 1:
        yield from place.sets(dilation=1)
    yield from _wider_above(place)
    if "pool" in layer.type:
        whole = GlobalMaxPool if "max" in layer.type else GlobalAvgPool
        yield place.put(f"use {whole.model_fields['type'].default}", whole())
    yield place.removed()


def _padded(place: Place) -> Iterator[Remedy]:
    """Yield the least padding with which a window fits, and `same`."""
    layer, x = place.met
    for cells in range(1, _FEW):
        wider = with_fields(layer, padding=cells)
        if wider is None:
            break
        if taken(wider, x) is not None:
            yield from place.sets(padding=cells)
            break
    if max(number_of(layer, "stride", len(x) - 1) or (1,)) == 1:
        yield from place.sets(padding="same")


def _wider_above(place: Place) -> Iterator[Remedy]:
    """Yield the fix that lets the layers above shrink the map less."""
    row: Row | None = place.source()
    for _ in range(_FEW):
        if row is None or row.container or len(row.sources) != 1 or not row.inputs[0]:
            return
        strides = number_of(row.layer, "stride", len(row.inputs[0]) - 1)
        if strides is not None and max(strides) > 1:
            yield from place.elsewhere(row, "stride", 1)
            return
        source = row.sources[0]
        row = place.report.rows[source] if source >= 0 else None


def _too_small(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    if isinstance(layer, Upsample):
        yield from place.sets(scale_factor=1.0)
        yield from place.sets(scale_factor=2.0)
    else:
        value = getattr(layer, "padding", 0)
        start = value if isinstance(value, int) else limits.WINDOW
        for cells in range(start, -1, -1):
            if taken(layer.changed(padding=cells), x) is not None:
                yield from place.sets(padding=cells)
                break
        kernel = sides_of(layer, "kernel_size", len(x) - 1)
        for extra in range(1, _FEW):
            wider = brought(tuple(min(one + extra, limits.WINDOW) for one in kernel))
            if taken(layer.changed(kernel_size=wider), x) is not None:
                yield from place.sets(kernel_size=wider)
                break
    yield place.removed()


def _pool_padding(place: Place) -> Iterator[Remedy]:
    (layer, x), edges = place.met, edges_of(place)
    assert edges is not None
    kernel = sides_of(layer, "kernel_size", len(x) - 1)
    most = [side // 2 for side in kernel]
    if isinstance(getattr(layer, "padding", None), int):
        yield from place.states(padding=min(edges[0][0], *most))
    else:
        yield from place.states(padding=_within(edges, most))
    yield from place.sets(padding="same")
    widest = tuple(
        max(side, 2 * max(edge)) for side, edge in zip(kernel, edges, strict=True)
    )
    yield from place.sets(kernel_size=brought(widest))
    yield from place.sets(padding=0)


def _within(
    edges: tuple[tuple[int, int], ...], most: list[int], paired: bool = False
) -> int | tuple[object, ...]:
    """Return padding that is nowhere more than allowed, as briefly as it goes.

    Args:
        paired: Whether a list of plain numbers would mean something else.
    """
    found = tuple(
        (min(begin, cells), min(end, cells))
        for (begin, end), cells in zip(edges, most, strict=True)
    )
    value = brought(tuple(begin for begin, _ in found))
    alike = all(begin == end for begin, end in found)
    return value if alike and not (paired and isinstance(value, tuple)) else found


def _wrapped(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    field = "mode" if isinstance(layer, Pad) else "padding_mode"
    mode = getattr(layer, field, "")
    edges = edges_of(place)
    if edges is not None:
        most = [size - 1 if mode == "reflect" else size for size in x[1:]]
        fitting = _within(edges, most, paired=isinstance(layer, Pad))
        yield from place.states(padding=fitting)
        yield from place.sets(padding=min(max(map(max, edges)), *most))
    plain = "constant" if field == "mode" else "zeros"
    yield from place.sets(**{field: plain})
    yield from place.sets(**{field: "replicate"})


def _output_padding(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    rank = len(x) - 1
    steps = [
        max(pair)
        for pair in zip(
            each_axis(getattr(layer, "stride", 1), rank),
            each_axis(getattr(layer, "dilation", 1), rank),
            strict=True,
        )
    ]
    extra = sides_of(layer, "output_padding", rank)
    fitting = tuple(min(one, step - 1) for one, step in zip(extra, steps, strict=True))
    if max(fitting):
        yield from place.states(output_padding=brought(fitting))
    yield from place.without("output_padding", safe=True)
    if max(extra) < 4:
        yield from place.sets(stride=max(extra) + 1)


def _cropped(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    if isinstance(layer, Crop):
        edges = both_edges(layer.cropping, len(x) - 1)
        if isinstance(layer.cropping, int):
            most = (min(x[1:]) - 1) // 2
            yield from place.sets(cropping=min(layer.cropping, most))
        yield from place.sets(cropping=tuple(map(_cut, x[1:], edges)))
    if isinstance(layer, Pad):
        yield from place.sets(padding=-((min(x[1:]) - 1) // 2))
        yield from place.sets(padding=0)
    yield place.removed()


def _cut(size: int, edge: tuple[int, int]) -> tuple[int, int]:
    """Return the most of a crop that leaves a cell."""
    begin = min(edge[0], size - 1)
    return begin, min(edge[1], size - 1 - begin)


FINDERS: dict[Code, Finder] = {
    Code.WINDOW_TOO_LARGE: _too_large,
    Code.OUTPUT_TOO_SMALL: _too_small,
    Code.POOL_PADDING: _pool_padding,
    Code.WRAPPED_PADDING: _wrapped,
    Code.OUTPUT_PADDING: _output_padding,
    Code.CROP_TOO_LARGE: _cropped,
}
