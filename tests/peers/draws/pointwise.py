"""Random norms, activations, linear layers and dropouts."""

from __future__ import annotations

from random import Random

from tests.peers.draws.values import (
    Draw,
    Fields,
    Setting,
    a_map,
    any_shape,
    declared,
    maybe,
    seldom,
)


def channel_norm(rng: Random) -> Setting:
    """Draw a batch or instance norm."""
    x = any_shape(rng)
    fields: Fields = {}
    declared(rng, fields, "num_features", x[0])
    maybe(rng, fields, "eps", 1e-3)
    maybe(rng, fields, "momentum", 0.2)
    maybe(rng, fields, "affine", rng.random() < 0.5)
    maybe(rng, fields, "track_running_stats", rng.random() < 0.5)
    return fields, x


def group_norm(rng: Random) -> Setting:
    """Draw a group norm."""
    x = any_shape(rng)
    fields: Fields = {"num_groups": rng.choice([1, 2, 3, x[0]])}
    declared(rng, fields, "num_channels", x[0])
    maybe(rng, fields, "affine", rng.random() < 0.5)
    return fields, x


def layer_norm2d(rng: Random) -> Setting:
    """Draw a norm over the channels at each position."""
    x = a_map(rng, 2)
    fields: Fields = {}
    declared(rng, fields, "num_channels", x[0])
    maybe(rng, fields, "elementwise_affine", rng.random() < 0.5)
    return fields, x


def trailing_norm(bias: bool) -> Draw:
    """Return what draws a norm over the last axes."""

    def draw(rng: Random) -> Setting:
        x = any_shape(rng)
        fields: Fields = {}
        shape = x[rng.randrange(len(x)) :]
        maybe(rng, fields, "normalized_shape", (2, *shape) if seldom(rng) else shape)
        maybe(rng, fields, "elementwise_affine", rng.random() < 0.7)
        if bias:
            maybe(rng, fields, "bias", rng.random() < 0.5)
        return fields, x

    return draw


def response_norm(rng: Random) -> Setting:
    """Draw a local response norm."""
    fields: Fields = {"size": rng.randint(1, 6)}
    maybe(rng, fields, "k", 2.0)
    return fields, any_shape(rng)


def activation(**choices: list[object]) -> Draw:
    """Return what draws an activation with some of these fields."""

    def draw(rng: Random) -> Setting:
        fields: Fields = {}
        for name, values in choices.items():
            maybe(rng, fields, name, rng.choice(values))
        return fields, any_shape(rng)

    return draw


def prelu(rng: Random) -> Setting:
    """Draw learnt slopes: one, one for each channel, or too many."""
    x = any_shape(rng)
    fields: Fields = {}
    maybe(rng, fields, "num_parameters", x[0] + 1 if seldom(rng) else x[0])
    return fields, x


def along_an_axis(rng: Random) -> Setting:
    """Draw a layer that acts along one axis, which may not be there."""
    x = any_shape(rng)
    fields: Fields = {}
    maybe(rng, fields, "dim", rng.randint(-len(x) - 2, len(x) + 1))
    return fields, x


def linear(rng: Random) -> Setting:
    """Draw a linear layer, on a vector or a map."""
    x = any_shape(rng) if rng.random() < 0.5 else (rng.randint(1, 9),)
    fields: Fields = {"out_features": rng.randint(1, 9)}
    declared(rng, fields, "in_features", x[-1])
    maybe(rng, fields, "bias", rng.random() < 0.5)
    return fields, x


def dropout(rng: Random) -> Setting:
    """Draw a share to drop."""
    return {"p": rng.choice([0.0, 0.3, 1.0, 1.5, -0.1])}, any_shape(rng)
