"""Fixes of what is legal and seldom meant, and of what another framework refuses.

It never judges: a fix is offered beside the network as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import Edit, Insert, Remove, Replace, SetInput
from tuicnn.core.fixes.kinds import adaptive, made, of_type
from tuicnn.core.fixes.remedy import Finder, Place, Remedy, together, with_fields
from tuicnn.core.fixes.windows import brought, sides_of, taken, windows_of
from tuicnn.core.layers.norm import BatchNorm, LayerNorm
from tuicnn.core.layers.pool import GlobalAvgPool
from tuicnn.core.layers.shaping import Crop, Pad
from tuicnn.core.shapes import elements, spell
from tuicnn.core.tree import every, list_at

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.shapes import Shape


def _discarded(place: Place) -> Iterator[Remedy]:
    windows = windows_of(place)
    yield from place.sets(ceil_mode=True)
    larger = tuple(one.kernel + one.discarded() for one in windows)
    if all(one.dilation == 1 for one in windows):
        yield from place.sets(kernel_size=brought(larger))
    most = max(one.stride for one in windows)
    begin = max(one.begin for one in windows)
    for cells in range(begin + 1, begin + most + 1):
        wider = with_fields(place.layer, padding=cells)
        if wider is not None and not _discards(wider, place.met[1]):
            yield from place.sets(padding=cells)
            break
    lost = [one.discarded() for one in windows]
    more = [
        (one.stride - cells) % one.stride if cells else 0
        for one, cells in zip(windows, lost, strict=True)
    ]
    pairs = zip(windows, more, strict=True)
    yield from place.sets(padding=tuple((one.begin, one.end + n) for one, n in pairs))
    crop = Crop(cropping=tuple((0, cells) for cells in lost))
    yield place.before("insert crop of the cells that are not read", crop)
    pad = Pad(padding=tuple((0, cells) for cells in more))
    yield place.before("insert pad", pad)


def _discards(layer: LayerSpec, x: Shape) -> bool:
    """Whether the windows of a layer leave cells at the end, or do not fit."""
    if taken(layer, x) is None:
        return True
    return any(one.code is Code.DISCARDED_CELLS for one in layer.infer(x).notes)


def _gaps(place: Place) -> Iterator[Remedy]:
    windows = windows_of(place)
    wider = tuple(max(one.stride, one.kernel) for one in windows)
    yield from place.sets(kernel_size=brought(wider))
    odd = tuple(side + 1 - side % 2 for side in wider)
    cells = tuple(side // 2 for side in odd)
    yield from place.sets(kernel_size=brought(odd), padding=brought(cells))
    shorter = tuple(min(one.stride, one.extent) for one in windows)
    yield from place.sets(stride=brought(shorter))
    rank = len(windows)
    pool = made(f"avg_pool{rank}d", kernel_size=brought(wider))
    title = f"pool {spell(wider)} first, and step by 1"
    yield place.put(title, pool, place.layer.changed(stride=1))


def _bias(place: Place) -> Iterator[Remedy]:
    for fix in place.problem.fixes:
        yield place.put(fix.title, *fix.layers, safe=True)


def _twice(place: Place) -> Iterator[Remedy]:
    yield place.removed()
    first = place.before_dropouts()
    assert first is not None
    title = f"remove {first.path}"
    yield together(title, Remove((first.pointer,), first.name))


def _softmax_axis(place: Place) -> Iterator[Remedy]:
    yield from place.states(dim=1)
    yield from place.sets(dim=2)


def _softmax_output(place: Place) -> Iterator[Remedy]:
    yield place.removed()


def _overlap(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    rank = len(x) - 1
    kernel, stride = (sides_of(layer, one, rank) for one in ("kernel_size", "stride"))
    pairs = list(zip(kernel, stride, strict=True))
    above = tuple(side + -side % step for side, step in pairs)
    below = tuple(max(side - side % step, step) for side, step in pairs)
    for sides in (above, below):
        yield from _same_output(place, sides)
    for sides in (above, below):
        yield from place.sets(kernel_size=brought(sides))
    odd = max(kernel) + 1 - max(kernel) % 2
    mixer = of_type(
        f"conv{rank}d",
        out_channels=getattr(layer, "out_channels", 1),
        kernel_size=odd,
        padding=odd // 2,
        name=layer.name,
    )
    larger = of_type("upsample", size=place.output[1:])
    if mixer is not None and larger is not None:
        yield place.put(f"use upsample and conv{rank}d", larger, mixer)


def _same_output(place: Place, sides: tuple[int, ...]) -> Iterator[Remedy]:
    """Yield a kernel with the padding that leaves the map as large as it was."""
    (layer, x), output = place.met, place.output
    for extra in (None, 0, 1):
        fields: dict[str, object] = {"kernel_size": brought(sides), "padding": 0}
        if extra is not None:
            fields["output_padding"] = extra
        bare = with_fields(layer, **fields)
        grown = None if bare is None else taken(bare, x)
        if grown is None:
            continue
        fields["padding"] = (grown[1] - output[1]) // 2  # a cell goes from both ends
        new = with_fields(layer, **fields)
        if new is not None and taken(new, x) == output:
            yield from place.sets(**fields)
            return


def _dominant(place: Place) -> Iterator[Remedy]:
    layer, row = place.layer, place.before_dropouts()
    assert row is not None and row.inputs[0] is not None
    shape = row.inputs[0]
    rank = len(shape) - 1
    for side in (1, 2, 3, 4):
        sizes = tuple(min(side, size) for size in shape[1:])
        pool = GlobalAvgPool() if side == 1 else adaptive(rank, sizes)
        if pool is None:
            continue
        said = pool.type if side == 1 else f"{pool.type} {spell(sizes)}"
        edits: list[Edit] = []
        if getattr(layer, "in_features", None) is not None:
            fewer = layer.changed(in_features=elements((shape[0], *sizes)))
            edits.append(Replace(place.pointer, (fewer,), "set in_features"))
        edits.append(Insert(row.pointer, (pool,)))
        yield together(f"insert {said} before {row.path}", *edits)


def _channels_last(place: Place) -> Iterator[Remedy]:
    shape = place.report.network.input
    turned = (shape[-1], *shape[:-1])
    title = f"set the input to {spell(turned)}"
    yield Remedy(title, SetInput(turned))


def _misaligned(place: Place) -> Iterator[Remedy]:
    """Yield odd windows, padded alike on both sides, for the even ones of a branch."""
    for pointer, layer in every(place.report.network):
        inside = pointer[: len(place.pointer)] == place.pointer
        kernel = getattr(layer, "kernel_size", None)
        if not inside or not isinstance(kernel, int) or kernel % 2:
            continue
        siblings = list_at(place.report.network, pointer[:-1]) or ()
        for side in (kernel + 1, kernel - 1):
            new = with_fields(
                layer,
                kernel_size=side,
                padding=side // 2,
                stride=getattr(layer, "stride", None) or kernel,
            )
            if new is None:
                continue
            pads = [
                (*pointer[:-1], at)
                for at, one in enumerate(siblings)
                if isinstance(one, Pad)
            ]
            title = f"set kernel_size of {layer.name or layer.type} to {side}, "
            title += f"padding to {side // 2}"
            yield together(title, Replace(pointer, (new,), title))
            if pads:
                yield together(
                    f"{title}, remove pad",
                    Replace(pointer, (new,), title),
                    Remove(tuple(pads), "pad"),
                )


def _constant(place: Place) -> Iterator[Remedy]:
    name = place.layer.name
    yield place.removed()
    yield place.put("use batch_norm", BatchNorm(name=name))
    yield place.put("use layer_norm", LayerNorm(name=name))


FINDERS: dict[Code, Finder] = {
    Code.DISCARDED_CELLS: _discarded,
    Code.STRIDE_GAPS: _gaps,
    Code.BIAS_BEFORE_NORM: _bias,
    Code.SOFTMAX_TWICE: _twice,
    Code.SOFTMAX_AXIS: _softmax_axis,
    Code.SOFTMAX_OUTPUT: _softmax_output,
    Code.UNEVEN_OVERLAP: _overlap,
    Code.DOMINANT_LINEAR: _dominant,
    Code.CHANNELS_LAST: _channels_last,
    Code.MISALIGNED_BRANCHES: _misaligned,
    Code.CONSTANT_NORM: _constant,
}
