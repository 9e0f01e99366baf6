"""Convolutions written otherwise: depthwise separable, with a stride, with a pool.

Shapes stay; the outputs do not, whatever becomes of the weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core.convert.conversion import Conversion, Recast, Splice
from tuicnn.core.convert.place import Stretch
from tuicnn.core.diagnostics import Refusal
from tuicnn.core.layer import LayerSpec, each_axis
from tuicnn.core.layers.conv import Conv1d, Conv2d, Conv3d, DepthwiseConv2d
from tuicnn.core.layers.pool import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from tuicnn.core.network import effective_names
from tuicnn.core.proposal import Proposal
from tuicnn.core.shapes import Shape

_Conv = Conv1d | Conv2d | Conv3d
_MAX: Final[dict[int, type[LayerSpec]]] = {1: MaxPool1d, 2: MaxPool2d, 3: MaxPool3d}
_POOLS: Final = (MaxPool1d, MaxPool2d, MaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d)


def separated(stretch: Stretch) -> Iterator[Conversion]:
    """Yield the convolutions of a list that can be depthwise separable."""
    names = effective_names(stretch.layers)
    for place, layer in enumerate(stretch.layers):
        shapes = stretch.shapes(place)
        if not isinstance(layer, Conv2d) or layer.groups != 1 or shapes is None:
            continue
        if set(each_axis(layer.kernel_size, 2)) == {1} or shapes[0][0] == 1:
            continue
        kept = ("kernel_size", "stride", "padding", "dilation", "padding_mode")
        given = layer.own_fields()
        fields = {name: given[name] for name in kept if name in given}
        depthwise = DepthwiseConv2d.model_validate(
            {**fields, "bias": False, "name": _called(names, place, "depthwise")}
        )
        mixed: dict[str, object] = {"out_channels": layer.out_channels,
                                    "kernel_size": 1, "bias": layer.bias}  # fmt: skip
        if layer.name is not None:
            mixed["name"] = layer.name
        new = (depthwise, Conv2d.model_validate(mixed))
        what = f"make {stretch.path(place)} depthwise separable"
        splice = _spliced(stretch, place, place + 1, new, what, place + 1)
        yield Conversion("separate", stretch.path(place), Proposal(what, splice), False,
                         _SEPARATED, splice)  # fmt: skip


_SEPARATED: Final = (
    "Each channel is filtered by itself, then a 1×1 convolution mixes the channels: "
    "k²·C + C·K weights instead of k²·C·K. Here k is the kernel, C channels enter, and "
    "K leave. The weights do not carry over; the new ones must be learnt."
)
_STRIDED: Final = (
    "Weights carry over, and shapes stay, but the outputs change: the pool looked at "
    "every place of the window, a stride leaves places out. It takes fewer MACs."
)
_POOLED: Final = (
    "Weights carry over, and shapes stay, but the outputs change: the convolution now "
    "makes every place, and the pool keeps the largest. It takes more MACs."
)


def strided(stretch: Stretch) -> Iterator[Conversion]:
    """Yield the convolutions that can take the stride of the pool behind them."""
    for place, layer in enumerate(stretch.layers):
        if not isinstance(layer, (Conv1d, Conv2d, Conv3d)):
            continue
        behind = _pool_behind(stretch, place)
        pool = None if behind is None else stretch.layers[behind]
        if behind is None or not isinstance(pool, _POOLS):
            continue
        shapes, pooled = stretch.shapes(place), stretch.shapes(behind)
        if shapes is None or pooled is None:
            continue
        x, y = shapes[0], pooled[1]
        rank = len(x) - 1
        step = pool.kernel_size if pool.stride is None else pool.stride
        both = zip(each_axis(layer.stride, rank), each_axis(step, rank), strict=True)
        stride = [a * b for a, b in both]
        new = _reaching(layer, stride, x, (layer.out_channels, *y[1:]))
        if new is None:
            continue
        what = f"let {stretch.path(place)} step instead of {stretch.path(behind)}"
        order = (*range(place), new, *range(place + 1, behind),
                 *range(behind + 1, len(stretch.layers)))  # fmt: skip
        heirs = ((place, place), (behind, behind - 1))
        splice = Splice(stretch.parent, order, what, heirs, place)
        yield Conversion("pool-to-stride", stretch.path(place), Proposal(what, splice),
                         False, _STRIDED, splice, (Recast(place, place),))  # fmt: skip


def _pool_behind(stretch: Stretch, place: int) -> int | None:
    """Return the place of a pool behind a convolution, activations between them."""
    at = place + 1
    while at < len(stretch.layers):
        if not stretch.read_once(at - 1):
            return None
        layer = stretch.layers[at]
        if isinstance(layer, _POOLS):
            return at
        family = type(layer).__module__.rpartition(".")[2]
        shapes = stretch.shapes(at)
        kept = shapes is not None and shapes[0] == shapes[1]
        if not kept or family not in ("activation", "norm", "regularization"):
            return None
        at += 1
    return None


def _reaching(layer: _Conv, stride: list[int], x: Shape, goal: Shape) -> _Conv | None:
    """Return a convolution with a stride, padded so that it reaches a shape."""
    step = stride[0] if len(set(stride)) == 1 else stride
    paddings: list[object] = [layer.padding]
    paddings += range(max(each_axis(layer.kernel_size, len(stride))))
    for padding in paddings:
        tried = layer.changed(stride=step, padding=padding)
        if _makes(tried, x, goal):
            return tried
    return None


def _makes(layer: LayerSpec, x: Shape, goal: Shape) -> bool:
    try:
        return layer.infer(x).output == goal
    except Refusal:
        return False


def pooled(stretch: Stretch) -> Iterator[Conversion]:
    """Yield the strided convolutions that can leave the stepping to a pool."""
    names = effective_names(stretch.layers)
    for place, layer in enumerate(stretch.layers):
        shapes = stretch.shapes(place)
        if not isinstance(layer, (Conv1d, Conv2d, Conv3d)) or shapes is None:
            continue
        x, y = shapes
        rank = len(x) - 1
        stride = each_axis(layer.stride, rank)
        if max(stride) == 1:
            continue
        found = _unstrided(layer, stride, x, y, _called(names, place, "pool"))
        what = f"let a pool behind {stretch.path(place)} step instead of it"
        splice = _spliced(stretch, place, place + 1, found, what, place + 1)
        yield Conversion("stride-to-pool", stretch.path(place), Proposal(what, splice),
                         False, _POOLED, splice, (Recast(place, place),))  # fmt: skip


def _unstrided(
    layer: _Conv, stride: Shape, x: Shape, y: Shape, name: str
) -> tuple[LayerSpec, LayerSpec]:
    """Return the convolution without its stride, and a pool that reaches its shape."""
    plain = layer.changed(stride=1)
    side = stride[0] if len(set(stride)) == 1 else stride
    fields = {"name": name, "kernel_size": side}
    pool = _MAX[len(stride)].model_validate(fields)
    if not _makes(pool, plain.infer(x).output, y):
        # Rounded up, a pool has as many places as the stride: ⌈size/stride⌉.
        pool = pool.changed(ceil_mode=True)
    return plain, pool


def _called(names: list[str], place: int, suffix: str) -> str:
    """Return a name for a layer beside another one, free in the list."""
    stem = name = f"{names[place][:48]}_{suffix}"
    number = 2
    while name in names:
        name, number = f"{stem}_{number}", number + 1
    return name


def _spliced(
    stretch: Stretch,
    first: int,
    stop: int,
    new: tuple[LayerSpec, ...],
    what: str,
    heir: int,
) -> Splice:
    """Return the edit that puts layers in the place of one."""
    order = (*range(first), *new, *range(stop, len(stretch.layers)))
    return Splice(stretch.parent, order, what, ((first, heir),), first)
