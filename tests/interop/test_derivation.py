"""Every number of a row and of the totals has a step, and each step adds up."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.arithmetic import evaluated
from tests.cases import CASES, NETWORK_CASES, Case, NetworkCase
from tests.interop.networks import PRESETS, broken_off, preset, report_of, reported
from tuicnn.core.accounting import steps, summary_steps
from tuicnn.core.check import check
from tuicnn.core.derivation import Step
from tuicnn.core.network import Network
from tuicnn.core.report import Report, Row
from tuicnn.core.shapes import AXES, axis_names

UP = {"type": "upsample", "scale_factor": 2}
CONV = {"type": "conv2d", "out_channels": 2, "kernel_size": 3, "padding": 1}
PAINT = {"type": "conv_transpose2d", "out_channels": 2, "kernel_size": 3, "stride": 2}
SHIFTED = {"type": "parallel", "merge": "add"}

AWKWARD = {
    "a convolution on an enlarged map": report_of(UP, CONV),
    "a map enlarged by three halves": report_of({"type": "upsample", "size": 12}, CONV),
    "painted patches": report_of(PAINT, CONV),
    "adaptive bins": report_of({"type": "adaptive_avg_pool2d", "output_size": 3}, CONV),
    "gaps that nobody reads": report_of({**PAINT, "kernel_size": 1}),
    "branches with other windows": report_of(
        {**SHIFTED, "branches": [[CONV], [{**CONV, "kernel_size": 1, "padding": 0}]]}
    ),
    "an enlarged branch": report_of(
        {**SHIFTED, "branches": [[{"type": "max_pool2d", "kernel_size": 2}, UP], []]}
    ),
    "a gate": report_of(
        CONV,
        {
            **SHIFTED,
            "merge": "multiply",
            "branches": [[{"type": "global_avg_pool"}], []],
        },
    ),
    "a vector": report_of({"type": "linear", "out_features": 3}, entering=(5,)),
    "a sequence": report_of(
        {"type": "conv1d", "out_channels": 2, "kernel_size": 3, "stride": 2},
        entering=(1, 9),
    ),
    "an axis of its own": report_of(
        {"type": "unflatten", "dim": 1, "unflattened_size": [2, 2]}, entering=(4, 6)
    ),
    "an empty block": report_of({"type": "block", "name": "b", "layers": []}),
}


def in_letters(step: Step) -> Fraction | float:
    """Return what a formula gives with the values of its letters put in."""
    letters = {
        one.letter.replace("ₑ", "e"): Fraction(one.value).limit_denominator()
        for one in step.symbols
    }
    return evaluated(step.formula.replace("ₑ", "e"), letters)


def by_quantity(found: tuple[Step, ...]) -> dict[str, Step]:
    quantities = {step.quantity: step for step in found}
    assert len(quantities) == len(found)
    for step in found:
        assert evaluated(step.substitution) == step.value, step
    return quantities


def numbers_of(report: Report, row: Row) -> dict[str, int | Fraction]:
    """Return every number that the analysis gives of a row."""
    totals = report.totals_of(row)
    numbers: dict[str, int | Fraction] = {
        "parameters": totals.parameters,
        "MACs": totals.macs,
        "activation bytes": totals.activation_bytes,
    }
    if row.output is not None:
        names = axis_names(row.output)
        sizes = zip(names, row.output, strict=True)
        numbers |= {f"output {axis}": size for axis, size in sizes}
    field = report.fields[row.index]
    if field is not None:
        axes = AXES[len(field.patterns)]
        for axis, size, stride in zip(axes, field.size, field.stride, strict=True):
            numbers[f"receptive field {axis}"] = size
            numbers[f"effective stride {axis}"] = stride
    return numbers


def assert_every_number_is_derived(report: Report) -> None:
    for row in report.rows:
        found = by_quantity(steps(report, row))
        for quantity, number in numbers_of(report, row).items():
            assert found[quantity].value == number, (row.path, quantity)
    found = by_quantity(summary_steps(report))
    totals = report.totals
    assert found["parameters"].value == totals.parameters
    assert found["buffers"].value == totals.buffers
    assert found["MACs"].value == totals.macs
    assert found["parameter bytes"].value == totals.parameter_bytes
    assert found["activation bytes"].value == totals.activation_bytes
    assert found["peak activation bytes"].value == report.peak_activation_bytes


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_number_of_a_preset_is_derived(path):
    assert_every_number_is_derived(preset(path.stem))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_number_of_a_layer_is_derived(case: Case):
    network = Network(name="case", input=case.entering, layers=(case.layer,))
    assert_every_number_is_derived(check(network))


@pytest.mark.parametrize("case", NETWORK_CASES, ids=str)
def test_every_number_of_a_network_with_structure_is_derived(case: NetworkCase):
    assert_every_number_is_derived(reported(case.document))


@pytest.mark.parametrize("report", AWKWARD.values(), ids=AWKWARD)
def test_every_number_is_derived_where_outputs_see_unequally_much(report):
    assert_every_number_is_derived(report)


@pytest.mark.parametrize("report", AWKWARD.values(), ids=AWKWARD)
def test_a_formula_gives_the_number_in_letters_too(report):
    for row in report.rows:
        for step in steps(report, row):
            named = any("." in one.letter for one in step.symbols)
            if step.symbols and not named:
                assert in_letters(step) == step.value, step


def test_a_receptive_field_grows_by_the_window_times_the_stride():
    report = preset("lasagne-mnist")
    row = report.row("conv2")
    assert row is not None
    found = by_quantity(steps(report, row))
    assert found["receptive field height"].formula == "R + (kₑ − 1)·J"
    assert found["receptive field height"].substitution == "6 + (3 − 1)·2"
    assert found["effective stride height"].substitution == "2·1"


def test_parameters_are_the_sum_of_tensors():
    report = preset("lasagne-mnist")
    found = by_quantity(steps(report, report.rows[0]))
    assert found["parameters"].formula == "weight + bias"
    assert found["parameters"].substitution == "800 + 32"
    assert found["activation bytes"].formula == "4·C·H·W"
    assert found["activation bytes"].substitution == "4·32·24·24"


def test_a_container_is_the_sum_of_its_content():
    report = preset("resnet18")
    row = next(row for row in report.rows if row.container and row.depth)
    step = by_quantity(steps(report, row))["parameters"]
    assert step.value == report.totals_of(row).parameters
    assert all("." in one.letter for one in step.symbols)


def test_the_fullest_moment_names_what_is_alive():
    found = by_quantity(summary_steps(preset("lasagne-mnist")))
    assert found["peak activation bytes"].formula == "conv1 + pool1"
    assert found["peak activation bytes"].substitution == "73728 + 18432"


def test_below_an_error_nothing_is_derived():
    report = broken_off()
    row = report.row("below")
    assert row is not None
    assert steps(report, row) == ()
    found = by_quantity(summary_steps(report))
    assert found["peak activation bytes"].value == report.peak_activation_bytes
