"""Random convolutions and pools."""

from __future__ import annotations

from random import Random

from tests.peers.draws.values import (
    Draw,
    Fields,
    Setting,
    a_map,
    any_shape,
    declared,
    each_axis,
    maybe,
    padding,
    seldom,
)


def _grouped(rng: Random, fields: Fields, channels: int) -> None:
    groups = rng.choice([1, 1, 2, 3, channels])
    fields["out_channels"] = rng.choice([1, 2, 3]) * (1 if seldom(rng) else groups)
    if groups > 1:
        fields["groups"] = groups


def convolution(rank: int) -> Draw:
    """Return what draws a convolution."""

    def draw(rng: Random) -> Setting:
        x = a_map(rng, rank)
        fields: Fields = {"kernel_size": each_axis(rng, rank, 1, 4)}
        _grouped(rng, fields, x[0])
        declared(rng, fields, "in_channels", x[0])
        maybe(rng, fields, "stride", each_axis(rng, rank, 1, 3))
        maybe(rng, fields, "padding", padding(rng, rank, 3))
        maybe(rng, fields, "dilation", each_axis(rng, rank, 1, 3))
        maybe(rng, fields, "bias", rng.random() < 0.5)
        modes = ["zeros", "reflect", "replicate", "circular"]
        maybe(rng, fields, "padding_mode", rng.choice(modes))
        return fields, x

    return draw


def transposed_convolution(rank: int) -> Draw:
    """Return what draws a transposed convolution."""

    def draw(rng: Random) -> Setting:
        x = a_map(rng, rank)
        fields: Fields = {"kernel_size": each_axis(rng, rank, 1, 4)}
        _grouped(rng, fields, x[0])
        declared(rng, fields, "in_channels", x[0])
        maybe(rng, fields, "stride", each_axis(rng, rank, 1, 4))
        maybe(rng, fields, "padding", padding(rng, rank, 2))
        maybe(rng, fields, "output_padding", each_axis(rng, rank, 0, 2))
        maybe(rng, fields, "dilation", each_axis(rng, rank, 1, 3))
        maybe(rng, fields, "bias", rng.random() < 0.5)
        return fields, x

    return draw


def depthwise(rng: Random) -> Setting:
    """Draw a depthwise convolution."""
    fields, x = convolution(2)(rng)
    del fields["out_channels"]
    fields.pop("groups", None)
    maybe(rng, fields, "depth_multiplier", rng.randint(1, 3))
    return fields, x


def separable(rng: Random) -> Setting:
    """Draw a separable convolution."""
    fields, x = depthwise(rng)
    return {**fields, "out_channels": rng.randint(1, 4)}, x


def pool(rank: int, kind: str) -> Draw:
    """Return what draws a pool of windows."""

    def draw(rng: Random) -> Setting:
        x = a_map(rng, rank)
        fields: Fields = {"kernel_size": each_axis(rng, rank, 1, 4)}
        maybe(rng, fields, "stride", each_axis(rng, rank, 1, 4))
        maybe(rng, fields, "ceil_mode", rng.random() < 0.7)
        if kind == "lp":
            fields["norm_type"] = rng.choice([1, 2, 1.5, 3.0])
            return fields, x
        maybe(rng, fields, "padding", padding(rng, rank, 2))
        if kind == "max":
            maybe(rng, fields, "dilation", each_axis(rng, rank, 1, 3))
        else:
            maybe(rng, fields, "count_include_pad", rng.random() < 0.5)
        if kind == "avg" and rank > 1:
            maybe(rng, fields, "divisor_override", rng.randint(1, 9))
        return fields, x

    return draw


def adaptive(rank: int) -> Draw:
    """Return what draws a pool with a given number of bins."""

    def draw(rng: Random) -> Setting:
        size: object = rng.choice([None, 1, 2, 5, 9])
        if rng.random() < 0.6:
            size = tuple(rng.choice([None, 1, 2, 3, 9]) for _ in range(rank))
        return {"output_size": size}, a_map(rng, rank)

    return draw


def whole(rng: Random) -> Setting:
    """Draw a global pool."""
    fields: Fields = {}
    maybe(rng, fields, "keepdim", rng.random() < 0.5)
    return fields, any_shape(rng)
