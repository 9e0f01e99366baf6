"""Explanations in a narrow pane: what stays together, and what goes below."""

from __future__ import annotations

import pytest

from tuicnn.core.check import check
from tuicnn.core.explain import explain_layer, explain_network
from tuicnn.presets import open_source
from tuicnn.ui.explaining import told


def lines(name: str) -> list[str]:
    """Return the explanation of a preset and of its layers."""
    network = open_source(name).reading.network
    assert network is not None
    report = check(network)
    found = list(explain_network(report))
    for row in report.top_level:
        found += ["", *explain_layer(report, row)]
    return found


@pytest.mark.parametrize("width", [34, 45, 57, 79, 200])
@pytest.mark.parametrize(
    "name", ["alexnet", "lasagne-mnist", "same-conv-25x64", "unet"]
)
def test_nothing_is_lost_or_too_wide(name: str, width: int) -> None:
    said = lines(name)
    shown = told(said, width).plain
    assert max(map(len, shown.splitlines())) <= max(width, 79)
    assert plain(shown) == plain("".join(said))


def plain(text: str) -> str:
    """Return a text without spaces, line breaks and bars."""
    return "".join(text.replace("█", "").split())


def test_a_chain_of_sizes_stays_in_its_column() -> None:
    chain = [
        "  9216 = 256·6·6                    flatten lays 256×6×6 out in a row",
        "   256   conv5 makes them: out_channels, a choice",
    ]
    assert told(chain, 45).plain.splitlines() == [
        "  9216 = 256·6·6",
        "         flatten lays 256×6×6 out in a row",
        "   256   conv5 makes them: out_channels, a",
        "         choice",
    ]


def test_a_formula_stands_below_its_name() -> None:
    formula = ["  weight (32×32×3×3) = C_out·C_in·k_h·k_w = 32·32·3·3 = 9,216"]
    assert told(formula, 45).plain.splitlines() == [
        "  weight (32×32×3×3)",
        "    = C_out·C_in·k_h·k_w = 32·32·3·3 = 9,216",
    ]


def test_a_sentence_is_broken_once() -> None:
    sentence = [
        "Before the dense layers, pool5 (3×3, stride 2) makes 256×6×6 of 256×13×13: a",
        "flatten gives 9216 values.",
    ]
    assert told(sentence, 60).plain.splitlines() == [
        "Before the dense layers, pool5 (3×3, stride 2) makes 256×6×6",
        "of 256×13×13: a flatten gives 9216 values.",
    ]


def test_two_long_lines_stay_two() -> None:
    lines = [f"  new warning, a: {'long ' * 20}end.", "  new error, b: short"]
    found = told(lines, 60).plain.splitlines()
    assert found[-1].strip() == "new error, b: short"


def test_bars_are_shorter_where_there_is_less_room() -> None:
    shares = [
        "  205,056   94.2 %  ███████████████████   fc1",
        "    9,248    4.2 %  █                     conv2",
    ]
    wide = told(shares, 60).plain.splitlines()
    narrow = told(shares, 40).plain.splitlines()
    assert wide == shares
    assert [len(line.rstrip()) <= 40 for line in narrow] == [True, True]
    assert narrow[0].index("fc1") == narrow[1].index("conv2")
