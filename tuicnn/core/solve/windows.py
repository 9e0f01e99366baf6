"""The fields of a window as dials: which settings of one give an axis a wanted size.

It never inverts a rule: sizes rise or fall with each dial, so it halves intervals.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tuicnn.core import limits
from tuicnn.core.fields import Edges
from tuicnn.core.layer import LayerSpec, both_edges, each_axis
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
    SeparableConv2d,
)
from tuicnn.core.layers.pool import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    LpPool1d,
    LpPool2d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from tuicnn.core.shapes import Shape, TransposedWindow, Window, same_padding

Convolving = Conv1d | Conv2d | Conv3d | DepthwiseConv2d | SeparableConv2d
Painting = ConvTranspose1d | ConvTranspose2d | ConvTranspose3d
Pooling = (
    MaxPool1d
    | MaxPool2d
    | MaxPool3d
    | AvgPool1d
    | AvgPool2d
    | AvgPool3d
    | LpPool1d
    | LpPool2d
)

Dilated = MaxPool1d | MaxPool2d | MaxPool3d

AnyWindow = Window | TransposedWindow
Ranges = tuple[range, ...]
"""The sizes that are wanted, axis by axis."""


class Dial(NamedTuple):
    """One field of a window, as a number that can be turned.

    Attributes:
        field: What it is called.
        read: Its present number.
        turned: The window with another number.
        settings: The numbers it takes, in rising order.
        rises: Whether the output grows with it.
    """

    field: str
    read: Callable[[AnyWindow], int]
    turned: Callable[[AnyWindow, int], AnyWindow]
    settings: Callable[[AnyWindow], range]
    rises: bool


def windows_of(layer: LayerSpec, sizes: Shape) -> tuple[AnyWindow, ...]:
    """Return a layer's window on each axis; () for a layer that has none."""
    if layer.rank != len(sizes):
        return ()
    if isinstance(layer, Painting):
        return layer.windows(sizes)
    if isinstance(layer, Convolving):
        return _sliding(layer, sizes, layer.stride, layer.padding, layer.dilation)
    if isinstance(layer, Pooling):
        stride = layer.kernel_size if layer.stride is None else layer.stride
        padding = 0 if isinstance(layer, (LpPool1d, LpPool2d)) else layer.padding
        dilation = layer.dilation if isinstance(layer, Dilated) else 1
        return _sliding(layer, sizes, stride, padding, dilation, layer.ceil_mode)
    return ()


def _sliding(
    layer: Convolving | Pooling,
    sizes: Shape,
    stride: int | tuple[int, ...],
    padding: Edges | str,
    dilation: int | tuple[int, ...],
    ceil: bool = False,
) -> tuple[Window, ...]:
    rank = len(sizes)
    same = padding == "same"
    edges = both_edges(0 if isinstance(padding, str) else padding, rank)
    found = zip(
        sizes,
        each_axis(layer.kernel_size, rank),
        each_axis(stride, rank),
        each_axis(dilation, rank),
        edges,
        strict=True,
    )
    return tuple(
        _same(Window(i, k, s, d, 0, 0, same=True))
        if same
        else Window(i, k, s, d, begin, end, ceil)
        for i, k, s, d, (begin, end) in found
    )


def _same(window: Window) -> Window:
    total = same_padding(*window[:4])
    return window._replace(begin=total // 2, end=total - total // 2)


def dials(layer: LayerSpec) -> tuple[Dial, ...]:
    """Return the dials of a layer's window, those that cost nothing first."""
    fields = type(layer).model_fields
    found = _PAINTING if isinstance(layer, Painting) else _SLIDING
    if isinstance(layer, Pooling):
        found = (_POOL_PADDING, _TIED if layer.stride is None else _KERNEL, *found[2:])
    return tuple(dial for dial in found if dial.field in fields)


def fitting(window: AnyWindow, dial: Dial, wanted: range) -> range:
    """Return the settings of a dial with which a window makes one of some sizes."""
    sign = 1 if dial.rises else -1
    low, high = sorted((sign * wanted[0], sign * wanted[-1]))
    settings = dial.settings(window)

    def size(setting: int) -> int:
        return sign * dial.turned(window, setting).positions()

    first = bisect_left(settings, low, key=size)
    return settings[first : bisect_right(settings, high, key=size)]


def turned(
    windows: Sequence[AnyWindow], dial: Dial, wanted: Ranges
) -> tuple[int, ...] | None:
    """Return the settings of a dial, one an axis, that give the sizes wanted.

    They are nearest to the present ones, and the same on all axes where that can be.
    None where an axis has none, or where nothing need be turned.
    """
    every = [
        fitting(window, dial, sizes)
        for window, sizes in zip(windows, wanted, strict=True)
    ]
    if not all(every):
        return None
    now = tuple(map(dial.read, windows))
    joint = range(max(one.start for one in every), min(one.stop for one in every))
    even = dial.field == "padding"
    if joint:
        setting = _nearest(joint, now[0], even)
        if not (even and setting % 2):
            found = (setting,) * len(now)
            return None if found == now else found
    found = tuple(
        _nearest(some, old, even) for some, old in zip(every, now, strict=True)
    )
    return None if found == now else found


def _nearest(settings: range, present: int, even: bool) -> int:
    """Return the setting that is nearest to the present one, an even one if wanted."""
    found = min(max(settings[0], present), settings[-1])
    if even and found % 2 and found != present:
        beside = [one for one in (found - 1, found + 1) if one in settings]
        return beside[0] if beside else found
    return found


def _padding(window: AnyWindow) -> int:
    return window.begin + window.end


def _padded(window: AnyWindow, total: int) -> AnyWindow:
    begin = total // 2
    if isinstance(window, Window):
        return window._replace(begin=begin, end=total - begin, same=False)
    return window._replace(begin=begin, end=total - begin)


def _output_padding(window: AnyWindow) -> int:
    return window.output_padding if isinstance(window, TransposedWindow) else 0


def _extended(window: AnyWindow, number: int) -> AnyWindow:
    assert isinstance(window, TransposedWindow)
    return window._replace(output_padding=number)


def _to_limit(window: AnyWindow) -> range:
    return range(1, limits.WINDOW + 1)


_PADDING: Final = Dial(
    "padding",
    _padding,
    _padded,
    # With more, some windows would see nothing but padding.
    lambda window: range(2 * window.extent - 1),
    rises=True,
)
_POOL_PADDING: Final = _PADDING._replace(
    settings=lambda window: range(2 * (window.kernel // 2) + 1)
)
_KERNEL: Final = Dial(
    "kernel_size",
    lambda window: window.kernel,
    lambda window, number: window._replace(kernel=number),
    _to_limit,
    rises=False,
)
_TIED: Final = _KERNEL._replace(
    turned=lambda window, number: window._replace(kernel=number, stride=number)
)
"""The kernel of a pool whose stride was left out: the stride goes with it."""
_STRIDE: Final = Dial(
    "stride",
    lambda window: window.stride,
    lambda window, number: window._replace(stride=number),
    _to_limit,
    rises=False,
)
_DILATION: Final = Dial(
    "dilation",
    lambda window: window.dilation,
    lambda window, number: window._replace(dilation=number),
    _to_limit,
    rises=False,
)
_OUTPUT_PADDING: Final = Dial(
    "output_padding",
    _output_padding,
    _extended,
    lambda window: range(max(window.stride, window.dilation)),
    rises=True,
)
_SLIDING: Final = (_PADDING, _KERNEL, _STRIDE, _DILATION)
_PAINTING: Final = (
    _OUTPUT_PADDING,
    _PADDING._replace(rises=False),
    _KERNEL._replace(rises=True),
    _STRIDE._replace(rises=True),
    _DILATION._replace(rises=True),
)
