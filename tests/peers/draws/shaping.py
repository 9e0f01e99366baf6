"""Random layers that move numbers, add or drop some."""

from __future__ import annotations

from random import Random

from tests.peers.draws.values import (
    Draw,
    Fields,
    Setting,
    a_map,
    any_shape,
    each_axis,
    maybe,
    pairs,
    seldom,
)


def flatten(rng: Random) -> Setting:
    """Draw axes to join."""
    x = any_shape(rng)
    fields: Fields = {}
    maybe(rng, fields, "start_dim", rng.randint(-len(x) - 1, len(x) + 1))
    maybe(rng, fields, "end_dim", rng.randint(-len(x), len(x) + 1))
    return fields, x


def _split(rng: Random, size: int) -> tuple[int, ...]:
    factor = rng.choice([n for n in range(1, size + 1) if size % n == 0])
    parts = [factor, size // factor + seldom(rng)]
    if rng.random() < 0.5:
        parts[rng.randrange(2)] = -1
    if seldom(rng):
        parts.append(rng.choice([-1, 1]))
    return tuple(parts)


def unflatten(rng: Random) -> Setting:
    """Draw an axis to split, and into what."""
    x = (rng.choice([6, 12, 7]), *any_shape(rng)[1:])
    dim = rng.randint(1, len(x) + (1 if seldom(rng) else 0))
    size = x[dim - 1] if dim <= len(x) else 6
    negative = rng.random() < 0.3
    shape = _split(rng, size)
    return {"dim": dim - len(x) - 1 if negative else dim, "unflattened_size": shape}, x


def reshape(rng: Random) -> Setting:
    """Draw another shape."""
    x = any_shape(rng)
    count = 1
    for size in x:
        count *= size
    return {"shape": _split(rng, count)}, x


def permute(rng: Random) -> Setting:
    """Draw an order of axes, most often one with the batch first."""
    x = any_shape(rng)
    dims = list(range(1, len(x) + 1))
    rng.shuffle(dims)
    if seldom(rng):
        dims[0] = rng.choice([1, len(x) + 1])
    negative = [axis - len(x) - 1 if rng.random() < 0.3 else axis for axis in dims]
    return {"dims": (0, *negative)}, x


def pad(rng: Random) -> Setting:
    """Draw cells to add around a map, in each of the forms, negative ones too."""
    rank = rng.choice([1, 2, 3])
    x = a_map(rng, rank)
    form = rng.random()
    cells: object
    if form < 0.3:
        cells = rng.randint(-1, 4)
    elif form < 0.5:
        cells = tuple((rng.randint(-1, 4), rng.randint(-1, 4)) for _ in range(rank))
    else:
        count = rng.randint(1, 6) if seldom(rng) else 2 * rng.randint(1, rank)
        cells = tuple(rng.randint(-2, 4) for _ in range(count))
    fields: Fields = {"padding": cells}
    modes = ["constant", "reflect", "replicate", "circular"]
    maybe(rng, fields, "mode", rng.choice(modes))
    return fields, x


def crop(rng: Random) -> Setting:
    """Draw cells to cut off around a map."""
    rank = rng.choice([1, 2, 3])
    form = each_axis(rng, rank, 0, 3) if rng.random() < 0.5 else pairs(rng, rank, 3)
    return {"cropping": form}, a_map(rng, rank)


def upsample(rng: Random) -> Setting:
    """Draw a size or a scale, and a way to fill the cells."""
    rank = rng.choice([1, 2, 3])
    fields: Fields = {}
    if rng.random() < 0.4:
        fields["size"] = each_axis(rng, rank, 1, 9)
    if "size" not in fields or seldom(rng):
        scales = [0.5, 1.0, 1.5, 2.0, 3.0, 0.29, 1 / 3, 0.7, 2.6]
        one = rng.choice(scales)
        many = tuple(rng.choice(scales) for _ in range(rank))
        fields["scale_factor"] = one if rng.random() < 0.5 else many
    if seldom(rng) and seldom(rng):
        fields.clear()
    fitting = {1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}[rank]
    modes = ["linear", "bilinear", "bicubic", "trilinear"]
    maybe(rng, fields, "mode", rng.choice(modes if seldom(rng) else fitting))
    if "mode" in fields or seldom(rng):
        maybe(rng, fields, "align_corners", rng.random() < 0.5)
    return fields, a_map(rng, rank)


def pixels(field: str) -> Draw:
    """Return what draws a pixel shuffle, or its inverse."""

    def draw(rng: Random) -> Setting:
        factor = rng.choice([1, 2, 3])
        channels, *sizes = a_map(rng, 2)
        if field == "upscale_factor":
            channels *= 1 if seldom(rng) else factor**2
        else:
            sizes = [size * (1 if seldom(rng) else factor) for size in sizes]
        return {field: factor}, (channels, *sizes)

    return draw


def channel_shuffle(rng: Random) -> Setting:
    """Draw groups of channels."""
    x = any_shape(rng)
    return {"groups": rng.choice([1, 2, 3, x[0]])}, x
