"""Every preset against a reference model that runs on shapes alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from tests.peers.models import MODELS
from tests.peers.models.separated import SeparableConv2d
from tuicnn.core.check import check
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
)
from tuicnn.core.layers.conv import SeparableConv2d as OurSeparableConv2d
from tuicnn.core.layers.dense import Linear
from tuicnn.core.reading import read_value
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape, elements

pytestmark = pytest.mark.peers

PRESETS = Path(__file__).parents[2] / "presets"

OURS = (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
    OurSeparableConv2d,
    Linear,
)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
THEIRS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, *TRANSPOSED, nn.Linear, SeparableConv2d)


class Weighed(NamedTuple):
    """A layer that multiplies by weights."""

    output: Shape
    parameters: int
    macs: int


def reported(name: str) -> Report:
    """Return our report of a preset."""
    text = (PRESETS / f"{name}.json").read_text(encoding="utf-8")
    network = read_value(json.loads(text)).network
    assert network is not None
    return check(network)


def ours(report: Report) -> list[Weighed]:
    """Return the layers with weights, in the order in which they run."""
    found = []
    for index in report.order:
        row = report.rows[index]
        if isinstance(row.layer, OURS):
            assert row.effect is not None
            parameters = sum(map(elements, row.parameters.values()))
            found.append(Weighed(row.effect.output, parameters, row.effect.macs))
    return found


def theirs(model: nn.Module, shape: Shape) -> list[Weighed]:
    """Run a model that has shapes but no values, and return what was seen."""
    found: list[Weighed] = []

    def see(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        over = inputs[0] if isinstance(module, TRANSPOSED) else output
        if isinstance(module, nn.Linear):
            places = output[..., 0].numel()
        else:
            places = math.prod(over.shape[2:])
        weights = sum(
            parameter.numel()
            for name, parameter in module.named_parameters()
            if name != "bias"
        )
        parameters = sum(parameter.numel() for parameter in module.parameters())
        found.append(Weighed(tuple(output.shape[1:]), parameters, places * weights))

    for module in model.modules():
        if isinstance(module, THEIRS):
            module.register_forward_hook(see)
    with torch.no_grad():
        model.eval()(torch.empty(1, *shape, device="meta"))
    return found


@pytest.mark.parametrize("name", MODELS)
def test_a_preset_is_layer_by_layer_the_reference_model(name: str) -> None:
    report = reported(name)
    with torch.device("meta"):
        model = MODELS[name]()
    reference = theirs(model, report.network.input)
    assert ours(report) == reference
    totals = report.totals
    assert totals.macs == sum(layer.macs for layer in reference)
    assert totals.parameters == sum(one.numel() for one in model.parameters())
    assert totals.buffers == sum(
        buffer.numel()
        for name, buffer in model.named_buffers()
        if not name.endswith("num_batches_tracked")
    )


@pytest.mark.parametrize("name", MODELS)
def test_a_preset_leaves_the_shape_of_the_reference_model(name: str) -> None:
    report = reported(name)
    with torch.device("meta"), torch.no_grad():
        output = MODELS[name]().eval()(torch.empty(1, *report.network.input))
    assert report.valid
    assert report.output == tuple(output.shape[1:])
