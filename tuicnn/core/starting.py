"""The layer that stands there when a type is chosen: values that fit what arrives.

It never refuses: where a type cannot work at all, the layer is made all the same, and
`check` says why it does not fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import gcd
from types import MappingProxyType
from typing import Final, get_args

from tuicnn.core.diagnostics import Refusal
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import SkipMerge, layer_types
from tuicnn.core.layers.activation import Glu, LogSoftmax, Softmax
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
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.network import same_name
from tuicnn.core.shapes import Shape, elements

Earlier = Sequence[tuple[str, Shape]]
"""Names that a skip can refer to, with what leaves them, in the order of the stack: the
last of them is what arrives."""

NOWHERE: Final = "earlier"
"""The name a skip refers to where no layer stands above it."""

_IMAGE: Final = 4
"""Channels up to which a map is taken for an image: grey, colour, or with alpha."""
_FEWEST, _MOST = 8, 512
_HIDDEN, _CLASSES = 128, 10

_TRANSPOSED: Final = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
_CONVOLUTIONS: Final = (
    *(Conv1d, Conv2d, Conv3d),
    *_TRANSPOSED,
    *(DepthwiseConv2d, SeparableConv2d),
)


def starting(
    kind: type[LayerSpec], x: Shape | None, earlier: Earlier = ()
) -> LayerSpec:
    """Return a layer of a type with values that fit a shape, wherever any do.

    A linear layer on a map is the exception: what it lacks is a flatten above it, not
    another value.

    Args:
        x: What enters, without the batch; None where it is not known.
        earlier: What a skip can refer to: layers of this list and the ones around it.
    """
    sample = _sample(kind, x)
    values = {
        field.alias or name: _VALUES[name](kind, sample)
        for name, field in kind.model_fields.items()
        if field.is_required() and name in _VALUES
    }
    if kind in _SKIPS:
        values["with"] = (_referred(kind, x, earlier),)
    return kind.model_validate({**values, **_beside(kind, sample)})


def for_rank(kind: type[LayerSpec], x: Shape | None) -> type[LayerSpec]:
    """Return the type's sibling for the rank that arrives: conv1d for a sequence.

    A type without such a sibling is its own.
    """
    name = kind.model_fields["type"].default
    if x is None or kind.rank is None or not name.endswith(f"{kind.rank}d"):
        return kind
    return layer_types().get(f"{name[:-2]}{len(x) - 1}d", kind)


def out_channels(x: Shape) -> int:
    """Return how many maps a convolution makes of a map: about twice as many."""
    if x[0] <= _IMAGE:
        return 2 * _FEWEST
    return _power_of_two(2 * x[0])


def window(x: Shape, largest: int = 3) -> Mapping[str, object]:
    """Return kernel and padding that keep a map's sizes: odd, and none too large.

    Args:
        x: The map, channels first.
        largest: The largest kernel on any axis, odd.
    """
    kernels = tuple(min(largest, size - 1 + size % 2) for size in x[1:])
    found: dict[str, object] = {"kernel_size": one_for_all(kernels)}
    if any(kernel > 1 for kernel in kernels):
        found["padding"] = one_for_all(tuple(kernel // 2 for kernel in kernels))
    return MappingProxyType(found)


def halving(x: Shape) -> int | tuple[int, ...]:
    """Return the window that halves each axis of a map, single cells left alone."""
    return one_for_all(tuple(min(2, size) for size in x[1:]))


def one_for_all(values: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return one number where all axes have the same, as people write it."""
    return values[0] if len(set(values)) == 1 else values


def _sample(kind: type[LayerSpec], x: Shape | None) -> Shape:
    """Return what enters, or a map of the rank the type asks for."""
    if x is not None and kind.rank in (None, len(x) - 1):
        return x
    return (_FEWEST * 8, *(_FEWEST * 4,) * (kind.rank or 2))


def _power_of_two(number: int) -> int:
    """Return the nearest power of two within what a convolution starts with."""
    below = 1 << max(number.bit_length() - 1, 0)
    nearest = below if number - below < 2 * below - number else 2 * below
    return min(max(nearest, _FEWEST), _MOST)


def _smallest_divisor(number: int, most: int = 8) -> int:
    """Return the smallest divisor above 1, or 1 where only large ones are left."""
    found = (one for one in range(2, most + 1) if number % one == 0)
    return next(found, 1)


def _channels(kind: type[LayerSpec], x: Shape) -> object:
    if kind in _TRANSPOSED:  # they lead back to an image
        return _power_of_two(x[0] // 2)
    return out_channels(x)


def _kernel(kind: type[LayerSpec], x: Shape) -> object:
    if kind in _CONVOLUTIONS and kind not in _TRANSPOSED:
        return window(x)["kernel_size"]
    return 2 if kind in _TRANSPOSED else _pooled(x)


def _pooled(x: Shape) -> object:
    return halving(x) if len(x) > 1 else 2


def _features(kind: type[LayerSpec], x: Shape) -> object:
    return _HIDDEN if elements(x) > _HIDDEN else _CLASSES


def _norm_groups(kind: type[LayerSpec], x: Shape) -> object:
    """Return groups of two channels at least: one value has no variance."""
    return gcd(x[0], 64) // 2 or 1


def _upscale(kind: type[LayerSpec], x: Shape) -> object:
    return next((r for r in range(2, 9) if x[0] % r**2 == 0), 1)


def _downscale(kind: type[LayerSpec], x: Shape) -> object:
    return _smallest_divisor(gcd(*x[1:]))


def _cropping(kind: type[LayerSpec], x: Shape) -> object:
    return one_for_all(tuple(int(size > 2) for size in x[1:])) if x[1:] else 1


def _split(kind: type[LayerSpec], x: Shape) -> object:
    """Return a vector as a map, and a map with one more axis."""
    return _as_map(x[0]) if len(x) == 1 else (1, -1)


def _as_map(features: int) -> Shape:
    """Return a vector as a square image, or as maps of one cell."""
    side = next((n for n in range(256, 3, -1) if n * n == features), 1)
    return (-1, side, side)


def _shape(kind: type[LayerSpec], x: Shape) -> object:
    if len(x) == 1:
        return _as_map(x[0])
    return (-1,) if len(x) == 2 else (x[0], -1)  # a map as a sequence of its cells


def _channels_last(kind: type[LayerSpec], x: Shape) -> object:
    return (0, *range(2, len(x) + 1), 1)


def _always(value: object) -> Callable[[type[LayerSpec], Shape], object]:
    return lambda kind, x: value


_VALUES: Final[Mapping[str, Callable[[type[LayerSpec], Shape], object]]] = {
    "out_channels": _channels,
    "kernel_size": _kernel,
    "norm_type": _always(2.0),
    "output_size": _always(1),
    "num_groups": _norm_groups,
    "size": _always(5),
    "out_features": _features,
    "dim": _always(1),
    "unflattened_size": _split,
    "shape": _shape,
    "dims": _channels_last,
    "padding": _always(1),
    "cropping": _cropping,
    "upscale_factor": _upscale,
    "downscale_factor": _downscale,
    "groups": lambda kind, x: _smallest_divisor(x[0]),
    "merge": _always("add"),
    "layers": _always(()),
    "branches": _always(((), ())),
}
"""What a field starts with that has no default of its own."""


def _beside(kind: type[LayerSpec], x: Shape) -> dict[str, object]:
    """Return the fields that start with something else than their default."""
    if kind in _TRANSPOSED:
        return {"stride": 2}  # twice the size, evenly painted
    if kind in _CONVOLUTIONS:
        return dict(window(x))
    if kind is Upsample:
        return {"scale_factor": 2.0}
    if kind is Glu:
        return _halved(x)
    if kind in (Softmax, LogSoftmax) and len(x) == 2:
        return {"dim": 1}  # PyTorch would take the batch
    return {}


def _halved(x: Shape) -> dict[str, object]:
    """Return the first axis that can be halved, the channels if possible."""
    even = [axis for axis, size in enumerate(x, start=1) if size % 2 == 0]
    return {"dim": even[0]} if even and even != [len(x)] else {}


def _referred(kind: type[LayerSpec], x: Shape | None, earlier: Earlier) -> str:
    """Return the name of the latest layer that fits, or else of the latest.

    What arrives comes last: merged with itself it would be there twice.
    """
    count = Counter(same_name(name) for name, _ in earlier)
    named_once = [one for one in earlier if count[same_name(one[0])] == 1]
    nearest = [*reversed(named_once[:-1]), *named_once[-1:]]
    fitting = (name for name, y in nearest if x and _joins(kind, x, y))
    latest = (named_once or earlier or [(NOWHERE, ())])[-1][0]
    return next(fitting, latest)


def _joins(kind: type[LayerSpec], x: Shape, y: Shape) -> bool:
    """Whether a merge takes two shapes, and repeats neither."""
    layer = kind.model_validate({"with": (NOWHERE,)})
    assert isinstance(layer, SkipMerge)
    try:
        return not layer.merged((x, y), ("", "")).notes
    except Refusal:
        return False


_SKIPS: Final = frozenset(get_args(SkipMerge))
