"""Converted weights: the forward pass gives the same outputs where it must."""

from __future__ import annotations

import numpy as np
import pytest

from tests.interop.networks import preset, report_of
from tuicnn.core.convert import converted, kind_called
from tuicnn.core.report import Report
from tuicnn.preview.recast import Difference, difference_of, every_weight, recast_all
from tuicnn.preview.run import Forward, Options

OPTIONS = Options(exact=True, statistics=False, threads=1)
NORM = {"type": "batch_norm"}
FC = {"type": "linear", "out_features": 6}
CONVOLUTIONS = {
    "with a bias": {"type": "conv2d", "out_channels": 4, "kernel_size": 3},
    "without one": {"type": "conv2d", "out_channels": 4, "kernel_size": 3,
                    "bias": False, "padding": 1},
    "in groups": {"type": "conv2d", "out_channels": 6, "kernel_size": 2, "groups": 3},
    "depthwise": {"type": "depthwise_conv2d", "kernel_size": 3, "depth_multiplier": 2},
    "transposed": {"type": "conv_transpose2d", "out_channels": 4, "kernel_size": 2,
                   "stride": 2},
}  # fmt: skip


def measured(report: Report, kind: str) -> Difference:
    """Return how far apart outputs are before and after all conversions of a kind."""
    found = kind_called(kind)
    assert found is not None
    done = converted(report, found)
    assert done
    first = Forward(report.network, OPTIONS)
    made = recast_all(every_weight(first), done)
    other = Forward(done[-1].after.network, OPTIONS, made)
    apart = difference_of(first, other)
    assert apart is not None
    assert apart.scale > 0.01
    return apart


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("fully-connected", "linear-to-conv"),
        ("fully-convolutional", "conv-to-linear"),
        ("lenet5", "linear-to-conv"),
        ("lenet5", "conv-to-linear"),
        ("conv1d-audio", "linear-to-conv"),
        ("conv1d-audio", "fold-norm"),
        ("mobilenet-v3-small", "conv-to-linear"),
        ("mobilenet-v3-small", "fold-norm"),
        ("resnet18", "fold-norm"),
        ("resnet18", "linear-to-conv"),
        ("two-conv-32-global", "linear-to-conv"),
        ("dcgan-generator", "fold-norm"),
    ],
)
def test_converted_networks_give_the_same_outputs(name: str, kind: str) -> None:
    assert measured(preset(name), kind).largest < 1e-4


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("conv", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_a_norm_is_folded_into_every_convolution(conv, affine: bool) -> None:
    report = report_of(conv, NORM | {"affine": affine, "eps": 0.1}, entering=(3, 6, 6))
    assert measured(report, "fold-norm").largest < 1e-5


def test_a_norm_is_folded_into_a_linear_layer() -> None:
    report = report_of(FC, NORM, {"type": "tanh"}, FC, entering=(7,))
    assert measured(report, "fold-norm").largest < 1e-5


def test_an_uneven_map_keeps_the_order_of_its_numbers() -> None:
    conv = {"type": "conv2d", "out_channels": 3, "kernel_size": 2}
    rest = ({"type": "dropout"}, FC, {"type": "prelu", "num_parameters": 6}, FC)
    report = report_of(conv, {"type": "flatten"}, *rest, entering=(2, 4, 7))
    assert measured(report, "linear-to-conv").largest < 1e-5


@pytest.mark.parametrize("dim", [None, 1, 2, -1, -3])
def test_shares_along_any_axis_of_one_cell_stay_what_they_are(dim: int | None) -> None:
    conv = {"type": "conv2d", "out_channels": 4, "kernel_size": 3}
    shares = {"type": "softmax"} | ({} if dim is None else {"dim": dim})
    report = report_of(conv, shares, conv | {"kernel_size": 1}, entering=(2, 3, 3))
    assert measured(report, "conv-to-linear").largest < 1e-5


def test_a_stride_is_not_what_a_pool_was() -> None:
    assert measured(preset("strided-vs-pooled-b"), "pool-to-stride").largest > 0.1


def test_a_difference_is_seen_if_weights_are_wrong() -> None:
    report = preset("fully-connected")
    found = kind_called("linear-to-conv")
    assert found is not None
    done = converted(report, found)
    first = Forward(report.network, OPTIONS)
    made = recast_all(every_weight(first), done)
    made["fc1.weight"] = np.ascontiguousarray(made["fc1.weight"].swapaxes(2, 3))
    other = Forward(done[-1].after.network, OPTIONS, made)
    apart = difference_of(first, other)
    assert apart is not None
    assert apart.largest > 0.01


def test_weights_of_new_layers_are_left_out_list_by_list() -> None:
    conv = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}
    norm = {"type": "batch_norm", "name": "n"}
    block = {"type": "block", "name": "b", "repeat": 2, "layers": [conv, norm, conv]}
    report = report_of(conv, norm, block, conv, entering=(3, 6, 6))
    found = kind_called("separate")
    assert found is not None
    done = converted(report, found)
    assert len(done) == 2  # one for each list
    first = Forward(report.network, OPTIONS)
    held = every_weight(first)
    made = recast_all(held, done)
    assert {key for key in made if ".n." in key} == {
        key for key in held if ".n." in key
    }
    other = Forward(done[-1].after.network, OPTIONS, made)
    fresh = {key for key, _, _ in other.plan.tensors()} - set(made)
    assert fresh
    assert all("conv2d" in key for key in fresh)
    assert np.array_equal(other.weights.array("n.weight"), held["n.weight"])
