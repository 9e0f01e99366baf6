"""Every rule against the table, every derivation against arithmetic."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.arithmetic import assert_adds_up
from tests.cases import (
    CASES,
    NETWORK_CASES,
    NETWORK_REFUSALS,
    PUBLISHED,
    REFUSALS,
    STEP_CASES,
    TENSOR_CASES,
    Case,
    NetworkCase,
    NetworkRefusalCase,
    PublishedCase,
    RefusalCase,
    StepCase,
    TensorCase,
)
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Severity
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.structure import Block
from tuicnn.core.network import Network
from tuicnn.core.reading import read_value
from tuicnn.core.report import Report
from tuicnn.core.shapes import elements

PRESETS = sorted((Path(__file__).parents[2] / "presets").glob("*.json"))


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


@pytest.mark.parametrize("case", TENSOR_CASES, ids=str)
def test_tensors_have_the_names_and_shapes_of_pytorch(case: TensorCase) -> None:
    effect = case.layer.infer(case.entering)
    assert {**effect.parameters, **effect.buffers} == case.tensors
    assert list(effect.parameters) == [
        name for name in case.tensors if not name.startswith("running")
    ]


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
