"""Random layers of Keras, each beside the same layer of ours."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import keras

from tuicnn.core.shapes import Shape

RANKS = {1: "1d", 2: "2d", 3: "3d"}
FIRST = {"data_format": "channels_first"}
Fields = dict[str, Any]


class Setting(NamedTuple):
    """A layer of ours, the same of Keras, and what enters both."""

    kind: str
    fields: Fields
    peer: Callable[[], Any]
    entering: Shape


def each(rng: Random, rank: int, least: int, most: int) -> Any:
    """Return one integer, or one for each axis."""
    if rng.random() < 0.5:
        return rng.randint(least, most)
    return tuple(rng.randint(least, most) for _ in range(rank))


def a_map(rng: Random, rank: int) -> Shape:
    """Return the shape of a small map."""
    most = {1: 14, 2: 10, 3: 6}[rank]
    sizes = (rng.randint(1, most) for _ in range(rank))
    return (rng.choice([1, 2, 3, 4]), *sizes)


def windowed(rng: Random, rank: int) -> tuple[Fields, Fields]:
    """Return a window, its stride and its padding, as we and as Keras name them."""
    kernel, stride = each(rng, rank, 1, 4), each(rng, rank, 1, 3)
    padding = rng.choice(["same", "valid"])
    fields = {"kernel_size": kernel, "stride": stride, "padding": padding}
    return fields, {"strides": stride, "padding": padding, **FIRST}


def convolution(rng: Random, rank: int) -> Setting:
    x = a_map(rng, rank)
    fields, peer = windowed(rng, rank)
    groups = rng.choice([1, 1, 2, x[0]])
    filters = rng.choice([1, 2, 3]) * groups
    bias = rng.random() < 0.7
    dilation = each(rng, rank, 1, 2) if rng.random() < 0.5 else 1
    fields |= {"out_channels": filters, "groups": groups, "bias": bias}
    fields["dilation"] = dilation
    peer |= {"groups": groups, "use_bias": bias, "dilation_rate": dilation}
    layer = getattr(keras.layers, f"Conv{rank}D")
    kernel = fields["kernel_size"]
    return Setting(
        f"conv{RANKS[rank]}", fields, lambda: layer(filters, kernel, **peer), x
    )


def transposed_convolution(rng: Random, rank: int) -> Setting:
    x = a_map(rng, rank)
    fields, peer = windowed(rng, rank)
    filters, bias = rng.randint(1, 3), rng.random() < 0.7
    fields |= {"out_channels": filters, "bias": bias}
    peer["use_bias"] = bias
    if rng.random() < 0.6:
        # One for all axes: Keras and we compare it with each stride.
        fields["output_padding"] = peer["output_padding"] = rng.randint(0, 2)
    elif fields["stride"] == 1:
        fields["dilation"] = peer["dilation_rate"] = rng.randint(1, 3)
    layer = getattr(keras.layers, f"Conv{rank}DTranspose")
    kernel = fields["kernel_size"]
    return Setting(
        f"conv_transpose{RANKS[rank]}",
        fields,
        lambda: layer(filters, kernel, **peer),
        x,
    )


def depthwise(rng: Random, rank: int) -> Setting:
    x = a_map(rng, rank)
    fields, peer = windowed(rng, rank)
    multiplier, bias = rng.randint(1, 3), rng.random() < 0.7
    fields |= {"depth_multiplier": multiplier, "bias": bias}
    peer |= {"depth_multiplier": multiplier, "use_bias": bias}
    kernel = fields["kernel_size"]
    return Setting(
        "depthwise_conv2d",
        fields,
        lambda: keras.layers.DepthwiseConv2D(kernel, **peer),
        x,
    )


def separable(rng: Random, rank: int) -> Setting:
    _, fields, _, x = depthwise(rng, rank)
    filters = rng.randint(1, 6)
    peer = {
        "strides": fields["stride"],
        "padding": fields["padding"],
        "depth_multiplier": fields["depth_multiplier"],
        "use_bias": fields["bias"],
        **FIRST,
    }
    kernel = fields["kernel_size"]
    return Setting(
        "separable_conv2d",
        {**fields, "out_channels": filters},
        lambda: keras.layers.SeparableConv2D(filters, kernel, **peer),
        x,
    )


def pool(rng: Random, rank: int) -> Setting:
    x = a_map(rng, rank)
    fields, peer = windowed(rng, rank)
    if rng.random() < 0.3:
        del fields["stride"], peer["strides"]
    kind, name = rng.choice([("max", "Max"), ("avg", "Average")])
    layer = getattr(keras.layers, f"{name}Pooling{rank}D")
    kernel = fields["kernel_size"]
    return Setting(
        f"{kind}_pool{RANKS[rank]}", fields, lambda: layer(kernel, **peer), x
    )


def whole(rng: Random, rank: int) -> Setting:
    kind, name = rng.choice([("max", "Max"), ("avg", "Average")])
    layer = getattr(keras.layers, f"Global{name}Pooling{rank}D")
    keep = rng.random() < 0.5
    return Setting(
        f"global_{kind}_pool",
        {"keepdim": keep},
        lambda: layer(keepdims=keep, **FIRST),
        a_map(rng, rank),
    )


def adaptive(rng: Random, rank: int) -> Setting:
    kind, name = rng.choice([("max", "Max"), ("avg", "Average")])
    layer = getattr(keras.layers, f"Adaptive{name}Pooling{rank}D")
    size = each(rng, rank, 1, 6)
    return Setting(
        f"adaptive_{kind}_pool{RANKS[rank]}",
        {"output_size": size},
        lambda: layer(size, **FIRST),
        a_map(rng, rank),
    )


DRAWS: dict[str, tuple[Callable[[Random, int], Setting], int]] = {
    **{f"conv{end}": (convolution, rank) for rank, end in RANKS.items()},
    **{
        f"conv_transpose{end}": (transposed_convolution, rank)
        for rank, end in RANKS.items()
    },
    "depthwise_conv2d": (depthwise, 2),
    "separable_conv2d": (separable, 2),
    **{f"pool{end}": (pool, rank) for rank, end in RANKS.items()},
    **{f"global_pool{end}": (whole, rank) for rank, end in RANKS.items()},
    **{f"adaptive_pool{end}": (adaptive, rank) for rank, end in RANKS.items()},
}
