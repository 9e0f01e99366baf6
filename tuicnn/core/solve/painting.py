"""Transposed convolutions that make exact sizes.

It never guesses: for each stride and kernel, padding and output padding follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.shapes import Shape, TransposedWindow
from tuicnn.core.solve.settings import short

_MOST: Final = 3
"""Transposed convolutions that are offered for one pair of shapes."""
_PLAIN: Final = 11
"""Side of a kernel that is offered whatever its stride."""


class _Chosen(NamedTuple):
    """What one axis is given."""

    kernel: int
    stride: int
    begin: int
    end: int
    output_padding: int


def painted(x: Shape, y: Shape) -> Iterator[LayerSpec]:
    """Yield transposed convolutions that make a larger map of a map.

    Those that leave no cell open come first: the fewer numbers, the easier to read.
    """
    pairs = list(zip(x[1:], y[1:], strict=True))
    strides = sorted(
        {max(1, new // old) for old, new in pairs}
        | {-(-new // old) for old, new in pairs}
    )
    found: dict[tuple[_Chosen, ...], tuple[int, int, int]] = {}
    for stride in strides:
        for kernel in (None, 3, stride, 2 * stride):
            axes = [_axis(old, new, stride, kernel) for old, new in pairs]
            whole = tuple(one for one in axes if one is not None)
            if len(whole) == len(axes):
                found.setdefault(whole, _price(whole))
    for whole in sorted(found, key=lambda one: found[one])[:_MOST]:
        yield _layer(y[0], whole)


def mirrored(y: int, windows: tuple[TransposedWindow, ...], sizes: Shape) -> LayerSpec:
    """Return the transposed convolution with given windows that makes exact sizes.

    Args:
        y: Channels that leave.
        windows: Its windows, with an output padding of 0; a window that slides over
            the sizes makes what enters them.
        sizes: The sizes that shall leave.
    """
    axes = []
    for window, size in zip(windows, sizes, strict=True):
        missing = size - window.positions()
        end = window.end
        if missing < 0:  # `ceil_mode`: the last window hung over
            end, missing = end - missing, 0
        axes.append(_Chosen(window.kernel, window.stride, window.begin, end, missing))
    return _layer(y, tuple(axes), tuple(one.dilation for one in windows))


def _axis(old: int, new: int, stride: int, kernel: int | None) -> _Chosen | None:
    """Return how one axis is enlarged; None where it cannot be so.

    Args:
        kernel: Its side; None: as large as it must be without padding.
    """
    if old == new:
        stride = 1  # this axis keeps its size
    elif old == 1 and kernel is None:
        stride = 1  # one patch: there is nothing to step to
    if kernel is None:
        kernel = new - (old - 1) * stride
    most = min(limits.WINDOW, max(3 * stride, _PLAIN))
    if old == 1:
        most = limits.WINDOW  # the whole output is one patch
    if not min(stride, new) <= kernel <= most or stride > limits.WINDOW:
        return None
    missing = new - TransposedWindow(old, kernel, stride, 1, 0, 0, 0).positions()
    if 0 <= missing < stride or not missing:
        return _Chosen(kernel, stride, 0, 0, missing)
    if missing > 0:
        return None
    cut = -missing
    extra = cut % 2
    begin = (cut + extra) // 2
    # Beyond, it would paint more beside the map than on it.
    if begin > (kernel - 1) // 2 or extra >= stride:
        return None
    return _Chosen(kernel, stride, begin, begin, extra)


def _price(axes: tuple[_Chosen, ...]) -> tuple[int, int, int]:
    """Return how hard it is to read: cells left open, uneven painting, weights."""
    left = sum(one.output_padding > 0 for one in axes)
    uneven = sum(one.kernel % one.stride > 0 for one in axes)
    size = 1
    for one in axes:
        size *= one.kernel
    return left, uneven, size


def _layer(
    channels: int, axes: tuple[_Chosen, ...], dilations: tuple[int, ...] = (1,)
) -> LayerSpec:
    kernels, strides, begins, ends, extras = zip(*axes, strict=True)
    fields: dict[str, object] = {
        "out_channels": channels,
        "kernel_size": short(kernels),
        "stride": short(strides),
    }
    if begins != ends:
        fields["padding"] = tuple(zip(begins, ends, strict=True))
    elif any(begins):
        fields["padding"] = short(begins)
    if any(extras):
        fields["output_padding"] = short(extras)
    if max(dilations) > 1:
        fields["dilation"] = short(dilations)
    if fields["stride"] == 1:
        del fields["stride"]
    kind = layer_types()[f"conv_transpose{len(axes)}d"]
    return kind.model_validate(fields)
