"""Keras beside the preview, for the types and words that come from it."""

import os
import random
from itertools import product

import numpy as np
import pytest

from tests.preview.networks import network, normal
from tests.preview.settings import settings
from tuicnn.core.check import check
from tuicnn.preview.run import Forward, Options

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore"),
]


def agree(layer: dict, sample, build) -> None:
    made = Forward(network([{**layer, "name": "layer"}], sample), Options(exact=True))
    x = normal((1, *sample))
    found = made.run(x).output
    peer, arrange = build(made.weights)
    values = keras.ops.convert_to_tensor(np.moveaxis(x, 1, -1))
    peer.build(values.shape)
    peer.set_weights(arrange)
    wanted = np.moveaxis(keras.ops.convert_to_numpy(peer(values)), -1, 1)
    assert found.shape == wanted.shape, (layer, sample)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-5, err_msg=str(layer))


@pytest.mark.parametrize("kind", ["depthwise_conv2d", "separable_conv2d"])
def test_channelwise_convolutions_compute_what_keras_computes(kind: str) -> None:
    compared = 0
    for layer, sample in settings(kind, 300, seed=3):
        stride, dilation = layer.get("stride", 1), layer.get("dilation", 1)
        if layer.get("padding", 0) not in ("same", "valid", 0):
            continue
        if layer.get("padding_mode", "zeros") != "zeros":
            continue
        if isinstance(stride, list) or isinstance(dilation, list):
            continue  # Keras takes equal strides only
        if stride > 1 and dilation > 1:
            continue
        compared += 1
        agree(layer, sample, lambda weights, one=layer: channelwise(kind, one, weights))
    assert compared >= 30


def channelwise(kind: str, layer: dict, weights):
    times = layer.get("depth_multiplier", 1)
    options = {
        "kernel_size": layer["kernel_size"],
        "strides": layer.get("stride", 1),
        "padding": layer.get("padding") or "valid",
        "dilation_rate": layer.get("dilation", 1),
        "depth_multiplier": times,
        "use_bias": layer.get("bias", True),
    }
    name = "layer.weight" if kind == "depthwise_conv2d" else "layer.depthwise_weight"
    depth = weights.array(name)
    depth = depth.reshape(-1, times, *depth.shape[2:]).transpose(2, 3, 0, 1)
    arrays = [depth]
    if kind == "separable_conv2d":
        arrays.append(weights.array("layer.pointwise_weight").transpose(2, 3, 1, 0))
        peer = keras.layers.SeparableConv2D(layer["out_channels"], **options)
    else:
        peer = keras.layers.DepthwiseConv2D(**options)
    if options["use_bias"]:
        arrays.append(weights.array("layer.bias"))
    return peer, arrays


def reference_transpose(x, weight, k: int, s: int, d: int, size: int, cut: int):
    """Return what painting a patch for each cell gives, cut as TensorFlow cuts."""
    extent = d * (k - 1) + 1
    whole = np.zeros((weight.shape[1], (x.shape[1] - 1) * s + max(extent, s) + s))
    for cell, tap in product(range(x.shape[1]), range(k)):
        whole[:, cell * s + tap * d] += weight[:, :, tap].T @ x[:, cell]
    return whole[:, cut : cut + size]


def test_transposed_words_have_the_meaning_of_keras() -> None:
    draw = random.Random(4)
    for _ in range(80):
        k, s = draw.randint(1, 6), draw.randint(1, 4)
        size, word = draw.randint(1, 9), draw.choice(("same", "valid"))
        layer = {
            "type": "conv_transpose1d",
            "name": "layer",
            "out_channels": 3,
            "kernel_size": k,
            "stride": s,
            "padding": word,
            "bias": False,
        }
        made = Forward(network([layer], [2, size]))
        x = normal((1, 2, size))
        found = made.run(x).output[0]
        peer = keras.layers.Conv1DTranspose(3, k, s, word, use_bias=False)
        length = peer.compute_output_shape((1, size, 2))[1]
        assert found.shape == (3, length), layer
        # TensorFlow aligns as the convolution that it transposes: half of the pads of
        # SAME in front. PyTorch's backend of Keras warns that it cannot always.
        cut = max(k - s, 0) // 2 if word == "same" else 0
        weight = made.weights.array("layer.weight").astype(np.float64)
        wanted = reference_transpose(
            x[0].astype(np.float64), weight, k, s, 1, length, cut
        )
        np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-5, err_msg=str(layer))


def test_transposed_words_beside_output_padding_give_what_keras_gives() -> None:
    draw = random.Random(6)
    compared = 0
    for _ in range(200):
        k, s = draw.randint(1, 6), draw.randint(2, 4)
        size, word = draw.randint(2, 9), draw.choice(("same", "valid"))
        more = draw.choice((None, *range(s)))
        layer = {
            "type": "conv_transpose1d",
            "name": "layer",
            "out_channels": 3,
            "kernel_size": k,
            "stride": s,
            "padding": word,
            "bias": False,
        }
        layer |= {} if more is None else {"output_padding": more}
        net = network([layer], [2, size])
        made = Forward(net)
        x = normal((1, 2, size))
        found = made.run(x).output[0]
        assert check(net).rows[0].output == found.shape, layer
        peer = keras.layers.Conv1DTranspose(
            3, k, s, word, output_padding=more, use_bias=False
        )
        values = np.moveaxis(x, 1, -1)
        peer.build(values.shape)
        peer.set_weights([made.weights.array("layer.weight").transpose(2, 1, 0)])
        wanted = keras.ops.convert_to_numpy(peer(values))[0].T
        assert found.shape == wanted.shape, layer
        # Where SAME cuts the border, each of Keras' backends cuts at another end.
        if word == "valid":
            compared += 1
            np.testing.assert_allclose(
                found, wanted, rtol=0, atol=2e-5, err_msg=str(layer)
            )
    assert compared >= 60


@pytest.mark.parametrize("kind", ["max_pool2d", "conv2d"])
def test_same_padding_computes_what_keras_computes(kind: str) -> None:
    draw = random.Random(kind)
    for _ in range(60):
        k, s = draw.randint(1, 5), draw.randint(1, 4)
        sample = [3, draw.randint(1, 14), draw.randint(1, 14)]
        layer: dict = {"type": kind, "kernel_size": k, "stride": s, "padding": "same"}
        if kind == "conv2d":
            layer |= {"out_channels": 4, "bias": False}
        agree(layer, sample, lambda weights, k=k, s=s: same(kind, k, s, weights))


def same(kind: str, k: int, s: int, weights):
    if kind == "conv2d":
        peer = keras.layers.Conv2D(4, k, s, "same", use_bias=False)
        return peer, [weights.array("layer.weight").transpose(2, 3, 1, 0)]
    # The torch backend's mean repeats the border instead: no peer for avg_pool2d.
    return keras.layers.MaxPooling2D(k, s, "same"), []
