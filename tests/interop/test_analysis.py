"""The analysis: its figures, its shape, and what it says of what is unknown."""

from __future__ import annotations

import json

import pytest

from tests.interop.networks import (
    ATTACKS,
    PRESETS,
    broken_off,
    empty,
    hostile,
    preset,
    report_of,
    unreadable,
)
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Diagnostic
from tuicnn.core.network import document
from tuicnn.core.reading import located, read_text
from tuicnn.interop.analysis import analysis, to_json

SUMMARY = {
    "input_shape": [1, 28, 28],
    "output_shape": [10],
    "layers": 7,
    "parameters": 217706,
    "trainable_parameters": 217706,
    "buffers": 0,
    "macs": 1589760,
    "parameter_bytes": 870824,
    "activation_bytes": 112424,
    "peak_activation_bytes": 92160,
    "receptive_field": [28, 28],
}
CONV1 = {
    "path": "conv1",
    "type": "conv2d",
    "depth": 0,
    "container": False,
    "input_shapes": [[1, 28, 28]],
    "output_shape": [32, 24, 24],
    "parameters": {"weight": [32, 1, 5, 5], "bias": [32]},
    "buffers": {},
    "parameter_count": 832,
    "macs": 460800,
    "activation_bytes": 73728,
    "receptive_field": [5, 5],
    "effective_stride": [1, 1],
}
HEIGHT = {
    "quantity": "output height",
    "formula": "⌊(i + p₀ + p₁ − d·(k − 1) − 1) / s⌋ + 1",
    "substitution": "⌊(28 + 0 + 0 − 1·(5 − 1) − 1) / 1⌋ + 1",
    "value": 24,
}


def rows_by_path(found: dict) -> dict[str, dict]:
    return {row["path"]: row for row in found["layers"]}


def without(found: dict, *keys: str) -> dict:
    return {key: value for key, value in found.items() if key not in keys}


def test_the_analysis_of_the_lasagne_network_is_the_documented_one():
    found = json.loads(to_json(preset("lasagne-mnist")))
    conv1 = found["layers"][0]
    assert list(found) == [
        "format",
        "architecture",
        "valid",
        "summary",
        "layers",
        "diagnostics",
    ]
    assert found["format"] == "tuicnn-analysis/1"
    assert found["valid"] is True
    assert without(found["summary"], "derivation") == SUMMARY
    assert without(conv1, "derivation") == CONV1
    assert HEIGHT in [without(step, "symbols") for step in conv1["derivation"]]
    assert [*SUMMARY, "derivation"] == list(found["summary"])
    assert [*CONV1, "derivation"] == list(conv1)


def test_the_architecture_is_the_document():
    report = preset("unet")
    assert analysis(report)["architecture"] == document(report.network)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_containers_hold_the_totals_of_their_content_and_are_left_out_of_sums(path):
    found = json.loads(to_json(preset(path.stem)))
    leaves = [row for row in found["layers"] if not row["container"]]
    summary = found["summary"]
    assert summary["layers"] == len(leaves)
    assert summary["parameters"] == sum(row["parameter_count"] for row in leaves)
    for row in found["layers"]:
        if row["container"]:
            inside = [
                one for one in leaves if one["path"].startswith(row["path"] + ".")
            ]
            for key in ("parameter_count", "macs", "activation_bytes"):
                assert row[key] == sum(one[key] for one in inside)


def test_rows_stand_in_execution_order_with_containers_before_their_content():
    report = report_of(
        {"type": "relu"},
        {"type": "block", "name": "b", "repeat": 2, "layers": [{"type": "tanh"}]},
    )
    found = analysis(report)
    assert list(rows_by_path(found)) == ["relu_1", "b", "b.0.tanh_1", "b.1.tanh_1"]
    assert [row["depth"] for row in found["layers"]] == [0, 0, 1, 1]


def test_a_stride_is_a_fraction_where_a_map_was_enlarged():
    report = report_of(
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "upsample", "scale_factor": 4},
    )
    strides = [row["effective_stride"] for row in analysis(report)["layers"]]
    assert strides == [[2, 2], [0.5, 0.5]]
    assert [type(one) for one in strides[0]] == [int, int]


def test_what_cannot_be_known_is_null_and_counts_nothing():
    found = rows_by_path(analysis(broken_off()))
    assert found["conv"]["output_shape"] == [4, 6, 6]
    assert found["fc"]["input_shapes"] == [[4, 6, 6]]
    for path in ("fc", "below", "tail", "tail.relu_1", "sum"):
        for key in ("output_shape", "receptive_field", "effective_stride"):
            assert found[path][key] is None
        for key in ("parameter_count", "macs", "activation_bytes"):
            assert found[path][key] == 0
    assert found["below"]["input_shapes"] == [None]


def test_the_summary_of_an_invalid_network_counts_what_is_reached():
    found = analysis(broken_off())
    assert found["valid"] is False
    assert found["summary"]["output_shape"] is None
    assert found["summary"]["receptive_field"] is None
    assert found["summary"]["parameters"] == 40


def test_an_empty_network_gives_back_its_input():
    found = analysis(empty())
    assert found["valid"] is True
    assert found["layers"] == []
    assert found["summary"]["output_shape"] == [1, 8, 8]
    assert found["summary"]["receptive_field"] == [1, 1]
    assert found["summary"]["peak_activation_bytes"] == 256


def test_a_problem_names_its_place():
    problem = next(
        one for one in analysis(broken_off())["diagnostics"] if one["path"] == "fc"
    )
    assert list(problem) == [
        "code",
        "severity",
        "path",
        "field",
        "pointer",
        "line",
        "column",
        "message",
        "hint",
        "fixes",
    ]
    assert problem["code"] == "linear-on-map"
    assert problem["severity"] == "error"
    assert problem["pointer"] == "/layers/1"
    assert problem["line"] is problem["column"] is None
    assert {"title": "insert flatten"} in problem["fixes"]


def test_problems_of_reading_make_a_network_invalid_and_know_their_line():
    text = (
        '{"format": "tuicnn/1", "name": "n", "input": [1, 8, 8],\n'
        ' "layers": [{"type": "conv9d"}]}'
    )
    reading = read_text(text)
    assert reading.network is not None
    report = check(reading.network)
    problems = located((*reading.problems, *report.diagnostics), text)
    found = analysis(report, problems=problems)
    assert found["valid"] is False
    assert found["diagnostics"][0]["line"] == 2
    assert found["layers"][0]["type"] == "conv9d"


def test_the_preview_is_there_only_if_there_was_one():
    report = empty()
    assert "preview" not in analysis(report)
    assert list(analysis(report, preview={"seed": 0}))[-1] == "preview"


def test_a_number_that_json_does_not_have_is_never_written():
    with pytest.raises(ValueError, match="JSON"):
        to_json(empty(), preview={"mean": float("nan")})


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_the_text_is_the_analysis_and_always_the_same(path):
    text = to_json(preset(path.stem))
    assert json.loads(text) == json.loads(json.dumps(analysis(preset(path.stem))))
    assert text == to_json(preset(path.stem))
    assert text.endswith("}\n")


def test_hostile_texts_stay_what_they_are_without_a_control_character():
    text = to_json(hostile())
    found = json.loads(text)
    assert found["architecture"]["title"] == "\n".join(ATTACKS)
    assert text.replace("\n", "").isprintable()
    text.encode("utf-8")


def test_layers_that_could_not_be_read_have_rows():
    found = analysis(unreadable())
    assert [row["type"] for row in found["layers"]] == [
        "relu",
        "conv9d",
        "block",
        "parallel",
        "unreadable",
        "relu",
    ]
    assert found["layers"][1]["output_shape"] is None


def test_short_values_stand_on_one_line():
    lines = to_json(preset("lasagne-mnist")).splitlines()
    assert '      "output_shape": [32, 24, 24],' in lines
    assert '      "parameters": {"weight": [32, 1, 5, 5], "bias": [32]},' in lines


def test_problems_may_be_given_as_none_at_all():
    problems: tuple[Diagnostic, ...] = ()
    assert analysis(broken_off(), problems=problems)["diagnostics"] == []
