"""Convolutions and pools that make exact, smaller sizes.

It never leaves a cell unread at the end where padding or a kernel reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.shapes import Shape
from tuicnn.core.solve.settings import Fields, settings_for, short

_LARGEST: Final = 11
"""Side of a kernel that is offered whatever its stride."""


def convolved(x: Shape, y: Shape) -> Iterator[LayerSpec]:
    """Yield convolutions that make a smaller map of a map."""
    kind = layer_types()[f"conv{len(x) - 1}d"]
    for fields in _covering(x[1:], y[1:], _LARGEST):
        yield kind.model_validate({"out_channels": y[0], **fields})
    for step in _steps(x[1:], y[1:]):
        if step > 1:
            kernel = step + 1 - step % 2  # odd, so that padding is alike on both sides
            fields = {"out_channels": y[0], "kernel_size": kernel, "stride": step}
            yield from _padded(kind.model_validate(fields), x, y)


def pooled(sizes: Shape, wanted: Shape) -> Iterator[LayerSpec]:
    """Yield pools whose windows read every cell of a map."""
    kind = layer_types()[f"max_pool{len(sizes)}d"]
    for fields in _covering(sizes, wanted, 0):
        stride = fields.get("stride", 1)
        given = {} if stride == fields["kernel_size"] else {"stride": stride}
        yield kind.model_validate({"kernel_size": fields["kernel_size"], **given})
    for step in _steps(sizes, wanted):
        if step > 1:
            layer = kind.model_validate({"kernel_size": step})
            yield from _padded(layer, (1, *sizes), (1, *wanted))


def _steps(sizes: Shape, wanted: Shape) -> list[int]:
    """Return strides that may do."""
    pairs = list(zip(sizes, wanted, strict=True))
    found = {old // new for old, new in pairs} | {-(-old // new) for old, new in pairs}
    return sorted(one for one in found if one <= limits.WINDOW)


def _padded(layer: LayerSpec, x: Shape, y: Shape) -> Iterator[LayerSpec]:
    """Yield a layer with padding, or an overhanging window, that makes exact sizes."""
    wanted = tuple(range(size, size + 1) for size in y[1:])
    for fields in settings_for(layer, x, wanted, together=False):
        if fields.keys() <= {"padding", "ceil_mode"}:
            yield layer.changed(**fields)


def _covering(sizes: Shape, wanted: Shape, largest: int) -> Iterator[Fields]:
    """Yield stride and kernel with which windows read each cell, without padding.

    Args:
        largest: Side up to which a kernel may be more than three times the stride.
    """
    pairs = list(zip(sizes, wanted, strict=True))
    steps = tuple(min(old // new, limits.WINDOW) for old, new in pairs)
    kernels = tuple(
        old - (new - 1) * step for (old, new), step in zip(pairs, steps, strict=True)
    )
    if all(
        kernel <= min(limits.WINDOW, max(3 * step, largest))
        for kernel, step in zip(kernels, steps, strict=True)
    ):
        found: Fields = {"kernel_size": short(kernels), "stride": short(steps)}
        if found["stride"] == 1:
            del found["stride"]
        yield found
