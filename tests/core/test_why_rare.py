"""Why, where few chains lead: permuted axes, shares of shares, and what is gone."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.core.test_why import Walked, asked, deep
from tests.interop.networks import report_of
from tuicnn.core.report import INPUT, Report
from tuicnn.core.why import (
    NETWORK,
    Number,
    Root,
    Why,
    chain_lines,
    chain_of,
    why,
    why_lines,
)

POOL = {"type": "max_pool2d", "kernel_size": [1, 2]}
CONV = {"type": "conv2d", "out_channels": 4, "kernel_size": 1}
PAINT = {"type": "conv_transpose2d", "out_channels": 2, "kernel_size": 1, "stride": 2}
UP = {"type": "upsample", "scale_factor": 2.0}


def dealt(*layers: dict[str, object]) -> dict[str, object]:
    """Return layers twice side by side, each with half of the channels."""
    branches = [list(layers), list(layers)]
    return {"type": "parallel", "merge": "concat", "split": "channels",
            "branches": branches}  # fmt: skip


def answer(report: Report, place: int, quantity: str) -> Why:
    found = why(report, Number(place, quantity))
    assert found is not None
    return found


def test_a_window_is_measured_along_the_axis_that_a_permute_renamed() -> None:
    report = report_of({"type": "permute", "dims": [0, 1, 3, 2]}, POOL)
    for axis, own, seen in (("height", "width", 2), ("width", "height", 1)):
        found = asked(report, "max_pool2d_1", f"receptive field {axis}")
        spans = {one.number.quantity: one.value for one in found.parents}
        assert (found.value, spans[f"window span, {own}"]) == (seen, seen)
        Walked(report).assert_grounded([found.number])


def test_the_bytes_of_the_input_are_its_numbers_times_four() -> None:
    report = report_of({"type": "relu"}, entering=(3, 8, 8))
    chain = chain_of(report, Number(NETWORK, "peak activation bytes"))
    found = {one.name: one for _, one in chain}
    entering = found["bytes of the input"]
    assert (entering.value, entering.brief, entering.root) == (768, "4·3·8·8", None)
    assert entering.rule.name == "4 bytes for each number"
    assert {one.number for one in entering.parents} == {
        Number(INPUT, f"output {axis}") for axis in ("channels", "height", "width")
    }
    assert found["height of the input"].root is Root.INPUT
    Walked(report).assert_grounded([entering.number])


@pytest.mark.parametrize(
    "inner", [dealt(CONV), {"type": "block", "name": "b", "layers": [dealt(CONV)]}]
)
def test_a_share_of_a_share_goes_back_to_the_outer_one(inner) -> None:
    report = report_of(dealt(inner), entering=(8, 4, 4))
    weights = [
        Number(row.index, "weight") for row in report.rows if row.layer.type == "conv2d"
    ]
    for number in weights:
        chain = [one for _, one in chain_of(report, number)]
        shares = [one.value for one in chain if one.number.quantity.startswith("share")]
        assert shares == [2, 4]  # of 8 entering channels
    assert len(weights) == 4
    Walked(report).assert_grounded(weights)


@pytest.mark.parametrize(
    ("layers", "edge", "value", "meaning"),
    [
        ([{"type": "global_avg_pool"}], "first", 0, "it sees the whole axis"),
        ([{**PAINT, "padding": 1}], "first", 0, "it sees nothing"),
        ([{**PAINT, "padding": 1}], "last", 0, "it sees nothing"),
        ([{"type": "conv2d", "out_channels": 1, "kernel_size": 3, "padding": 1}, UP],
         "first", -1, "cell that it reads"),
        # 1,999 bins of 2,000 cells: what they read is known to a cell or two
        ([{"type": "adaptive_avg_pool2d", "output_size": [1999, 4]}], "first", -1,
         "cell that it reads"),
        ([UP], "first", 0, "cell that it reads"),
    ],
)  # fmt: skip
def test_an_edge_of_what_is_seen_says_what_it_is(layers, edge, value, meaning) -> None:
    report = report_of(*layers, entering=(1, 2000, 8))
    found = answer(report, len(layers) - 1, f"{edge} cell seen, height")
    (parent,) = found.parents
    assert (found.value, parent.value, parent.meaning) == (value, value, meaning)
    span = report.fields[len(layers) - 1].patterns[0].spans[0]
    assert value == (0 if span is None else span[edge == "last"])


@pytest.mark.parametrize(
    ("place", "quantity", "letter"),
    [
        (0, "share of channels", ""),  # nothing is dealt out
        (2, "share of channels", ""),  # no branches
        (2, "window span, height", ""),  # no window
        (2, "first cell seen, depth", ""),  # no such axis
        (2, "output height", "Q"),  # no such letter
        (9, "output height", ""),  # no such layer
    ],
)
def test_a_number_that_is_not_there_has_neither_reason_nor_chain(
    place: int, quantity: str, letter: str
) -> None:
    plain = {"type": "parallel", "merge": "add", "branches": [[], []]}
    report = report_of(plain, CONV, {"type": "relu"})
    number = Number(place, quantity, letter)
    assert why(report, number) is None
    assert (list(chain_of(report, number)), chain_lines(report, number)) == ([], [])


def test_a_number_that_is_no_whole_one_is_written_short() -> None:
    report = report_of({"type": "upsample", "scale_factor": 1.5})
    lines = why_lines(report, answer(report, 0, "output height"))
    assert "  f = 1.5  scale factor: the field scale_factor of upsample_1" in lines
    stride = answer(report, 0, "effective stride height")
    assert stride.value == Fraction(2, 3)
    assert why_lines(report, stride)[0].startswith("2/3 · ")


def test_a_sum_of_many_layers_is_counted_not_written_out() -> None:
    report = deep(100, 1)
    lines = why_lines(report, answer(report, NETWORK, "parameters"))
    total = 49 * (8 * 8 * 9 + 8) + 8 * 3 * 9 + 8
    assert f"  a sum of 50 terms = {total:,}" in lines
    assert lines[-1] == "  and 38 smaller ones"


def test_a_number_of_an_earlier_version_keeps_its_words() -> None:
    """Between an edit and the next answer, a layer that it names may be gone."""
    one, two = report_of(CONV), report_of(CONV, CONV)
    lines = why_lines(one, answer(two, NETWORK, "parameters"))
    assert lines[-2:] == ["  conv2d_1 =  8  parameters of conv2d_1",
                          "  conv2d_2 = 20  parameters of conv2d_2"]  # fmt: skip
    assert why(one, Number(1, "parameters")) is None
