"""The pass over a network: what is shared is not computed again, with no difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import (
    Add,
    BatchNorm,
    Block,
    Conv2d,
    Dropout,
    Flatten,
    Gelu,
    Identity,
    Linear,
    MaxPool2d,
    Parallel,
    Relu,
)
from tuicnn.core.network import Network
from tuicnn.core.report import Report
from tuicnn.presets import open_source

LEAVES: list[LayerSpec] = [
    Relu(),
    Gelu(),
    Identity(name="keep"),
    BatchNorm(),
    Dropout(),
    Flatten(),
    Linear(out_features=7),
    Linear(out_features=7, in_features=9),
    MaxPool2d(kernel_size=2),
    MaxPool2d(kernel_size=3, stride=1, padding=1),
    *(
        Conv2d(out_channels=4, kernel_size=kernel, padding=kernel // 2, bias=bias)
        for kernel in (1, 3, 5)
        for bias in (True, False)
    ),
    Add(**{"with": ("keep",)}),
]
CONTAINERS: list[LayerSpec] = [
    Block(layers=(Relu(), Conv2d(out_channels=4, kernel_size=1)), repeat=2),
    Parallel(merge="add", branches=((Relu(),), ())),
]
stacks = st.lists(st.sampled_from(LEAVES + CONTAINERS), min_size=1, max_size=8)


def network(layers: list[LayerSpec]) -> Network:
    return Network(name="any", input=(4, 12, 12), layers=tuple(layers))


def assert_same(found: Report, wanted: Report) -> None:
    """Assert that two reports tell the same."""
    assert [row._replace(effect=None) for row in found.rows] == [
        row._replace(effect=None) for row in wanted.rows
    ]
    assert found.order == wanted.order
    assert found.end == wanted.end
    assert found.totals == wanted.totals
    assert found.diagnostics == wanted.diagnostics
    assert found.fields == wanted.fields
    assert found.peak_activation_bytes == wanted.peak_activation_bytes


@given(stacks, st.data())
def test_a_check_after_an_edit_tells_what_a_check_from_scratch_tells(
    layers: list[LayerSpec], data: st.DataObject
) -> None:
    before = check(network(layers))
    for question in ("totals", "diagnostics", "fields", "peak_activation_bytes"):
        if data.draw(st.booleans()):
            getattr(before, question)
    for _ in range(3):
        layers = list(layers)
        at = data.draw(st.integers(0, len(layers) - 1))
        layers[at] = data.draw(st.sampled_from(LEAVES + CONTAINERS))
        edited = network(layers)
        after = check(edited, before)
        assert_same(after, check(edited))
        before = after


def test_the_last_layer_may_change_how_much_must_be_in_memory() -> None:
    before = check(network([MaxPool2d(kernel_size=2)]))
    assert before.peak_activation_bytes == 4 * 4 * (12 * 12 + 6 * 6)
    edited = network([MaxPool2d(kernel_size=3, stride=1, padding=1)])
    assert_same(check(edited, before), check(edited))


@given(stacks, st.data())
def test_insertion_and_removal_change_what_they_must(
    layers: list[LayerSpec], data: st.DataObject
) -> None:
    before = check(network(layers))
    longer = list(layers)
    at = data.draw(st.integers(0, len(layers)))
    longer.insert(at, data.draw(st.sampled_from(LEAVES)))
    assert_same(check(network(longer), before), check(network(longer)))
    del longer[data.draw(st.integers(0, len(longer) - 1))]
    assert_same(check(network(longer), before), check(network(longer)))


def test_rows_of_untouched_layers_are_the_same_objects() -> None:
    before = check(open_source("vgg16").reading.network)
    layers = list(before.network.layers)
    at = next(i for i, one in enumerate(layers) if isinstance(one, Conv2d))
    layers[at] = layers[at].changed(bias=False)
    after = check(before.network.changed(layers=tuple(layers)), before)
    shared = sum(a is b for a, b in zip(after.rows, before.rows, strict=True))
    assert shared == len(before.rows) - 1


def test_a_thousand_edits_keep_no_old_version_alive() -> None:
    report = check(open_source("lenet5").reading.network)
    for number in range(1000):
        layers = list(report.network.layers)
        layers[0] = layers[0].changed(padding=2, bias=bool(number % 2))
        report = check(report.network.changed(layers=tuple(layers)), report)
    assert len(report.known) <= len(report.rows)


def test_below_an_error_rows_are_unreached_and_silent() -> None:
    layers: list[LayerSpec] = [
        Conv2d(out_channels=4, kernel_size=50),
        Linear(out_features=3, in_features=5),
        Conv2d(out_channels=4, kernel_size=50),
    ]
    report = check(network(layers))
    assert [one.code for one in report.diagnostics] == [Code.WINDOW_TOO_LARGE]
    assert [row.reached for row in report.rows] == [True, False, False]
    assert report.output is None
    assert not report.valid


def test_what_is_wrong_in_each_repetition_is_told_once() -> None:
    block = Block(layers=(MaxPool2d(kernel_size=2, stride=3),), repeat=2)
    report = check(network([block]))
    assert [one.code for one in report.diagnostics].count(Code.STRIDE_GAPS) == 1


def test_branches_go_on_beside_a_broken_one() -> None:
    branches = ((Conv2d(out_channels=4, kernel_size=50),), (Linear(out_features=2),))
    report = check(network([Parallel(merge="add", branches=branches)]))
    assert {one.code for one in report.diagnostics} == {
        Code.WINDOW_TOO_LARGE,
        Code.LINEAR_ON_MAP,
    }


def test_an_empty_network_lets_its_input_leave() -> None:
    report = check(network([]))
    assert report.output == (4, 12, 12)
    assert report.totals.parameters == 0
    assert report.valid


@pytest.mark.parametrize("excess", [0, 1])
def test_repetition_is_counted_against_the_limit(excess: int) -> None:
    inner = Block(layers=(Relu(),) * 20, repeat=limits.LAYERS // 20)
    layers: list[LayerSpec] = [inner, *[Relu()] * excess]
    report = check(network(layers))
    assert report.valid is (excess == 0)
    assert len(report.rows) == (limits.LAYERS + 1 if excess == 0 else 0)


def test_peak_memory_counts_what_a_later_merge_still_needs() -> None:
    straight = check(network([Relu(name="keep"), Relu(), Relu()]))
    skipped = check(network([Relu(name="keep"), Relu(), Add(**{"with": ("keep",)})]))
    tensor = 4 * 4 * 12 * 12
    assert straight.peak_activation_bytes == 2 * tensor
    assert skipped.peak_activation_bytes == 3 * tensor
