"""Why: every number of the analysis is derived, back to inputs and fields."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from tests.arithmetic import evaluated
from tests.cases import CASES, NETWORK_CASES
from tests.core.test_explain import assert_fits
from tests.interop.networks import PRESETS, preset, report_of, reported
from tests.interop.test_derivation import AWKWARD
from tests.long import long_or
from tuicnn.core.check import check
from tuicnn.core.explain import explain_layer
from tuicnn.core.network import Network
from tuicnn.core.report import INPUT, Report, Row
from tuicnn.core.shapes import AXES
from tuicnn.core.why import (
    NETWORK,
    Number,
    Root,
    Why,
    chain_lines,
    chain_of,
    input_numbers,
    number_called,
    numbers,
    why,
    why_lines,
)
from tuicnn.core.why.lines import rounding_line
from tuicnn.interop.analysis import analysis

SMALL = """lenet5 alexnet-grouped lasagne-mnist two-conv-32-global matlab-2-6-1
    same-conv-25x64 conv1d-audio conv3d-video conv-autoencoder separable unet
    squeezenet1-1 resnet18 image-to-map shufflenet-v2-x1-0""".split()
CHOSEN = long_or(SMALL, [path.stem for path in PRESETS])

DEFINED = {
    "1": "a cell of the input sees itself, and a map as a whole is one number",
    "0": "cells count from 0; what sees everything does not move; nothing is counted",
}
"""What may end a chain beside inputs and fields."""


def in_analysis(report: Report) -> dict[Number, float]:
    """Return every number of a network's analysis, by what is asked for it."""
    found = analysis(report)
    summary = found["summary"]
    assert isinstance(summary, dict)
    known = _entries(NETWORK, summary, len(report.network.input))
    layers = found["layers"]
    assert isinstance(layers, list)
    for index, layer in enumerate(layers):
        known |= _entries(index, layer, len(report.network.input))
    return known


_KEYS = {
    "parameters": "parameters",
    "trainable_parameters": "parameters",
    "parameter_count": "parameters",
    "buffers": "buffers",
    "macs": "MACs",
    "parameter_bytes": "parameter bytes",
    "activation_bytes": "activation bytes",
    "peak_activation_bytes": "peak activation bytes",
}


def _entries(place: int, entry: dict[str, object], rank: int) -> dict[Number, float]:
    known: dict[Number, float] = {}
    for key, quantity in _KEYS.items():
        value = entry.get(key)
        if isinstance(value, int):
            known[Number(place, quantity)] = value
    for tensors in (entry.get("parameters"), entry.get("buffers")):
        if isinstance(tensors, dict):
            for name, shape in tensors.items():
                known[Number(place, name)] = _product(shape)
    shape = entry["output_shape"]
    if isinstance(shape, list):
        axes = ["features"] if len(shape) == 1 else ["channels"]
        axes += AXES[len(shape) - 1] if len(shape) > 1 else ()
        for axis, size in zip(axes, shape, strict=True):
            known[Number(place, f"output {axis}")] = size
    for key, quantity in (("receptive_field", "receptive field"),
                          ("effective_stride", "effective stride")):  # fmt: skip
        for axis, value in zip(AXES[rank - 1], entry.get(key) or (), strict=False):
            known[Number(place, f"{quantity} {axis}")] = value
    return known


def _product(shape: list[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


class Walked:
    """Every number of a network that was asked for, and those above it."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.found: dict[Number, Why] = {}

    def ask(self, number: Number) -> Why:
        if number not in self.found:
            answer = why(self.report, number)
            assert answer is not None, number
            self.found[number] = answer
        return self.found[number]

    def assert_grounded(self, asked: list[Number]) -> None:
        """Assert that each step holds, fits those above, and that all chains end."""
        pending = list(asked)
        seen = set(pending)
        while pending:
            one = self.ask(pending.pop())
            assert_holds_by_itself(one)
            for parent in one.parents:
                above = self.ask(parent.number)
                assert float(above.value) == float(parent.value), (one.name, parent)
                if parent.number not in seen:
                    seen.add(parent.number)
                    pending.append(parent.number)
        self.assert_without_circles()

    def assert_without_circles(self) -> None:
        left = {at: {p.number for p in one.parents} for at, one in self.found.items()}
        ends = [at for at, above in left.items() if not above]
        below: dict[Number, list[Number]] = {}
        for at, above in left.items():
            for one in above:
                below.setdefault(one, []).append(at)
        while ends:
            end = ends.pop()
            assert self.found[end].root is not None or left[end] == set()
            for at in below.get(end, ()):
                left[at].discard(end)
                if not left[at]:
                    ends.append(at)
        assert not any(left.values()), "a number is made from itself"


def assert_holds_by_itself(one: Why) -> None:
    assert one.rule.name
    assert one.name
    if one.root is Root.FIELD:
        assert one.field, one
    if one.root is Root.DEFINITION:
        assert str(one.value) in DEFINED, one
    if one.root is None:
        assert one.parents, one
    for rounding in one.roundings:
        assert abs(rounding.exact - rounding.rounded) < 1
    if not one.formula:
        return
    assert evaluated(one.substitution) == one.value, one
    assert evaluated(one.brief) == one.value, one
    letters = {p.letter.replace("ₑ", "e"): _exact(p.value) for p in one.parents}
    named = one.rule.name.startswith(("a sum", "the fullest"))  # letters are names
    if letters and not named:
        assert evaluated(one.formula.replace("ₑ", "e"), letters) == one.value, one


def _exact(value: float | Fraction) -> float | Fraction:
    return Fraction(value).limit_denominator()


def assert_every_number_has_its_reasons(report: Report) -> None:
    walked = Walked(report)
    known = in_analysis(report)
    for number, value in known.items():
        answer = walked.ask(number)
        assert float(answer.value) == pytest.approx(value, abs=0), number
    walked.assert_grounded([*known, *_all(report)])


def _all(report: Report) -> list[Number]:
    rows: list[Row | None] = [None, *report.rows]
    return [one for row in rows for one in numbers(report, row)]


@pytest.mark.parametrize("name", CHOSEN)
def test_every_number_of_a_preset_goes_back_to_inputs_and_fields(name: str) -> None:
    assert_every_number_has_its_reasons(preset(name))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_number_of_a_layer_goes_back_to_inputs_and_fields(case) -> None:
    network = Network(name="case", input=case.entering, layers=(case.layer,))
    assert_every_number_has_its_reasons(check(network))


@pytest.mark.parametrize("case", NETWORK_CASES, ids=str)
def test_every_number_of_a_structure_goes_back_to_inputs_and_fields(case) -> None:
    report = reported(case.document)
    if report.valid:
        assert_every_number_has_its_reasons(report)


@pytest.mark.parametrize("report", AWKWARD.values(), ids=AWKWARD)
def test_what_outputs_see_unequally_goes_back_to_inputs_and_fields(report) -> None:
    assert_every_number_has_its_reasons(report)


def asked(report: Report, path: str, name: str) -> Why:
    row = report.row(path) if path else None
    number = number_called(report, row, name)
    assert number is not None
    answer = why(report, number)
    assert answer is not None
    return answer


def test_9216_is_walked_up_to_227() -> None:
    report = preset("alexnet")
    one = asked(report, "flatten", "features")
    assert (one.value, one.formula, one.substitution) == (9216, "C·H·W", "256·6·6")
    values = []
    while one.root is None:
        height = [p for p in one.parents if not p.number.letter and p.letter in "Hi"]
        above = why(report, height[0].number)
        assert above is not None
        if above.value != one.value:
            values.append(above.value)
        one = above
    assert values == [6, 13, 27, 55, 227]
    assert one.root is Root.INPUT


def test_a_rounding_is_told_with_what_is_rounded() -> None:
    pool = {"type": "max_pool2d", "kernel_size": 3, "stride": 2}
    one = asked(report_of(pool, entering=(1, 12, 13)), "max_pool2d_1", "height")
    (rounding,) = one.roundings
    assert rounding_line(rounding) == "Rounding: 9 / 2 = 4.5, down to 4."
    other = asked(report_of(pool, entering=(1, 12, 13)), "max_pool2d_1", "width")
    assert "exactly; nothing is lost" in rounding_line(other.roundings[0])


def test_a_field_is_a_choice_that_says_what_it_means() -> None:
    report = preset("alexnet")
    pool = asked(report, "pool5", "height")
    (stride,) = (one for one in pool.parents if one.letter == "s")
    choice = why(report, stride.number)
    assert choice is not None
    assert (choice.root, choice.field, choice.value) == (Root.FIELD, "stride", 2)
    assert "Step between windows" in " ".join(why_lines(report, choice))


def test_a_split_deals_channels_out() -> None:
    report = preset("shufflenet-v2-x1-0")
    inner = next(row for row in report.rows if row.layer.type == "conv2d" and row.depth)
    channels = asked(report, inner.path, "weight")
    chain = [one for _, one in chain_of(report, channels.number)]
    assert any(one.rule.name == "a choice" for one in chain)


def test_the_names_that_people_give_are_understood() -> None:
    report = preset("lasagne-mnist")
    row = report.row("fc1")
    for name, quantity in (("macs", "MACs"), ("Weights", "weight"),
                           ("params", "parameters"), ("output_features",
                           "output features"), ("features", "output features"),
                           ("activation", "activation bytes")):  # fmt: skip
        found = number_called(report, row, name)
        assert found is not None
        assert found.quantity == quantity
    assert number_called(report, row, "height") is None


def test_a_number_that_is_gone_has_no_reasons() -> None:
    report = preset("lasagne-mnist")
    assert why(report, Number(999, "weight")) is None
    assert why(report, Number(0, "output depth")) is None
    assert why(report, Number(NETWORK, "height")) is None
    assert [one.place for one in input_numbers(report)] == [INPUT] * 3


@pytest.mark.parametrize("name", ["alexnet", "unet", "resnet18", "matlab-2-6-1"])
def test_chains_fit_a_terminal(name: str) -> None:
    report = preset(name)
    for number in _all(report)[::7]:
        assert_fits(chain_lines(report, number, 3))


def deep(count: int, padding: int) -> Report:
    side = 64 if padding else 2 * count + 8
    conv = {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": padding}
    return report_of(*[conv, {"type": "relu"}] * (count // 2), entering=(3, side, side))


@pytest.mark.parametrize("padding", [0, 1])
def test_a_layer_of_ten_thousand_is_explained_at_once(padding: int) -> None:
    report = deep(10_000, padding)
    assert report.fields is not None
    row = report.rows[-2]
    begun = time.process_time()
    lines = explain_layer(report, row)
    assert time.process_time() - begun < 0.5
    assert len(lines) < 400
    if not padding:
        assert "and so on, up to the input." in "\n".join(lines)


def test_one_number_of_ten_thousand_layers_derives_itself_alone() -> None:
    report = deep(10_000, 0)
    begun = time.process_time()
    one = why(report, Number(report.rows[-2].index, "output height"))
    assert time.process_time() - begun < 0.1
    assert one is not None
    near = [found.value for _, found in chain_of(report, one.number, 100)]
    assert (near[0], near[-1]) == (10_008, 10_108)
