"""Every type starts with values that fit what arrives, wherever any do."""

from __future__ import annotations

import pytest

from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.activation import Glu, Softmax
from tuicnn.core.layers.conv import Conv1d, Conv2d, Conv3d, ConvTranspose2d
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import GroupNorm, LayerNorm2d
from tuicnn.core.layers.pool import AvgPool3d, MaxPool2d
from tuicnn.core.layers.regularization import Dropout2d
from tuicnn.core.layers.shaping import (
    ChannelShuffle,
    Crop,
    PixelShuffle,
    PixelUnshuffle,
    Unflatten,
)
from tuicnn.core.layers.structure import Add, Block, Concat, Multiply, Parallel
from tuicnn.core.network import Network
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.starting import NOWHERE, for_rank, out_channels, starting, window

SHAPES: list[Shape] = [
    (1,),
    (7,),
    (784,),
    (4096,),
    (1, 1),
    (12, 100),
    (13, 1),
    (1, 1, 1),
    (1, 28, 28),
    (3, 224, 224),
    (7, 2, 2),
    (12, 1, 9),
    (37, 11, 13),
    (58, 4, 6),
    (512, 7, 7),
    (2048, 1, 1),
    (1, 1, 1, 1),
    (3, 16, 112, 112),
    (30, 5, 1, 2),
]
MAPS_ONLY = {
    "global_avg_pool",
    "global_max_pool",
    "instance_norm",
    "local_response_norm",
    "pad",
    "crop",
    "upsample",
    "channel_shuffle",
}
SKIPS = ("add", "multiply", "concat", "average", "maximum")


def refused(layer: LayerSpec, x: Shape) -> Code | None:
    """Return the code by which a layer is refused on a shape, None if it is not."""
    report = check(Network(name="here", input=x, layers=(layer,)))
    return None if report.valid else report.diagnostics[0].code


def may_be_refused(kind: type[LayerSpec], x: Shape) -> bool:
    """Whether no value of any field makes the type fit, or a flatten is missing."""
    name = kind.model_fields["type"].default
    if kind.rank is not None and kind.rank != len(x) - 1:
        return True
    if len(x) == 1 and name in MAPS_ONLY:
        return True
    odd = all(size % 2 for size in x)
    return (name == "linear" and len(x) > 1) or (name == "glu" and odd)


@pytest.mark.parametrize("x", [*SHAPES, None], ids=lambda x: spell(x) if x else "none")
@pytest.mark.parametrize("name", layer_types())
def test_every_type_starts_on_every_shape(name: str, x: Shape | None) -> None:
    kind = layer_types()[name]
    layer = starting(kind, x)
    assert type(layer) is kind
    assert layer == kind.model_validate(layer.model_dump(by_alias=True))
    if x is not None and name not in SKIPS:
        assert (refused(layer, x) is None) is not may_be_refused(kind, x)


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (1, 16),
        (3, 16),
        (4, 16),
        (5, 8),
        (6, 16),
        (16, 32),
        (37, 64),
        (96, 256),
        (256, 512),
        (512, 512),
        (2048, 512),
    ],
)
def test_a_convolution_makes_about_twice_the_channels(
    channels: int, expected: int
) -> None:
    assert out_channels((channels, 9, 9)) == expected


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ((8, 9, 9), {"kernel_size": 3, "padding": 1}),
        ((8, 3, 3), {"kernel_size": 3, "padding": 1}),
        ((8, 2, 2), {"kernel_size": 1}),
        ((8, 1, 100), {"kernel_size": (1, 3), "padding": (0, 1)}),
        ((8, 4), {"kernel_size": 3, "padding": 1}),
    ],
    ids=str,
)
def test_a_window_is_odd_and_no_larger_than_its_map(
    x: Shape, expected: dict[str, object]
) -> None:
    assert window(x) == expected


@pytest.mark.parametrize(
    ("kind", "x", "expected"),
    [
        (Conv2d, (3, 32, 32), Conv2d(out_channels=16, kernel_size=3, padding=1)),
        (
            ConvTranspose2d,
            (64, 7, 7),
            ConvTranspose2d(out_channels=32, kernel_size=2, stride=2),
        ),
        (MaxPool2d, (8, 1, 6), MaxPool2d(kernel_size=(1, 2))),
        (Linear, (784,), Linear(out_features=128)),
        (Linear, (128,), Linear(out_features=10)),
        (GroupNorm, (64, 7, 7), GroupNorm(num_groups=32)),
        (GroupNorm, (2,), GroupNorm(num_groups=1)),
        (ChannelShuffle, (58, 7, 7), ChannelShuffle(groups=2)),
        (ChannelShuffle, (27, 7, 7), ChannelShuffle(groups=3)),
        (PixelShuffle, (18, 7, 7), PixelShuffle(upscale_factor=3)),
        (PixelShuffle, (7, 7, 7), PixelShuffle(upscale_factor=1)),
        (PixelUnshuffle, (7, 9, 6), PixelUnshuffle(downscale_factor=3)),
        (Crop, (7, 9, 2), Crop(cropping=(1, 0))),
        (Unflatten, (784,), Unflatten(dim=1, unflattened_size=(-1, 28, 28))),
        (Unflatten, (100,), Unflatten(dim=1, unflattened_size=(-1, 10, 10))),
        (Unflatten, (128,), Unflatten(dim=1, unflattened_size=(-1, 1, 1))),
        (Glu, (6, 7, 7), Glu(dim=1)),
        (Glu, (7, 8, 7), Glu(dim=2)),
        (Glu, (6,), Glu()),
        (Softmax, (6, 7), Softmax(dim=1)),
        (Softmax, (6,), Softmax()),
        (Block, (6,), Block(layers=())),
        (Parallel, (6,), Parallel(merge="add", branches=((), ()))),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_values_follow_from_what_arrives(
    kind: type[LayerSpec], x: Shape, expected: LayerSpec
) -> None:
    assert starting(kind, x) == expected


EARLIER = [("stem", (8, 9, 9)), ("pool", (8, 4, 4)), ("conv", (16, 9, 9))]


def test_a_merge_takes_the_latest_that_fits() -> None:
    here = ("last", (8, 9, 9))
    assert starting(Add, (8, 9, 9), [*EARLIER, here]) == Add(with_=("stem",))
    assert starting(Concat, (8, 9, 9), [*EARLIER, here]) == Concat(with_=("conv",))


def test_a_merge_takes_what_arrives_if_nothing_else_fits() -> None:
    earlier = [*EARLIER, ("last", (5, 5))]
    assert starting(Add, (5, 5), earlier) == Add(with_=("last",))


def test_a_merge_takes_the_latest_if_nothing_fits() -> None:
    assert starting(Add, (100,), EARLIER) == Add(with_=("conv",))
    assert starting(Add, None, EARLIER) == Add(with_=("conv",))


def test_a_merge_takes_no_name_that_stands_for_two_layers() -> None:
    earlier = [("a", (5,)), ("b", (5,)), ("B", (5,)), ("c", (7,))]
    assert starting(Add, (5,), earlier) == Add(with_=("a",))


def test_a_gate_of_one_number_a_channel_fits() -> None:
    earlier = [("gate", (8, 1, 1)), ("last", (8, 9, 9))]
    assert starting(Multiply, (8, 9, 9), earlier) == Multiply(with_=("gate",))
    assert starting(Add, (8, 9, 9), earlier) == Add(with_=("last",))


def test_a_merge_with_nothing_above_names_nothing() -> None:
    assert starting(Add, (5,)) == Add(with_=(NOWHERE,))


@pytest.mark.parametrize(
    ("kind", "x", "expected"),
    [
        (Conv2d, (8, 100), Conv1d),
        (Conv2d, (8, 10, 10), Conv2d),
        (Conv2d, (8, 5, 10, 10), Conv3d),
        (MaxPool2d, (8, 5, 10, 10), layer_types()["max_pool3d"]),
        (AvgPool3d, (8, 100), layer_types()["avg_pool1d"]),
        (Conv2d, (8,), Conv2d),
        (Conv2d, None, Conv2d),
        (LayerNorm2d, (8, 100), LayerNorm2d),
        (Dropout2d, (8, 100), Dropout2d),
    ],
)
def test_a_type_has_a_sibling_for_each_rank(
    kind: type[LayerSpec], x: Shape | None, expected: type[LayerSpec]
) -> None:
    assert for_rank(kind, x) is expected
