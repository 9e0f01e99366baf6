"""Every rule against the table, every derivation against arithmetic.

Windows are counted by their definition, never by a second formula of ours.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.arithmetic import evaluated
from tests.cases import (
    CASES,
    NETWORK_CASES,
    NETWORK_REFUSALS,
    PUBLISHED,
    REFUSALS,
    STEP_CASES,
    Case,
    NetworkCase,
    NetworkRefusalCase,
    PublishedCase,
    RefusalCase,
    StepCase,
)
from tuicnn.core.check import check
from tuicnn.core.derivation import Step
from tuicnn.core.diagnostics import Code, Severity
from tuicnn.core.layer import Effect, LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.conv import Conv1d, ConvTranspose1d
from tuicnn.core.layers.pool import MaxPool1d
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.layers.structure import Block
from tuicnn.core.network import Network
from tuicnn.core.reach import binned
from tuicnn.core.reading import read_value
from tuicnn.core.report import Report
from tuicnn.core.shapes import (
    Window,
    elements,
    same_padding,
    same_positions,
    transposed_size,
    window_positions,
    window_positions_up,
)

PRESETS = sorted((Path(__file__).parents[2] / "presets").glob("*.json"))

sizes = st.integers(1, 60)
kernels = st.integers(1, 9)
strides = st.integers(1, 6)
dilations = st.integers(1, 4)
pads = st.integers(0, 9)


def read(document: object) -> Report:
    """Return the report of a document that holds no problem of its own."""
    reading = read_value(document)
    assert reading.problems == ()
    assert reading.network is not None
    return check(reading.network)


def preset(name: str) -> Report:
    """Return the report of a preset."""
    path = next(path for path in PRESETS if path.stem == name)
    return read(json.loads(path.read_text(encoding="utf-8")))


def alone(layer: LayerSpec, *entering: int) -> Report:
    """Return the report of a network of one layer."""
    return check(Network(name="case", input=entering, layers=(layer,)))


def errors(report: Report) -> list[tuple[Code, str, str | None]]:
    """Return code, path and field of every error."""
    return [
        (one.code, one.path, one.field)
        for one in report.diagnostics
        if one.severity is Severity.ERROR
    ]


def assert_adds_up(effect: Effect) -> None:
    """Assert that a layer's derivation is true, and that it is all of it."""
    steps = effect.derive()
    for step in steps:
        assert_true(step)
    found = {step.quantity: step.value for step in steps}
    assert len(found) == len(steps), "a quantity is derived twice"
    output = tuple(step.value for step in steps if step.quantity.startswith("output "))
    assert output == effect.output
    tensors = {**effect.parameters, **effect.buffers}
    counted = {name: found[name] for name in tensors}
    assert counted == {name: elements(shape) for name, shape in tensors.items()}
    assert found.get("MACs", 0) == effect.macs


def assert_true(step: Step) -> None:
    """Assert that every line of a step gives its value."""
    letters = {one.letter: one.value for one in step.symbols}
    assert len(letters) == len(step.symbols), f"a letter twice in {step.formula}"
    assert evaluated(step.substitution) == step.value, step.substitution
    assert evaluated(step.brief) == step.value, step.brief
    assert evaluated(step.formula, letters) == step.value, step.formula


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_layer_makes_the_shape_and_counts_of_the_table(case: Case) -> None:
    effect = case.layer.infer(case.entering)
    assert effect.output == case.leaving
    assert sum(map(elements, effect.parameters.values())) == case.parameters
    assert sum(map(elements, effect.buffers.values())) == case.buffers
    assert effect.macs == case.macs


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_derivation_of_a_layer_adds_up(case: Case) -> None:
    assert_adds_up(case.layer.infer(case.entering))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_network_of_one_layer_reports_what_the_layer_does(case: Case) -> None:
    report = alone(case.layer, *case.entering)
    assert errors(report) == []
    assert report.output == case.leaving
    assert report.totals.parameters == case.parameters
    assert report.totals.buffers == case.buffers
    assert report.totals.macs == case.macs
    assert report.totals.activations == elements(case.leaving)


@pytest.mark.parametrize("case", STEP_CASES, ids=str)
def test_a_derivation_names_the_number(case: StepCase) -> None:
    steps = case.layer.infer(case.entering).derive()
    assert [one.value for one in steps if one.quantity == case.quantity] == [case.value]


@pytest.mark.parametrize("case", REFUSALS, ids=str)
def test_a_layer_is_refused_with_a_code_and_a_field(case: RefusalCase) -> None:
    report = alone(case.layer, *case.entering)
    assert errors(report) == [(case.code, f"{case.layer.type}_1", case.field)]
    assert report.output is None


@pytest.mark.parametrize("case", REFUSALS, ids=str)
def test_every_fix_of_a_refusal_is_a_layer_that_can_be_put_there(
    case: RefusalCase,
) -> None:
    for problem in alone(case.layer, *case.entering).diagnostics:
        for fix in problem.fixes:
            layers = (*fix.layers,)
            mended = Network(name="case", input=case.entering, layers=layers)
            assert case.code not in {code for code, _, _ in errors(check(mended))}


@pytest.mark.parametrize("case", NETWORK_CASES, ids=str)
def test_a_structure_makes_the_shape_and_counts_of_the_table(
    case: NetworkCase,
) -> None:
    report = read(case.document)
    assert errors(report) == []
    assert report.output == case.leaving
    assert report.totals.parameters == case.parameters
    assert report.totals.macs == case.macs


@pytest.mark.parametrize("case", NETWORK_CASES, ids=str)
def test_every_derivation_of_a_structure_adds_up(case: NetworkCase) -> None:
    for row in read(case.document).rows:
        if row.effect is not None:
            assert_adds_up(row.effect)


@pytest.mark.parametrize("case", NETWORK_REFUSALS, ids=str)
def test_a_structure_is_refused_with_a_code_a_path_and_a_field(
    case: NetworkRefusalCase,
) -> None:
    assert errors(read(case.document)) == [(case.code, case.path, case.field)]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_derivation_of_a_preset_adds_up(path: Path) -> None:
    report = read(json.loads(path.read_text(encoding="utf-8")))
    assert errors(report) == []
    for row in report.rows:
        if not isinstance(row.layer, Block):
            assert row.effect is not None
            assert_adds_up(row.effect)


@pytest.mark.parametrize("case", PUBLISHED, ids=str)
def test_a_preset_has_the_counts_that_were_published(case: PublishedCase) -> None:
    totals = preset(case.preset).totals
    assert totals.parameters == case.parameters
    assert case.macs in (None, totals.macs)


def test_the_table_has_a_row_for_every_layer_type() -> None:
    found = {case.layer.type for case in CASES}
    for network in NETWORK_CASES:
        found |= {row.layer.type for row in read(network.document).rows}
    assert found == set(layer_types())


def test_the_table_refuses_with_every_code_that_what_arrives_can_cause() -> None:
    codes = list(Code)
    first, last = codes.index(Code.WRONG_RANK), codes.index(Code.AMBIGUOUS_SKIP)
    found = {case.code for case in (*REFUSALS, *NETWORK_REFUSALS)}
    assert found == set(codes[first : last + 1])


def test_no_row_of_the_table_stands_there_twice() -> None:
    rows = [str(case) for case in (*CASES, *STEP_CASES, *REFUSALS, *NETWORK_CASES)]
    assert len(rows) == len(set(rows))


def test_adaptive_bins_overlap_where_the_sizes_do_not_divide() -> None:
    bins = binned(10, 4)
    assert [bins.span(cell) for cell in range(4)] == [(0, 2), (2, 4), (5, 7), (7, 9)]


@given(sizes, kernels, strides, dilations, pads, pads)
def test_a_window_has_as_many_places_as_its_definition_counts(
    n: int, k: int, s: int, d: int, p0: int, p1: int
) -> None:
    places = range(0, n + p0 + p1 - d * (k - 1), s)
    assert max(0, window_positions(n, k, s, d, p0, p1)) == len(places)


@given(sizes, kernels, strides, dilations, st.data())
def test_a_window_that_rounds_up_follows_pytorch_in_two_steps(
    n: int, k: int, s: int, d: int, data: st.DataObject
) -> None:
    """aten/src/ATen/native/Pool.h; a pool pads at most half of its window."""
    extent = d * (k - 1) + 1
    p0, p1 = (data.draw(st.integers(0, extent // 2)) for _ in range(2))
    found = (n + p0 + p1 - extent + s - 1) // s + 1
    if (found - 1) * s >= n + p0:
        found -= 1
    assert window_positions_up(n, k, s, d, p0, p1) == found


@given(sizes, kernels, strides, dilations)
@example(224, 7, 2, 1)
@example(5, 2, 3, 1)
def test_same_pads_as_tensorflow_does(n: int, k: int, s: int, d: int) -> None:
    """By the remainder, as tf.nn's notes on padding put it."""
    extent = d * (k - 1) + 1
    total = max(extent - (n % s or s), 0)
    begin, end = total // 2, total - total // 2
    assert same_padding(n, k, s, d) == total
    assert same_positions(n, s) == len(range(0, n, s))
    assert same_positions(n, s) == window_positions(n, k, s, d, begin, end)
    layer = Conv1d(out_channels=1, kernel_size=k, stride=s, dilation=d, padding="same")
    found = {step.quantity: step.value for step in layer.infer((1, n)).derive()}
    assert found["padding before length"] == begin
    assert found["padding after length"] == end


@given(sizes, kernels, strides, dilations, pads, pads, st.integers(0, 5))
def test_a_convolution_takes_back_what_a_transposed_one_made(
    n: int, k: int, s: int, d: int, p0: int, p1: int, op: int
) -> None:
    assume(op < s)
    grown = transposed_size(n, k, s, d, p0, p1, op)
    assert window_positions(grown, k, s, d, p0, p1) == n


@given(sizes, kernels, strides, dilations)
def test_a_transposed_convolution_paints_every_cell_it_claims(
    n: int, k: int, s: int, d: int
) -> None:
    painted = {cell * s + d * tap for cell in range(n) for tap in range(k)}
    assert transposed_size(n, k, s, d, 0, 0, 0) == max(painted) + 1


@given(sizes, kernels, strides, st.integers(0, 5))
def test_words_in_transposed_padding_mean_what_keras_means(
    n: int, k: int, s: int, op: int
) -> None:
    def size(padding: str, output_padding: int | None) -> int:
        layer = ConvTranspose1d.model_validate(
            {
                "out_channels": 1,
                "kernel_size": k,
                "stride": s,
                "padding": padding,
                "output_padding": output_padding,
            }
        )
        return layer.infer((1, n)).output[1]

    assume(op < s)
    assert size("same", None) == n * s
    assert size("valid", None) == (n - 1) * s + max(k, s)
    assert size("valid", op) == (n - 1) * s + k + op
    assume(n > 1 or k % 2 or op)
    assert size("same", op) == (n - 1) * s + k % 2 + op


@given(sizes, kernels, strides, dilations, pads, st.booleans(), st.booleans())
def test_a_window_explains_the_size_that_it_has(
    n: int, k: int, s: int, d: int, p: int, ceil: bool, same: bool
) -> None:
    if ceil:  # which pools alone have
        p = min(p, (d * (k - 1) + 1) // 2)
    window = Window(n, k, s, d, p, p, ceil, same)
    (output,) = (
        step for step in window.derive("length") if step.quantity == "output length"
    )
    assert_true(output)
    assert output.value == window.positions()


@given(sizes, kernels, strides, dilations, pads)
def test_every_valid_convolution_and_pool_adds_up(
    n: int, k: int, s: int, d: int, p: int
) -> None:
    assume(n + 2 * p >= d * (k - 1) + 1)
    conv = Conv1d(out_channels=4, kernel_size=k, stride=s, dilation=d, padding=p)
    assert_adds_up(conv.infer((2, n)))
    pool = MaxPool1d(kernel_size=k, stride=s, padding=min(p, k // 2), ceil_mode=True)
    assume(n + 2 * min(p, k // 2) >= k)
    assert_adds_up(pool.infer((2, n)))


@given(sizes, st.floats(0.05, 20))
@example(7, 1 / 7)
@example(100, 0.29)
def test_a_scale_of_any_digits_explains_the_size_that_it_gives(
    n: int, factor: float
) -> None:
    """torch.nn.functional.interpolate multiplies in double precision."""
    assume(math.floor(n * factor) >= 1)
    effect = Upsample(scale_factor=factor).infer((1, n))
    assert effect.output == (1, math.floor(n * factor))
    assert_adds_up(effect)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("⌊(28 + 0 + 0 − 1·(5 − 1) − 1) / 1⌋ + 1", 24),
        ("⌊(2 − 3) / 2⌋ + 1", 0),
        ("⌈(2 − 3) / 2⌉ + 1", 1),
        ("min(⌈7 / 2⌉, max(3, 2))·2²", 12),
        ("7 − 2 − 1 + (−3)", 1),
        ("12 / 2 / 3·4", 8),
        ("9 mod 4·2", 2),
        ("⌊100·0.29⌋", 28),
    ],
)
def test_the_arithmetic_that_judges_is_itself_right(line: str, value: int) -> None:
    assert evaluated(line) == value


@pytest.mark.parametrize("line", ["", "2 +", "(2", "2)", "2 - 1", "i + 1", "min(2)"])
def test_the_arithmetic_that_judges_refuses_what_is_none(line: str) -> None:
    with pytest.raises(ValueError):
        evaluated(line)
