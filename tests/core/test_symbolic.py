"""Closed forms against the rules themselves, at many sizes within their domain."""

from __future__ import annotations

import random

import pytest

from tests.arithmetic import evaluated
from tests.core.random_networks import random_network
from tests.long import long_or
from tests.preview.networks import network, preset
from tests.preview.settings import KINDS, settings
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.explain.lines import WIDTH
from tuicnn.core.explain.symbolic import explain_symbolic
from tuicnn.core.network import Network
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape
from tuicnn.core.symbolic import Symbolic, spell_formula, symbolic, with_letters
from tuicnn.presets import names

COUNT = long_or(1, 20)
"""How many times more is tried than for CI."""


def spelled(found: Symbolic, path: str) -> list[str]:
    """Return the formulas of what leaves a layer."""
    (row,) = (row for row in found.rows if row.path == path)
    assert row.output is not None
    return list(map(spell_formula, row.output))


def all_reached(report: Report) -> bool:
    return all(row.output is not None for row in report.rows)


def assert_true_at(found: Symbolic, sizes: Shape, seen: list[bool]) -> None:
    """Assert that closed forms are what `check` finds, wherever they are claimed."""
    report = check(found.network.changed(input=sizes))
    claimed = found.holds(sizes)
    seen.append(claimed)
    if not claimed:
        return
    values = found.values(sizes)
    assert values is not None
    whole = all(row.output is not None for row in found.rows)
    assert all_reached(report) or not whole
    for row, form in zip(report.rows, found.rows, strict=True):
        if form.output is None:
            continue
        assert found.shape(form, sizes) == row.output, (sizes, row.path)
        for one in form.output:
            assert evaluated(spell_formula(one), values) == one.at(values)
        for name, tensor in form.tensors:
            assert tuple(one.at(values) for one in tensor) == row.parameters[name]


def some_sizes(net: Network, draw: random.Random, count: int) -> list[Shape]:
    channels, *sizes = net.input
    near = [max(1, size + draw.randint(-40, 40)) for size in sizes]
    return [
        net.input,
        (channels, *near),
        *(
            (channels, *(draw.randint(1, 2 * size + 8) for size in sizes))
            for _ in range(count)
        ),
    ]


def test_the_first_convolution_of_alexnet_has_the_form_that_people_write() -> None:
    found = symbolic(preset("alexnet"))
    assert spelled(found, "conv1") == ["96", "⌊(H − 11)/4⌋ + 1", "⌊(W − 11)/4⌋ + 1"]


def test_floors_compose_where_that_is_exact() -> None:
    assert spelled(symbolic(preset("alexnet")), "pool5")[1] == "⌊(H − 67)/32⌋ + 1"
    assert spelled(symbolic(preset("resnet50")), "stage5")[1:] == ["⌈H/32⌉", "⌈W/32⌉"]
    assert spelled(symbolic(preset("vgg16")), "pool5")[1] == "⌊H/32⌋"


def test_flatten_is_a_product() -> None:
    found = symbolic(preset("alexnet"))
    assert spelled(found, "flatten") == ["256·(⌊(H − 67)/32⌋ + 1)·(⌊(W − 67)/32⌋ + 1)"]


def test_a_mirrored_network_needs_multiples_of_16() -> None:
    found = symbolic(preset("unet-padded"))
    height, _ = found.domain.sizes
    assert (height.least, height.period, height.remainders) == (16, 16, (0,))
    assert "H is a multiple of 16" in "\n".join(explain_symbolic(found))


def test_a_clamp_of_ceil_mode_has_a_closed_form() -> None:
    pool = {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "ceil_mode": True}
    found = symbolic(network([pool], [1, 9, 9]))
    assert spelled(found, "max_pool2d_1")[1] == "⌊H/2⌋"


def test_adaptive_and_global_pools_leave_what_they_say() -> None:
    found = symbolic(preset("alexnet-torchvision"))
    assert spelled(found, "avgpool") == ["256", "6", "6"]


def test_pixels_that_are_dealt_out_need_an_even_size() -> None:
    layer = {"type": "pixel_unshuffle", "downscale_factor": 2}
    found = symbolic(network([layer], [3, 8, 8]))
    assert found.holds((3, 10, 6))
    assert not found.holds((3, 9, 6))


def test_a_declared_size_holds_the_input_fast() -> None:
    layers = [
        {"type": "flatten"},
        {"type": "linear", "in_features": 48, "out_features": 2},
    ]
    found = symbolic(network(layers, [3, 4, 4]))
    assert found.holds((3, 4, 4))
    assert found.holds((3, 2, 8))
    assert not found.holds((3, 4, 5))


def test_nothing_is_claimed_below_a_layer_that_refuses() -> None:
    layers = [{"type": "relu"}, {"type": "max_pool2d", "kernel_size": 9}]
    found = symbolic(network(layers, [3, 4, 4]))
    assert [row.output is None for row in found.rows] == [False, True]
    assert "Nothing is claimed from max_pool2d_1 on" in "\n".join(
        explain_symbolic(found)
    )


def test_a_formula_too_long_to_repeat_gets_a_letter() -> None:
    layers = [
        {"type": "upsample", "scale_factor": 1.7},
        {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1},
        {"type": "upsample", "scale_factor": 3.0},
        {"type": "max_pool2d", "kernel_size": 2, "stride": 2},
    ] * 6
    found = symbolic(network(layers, [1, 30, 30]))
    assert found.named
    seen: list[bool] = []
    for sizes in some_sizes(found.network, random.Random(1), 20):
        assert_true_at(found, sizes, seen)
    assert any(seen[2:])


def test_remainders_of_a_long_division_stay_a_condition() -> None:
    """A loss of 17 · 1001 sizes is no list of remainders: it is asked each time."""
    pools = [{"type": "max_pool1d", "kernel_size": side} for side in (7, 11, 13, 17)]
    lossless = symbolic(network(pools, [1, 17_017])).lossless
    (length,) = lossless.sizes
    assert (length.period, len(lossless.others)) == (1001, 1)
    held = [size for size in range(17_017, 65_536) if lossless.holds({"L": size})]
    assert held == [17_017, 34_034, 51_051]


def test_nothing_is_claimed_of_what_is_no_size_of_the_open_axes() -> None:
    found = symbolic(network([{"type": "relu"}], [3, 8, 8]))
    square = with_letters(found.network, (None, "S", "S"))
    (row,) = found.rows
    assert found.holds((3, 9, 65_536))
    assert square.values((3, 9, 9)) == {"S": 9}
    assert not found.holds((3, 9, 65_537))
    assert not found.holds((4, 8, 8))
    assert not square.holds((3, 8, 9))
    assert (found.shape(row, (3, 9, 5)), found.shape(row, (4, 8, 8))) == (
        (3, 9, 5),
        None,
    )


def test_a_network_beyond_its_limits_is_not_walked_through() -> None:
    block = {"type": "block", "repeat": limits.LAYERS, "layers": [{"type": "relu"}]}
    assert symbolic(network([block, block], [3, 8, 8])).rows == ()


@pytest.mark.parametrize("name", [one for one in names() if preset(one).input[1:]])
def test_the_closed_forms_of_a_preset_are_what_check_finds(name: str) -> None:
    found = symbolic(preset(name))
    seen: list[bool] = []
    for sizes in some_sizes(found.network, random.Random(name), 6 * COUNT):
        assert_true_at(found, sizes, seen)
    assert seen[0]
    lines = explain_symbolic(found)
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("kind", KINDS)
def test_the_closed_forms_of_a_layer_are_what_check_finds(kind: str) -> None:
    draw = random.Random(kind)
    seen: list[bool] = []
    for layer, sample in settings(kind, 6 * COUNT, seed=7):
        found = symbolic(network([layer], sample))
        for sizes in some_sizes(found.network, draw, 6):
            assert_true_at(found, sizes, seen)
    assert sum(seen) > len(seen) / 10


def test_closed_forms_of_random_networks_are_what_check_finds() -> None:
    seen: list[bool] = []
    for seed in range(120 * COUNT):
        found = symbolic(random_network(seed))
        assert found.holds(found.network.input)
        for sizes in some_sizes(found.network, random.Random(seed), 12):
            assert_true_at(found, sizes, seen)
    assert sum(seen) > len(seen) / 4


def test_nearly_all_legal_sizes_are_claimed() -> None:
    """What a rule asks of a size must be about legality, not about a warning."""
    legal = missed = 0
    for seed in range(60 * COUNT):
        found = symbolic(random_network(seed))
        for sizes in some_sizes(found.network, random.Random(seed), 12):
            if all_reached(check(found.network.changed(input=sizes))):
                legal += 1
                missed += not found.holds(sizes)
    assert missed <= legal / 50
