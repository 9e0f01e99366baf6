"""Random networks with branches, skips and repetition, valid at their own input."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.preview.networks import network
from tests.preview.settings import KINDS, MAKERS, plain
from tuicnn.core.check import check
from tuicnn.core.network import Network

Layers = list[dict]

SPATIAL = tuple(
    kind
    for kind in KINDS
    if kind not in ("linear", "flatten", "unflatten", "reshape")
    and not kind.endswith(("1d", "3d"))
)
"""What may stand in the middle of a stack of maps of rank 2."""

MERGES = ("add", "concat", "multiply", "maximum")


def random_network(seed: int, kinds: Sequence[str] = SPATIAL) -> Network:
    """Return a valid network with maps of rank 2."""
    draw = random.Random(seed)
    sample = [draw.choice((4, 6, 12)), draw.randint(6, 40), draw.randint(6, 40)]
    layers: Layers = []
    for _ in range(draw.randint(2, 8)):
        layers = _longer(layers, sample, draw, kinds)
    if draw.random() < 0.3:
        tail = [{"type": "flatten"}, {"type": "linear", "out_features": 3}]
        layers = _if_valid(layers, tail, sample)
    return network(layers, sample)


def _longer(
    layers: Layers, sample: list[int], draw: random.Random, kinds: Sequence[str]
) -> Layers:
    if layers and draw.random() < 0.1:
        place = draw.randrange(len(layers))
        named = {"name": f"s{place}", **layers[place]}
        merge = {"type": draw.choice(MERGES), "with": [named["name"]]}
        before = [*layers[:place], named, *layers[place + 1 :]]
        longer = _if_valid(before, [merge], sample)
        return layers if longer is before else longer
    if draw.random() < 0.3:
        return _if_valid(layers, [_structure(draw, kinds)], sample)
    return _if_valid(layers, [_leaf(draw, kinds)], sample)


def _leaf(draw: random.Random, kinds: Sequence[str]) -> dict:
    kind = draw.choice(tuple(kinds))
    layer, _ = MAKERS.get(kind, plain)(kind, draw)
    return {"type": kind, **layer}


def _structure(draw: random.Random, kinds: Sequence[str]) -> dict:
    inner = [_leaf(draw, kinds) for _ in range(draw.randint(0, 2))]
    other = [_leaf(draw, kinds) for _ in range(draw.randint(0, 2))]
    form = draw.choice(("block", "parallel", "parallel", "halved"))
    if form == "block":
        return {"type": "block", "repeat": draw.randint(1, 3), "layers": inner}
    merge = draw.choice(MERGES)
    if form == "halved":  # what goes down and up again, beside what went straight on
        down = {"type": "max_pool2d", "kernel_size": 2}
        up = {"type": "upsample", "scale_factor": 2.0}
        return {"type": "parallel", "merge": merge, "branches": [[down, up], []]}
    found = {"type": "parallel", "merge": merge, "branches": [inner, other]}
    if merge == "concat":
        found["dim"] = draw.choice((1, 1, 2, 3))
    return found


def _if_valid(layers: Layers, more: Layers, sample: list[int]) -> Layers:
    """Return a stack with layers behind it, or as it was if they cannot stand there."""
    longer = [*layers, *more]
    report = check(network(longer, sample))
    fits = all(row.output is not None for row in report.rows)
    return longer if fits and report.output is not None else layers
