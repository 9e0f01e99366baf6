"""Fixes of channels and features: sizes that are declared, shared out, or divided.

It never counts a channel: rows know what arrives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core import limits
from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import Insert
from tuicnn.core.fixes.kinds import adaptive, pointwise_conv
from tuicnn.core.fixes.remedy import Finder, Place, Remedy, together
from tuicnn.core.layers.norm import LayerNorm, LayerNorm2d
from tuicnn.core.layers.shaping import Flatten, Pad, PixelShuffle, PixelUnshuffle
from tuicnn.core.layers.structure import Parallel
from tuicnn.core.shapes import spell

if TYPE_CHECKING:
    from tuicnn.core.report import Row

_STEPS = 200
"""Rows that are looked at on the way up."""


def maker(place: Place) -> Row | None:
    """Return the row above whose field says how many channels arrive."""
    row = place.source()
    return None if row is None else maker_of(place, row)


def maker_of(place: Place, row: Row) -> Row | None:
    """Return the row, or the one above it, that chose the channels that leave it."""
    for _ in range(_STEPS):
        if row.container or row.effect is None or len(row.sources) != 1:
            return None
        if choice(row) is not None:
            return row
        entering = row.inputs[0]
        if entering is None or entering[0] != row.effect.output[0]:
            return None
        if row.sources[0] < 0:
            return None
        row = place.report.rows[row.sources[0]]
    return None


def choice(row: Row) -> str | None:
    """Return the field by which a layer chooses what leaves: out_channels."""
    for field in ("out_channels", "out_features"):
        if field in type(row.layer).model_fields:
            return field
    return None


def making(place: Place, count: int) -> Iterator[Remedy]:
    """Yield the fix by which the layer above makes so many channels."""
    row = maker(place)
    field = None if row is None else choice(row)
    if row is not None and field is not None and 1 <= count <= limits.CHANNELS:
        yield from place.elsewhere(row, field, count)


def divisors(number: int, near: int) -> list[int]:
    """Return the divisors of a number, the nearest to another one first."""
    found = {
        one
        for low in range(1, math.isqrt(number) + 1)
        if number % low == 0
        for one in (low, number // low)
    }
    return sorted(found, key=lambda one: (abs(one - near), one))


def _declared(place: Place) -> Iterator[Remedy]:
    field = place.field
    for fix in place.problem.fixes:
        yield place.put(fix.title, *fix.layers, safe=field != "normalized_shape")
    yield from place.without(field, safe=field != "num_parameters")
    if field == "normalized_shape":
        yield from _trailing(place)
    else:
        declared: int = getattr(place.layer, field)
        yield from making(place, declared)
        yield from _pooled(place, declared)
        if field == "in_channels":
            yield from _mixed(place, declared)


def _mixed(place: Place, channels: int) -> Iterator[Remedy]:
    """Yield the fix that mixes what arrives to so many channels, if a layer can."""
    mixer = pointwise_conv(len(place.met[1]) - 1, channels)
    if mixer is not None:
        counted = "1 channel" if channels == 1 else f"{channels} channels"
        yield place.before(f"insert {mixer.type} 1×1 with {counted}", mixer)


def _trailing(place: Place) -> Iterator[Remedy]:
    """Yield the axes that a norm over the last axes may mean."""
    layer, x = place.met
    shape = getattr(layer, "normalized_shape", None) or ()
    if isinstance(layer, LayerNorm) and shape == x[:1] and len(x) == 3:
        yield place.put("use layer_norm2d", LayerNorm2d(name=layer.name))
    if len(shape) <= len(x):
        yield from place.sets(normalized_shape=x[-len(shape) :])
    yield from place.sets(normalized_shape=x[-1:])


def _pooled(place: Place, declared: int) -> Iterator[Remedy]:
    """Yield the pool before flatten that leaves as many features as are declared."""
    row = place.before_dropouts()
    if row is None or not isinstance(row.layer, Flatten):
        return
    shape = row.inputs[0]
    if shape is None or len(shape) < 2 or declared % shape[0]:
        return
    cells, rank = declared // shape[0], len(shape) - 1
    side = round(cells ** (1 / rank))
    pool = adaptive(rank, (side,) * rank) if side**rank == cells else None
    if pool is not None:
        title = f"insert {pool.type} {spell((side,) * rank)} before {row.path}"
        yield together(title, Insert(row.pointer, (pool,)))


def _groups(place: Place) -> Iterator[Remedy]:
    (layer, x), field = place.met, place.field
    wanted = getattr(layer, field)
    outputs = getattr(layer, "out_channels", None)
    common = math.gcd(x[0], outputs) if isinstance(outputs, int) else x[0]
    for count in divisors(common, wanted)[:2]:
        yield from place.sets(**{field: count})
    yield from place.sets(**{field: 1})
    if isinstance(outputs, int) and x[0] % wanted == 0:
        yield from place.sets(out_channels=_multiple(outputs, wanted))
    if x[0] % wanted:
        yield from making(place, _multiple(x[0], wanted))


def _multiple(number: int, divisor: int) -> int:
    """Return the multiple of a number that is nearest to another; the larger of two."""
    below = number // divisor * divisor
    above = below + divisor
    return above if not below or above - number <= number - below else below


def _indivisible(place: Place) -> Iterator[Remedy]:
    (layer, x), field = place.met, place.field
    if isinstance(layer, Parallel):
        yield from place.without("split")
        yield from _more_channels(place, _multiple(x[0], len(layer.branches)))
        return
    if isinstance(layer, PixelUnshuffle):
        yield from _whole_blocks(place, layer, x)
        return
    value = getattr(layer, field)
    if field == "dim":
        for axis in range(1, len(x) + 1):
            if x[axis - 1] % 2 == 0:
                yield from place.sets(dim=axis)
        yield from _more_channels(place, _multiple(x[0], 2))
        return
    step, fitting = value, divisors(x[0], value)
    if isinstance(layer, PixelShuffle):
        step = value**2
        roots = ((math.isqrt(one), one) for one in fitting)
        fitting = [root for root, one in roots if root**2 == one]
    nearest = min(fitting, key=lambda one: (abs(one - value), one))
    yield from place.sets(**{field: nearest})
    yield from _more_channels(place, _multiple(x[0], step))
    yield from place.sets(**{field: 1})


def _more_channels(place: Place, count: int) -> Iterator[Remedy]:
    """Yield the ways to other channels: of the layer above, or of a new one."""
    yield from making(place, count)
    yield from _mixed(place, count)


def _whole_blocks(
    place: Place, layer: PixelUnshuffle, x: tuple[int, ...]
) -> Iterator[Remedy]:
    step = layer.downscale_factor
    missing = [-size % step for size in x[1:]]
    pad = Pad(padding=tuple((0, cells) for cells in missing))
    yield place.before(
        f"insert pad to {spell(tuple(map(sum, zip(x[1:], missing, strict=True))))}", pad
    )
    common = math.gcd(*x[1:])
    for one in divisors(common, step)[:2]:
        yield from place.sets(downscale_factor=one)


def _too_many(place: Place) -> Iterator[Remedy]:
    for factor in (8, 4, 2, 1):
        yield from place.sets(scale_factor=float(factor))
        yield from place.sets(upscale_factor=factor)
        yield from place.sets(padding=factor)
    for field in ("out_channels", "out_features"):
        count = getattr(place.layer, field, 1)
        while count > 1:
            count = max(count // 16, 1)
            yield from place.sets(**{field: count})
    yield place.removed()


FINDERS: dict[Code, Finder] = {
    Code.IN_CHANNELS_MISMATCH: _declared,
    Code.IN_FEATURES_MISMATCH: _declared,
    Code.NUM_FEATURES_MISMATCH: _declared,
    Code.GROUPS: _groups,
    Code.NOT_DIVISIBLE: _indivisible,
    Code.TOO_MANY_ELEMENTS: _too_many,
}
