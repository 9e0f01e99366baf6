"""The NumPy forward pass beside PyTorch: same settings, same weights, same numbers."""

import random

import numpy as np
import pytest

from tests.preview.networks import NAMES, network, normal, preset
from tests.preview.settings import KINDS, settings, tiles

twin = pytest.importorskip("tests.preview.twin")

from tuicnn.preview.run import Forward, Options  # noqa: E402 - after the twin, else nothing is skipped

pytestmark = pytest.mark.peers

WHOLE = (
    "alexnet",
    "vgg16",
    "resnet18",
    "resnet50",
    "googlenet",
    "inception-v3",
    "mobilenet-v2",
    "densenet121",
    "shufflenet-v2-x1-0",
    "efficientnet-b0",
    "convnext-tiny",
    "unet",
    "dcgan-generator",
)

SETTINGS = 200
"""How many are drawn of each type."""


def agree(net, x, tolerance: float, **options) -> None:
    made = Forward(net, Options(batch=len(x), memory_limit=2**40, **options))
    found = made.run(x).output
    wanted = twin.forward(net, made.weights.array, x)
    assert found.shape == wanted.shape
    scale = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_layer_type_computes_what_pytorch_computes(kind: str) -> None:
    for number, (layer, sample) in enumerate(settings(kind, SETTINGS)):
        x = normal((1 + number % 3, *sample), number)
        if kind in ("lp_pool1d", "lp_pool2d"):
            x = np.abs(x)
        try:
            agree(network([layer], sample), x, 1e-5, seed=number, exact=True)
        except AssertionError as error:
            raise AssertionError(f"{layer} on {sample}: {error}") from error


def test_winograd_tiles_compute_what_pytorch_computes() -> None:
    draw = random.Random(0)
    for number in range(SETTINGS):
        layer, sample = tiles("conv2d", draw)
        net = network([{"type": "conv2d", **layer}], sample)
        agree(net, normal((2, *sample), number), 1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_whole_networks_compute_what_pytorch_computes(name: str) -> None:
    net = preset(name)
    x = normal((1, *net.input))
    agree(net, x, 1e-4)
    agree(net, x, 1e-5, exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(NAMES) - set(WHOLE)))
def test_every_other_preset_computes_what_pytorch_computes(name: str) -> None:
    net = preset(name)
    agree(net, normal((1, *net.input)), 1e-4)
