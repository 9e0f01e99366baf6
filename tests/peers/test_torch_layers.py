"""Every layer type that PyTorch has, against its module with the same fields."""

from __future__ import annotations

import warnings
from random import Random
from typing import NamedTuple

import pytest
import torch
from pydantic import ValidationError
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tests.cases import CASES, REFUSALS, Case, RefusalCase
from tests.peers.differences import DIFFERENCES, Difference, difference
from tests.peers.draws import DRAWS
from tests.peers.torch_modules import MODULES, Fields
from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.layers import layer_types
from tuicnn.core.shapes import Shape

pytestmark = pytest.mark.peers

SETTINGS = 300
"""How many are drawn of each type."""

BATCH = 3

NEVER_REFUSED = {
    *("relu", "relu6", "leaky_relu", "elu", "selu", "silu", "mish", "hardswish"),
    *("hardsigmoid", "sigmoid", "log_sigmoid", "tanh", "softplus", "softsign"),
    "identity",
}
"""They take every shape, and their fields every value that is drawn."""

OURS_ALONE = {
    *("block", "parallel", "add", "multiply", "concat", "average", "maximum"),
    "layer_scale",
}
"""PyTorch has no module for these."""

TORCH_REFUSES = (
    *(RuntimeError, ValueError, TypeError, IndexError, AssertionError),
    *(ZeroDivisionError, AttributeError),
)
"""What PyTorch raises, depending on who notices."""


class Outcome(NamedTuple):
    """What a layer does to a shape, whoever says so."""

    output: Shape
    parameters: dict[str, Shape]
    buffers: dict[str, Shape]
    macs: int


def ours(kind: str, fields: Fields, x: Shape) -> Outcome | None:
    """Return what our rules say; None where they refuse."""
    try:
        effect = layer_types()[kind].model_validate(dict(fields)).infer(x)
    except (ValidationError, Refusal):
        return None
    return Outcome(
        effect.output, dict(effect.parameters), dict(effect.buffers), effect.macs
    )


def theirs(
    kind: str,
    fields: Fields,
    x: Shape,
    instead: Difference | None = None,
) -> Outcome | None:
    """Return what PyTorch does to a sample; None where it raises."""
    build = MODULES[kind]
    counter = FlopCounterMode(display=False)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            if instead is None or instead.stand_in is None:
                module = build(fields, x)
            else:
                module = instead.stand_in(kind, fields, x)
            with counter:
                output = module.eval()(torch.zeros(BATCH, *x))
        except TORCH_REFUSES:
            return None
    if not output.numel():  # of no cells, PyTorch makes none
        return None
    return Outcome(
        tuple(output.shape[1:]),
        _shapes(dict(module.named_parameters())),
        _shapes(dict(module.named_buffers())),
        counter.get_total_flops() // 2 // BATCH,
    )


def _shapes(
    tensors: dict[str, nn.Parameter] | dict[str, torch.Tensor],
) -> dict[str, Shape]:
    return {
        name.rpartition(".")[2]: tuple(tensor.shape)
        for name, tensor in tensors.items()
        if not name.endswith("num_batches_tracked")
    }


def agreed(kind: str, fields: Fields, x: Shape) -> Outcome | None:
    """Assert that both say the same, or differ on purpose, and return what we say.

    Where PyTorch refuses the fields as they stand, what stands for them is compared.
    """
    setting = f"{kind} {fields} on {x}"
    found = ours(kind, fields, x)
    why = difference(kind, fields, x)
    if why is None:
        assert found == theirs(kind, fields, x), setting
    elif why.ours is None:
        assert found is None, f"{setting}: {why}"
    else:
        assert theirs(kind, fields, x) is None, f"{setting}: {why}"
        if why.stand_in is not None:
            assert found == theirs(kind, fields, x, why), f"{setting}: {why}"
    return found


@pytest.mark.parametrize("kind", DRAWS)
def test_random_settings_do_what_pytorch_does(kind: str) -> None:
    rng = Random(kind)
    found = [agreed(kind, *DRAWS[kind](rng)) for _ in range(SETTINGS)]
    refused = found.count(None)
    assert refused < SETTINGS * 2 / 3
    assert (refused == 0) == (kind in NEVER_REFUSED)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.layer.type in MODULES], ids=str
)
def test_the_table_says_what_pytorch_does(case: Case) -> None:
    layer = case.layer
    assert agreed(layer.type, layer.own_fields(), case.entering) is not None


@pytest.mark.parametrize(
    "case",
    [case for case in REFUSALS if case.code is not Code.TOO_MANY_ELEMENTS],
    ids=str,
)
def test_what_the_table_refuses_pytorch_refuses(case: RefusalCase) -> None:
    layer = case.layer
    assert agreed(layer.type, layer.own_fields(), case.entering) is None


@pytest.mark.parametrize("one", DIFFERENCES, ids=str)
def test_a_difference_is_one(one: Difference) -> None:
    kind, fields, x = one.example
    assert difference(kind, fields, x) is one
    found = ours(kind, fields, x)
    assert (found and found.output) == one.ours
    assert (theirs(kind, fields, x) is None) == (one.ours is not None)
    if one.stand_in is not None:
        assert theirs(kind, fields, x, one) == found


def test_every_layer_type_is_compared_or_ours_alone() -> None:
    assert set(MODULES) == set(DRAWS)
    assert set(MODULES) | OURS_ALONE == set(layer_types())
    assert not set(MODULES) & OURS_ALONE
