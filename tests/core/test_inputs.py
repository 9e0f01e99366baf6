"""Valid inputs: figures by hand, and every claim against `check` at each size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.random_networks import random_network
from tests.long import long_or
from tests.preview.networks import network, preset
from tuicnn.core import inputs
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code
from tuicnn.core.explain.inputs import explain_inputs
from tuicnn.core.explain.lines import WIDTH
from tuicnn.core.inputs import Choice, ValidInputs, valid_inputs
from tuicnn.core.network import Network
from tuicnn.core.report import Report
from tuicnn.core.shapes import AXES, Shape
from tuicnn.presets import names

COUNT = long_or(1, 10)
"""How many times more is tried than for CI."""

POOL = {"type": "max_pool2d", "kernel_size": 3, "stride": 2}


def found_in(net: Network) -> ValidInputs:
    return valid_inputs(check(net))


def reached(report: Report) -> bool:
    return all(row.output is not None for row in report.rows)


def varied(found: ValidInputs, choice: Choice, sizes: range) -> Iterator[Report]:
    """Yield the report for each size that a choice is about."""
    names_of = AXES[len(found.report.network.input) - 1]
    base = found.base
    assert base is not None
    for size in sizes:
        shape: Shape = (base[0],)
        for name, one in zip(names_of, base[1:], strict=True):
            shape += (size if name in choice.axes else one,)
        yield check(found.report.network.changed(input=shape))


def test_the_least_of_torchvisions_alexnet_is_63() -> None:
    found = found_in(preset("alexnet-torchvision"))
    assert found.smallest == (3, 63, 63)
    assert found.square is not None and found.square.refusal is not None
    assert found.square.refusal.path == "pool5"
    assert found.fixing is None


def test_alexnet_is_fixed_by_its_first_linear_layer() -> None:
    found = found_in(preset("alexnet"))
    assert found.smallest == (3, 67, 67)
    assert found.fixing is not None and found.fixing.path == "fc6"
    height, width = found.axes
    assert (height.trained.least, height.trained.most) == (227, 258)
    assert (width.trained.least, width.trained.most) == (227, 258)
    assert "made for 256×6×6 = 9,216 numbers" in "\n".join(explain_inputs(found))


def test_alexnet_loses_no_pixel_at_227_and_each_32_on() -> None:
    height, _ = found_in(preset("alexnet")).axes
    assert (height.lossless.period, height.lossless.remainders) == (32, (227 % 32,))
    assert height.near == (195, 227, 259, 291)


def test_a_declared_size_makes_an_interval() -> None:
    layers = [
        POOL,
        {"type": "flatten"},
        {"type": "linear", "in_features": 4 * 6 * 6, "out_features": 2},
    ]
    found = found_in(network(layers, [4, 13, 13]))
    height, _ = found.axes
    assert (height.least, height.sizes.most) == (13, 14)
    assert height.sizes.most_by == "linear_1"
    assert found.fixing is not None and found.fixing.path == "linear_1"


def test_reflected_padding_asks_for_more_than_its_window() -> None:
    pad = {"type": "pad", "padding": 5, "mode": "reflect"}
    found = found_in(network([pad], [1, 20, 20]))
    assert found.smallest == (1, 6, 6)
    assert found.square is not None and found.square.refusal is not None
    assert found.square.refusal.code is Code.WRAPPED_PADDING


def test_an_input_that_is_refused_is_told_what_would_do() -> None:
    found = found_in(preset("alexnet").changed(input=(3, 32, 32)))
    assert found.smallest == (3, 67, 67)
    assert "The present input is refused" in "\n".join(explain_inputs(found))


def test_a_network_that_takes_no_size_says_why() -> None:
    layers = [{"type": "conv2d", "out_channels": 3, "kernel_size": 1, "groups": 2}]
    found = found_in(network([*layers], [3, 8, 8]))
    assert found.smallest is None
    assert "groups is 2" in "\n".join(explain_inputs(found))


@pytest.mark.parametrize(
    ("shape", "entering", "least"),
    [
        ([1, 2, -1], [1, 4, 3], 2),  # at 2 the reshape has nothing to do
        ([-1, 3], [2, 9], 3),
        ([-1, 6], [4, 30], 3),
        ([3, 1, -1], [1, 5, 6], 1),
    ],
)
def test_a_size_that_is_treated_otherwise_may_be_the_least(
    shape: list[int], entering: list[int], least: int
) -> None:
    found = found_in(network([{"type": "reshape", "shape": shape}], entering))
    assert found.axes[0].least == least
    assert_claims_hold(found, 45)
    assert (found.axes[0].refusal is None) == (least == 1)


def test_no_more_stretches_of_sizes_are_looked_into_than_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inputs, "_REGIONS", 1)
    found = found_in(network([{"type": "reshape", "shape": [1, 2, -1]}], [1, 4, 3]))
    height, _ = found.axes
    assert height.least == 4  # legal, though 2 would be, too
    assert height.refusal is not None


@pytest.mark.parametrize("entering", [[2**20, 8, 8], [3, 8, 8, 8]])
def test_an_input_beyond_the_limits_is_not_tried(entering: list[int]) -> None:
    found = found_in(network([{"type": "linear", "in_features": 7,
                               "out_features": 3}], entering))  # fmt: skip
    assert found.smallest is None


def halved(kernel: int) -> list[dict]:
    """Return a branch that halves a map, and takes the mean of what is left."""
    return [{**POOL, "kernel_size": kernel}, {"type": "global_avg_pool"}]


@pytest.mark.parametrize(
    ("layers", "entering", "said"),
    [
        ([{"type": "parallel", "merge": "add", "branches": [halved(2), halved(3)]}],
         [3, 9, 9], ["Each side may be 3 or more.",
                     "parallel_1.1.max_pool2d_1 sets the least: it refuses 2.",
                     "Each side: every size loses some."]),
        ([POOL, {"type": "flatten"}, {"type": "linear", "in_features": 144,
                                      "out_features": 2}],
         [4, 13, 13], ["Each side may be 13 to 14.",
                       "linear_1 sets the least: it refuses 12.",
                       "linear_1 sets the most.",
                       "Each side loses none at 13: a size that is 1 more than a "
                       "multiple of 2."]),
        ([{"type": "conv2d", "out_channels": 4, "kernel_size": 1, "stride": 4},
          {"type": "flatten"}, {"type": "linear", "in_features": 4, "out_features": 2}],
         [3, 3, 3], ["Each side may be 1 to 4.", "linear_1 sets the most.",
                     "Each side: no legal size loses any."]),
        ([POOL], [3, 9, 9], ["Each side may be 3 or more.",
                             "Each side loses none at 7, 9, 11, 13 and so on: a size "
                             "that is 1 more than a multiple of 2."]),
    ],
)  # fmt: skip
def test_which_sizes_there_are_is_told_in_words(
    layers: list[dict], entering: list[int], said: list[str]
) -> None:
    found = found_in(network(layers, entering))
    assert_claims_hold(found, 45)
    text = " ".join("\n".join(explain_inputs(found)).split())
    assert [one for one in said if one not in text] == []
    assert ("sets the most" in text) == ("linear_1 sets the most." in said)
    assert ("sets the least" in text) == (found.smallest != (3, 1, 1))


def test_a_vector_has_nothing_to_choose() -> None:
    found = found_in(preset("matlab-2-6-1"))
    assert found.axes == ()
    assert "It takes a vector" in "\n".join(explain_inputs(found))


def assert_claims_hold(found: ValidInputs, most: int) -> None:
    """Assert that what is said of each size up to `most` is what `check` finds."""
    for choice in (*found.axes, *((found.square,) if found.square else ())):
        reports = list(varied(found, choice, range(1, most + 1)))
        legal = [size for size, one in enumerate(reports, 1) if reached(one)]
        assert legal[:1] in ([choice.least], [])
        for size in choice.near:
            if size <= most:
                assert reached(reports[size - 1])
        if choice.refusal is not None and choice.least <= most:
            refused = reports[choice.least - 2]
            assert choice.refusal.path in {one.path for one in refused.found}


@pytest.mark.parametrize("name", names())
def test_the_inputs_of_a_preset_are_what_check_finds(name: str) -> None:
    found = found_in(preset(name))
    assert_claims_hold(found, 24)
    lines = explain_inputs(found)
    assert max(map(len, lines)) <= WIDTH
    for choice in found.axes:
        for size in (choice.least - 1, choice.least):
            (report,) = varied(found, choice, range(max(size, 1), max(size, 1) + 1))
            assert reached(report) == (size >= choice.least or choice.least == 1)


def test_the_inputs_of_random_networks_are_what_check_finds() -> None:
    for seed in range(40 * COUNT):
        assert_claims_hold(found_in(random_network(seed)), 45)


def test_sizes_that_lose_nothing_raise_no_warning_and_all_others_do() -> None:
    kinds = ("conv2d", "max_pool2d", "avg_pool2d", "relu", "pad", "batch_norm")
    lossy = 0
    for seed in range(40 * COUNT):
        found = found_in(random_network(seed, kinds))
        if found.square is None or not found.square.plain:
            continue
        sizes = range(found.square.least, found.square.least + 30)
        for size, report in zip(sizes, varied(found, found.square, sizes), strict=True):
            if found.square.sizes.holds(size):
                lost = any(one.code is Code.DISCARDED_CELLS for one in report.found)
                assert lost != found.square.lossless.holds(size), (seed, size)
                lossy += lost
    assert lossy


def test_weights_keep_their_shapes_within_the_interval_and_nowhere_else() -> None:
    found = found_in(preset("alexnet"))
    for choice in found.axes:
        before = [row.parameters for row in found.report.rows]
        sizes = range(200, 300)
        for size, report in zip(sizes, varied(found, choice, sizes), strict=True):
            same = [row.parameters for row in report.rows] == before
            assert same == choice.trained.holds(size)
