"""What has Keras' meaning here, against Keras: words for padding, counts, pools."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import keras
import pytest

from tests.peers.keras_draws import DRAWS, FIRST, Setting
from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.layers import layer_types
from tuicnn.core.shapes import Shape, elements

pytestmark = pytest.mark.peers

SETTINGS = 200
"""How many are drawn of each type."""


class Outcome(NamedTuple):
    """What a layer does to a shape: what leaves, what is learnt, what is kept."""

    output: Shape
    parameters: int
    buffers: int


def ours(setting: Setting) -> Outcome | None:
    """Return what our rules say; None where they refuse."""
    layer = layer_types()[setting.kind].model_validate(setting.fields)
    try:
        effect = layer.infer(setting.entering)
    except Refusal:
        return None
    return Outcome(
        effect.output,
        sum(map(elements, effect.parameters.values())),
        sum(map(elements, effect.buffers.values())),
    )


def theirs(setting: Setting) -> Outcome | None:
    """Return what Keras' layer says; None where it raises, or nothing is left."""
    entering = (None, *setting.entering)
    try:
        layer = setting.peer()
        layer.build(entering)
        shape = tuple(layer.compute_output_shape(entering)[1:])
    except ValueError:
        return None
    if not elements(shape):
        return None
    trained = sum(elements(tuple(one.shape)) for one in layer.trainable_weights)
    kept = sum(elements(tuple(one.shape)) for one in layer.non_trainable_weights)
    return Outcome(shape, trained, kept)


def strided_and_dilated(setting: Setting) -> bool:
    """Whether a setting has what Keras refuses: a dilation together with a stride."""

    def largest(name: str) -> int:
        value = setting.fields.get(name, 1)
        return value if isinstance(value, int) else max(value)

    return largest("stride") > 1 and largest("dilation") > 1


@pytest.mark.parametrize("name", DRAWS)
def test_random_settings_do_what_keras_does(name: str) -> None:
    draw, rank = DRAWS[name]
    rng = Random(name)
    compared = 0
    for _ in range(SETTINGS):
        setting = draw(rng, rank)
        if strided_and_dilated(setting):
            assert theirs(setting) is None
            continue
        found = ours(setting)
        assert found == theirs(setting), setting
        compared += found is not None
    assert compared > SETTINGS / 3


@pytest.mark.parametrize(
    "setting",
    [
        Setting(
            "conv1d",
            {"out_channels": 2, "kernel_size": 3, "dilation": 2, "padding": ((4, 0),)},
            lambda: keras.layers.Conv1D(
                2, 3, dilation_rate=2, padding="causal", **FIRST
            ),
            (1, 10),
        ),
        Setting(
            "batch_norm",
            {"momentum": 0.01, "eps": 1e-3},
            lambda: keras.layers.BatchNormalization(axis=1),
            (64, 8, 8),
        ),
        Setting(
            "prelu",
            {"num_parameters": 32},
            lambda: keras.layers.PReLU(shared_axes=[2, 3]),
            (32, 28, 28),
        ),
        Setting(
            "layer_norm",
            {},
            lambda: keras.layers.LayerNormalization(axis=[1, 2, 3]),
            (3, 4, 5),
        ),
        Setting(
            "group_norm",
            {"num_groups": 2},
            lambda: keras.layers.GroupNormalization(2, axis=1),
            (6, 4, 5),
        ),
        Setting(
            "linear",
            {"out_features": 10},
            lambda: keras.layers.Dense(10),
            (84,),
        ),
        Setting(
            "linear",
            {"in_features": 4, "out_features": 8},
            lambda: keras.layers.Dense(8),
            (3, 5, 4),
        ),
        Setting("flatten", {}, lambda: keras.layers.Flatten(), (256, 6, 6)),
        Setting(
            "reshape",
            {"shape": (-1, 4)},
            lambda: keras.layers.Reshape((-1, 4)),
            (3, 4, 5),
        ),
        Setting(
            "permute",
            {"dims": (0, 2, 3, 1)},
            lambda: keras.layers.Permute((2, 3, 1)),
            (3, 4, 5),
        ),
        Setting(
            "pad",
            {"padding": ((0, 1), (2, 3))},
            lambda: keras.layers.ZeroPadding2D(((0, 1), (2, 3)), **FIRST),
            (3, 4, 5),
        ),
        Setting(
            "crop",
            {"cropping": ((0, 1), (2, 1))},
            lambda: keras.layers.Cropping2D(((0, 1), (2, 1)), **FIRST),
            (3, 4, 5),
        ),
        Setting(
            "upsample",
            {"scale_factor": (2.0, 3.0)},
            lambda: keras.layers.UpSampling2D((2, 3), **FIRST),
            (3, 4, 5),
        ),
    ],
    ids=lambda setting: setting.kind,
)
def test_a_layer_does_what_keras_does(setting: Setting) -> None:
    assert ours(setting) is not None
    assert ours(setting) == theirs(setting)


def test_a_dilation_with_a_stride_carries_the_note_that_keras_refuses_it() -> None:
    setting = Setting(
        "conv1d",
        {"out_channels": 1, "kernel_size": 2, "stride": 2, "dilation": 2},
        lambda: keras.layers.Conv1D(1, 2, strides=2, dilation_rate=2, **FIRST),
        (1, 9),
    )
    assert theirs(setting) is None
    layer = layer_types()[setting.kind].model_validate(setting.fields)
    codes = [note.code for note in layer.infer(setting.entering).notes]
    assert Code.DILATION_WITH_STRIDE in codes
