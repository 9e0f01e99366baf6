"""Explanations: chains that end at the input, lines that fit a terminal."""

from __future__ import annotations

import re

import pytest

from tests.cases import CASES, Case
from tests.core.test_expect import report
from tuicnn.core.accounting import each_step
from tuicnn.core.chain import chain
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Severity
from tuicnn.core.explain import explain_layer, explain_network
from tuicnn.core.explain.layer import first_error
from tuicnn.core.explain.lines import WIDTH
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import (
    BatchNorm,
    Conv2d,
    Crop,
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    InstanceNorm,
    Linear,
    MaxPool2d,
    Pad,
    Relu,
    Reshape,
    SeparableConv2d,
    Upsample,
)
from tuicnn.core.network import Network
from tuicnn.core.report import INPUT, Report, Row
from tuicnn.core.shapes import axis_names
from tuicnn.presets import names


def told(found: Report, path: str) -> str:
    row = found.row(path)
    assert row is not None
    return "\n".join(explain_layer(found, row))


def assert_fits(lines: list[str]) -> None:
    """Assert that no line is wider than a terminal, or ends in blanks."""
    assert [line for line in lines if len(line) > WIDTH] == []
    assert [line for line in lines if line != line.rstrip()] == []


def links(found: Report, row: Row) -> list[tuple[str, object, str]]:
    """Return axis, value and maker of each link to what enters a row."""
    assert row.inputs[0] is not None
    return [
        (link.axis, link.value, "the input" if link.row is None else link.row.path)
        for axis in axis_names(row.inputs[0])
        for link in chain(found, row.sources[0], axis)
    ]


def test_9216_is_traced_back_to_the_input() -> None:
    found = report("alexnet")
    row = found.row("fc6")
    assert row is not None
    made = links(found, row)
    assert made[:7] == [
        ("features", 9216, "flatten"),
        ("channels", 256, "conv5"),
        ("height", 6, "pool5"),
        ("height", 13, "pool2"),
        ("height", 27, "pool1"),
        ("height", 55, "conv1"),
        ("height", 227, "the input"),
    ]


def test_why_9216_is_told_in_words() -> None:
    text = told(report("alexnet"), "fc6")
    assert "9216 = 256·6·6" in text
    assert "6 = ⌊(13 − 3) / 2⌋ + 1" in text
    assert "55 = ⌊(227 − 11) / 4⌋ + 1" in text
    assert "227   is the height of the input" in text
    assert "37,748,736 + 4,096 = 37,752,832 parameters" in text
    assert "4,096 is a choice; 9,216 is what arrives." in text


def test_one_filter_spans_all_channels() -> None:
    text = told(report("two-conv-32"), "conv2")
    assert "6 filters, each 5×5×3: a filter spans all channels" in text
    assert "weight (6×3×5×5)" in text


def test_flatten_tells_where_each_cell_lands() -> None:
    text = told(report("two-conv-32"), "flatten")
    place, back = re.search(r"= (\d+)\n.*⌊(\d+) / 25⌋", text).groups()
    assert place == back
    assert "Keras counts channels last" in text


def test_217706_is_a_sum_of_terms_by_share() -> None:
    text = "\n".join(explain_network(report("lasagne-mnist")))
    assert "832 + 9,248 + 205,056 + 2,570 = 217,706" in text
    assert re.search(r"205,056 +94\.2 %", text)
    for shape in (
        "32×24×24",
        "32×12×12",
        "32×10×10",
        "32×5×5",
        "→ 800",
        "→ 256",
        "→ 10",
    ):
        assert shape in text


def test_repetitions_that_do_the_same_are_told_once() -> None:
    lines = explain_network(report("resnet152"))
    assert len(lines) < 400
    assert "stage4.rest.1 to stage4.rest.34: the same again" in "\n".join(lines)


def test_what_an_error_keeps_from_being_reached_is_told_the_error() -> None:
    layers = (Conv2d(out_channels=2, kernel_size=9), Relu(name="after"))
    found = check(Network(name="n", input=(1, 5, 5), layers=layers))
    text = told(found, "after")
    assert "Nothing arrives here" in text
    assert "conv2d_1: The window is 9 cells of height" in text
    assert_fits(explain_network(found))


def test_an_empty_network_has_a_story_too() -> None:
    found = check(Network(name="n", input=(1, 5, 5), layers=()))
    assert "what enters leaves" in "\n".join(explain_network(found))


@pytest.mark.parametrize("name", names())
def test_every_line_of_a_preset_fits_a_terminal(name: str) -> None:
    found = report(name)
    assert_fits(explain_network(found))
    for row in found.rows:
        assert_fits(explain_layer(found, row))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_layer_of_the_table_can_be_explained(case: Case) -> None:
    network = Network(name="n", input=(1,), layers=(case.layer,))
    if len(case.entering) > 4:
        return
    found = check(network.changed(input=case.entering))
    assert_fits(explain_layer(found, found.rows[0]))


@pytest.mark.parametrize("name", names())
def test_every_chain_of_a_preset_ends_at_the_input_or_a_field(name: str) -> None:
    found = report(name)
    for row in found.rows:
        if row.output is None or row.container:
            continue
        for axis in axis_names(row.output):
            *_, last = chain(found, row.index, axis)
            assert last.row is None or last.step is not None


def test_an_input_is_its_own_reason() -> None:
    layers = (Flatten(), Linear(name="fc", out_features=3))
    found = check(Network(name="n", input=(2, 3, 5), layers=layers))
    (link,) = chain(found, INPUT, "height")
    assert (link.value, link.row) == (3, None)
    assert "30 = 2·3·5" in told(found, "fc")


@pytest.mark.parametrize(
    "layer",
    [
        Pad(padding=((1, 1),) * 4),
        Crop(cropping=((0, 1),) * 4),
        Upsample(scale_factor=2.0),
        GlobalAvgPool(),
        GlobalMaxPool(keepdim=False),
        InstanceNorm(),
    ],
    ids=lambda layer: layer.type,
)
def test_a_map_of_more_than_three_axes_is_explained_too(layer: LayerSpec) -> None:
    network = Network(name="n", input=(64,), layers=())
    deep = Reshape(shape=(2, 2, 2, 2, 4))
    found = check(network.changed(layers=(deep, layer.changed(name="z"))))
    assert found.valid
    assert_fits(explain_network(found))
    assert told(found, "z")
    assert [step.quantity for row in found.rows for step in each_step(found, row)]


def test_a_fix_never_sets_a_field_to_what_it_does_not_take() -> None:
    layers = (Flatten(), BatchNorm(num_features=3))
    found = check(Network(name="n", input=(3, 1000, 1000), layers=layers))
    (problem,) = [one for one in found.diagnostics if one.field == "num_features"]
    assert problem.fixes == ()
    assert problem.hint == "Leave num_features out: the stack knows it."


def test_a_sum_too_long_for_its_line_has_its_total_below() -> None:
    layer = SeparableConv2d(out_channels=1_000_000, kernel_size=100)
    network = Network(name="n", input=(1_000_000, 101, 101), layers=(layer,))
    lines = explain_network(check(network))
    at = lines.index("    parameters: 1000000·1·100·100 + 1000000·1000000·1 + 1000000")
    assert lines[at + 1] == "      = 1,010,001,000,000"
    assert_fits(lines)


def test_only_an_error_is_the_first_error() -> None:
    pool = MaxPool2d(kernel_size=3, stride=2)
    warned = Network(name="n", input=(1, 4, 4), layers=(pool,))
    found = check(warned)
    assert [one.severity for one in found.diagnostics] == [Severity.WARNING]
    assert first_error(found) == []
    wrong = check(warned.changed(layers=(pool, Linear(out_features=2))))
    assert wrong.diagnostics[0].severity is Severity.WARNING
    assert first_error(wrong)[0].startswith("linear_1: ")
