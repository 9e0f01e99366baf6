"""Expectations: a small grammar of names, literals and comparisons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Diagnostic
from tuicnn.core.expect import found_text, parse, unmet
from tuicnn.core.network import Network
from tuicnn.core.report import Report
from tuicnn.presets import open_source


def report(name: str) -> Report:
    network = open_source(name).reading.network
    assert network is not None
    return check(network)


ALEXNET = report("alexnet")


def problem(text: str, of: Report = ALEXNET) -> Diagnostic:
    found = unmet(of, text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        "output_shape == [1000]",
        "input_shape == [3,227,227]",
        "parameters == 62378344",
        "parameters == 62_378_344",
        "trainable_parameters >= 62_000_000",
        "macs < 5e9",
        "macs != 0",
        "layers != true",
        "layers == 23",
        "receptive_field >= [200, 200]",
        "receptive_field > [0, 0]",
        'layers["fc6"].parameter_count == 37752832',
        "layers['pool5'].output_shape == [256, 6, 6]",
        'layers["conv1"].receptive_field == [11, 11]',
        'layers["conv1"].effective_stride == [4, 4]',
        "  parameter_bytes   <= 2.5e8 ",
        "peak_activation_bytes <= 2323200",
        "buffers == 0",
    ],
)
def test_what_holds_is_no_problem(text: str) -> None:
    assert unmet(ALEXNET, text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("parameters <= 250000", "Found: 62378344."),
        ("output_shape == [10]", "Found: [1000]."),
        ("output_shape == 1000", "Found: [1000]."),
        ("receptive_field > [227, 0]", "Found: [227, 227]."),
        ("receptive_field >= [1]", "Found: [227, 227]."),
        ("layers == true", "Found: 23."),
        ("layers <= false", "Found: 23."),
        ('layers["fc6"].macs < 1e3', "Found: 37748736."),
    ],
)
def test_what_fails_names_what_was_expected_and_found(text: str, found: str) -> None:
    one = problem(text)
    assert one.code is Code.EXPECTATION_FAILED
    assert one.message == f"Expected “{text}”. {found}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "parameters",
        "parameters =< 3",
        "parameters < ",
        "parameters < three",
        "1 < parameters",
        "parameters < 3 and macs < 4",
        "__import__('os').system('true') == 0",
        'layers["fc6"] == 3',
        'layers["fc6"].bias == 3',
        "output_shape == [1, true]",
        "parameters < " + "9" * 100,
        "macs < 1e9999",
    ],
)
def test_what_is_no_comparison_is_told_so(text: str) -> None:
    assert problem(text).code is Code.INVALID_EXPECTATION
    assert problem(text).hint


def test_a_name_that_does_not_exist_is_answered_with_the_nearest() -> None:
    assert "Did you mean parameters?" in problem("paramters < 3").hint
    assert "Did you mean fc6?" in problem('layers["fc66"].macs < 3').hint


def test_what_is_not_known_does_not_hold() -> None:
    broken = check(
        ALEXNET.network.changed(layers=(ALEXNET.rows[-1].layer.changed(in_features=3),))
    )
    assert "Found: nothing." in problem("output_shape == [1000]", broken).message


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("parameters  < 3", "parameters  <= 62378344"),
        (
            'layers["fc6"].output_shape != [4096]',
            'layers["fc6"].output_shape == [4096]',
        ),
        ('layers["fc66"].macs < 3', None),
        ("parameters < three", None),
        ("parameters", None),
    ],
)
def test_what_is_found_is_written_as_an_expectation(
    text: str, instead: str | None
) -> None:
    assert found_text(ALEXNET, text) == instead


def test_expectations_of_a_document_are_checked_with_it() -> None:
    network = ALEXNET.network.changed(expect=("parameters < 3", "macs < 5e9"))
    found = check(network)
    assert not found.valid
    assert [one.pointer for one in found.diagnostics if one.pointer[0] == "expect"] == [
        ("expect", 0)
    ]


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    parse(text)
    unmet(check(Network(name="n", input=(1,), layers=())), text)
