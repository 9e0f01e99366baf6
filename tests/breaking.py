"""Networks that are broken on purpose: presets, and networks drawn at random.

Every layer has a name, so that a path says which layer is meant after any edit, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from random import Random

from tests.cases import net
from tests.documents import PRESETS, preset_text
from tuicnn.core.check import check
from tuicnn.core.layers import layer_types
from tuicnn.core.network import effective_names
from tuicnn.core.reading import read_value

Layer = dict[str, object]
Document = dict[str, object]

SMALL = tuple(name for name in PRESETS if len(preset_text(name)) < 6_000)
"""Presets that are checked in a millisecond."""


def broken(draw: Random) -> Document:
    """Return a document with one to three things wrong, or what looks wrong."""
    start = a_preset(draw) if draw.random() < 0.3 else a_network(draw)
    document: Document = json.loads(json.dumps(start))
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        draw.choice(BREAKERS)(draw, document)
    return document


def lists_in(layers: list[Layer]) -> Iterator[list[Layer]]:
    """Yield a list of layers and those within it."""
    yield layers
    for layer in layers:
        inner = [layer.get("layers"), *(layer.get("branches") or ())]
        for one in inner:
            if isinstance(one, list):
                yield from lists_in(one)


@cache
def _named(name: str) -> str:
    document = json.loads(preset_text(name))
    network = read_value(document).network
    assert network is not None

    def name_all(layers: list[Layer], known: tuple[object, ...]) -> None:
        for layer, called in zip(layers, effective_names(known), strict=True):
            layer["name"] = called

    def walk(layers: list[Layer], known: tuple[object, ...]) -> None:
        name_all(layers, known)
        for layer, one in zip(layers, known, strict=True):
            if "layers" in layer:
                walk(layer["layers"], one.layers)
            for branch, inner in zip(
                layer.get("branches", ()), getattr(one, "branches", ()), strict=True
            ):
                walk(branch, inner)

    walk(document["layers"], network.layers)
    return json.dumps(document)


def a_preset(draw: Random) -> Document:
    """Return a preset with a name for each layer."""
    found: Document = json.loads(_named(draw.choice(SMALL)))
    return found


def a_network(draw: Random) -> Document:
    """Return a valid network of a few layers, drawn at random."""
    rank = draw.choice((1, 2, 2, 2, 3))
    size = draw.choice((5, 8, 9, 16, 31))
    shape = [draw.choice((1, 3, 4, 8)), *([size] * rank)]
    document = net(tuple(shape))
    layers: list[Layer] = []
    document["layers"] = layers
    for number in range(draw.randint(2, 9)):
        layer = {**_drawn(draw, rank, number), "name": f"n{number}"}
        layers.append(layer)
        reading = read_value(document)
        if reading.problems or not reading.network or not check(reading.network).valid:
            layers.pop()
    return document


def _drawn(draw: Random, rank: int, number: int) -> Layer:
    pick = draw.random()
    if pick < 0.15:
        return _residual(draw, rank)
    if pick < 0.2:
        inner = [{**_plain(draw, rank), "name": f"i{at}"} for at in range(2)]
        return {"type": "block", "repeat": draw.randint(1, 3), "layers": inner}
    if pick < 0.25 and number:
        return {
            "type": draw.choice(("add", "concat", "multiply")),
            "with": [f"n{draw.randrange(number)}"],
        }
    return _plain(draw, rank)


def _residual(draw: Random, rank: int) -> Layer:
    branches = [
        [{**_plain(draw, rank), "name": f"b{at}"} for at in range(draw.randint(0, 2))]
        for _ in range(draw.randint(2, 3))
    ]
    return {
        "type": "parallel",
        "merge": draw.choice(("add", "concat", "multiply")),
        "branches": branches,
    }


def _plain(draw: Random, rank: int) -> Layer:
    kernel = draw.choice((1, 2, 3, 3, 5))
    same = {"kernel_size": kernel, "padding": kernel // 2}
    return draw.choice((
        {"type": f"conv{rank}d", "out_channels": draw.choice((1, 4, 6, 8)), **same,
         "stride": draw.choice((1, 1, 2, 3)), "bias": draw.random() < 0.5},
        {"type": f"conv{rank}d", "out_channels": 4, "kernel_size": kernel},
        {"type": f"conv_transpose{rank}d", "out_channels": 4, "kernel_size": 3,
         "stride": draw.choice((1, 2))},
        {"type": f"max_pool{rank}d", "kernel_size": draw.choice((2, 3))},
        {"type": f"avg_pool{rank}d", **same, "stride": 2},
        {"type": "batch_norm"}, {"type": "instance_norm"}, {"type": "layer_norm"},
        {"type": "group_norm", "num_groups": draw.choice((1, 2, 4))},
        {"type": "relu"}, {"type": "softmax"}, {"type": "glu", "dim": 1},
        {"type": "dropout"}, {"type": "global_avg_pool"}, {"type": "flatten"},
        {"type": "linear", "out_features": draw.choice((5, 10))},
        {"type": "upsample", "scale_factor": 2.0}, {"type": "pad", "padding": 1},
        {"type": "crop", "cropping": 1}, {"type": "reshape", "shape": [-1]},
        {"type": "channel_shuffle", "groups": 2},
        {"type": "pixel_shuffle", "upscale_factor": 2},
        {"type": "unflatten", "dim": 1, "unflattened_size": [-1, 2]},
    ))  # fmt: skip


# What is done to them.


def _layer(draw: Random, document: Document) -> Layer | None:
    layers = document["layers"]
    assert isinstance(layers, list)
    every = [one for some in lists_in(layers) for one in some if isinstance(one, dict)]
    return draw.choice(every) if every else None


def _wrong_value(draw: Random, document: Document) -> None:
    layer = _layer(draw, document)
    if layer is not None:
        kind = layer_types().get(str(layer.get("type")))
        fields = [*(kind.model_fields if kind else ())]
        hidden = ("type", "name", "layers", "branches", "with_")
        fields = [one for one in fields if one not in hidden]
        if fields:
            layer[draw.choice(fields)] = draw.choice(VALUES)


VALUES: tuple[object, ...] = (
    0, 1, 2, 3, 5, 7, 77, -1, 1024, 9999, 2.0, 2.5, "3", "sane", "same", "reflect",
    True, None, [1], [2, 2], [3, 5, 7], [[1, 0]], [[0, 1], [1, 0]], [-1, -1], {}, 0.1,
)  # fmt: skip


def _declared(draw: Random, document: Document) -> None:
    layer = _layer(draw, document)
    field = {"linear": "in_features", "batch_norm": "num_features"}
    if layer is not None:
        name = field.get(str(layer.get("type")), "in_channels")
        layer[name] = draw.choice((1, 4, 9, 43264))


def _misspelt(draw: Random, document: Document) -> None:
    layer = _layer(draw, document)
    if layer:
        key = draw.choice([key for key in layer if key != "name"] or ["name"])
        word = str(layer[key]) if key == "type" else key
        at = draw.randrange(max(len(word), 1))
        wrong = draw.choice((word[:at] + word[at + 1 :], word + "x", word.title()))
        if key == "type":
            layer[key] = wrong
        else:
            layer[wrong] = layer.pop(key)


def _forgotten(draw: Random, document: Document) -> None:
    layer = _layer(draw, document)
    if layer:
        layer.pop(draw.choice([key for key in layer if key != "name"] or ["x"]), None)


def _removed(draw: Random, document: Document) -> None:
    layers = document["layers"]
    assert isinstance(layers, list)
    some = draw.choice([*lists_in(layers)])
    if some:
        del some[draw.randrange(len(some))]


def _inserted(draw: Random, document: Document) -> None:
    layers = document["layers"]
    assert isinstance(layers, list)
    some = draw.choice([*lists_in(layers)])
    layer = {**_drawn(draw, draw.choice((1, 2, 3)), 0), "name": draw.choice("abcn")}
    some.insert(draw.randint(0, len(some)), layer)


def _renamed(draw: Random, document: Document) -> None:
    one, other = _layer(draw, document), _layer(draw, document)
    if one is not None and other is not None and "name" in other:
        one["name"] = other["name"]


def _entered(draw: Random, document: Document) -> None:
    document["input"] = draw.choice(
        ([9], [4, 9], [3, 8, 8], [224, 224, 3], [1, 32, 32], [2, 3, 4, 5], [3, 2, 2])
    )


def _skipping(draw: Random, document: Document) -> None:
    layers = document["layers"]
    assert isinstance(layers, list)
    some = draw.choice([*lists_in(layers)])
    names = draw.choice((["n0"], ["nx"], ["n1", "b0"], ["N0"]))
    kind = draw.choice(("add", "concat", "multiply"))
    layer = {"type": kind, "name": f"skip{draw.randint(0, 99)}", "with": names}
    some.insert(draw.randint(0, len(some)), layer)


def _saying(draw: Random, document: Document) -> None:
    layer = _layer(draw, document) or {}
    if draw.random() < 0.5:
        key = f"{layer.get('name')}.{draw.choice(('weight', 'bias', 'wait'))}"
        values = draw.choice(([1.0], [[1.0, 2.0]], 3, [[1, 2], [3, 4]]))
        document["parameters"] = {key: values}
    else:
        document["expect"] = [draw.choice((
            "parameters < 100", "output_shape == [10]", "parmeters > 3", "macs <", "",
            f'layers["{layer.get("name")}"].macs < 5', 'layers["nx"].macs < 5',
        ))]  # fmt: skip


BREAKERS: tuple[Callable[[Random, Document], None], ...] = (
    _wrong_value,
    _wrong_value,
    _wrong_value,
    _declared,
    _misspelt,
    _forgotten,
    _removed,
    _removed,
    _inserted,
    _inserted,
    _renamed,
    _entered,
    _skipping,
    _saying,
)
