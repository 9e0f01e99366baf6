"""What the fields of one layer can be set to, so that some sizes leave it.

It never looks at another layer, and never changes more fields than it must.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.pool import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
)
from tuicnn.core.layers.shaping import Crop, Pad, Upsample
from tuicnn.core.shapes import Shape
from tuicnn.core.solve.windows import (
    AnyWindow,
    Dial,
    Painting,
    Pooling,
    Ranges,
    dials,
    turned,
    windows_of,
)

Fields = dict[str, object]
"""Values by the field's name."""

Adaptive = (
    AdaptiveAvgPool1d
    | AdaptiveAvgPool2d
    | AdaptiveAvgPool3d
    | AdaptiveMaxPool1d
    | AdaptiveMaxPool2d
    | AdaptiveMaxPool3d
)

_TRIED: Final = range(1, 13)
"""Settings of one dial for which a setting of a second one is looked for."""


def settings_for(
    layer: LayerSpec, x: Shape, wanted: Ranges, together: bool
) -> Iterator[Fields]:
    """Yield values of fields with which one of some sizes leaves, fewest fields first.

    Args:
        x: What enters.
        wanted: Sizes of each spatial axis.
        together: Whether two fields may change where one does not do.
    """
    windows = windows_of(layer, x[1:])
    if not windows:
        yield from _stated(layer, x[1:], wanted)
        return
    found = [*_single(layer, windows, wanted)]
    if together and not found:
        found = [*_double(layer, windows, wanted)]
    yield from found


def _single(
    layer: LayerSpec, windows: Sequence[AnyWindow], wanted: Ranges
) -> Iterator[Fields]:
    """Yield single fields of a window."""
    for dial in dials(layer):
        numbers = turned(windows, dial, wanted)
        if numbers is not None:
            yield {dial.field: _value(layer, dial, windows, numbers)}
    if isinstance(layer, Pooling):
        yield {"ceil_mode": not layer.ceil_mode}


def _double(
    layer: LayerSpec, windows: Sequence[AnyWindow], wanted: Ranges
) -> Iterator[Fields]:
    """Yield pairs of fields of a window, the first of each pair that does."""
    every = dials(layer)
    leading = [one for one in every if one.field in ("stride", "kernel_size")]
    for first in sorted(leading, key=lambda dial: dial.field, reverse=True):
        now = first.read(windows[0])
        nearby = sorted(_TRIED, key=lambda number: abs(number - now))
        for second in every:
            if second in leading:
                continue
            for number in nearby:
                changed = [first.turned(one, number) for one in windows]
                numbers = turned(changed, second, wanted)
                if number != now and numbers is not None:
                    yield {
                        first.field: number,
                        second.field: _value(layer, second, changed, numbers),
                    }
                    break


def _value(
    layer: LayerSpec,
    dial: Dial,
    windows: Sequence[AnyWindow],
    numbers: tuple[int, ...],
) -> object:
    """Return the settings of a dial as its field takes them."""
    if dial.field != "padding":
        return short(numbers)
    sliding = not isinstance(layer, Painting)
    if sliding and any(number % 2 for number in numbers) and all(
        window.stride == 1 and number == window.extent - 1
        for window, number in zip(windows, numbers, strict=True)
    ):  # fmt: skip
        return "same"
    return edges(numbers)


def edges(totals: tuple[int, ...]) -> object:
    """Return cells at both ends of each axis, given their sums; odd ones stand last."""
    halves = {total // 2 for total in totals}
    if len(halves) == 1 and all(total % 2 == 0 for total in totals):
        return halves.pop()
    return tuple((total // 2, total - total // 2) for total in totals)


def short(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return one number where all axes have the same."""
    return numbers[0] if len(set(numbers)) == 1 else numbers


def _stated(layer: LayerSpec, sizes: Shape, wanted: Ranges) -> Iterator[Fields]:
    """Yield the field of a layer that states its output outright."""
    sure = tuple(
        min(max(some[0], size), some[-1])
        for size, some in zip(sizes, wanted, strict=True)
    )
    if isinstance(layer, Adaptive):
        yield {"output_size": short(sure)}
    if isinstance(layer, Upsample):
        factors = {divmod(new, old) for old, new in zip(sizes, sure, strict=True)}
        (factor, rest), *others = factors
        if layer.size is None and not rest and not others and factor <= limits.WINDOW:
            yield {"scale_factor": float(factor)}
            return
        yield {"size": short(sure), "scale_factor": None}
    if isinstance(layer, (Pad, Crop)):
        grown = isinstance(layer, Pad)
        field = "padding" if grown else "cropping"
        sign = 1 if grown else -1
        totals = tuple(sign * (new - old) for new, old in zip(sure, sizes, strict=True))
        most = 2 * limits.WINDOW
        if max(totals) <= most and min(totals) >= (-most if grown else 0):
            yield {field: edges(totals)}
