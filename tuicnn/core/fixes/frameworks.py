"""Fixes of what another framework refuses: the same said in a way that it takes.

It never changes a network for the framework that takes it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from tuicnn.core.diagnostics import Code
from tuicnn.core.fixes.remedy import Finder, Place, Remedy
from tuicnn.core.fixes.windows import brought, windows_of


def _same_stride(place: Place) -> Iterator[Remedy]:
    windows = windows_of(place)
    edges = tuple((one.begin, one.end) for one in windows)
    value: object = edges
    if all(begin == end for begin, end in edges):
        value = brought(tuple(begin for begin, _ in edges))
    fields: dict[str, object] = {"padding": value}
    if hasattr(place.layer, "count_include_pad"):
        fields["count_include_pad"] = False
    yield from place.states(**fields)


def _dilated(place: Place) -> Iterator[Remedy]:
    windows = windows_of(place)
    sides = tuple(one.extent for one in windows)
    yield from place.sets(dilation=1, kernel_size=brought(sides))
    yield from place.sets(dilation=1)
    yield from place.sets(stride=1)


def _ceil(place: Place) -> Iterator[Remedy]:
    windows = windows_of(place)
    ends = tuple(
        (
            one.begin,
            one.end
            + max(
                0,
                (count - 1) * one.stride + one.extent - one.size - one.begin - one.end,
            ),
        )
        for one, count in zip(windows, place.output[1:], strict=True)
    )
    yield from place.sets(ceil_mode=False, padding=ends)
    yield from place.without("ceil_mode")


FINDERS: dict[Code, Finder] = {
    Code.SAME_WITH_STRIDE: _same_stride,
    Code.DILATION_WITH_STRIDE: _dilated,
    Code.CEIL_MODE: _ceil,
}
