"""Pasted errors: the layer that raises them is named, and what they mean."""

from __future__ import annotations

import pytest

from tests.core.test_explain import assert_fits
from tests.interop.networks import preset, report_of
from tests.pasted import BN, CASES, FC, FLAT, POOL, RELU, Case, conv
from tuicnn.core.pasted import pasted, pasted_lines
from tuicnn.core.report import Report


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_layer_that_raises_a_message_is_named(case: Case) -> None:
    report = report_of(*case.layers, entering=case.entering)
    found = pasted(report, case.words)
    assert found.clue is not None
    assert (found.row.path if found.row else None) == case.path
    lines = pasted_lines(report, found)
    assert_fits(lines)
    assert any(case.path in line for line in lines) if case.path else found.row is None


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_message_that_fits_no_layer_is_explained_in_general(case: Case) -> None:
    report = report_of({"type": "identity"}, entering=(5, 3))
    found = pasted(report, f"Traceback …\nRuntimeError: {case.words}")
    assert found.clue is not None
    assert found.row is None
    text = "\n".join(pasted_lines(report, found))
    assert "No layer of" in text
    assert found.clue.meaning.split()[0] in text


def test_numbers_are_matched_with_the_stack() -> None:
    report = report_of(RELU, FLAT, FC, entering=(32, 7, 7))
    words = "mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)"
    text = "\n".join(pasted_lines(report, pasted(report, words)))
    assert "1,568 is what leaves flatten_1" in text
    assert "The batch had 2 samples" in text
    assert "nn.Linear(1568, …)" in text


def test_an_unflattened_map_gives_the_batch_too() -> None:
    report = report_of(RELU, {**FC, "out_features": 3}, entering=(3, 5, 7))
    words = "mat1 and mat2 shapes cannot be multiplied (30x7 and 8x3)"
    found = pasted(report, words)
    text = "\n".join(pasted_lines(report, found))
    assert "The batch had 2 samples" in text
    assert found.diagnostic is not None
    assert "fix: insert flatten" in text


def test_an_error_of_the_network_itself_brings_its_fix() -> None:
    wrong = {**FC, "in_features": 1050}
    report = report_of(RELU, FLAT, wrong, entering=(32, 7, 7))
    words = "mat1 and mat2 shapes cannot be multiplied (4x1568 and 1050x10)"
    found = pasted(report, words)
    assert found.diagnostic is not None
    assert found.missed == ()
    assert "fix: set in_features to 1568" in pasted_lines(report, found)[-1]


def test_the_layer_is_found_in_a_deep_network() -> None:
    report = preset("resnet18")
    words = ("Given groups=1, weight of size [128, 32, 3, 3], expected input[8, 64, "
             "56, 56] to have 32 channels, but got 64 channels instead")  # fmt: skip
    found = pasted(report, words)
    assert found.row is not None
    assert found.row.inputs[0] == (64, 56, 56)
    assert found.others


def test_what_is_no_shape_error_is_said_to_be_none() -> None:
    report = preset("lenet5")
    for words in ("", "CUDA out of memory", "mat1 and mat2", "x" * 100_000, "\x00["):
        found = pasted(report, words)
        assert found.clue is None
        assert "no shape error" in pasted_lines(report, found)[0]


@pytest.mark.parametrize(
    "words",
    [
        "mat1 and mat2 shapes cannot be multiplied (2x120 and 120x84)",
        "Given groups=1, weight of size [6, 3, 5, 5], expected input[2, 3, 32, 32] to "
        "have 3 channels, but got 3 channels instead",
        "Calculated padded input size per channel: (5 x 6). Kernel size: (5 x 5). "
        "Kernel size can't be greater than actual input size",
        "running_mean should contain 6 elements not 6",
        "The size of tensor a (8) must match the size of tensor b (8) at non-singleton "
        "dimension 3",
        "Sizes of tensors must match except in dimension 1. Expected size 8 but got "
        "size 8 for tensor number 1 in the list.",
    ],
)
def test_a_message_that_contradicts_itself_is_said_to_be_no_error(words: str) -> None:
    report = preset("lenet5")
    found = pasted(report, words)
    assert found.row is None
    lines = pasted_lines(report, found)
    assert_fits(lines)
    text = " ".join("\n".join(lines).split())
    assert "These numbers are no error: " in text
    assert "Paste the message again" in text
    assert "Which layer" not in text


def test_what_else_a_message_says_is_told_as_what_it_says() -> None:
    report = report_of(RELU, FLAT, FC, entering=(32, 7, 7))
    words = "mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)"
    lines = pasted_lines(report, pasted(report, words))
    assert "  The message also says: in_features is 1050; that is not so here." in lines


def told(report: Report, words: str) -> list[str]:
    return pasted_lines(report, pasted(report, words))


def test_further_layers_that_fit_are_named() -> None:
    layers = [{**BN, "name": name} for name in "abcdef"]
    report = report_of(*layers, entering=(6, 4, 4))
    lines = told(report, "running_mean should contain 6 elements not 8")
    assert "  Why this one: 6 channels arrive." in lines
    assert "  b, c, d and e would fit as well." in lines


def test_a_window_is_sought_where_the_padding_is_in_numbers() -> None:
    layers = (conv(name="a", padding="same"), {**POOL, "kernel_size": 4, "stride": 4},
              conv(name="b", padding=1), conv(name="c"))  # fmt: skip
    report = report_of(*layers, entering=(3, 8, 8))
    assert [row.reached for row in report.rows] == [True, True, True, False]
    lines = told(report, "Calculated padded input size per channel: (4 x 4). Kernel "
                 "size: (5 x 5). Kernel size can't be greater")  # fmt: skip
    reason = "its padded map is 4×4 and kernel_size is 5×5"
    assert f"  Why this one: {reason}." in lines
    assert not [line for line in lines if "would fit" in line]


def test_a_reshape_that_nothing_reaches_is_not_named() -> None:
    layers = (conv(kernel_size=9), {**FLAT, "name": "a"})
    report = report_of(*layers, entering=(32, 7, 7))
    found = pasted(report, "shape '[2, 1050]' is invalid for input of size 3136")
    assert found.row is None
    assert found.makers == ((1568, "the input"),)


@pytest.mark.parametrize(
    ("words", "meaning", "why", "remedy"),
    [
        ("(6x1x2). Calculated output", "no place for its window on a map of 1×2",
         "6×2 arrives", "take a smaller window"),
        ("channel: (2 x 2)", "its padding cuts the edges off",
         "a map of 2×2 arrives", "Take less padding, or a larger kernel."),
        ("channel: (1 x 2)", "its padding cuts the edges off",
         "a map of 2 arrives", "Take less padding, or a larger kernel."),
        ("Provided sizes [3, 4]", "split into 3×4, which is 12",
         "unflattened_size is 3×4 and 10 arrive", "sizes that multiply to 10"),
        ("parameter numbers = 3", "It has 3, but 6 channels arrive",
         "6 channels arrive and num_parameters is 3", "to 1 or 6."),
        ("got pad=2", "at most half of its window",
         "padding is 2 and kernel_size is 2", "Set padding to 1 at most."),
    ],
)  # fmt: skip
def test_what_a_rare_message_says(
    words: str, meaning: str, why: str, remedy: str
) -> None:
    (case,) = (one for one in CASES if words in one.words)
    report = report_of(*case.layers, entering=case.entering)
    found = pasted(report, case.words)
    assert found.clue is not None
    assert meaning in found.clue.meaning
    assert remedy in found.clue.remedy
    assert f"Why this one: {why}." in " ".join(
        "\n".join(told(report, case.words)).split()
    )
