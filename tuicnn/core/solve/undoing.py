"""How one stage of an encoder is undone: by layers that lead from its output back.

It never knows an encoder: it sees one stage at a time, and the shapes at its ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.shaping import (
    Crop,
    Flatten,
    Pad,
    Permute,
    PixelShuffle,
    PixelUnshuffle,
    Reshape,
    Unflatten,
)
from tuicnn.core.shapes import Shape, TransposedWindow, elements
from tuicnn.core.solve.bridges import (
    RANKS,
    bridges,
    convolution,
    resizes,
    upsampled,
)
from tuicnn.core.solve.painting import mirrored
from tuicnn.core.solve.windows import AnyWindow, Painting, Pooling, windows_of

Layers = tuple[LayerSpec, ...]

_OPPOSITE: Final[dict[type[LayerSpec], type[LayerSpec]]] = {Pad: Crop, Crop: Pad}


class Stage(NamedTuple):
    """One layer of an encoder that changes the shape, and what follows it.

    Attributes:
        layer: The layer; None: several that run side by side.
        x: What enters.
        y: What leaves.
        after: Activations and norms behind it.
    """

    layer: LayerSpec | None
    x: Shape
    y: Shape
    after: Layers


def by_painting(stage: Stage) -> Iterator[Layers]:
    """Yield what undoes a stage, transposed convolutions first."""
    layer, x, y = stage.layer, stage.x, stage.y
    windows = () if layer is None else windows_of(layer, x[1:])
    if isinstance(layer, Painting):
        yield from _by_sliding(layer, x, y)
    elif windows and not (isinstance(layer, Pooling) and x[1:] == y[1:]):
        turned = [
            _painting(one, size) for one, size in zip(windows, y[1:], strict=True)
        ]
        yield (mirrored(x[0], (*turned,), x[1:]),)
    yield from _plainly(stage)


def _painting(window: AnyWindow, size: int) -> TransposedWindow:
    """Return the window that paints where another one read."""
    kernel, stride, dilation = window.kernel, window.stride, window.dilation
    return TransposedWindow(size, kernel, stride, dilation, window.begin, window.end, 0)


def _by_sliding(layer: Painting, x: Shape, y: Shape) -> Iterator[Layers]:
    """Yield the convolution that undoes a transposed one, where it does so exactly."""
    windows = layer.windows(x[1:])
    fields: dict[str, object] = {
        "out_channels": x[0],
        "kernel_size": layer.kernel_size,
        "stride": layer.stride,
        "dilation": layer.dilation,
        "padding": tuple((one.begin, one.end) for one in windows),
    }
    kind = layer_types()[f"conv{len(windows)}d"]
    found = kind.model_validate(fields)
    # Output padding beyond the stride would make room for one place more.
    if found.infer(y).output == x:
        yield (found,)


def by_resizing(stage: Stage) -> Iterator[Layers]:
    """Yield what undoes a stage, upsampling and plain convolutions first."""
    layer, x, y = stage.layer, stage.x, stage.y
    windows = () if layer is None else windows_of(layer, x[1:])
    if not windows or isinstance(layer, Painting):
        yield from _plainly(stage)
    else:
        larger = () if x[1:] == y[1:] else (upsampled(y[1:], x[1:]),)
        if isinstance(layer, Pooling):
            yield larger
        sides = {one.kernel for one in windows}
        side = sides.pop()
        plain = convolution(len(x) - 1, x[0], side if side % 2 and not sides else 3)
        yield (*larger, plain)


def _plainly(stage: Stage) -> Iterator[Layers]:
    """Yield what undoes a stage of any kind."""
    layer, x, y = stage.layer, stage.x, stage.y
    exact = _inverse(layer, x, y)
    if exact is not None:
        yield (exact,)
    if x == y:
        yield ()
    if len(y) == 1 < len(x) and y[0] == x[0]:
        single = Unflatten(dim=1, unflattened_size=(x[0], *(1 for _ in x[1:])))
        yield single, upsampled((1,) * (len(x) - 1), x[1:])
    if len(x) == len(y) > 1 and x[1:] != y[1:]:
        yield from _resized(layer, x, y)
    yield from bridges(y, x)


def _resized(layer: LayerSpec | None, x: Shape, y: Shape) -> Iterator[Layers]:
    """Yield what gives a map its sizes back, and its channels with a convolution."""
    opposite = None if layer is None else _OPPOSITE.get(type(layer))
    for way in resizes(y, x[1:]):
        edges = isinstance(way[0], (Pad, Crop))
        if type(way[0]) is opposite or (opposite is None and not edges):
            if x[0] == y[0]:
                yield way
            elif len(x) - 1 in RANKS:
                yield (*way, convolution(len(x) - 1, x[0], 3))


def _inverse(layer: LayerSpec | None, x: Shape, y: Shape) -> LayerSpec | None:
    """Return the layer that puts numbers back where another took them from."""
    match layer:
        case PixelShuffle():
            return PixelUnshuffle(downscale_factor=layer.upscale_factor)
        case PixelUnshuffle():
            return PixelShuffle(upscale_factor=layer.downscale_factor)
        case Permute():
            order = [one % (len(x) + 1) for one in layer.dims]
            return Permute(dims=tuple(order.index(at) for at in range(len(order))))
        case Linear() if len(x) == 1:
            return Linear(out_features=x[0])
    if elements(x) != elements(y) or len(x) == len(y):
        return None
    if len(y) == 1:
        return Unflatten(dim=1, unflattened_size=x)
    return Flatten() if len(x) == 1 else Reshape(shape=x)
