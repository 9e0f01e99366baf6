"""Fixes of axes: maps where a vector is meant, and shapes that do not hold as much.

It never reorders a number: it proposes layers that do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import Move
from tuicnn.core.fixes.kinds import for_rank
from tuicnn.core.fixes.remedy import Finder, Place, Remedy, together
from tuicnn.core.layers.activation import Hardtanh
from tuicnn.core.layers.norm import LayerNorm, LayerNorm2d
from tuicnn.core.layers.pool import GlobalAvgPool
from tuicnn.core.layers.shaping import (
    Flatten,
    Pad,
    Permute,
    Reshape,
    Unflatten,
    Upsample,
)
from tuicnn.core.shapes import Shape, spell

if TYPE_CHECKING:
    from tuicnn.core.layer import LayerSpec


def _wrong_rank(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    rank = len(x) - 1
    other = for_rank(layer, rank)
    if other is not None:
        yield place.put(f"use {other.type}", other)
    if isinstance(layer, LayerNorm2d):
        yield place.put("use layer_norm", LayerNorm(name=layer.name))
    if rank == 0:
        yield from _unflattened(place, layer, x)
    elif layer.rank == rank + 1:
        shape = (x[0], 1, *x[1:])
        yield place.before(f"insert reshape to {spell(shape)}", Reshape(shape=shape))
        shape = (1, *x)
        yield place.before(f"insert reshape to {spell(shape)}", Reshape(shape=shape))
    elif layer.rank is not None and layer.rank < rank:
        joined = Flatten(start_dim=1 + layer.rank, end_dim=-1)
        yield place.before("insert flatten of the last axes", joined)
    yield place.removed()


def _unflattened(place: Place, layer: LayerSpec, x: Shape) -> Iterator[Remedy]:
    """Yield the ways to give a vector its map back."""
    row = place.source()
    if row is not None and isinstance(row.layer, Flatten) and row.inputs[0]:
        title = f"move {place.name} above {row.path}"
        yield together(title, Move((place.pointer,), row.pointer, place.name))
        sizes = row.inputs[0]
        split = Unflatten(dim=1, unflattened_size=sizes)
        yield place.before(f"insert unflatten to {spell(sizes)}", split)
    rank = layer.rank or 2
    sides = (side for side in range(256, 0, -1) if x[0] % side**rank == 0)
    for side in list(sides)[:1]:
        sizes = (x[0] // side**rank, *(side,) * rank)
        split = Unflatten(dim=1, unflattened_size=sizes)
        yield place.before(f"insert unflatten to {spell(sizes)}", split)
    flat = (x[0], *(1,) * rank)
    split = Unflatten(dim=1, unflattened_size=flat)
    yield place.before(f"insert unflatten to {spell(flat)}", split)


def _on_map(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    for fix in place.problem.fixes:
        flattens = isinstance(fix.layers[0], Flatten)
        yield place.put(fix.title, *fix.layers, safe=flattens)
    pool = GlobalAvgPool(keepdim=False)
    taken = layer
    if getattr(layer, "in_features", None) is not None:
        taken = layer.changed(in_features=x[0])
    yield place.put("insert global_avg_pool", pool, taken)


def _count(place: Place) -> Iterator[Remedy]:
    layer, x = place.met
    field = "shape" if isinstance(layer, Reshape) else "unflattened_size"
    wanted = getattr(layer, field)
    for at in reversed(range(len(wanted))):
        yield from place.sets(**{field: (*wanted[:at], -1, *wanted[at + 1 :])})
    for at in reversed(range(len(wanted))):
        trial = [1 if size == -1 else size for size in wanted]
        trial[at] = -1
        yield from place.sets(**{field: tuple(trial)})
    if isinstance(layer, Reshape):
        yield from place.sets(shape=(*x[:1], *(1 for _ in wanted[2:]), -1))
    else:
        yield from place.sets(unflattened_size=(-1, *(1 for _ in wanted[1:])))
    yield place.removed()


def _axis(place: Place) -> Iterator[Remedy]:
    (layer, x), field = place.met, place.field
    rank = len(x)
    if isinstance(layer, Permute):
        yield from _orders(place, layer, rank)
        yield place.removed()
        return
    if isinstance(layer, Flatten):
        start, end = layer.start_dim, layer.end_dim
        yield from place.states(start_dim=end, end_dim=start)
        yield place.put("flatten every axis", Flatten(name=layer.name))
    value = getattr(layer, field)
    nearest = min(max(value, 1 if value >= 0 else -rank), rank)
    yield from place.states(**{field: nearest})
    yield from place.without(field)
    for axis in (1, -1):
        yield from place.sets(**{field: axis})
    yield place.removed()


def _orders(place: Place, layer: Permute, rank: int) -> Iterator[Remedy]:
    """Yield orders of the axes that are near to the one that was given."""
    wanted = [axis for axis in dict.fromkeys(layer.dims) if 0 < axis <= rank]
    missing = [axis for axis in range(1, rank + 1) if axis not in wanted]
    yield from place.sets(dims=(0, *wanted, *missing))
    shifted = tuple(axis + 1 for axis in layer.dims)
    yield from place.sets(dims=(0, *shifted))
    yield from place.sets(dims=(0, *range(2, rank + 1), 1))


def _conflicting(place: Place) -> Iterator[Remedy]:
    (layer, x), field = place.met, place.field
    if isinstance(layer, Hardtanh):
        yield from place.states(min_val=layer.max_val, max_val=layer.min_val)
        yield from place.without("min_val")
        yield from place.without("max_val")
    if isinstance(layer, Upsample):
        yield from _resizing(place, layer, len(x) - 1)
        return
    value = getattr(layer, field)
    if isinstance(value, tuple) and field in ("padding", "cropping"):
        yield from _entries(place, value, len(x) - 1)
    if isinstance(value, tuple) and value.count(-1) > 1:
        for at in reversed([at for at, size in enumerate(value) if size == -1]):
            sizes = tuple(1 if one == -1 else one for one in value)
            yield from place.sets(**{field: (*sizes[:at], -1, *sizes[at + 1 :])})
    yield place.removed()


def _entries(place: Place, value: tuple[object, ...], rank: int) -> Iterator[Remedy]:
    """Yield entries cut, or continued, to the number of axes."""
    field = place.field
    if isinstance(place.layer, Pad) and not isinstance(value[0], tuple):
        numbers = (*value, value[-1])[: min(2 * rank, len(value) + len(value) % 2)]
        yield from place.sets(**{field: numbers})
    else:
        fitted = (*value, *(value[-1],) * rank)[:rank]
        yield from place.sets(**{field: fitted})
    first = value[0]
    yield from place.sets(**{field: first[0] if isinstance(first, tuple) else first})


def _resizing(place: Place, layer: Upsample, rank: int) -> Iterator[Remedy]:
    if layer.size is not None and layer.scale_factor is not None:
        yield from place.without("scale_factor")
        yield from place.without("size")
    if layer.align_corners is not None:
        yield from place.without("align_corners")
    fitting = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(rank, "nearest")
    yield from place.sets(mode=fitting)
    yield from place.without("mode")
    for field in ("size", "scale_factor"):
        value = getattr(layer, field)
        if isinstance(value, tuple):
            yield from place.sets(**{field: (*value, *(value[-1],) * rank)[:rank]})
            yield from place.sets(**{field: value[0]})
    for fix in place.problem.fixes:
        yield place.put(fix.title, *fix.layers)


FINDERS: dict[Code, Finder] = {
    Code.WRONG_RANK: _wrong_rank,
    Code.LINEAR_ON_MAP: _on_map,
    Code.ELEMENT_COUNT: _count,
    Code.AXIS: _axis,
    Code.CONFLICTING_FIELDS: _conflicting,
}
