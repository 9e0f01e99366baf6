"""Budgets: sums that add up, and proposals that get there and break nothing."""

from __future__ import annotations

from random import Random

import pytest

from tests.cases import net
from tests.documents import PRESETS, preset_report, text_of
from tests.long import long_or
from tests.program import answer, assert_holds, refusal, run
from tuicnn.core import limits
from tuicnn.core.budget import Budget, Measure, proposals, sums
from tuicnn.core.check import check
from tuicnn.core.explain.budget import explain_budget
from tuicnn.core.history import History
from tuicnn.core.proposal import consequence
from tuicnn.core.reading import read_value
from tuicnn.core.report import Report

DRAWS = long_or(60, 1_500)
"""Budgets that are drawn."""


def report_of(entering: tuple[int, ...], *layers: dict[str, object]) -> Report:
    network = read_value(net(entering, *layers)).network
    assert network is not None
    return check(network)


def titles(report: Report, **most: int) -> list[str]:
    return [one.title for one in proposals(report, Budget(**most), most=99)]


@pytest.mark.parametrize("name", PRESETS)
def test_terms_add_up_to_the_totals(name: str) -> None:
    report = preset_report(name)
    totals = (
        report.totals.parameters,
        report.totals.macs,
        report.totals.activation_bytes,
    )
    assert tuple(one.total for one in sums(report)) == totals
    for one in sums(report):
        assert sum(term.count for term in one.terms) == one.total
        counts = [term.count for term in one.ranked]
        assert counts == sorted(counts, reverse=True)


def test_217706_parameters_are_four_terms() -> None:
    parameters, _, _ = sums(preset_report("lasagne-mnist"))
    assert {term.path: term.count for term in parameters.terms} == {
        "conv1": 832,
        "conv2": 9_248,
        "fc1": 205_056,
        "fc2": 2_570,
    }
    assert parameters.ranked[0].path == "fc1"
    text = "\n".join(explain_budget(preset_report("lasagne-mnist")))
    assert_holds(text, "94.2 % ███████████████████ fc1", "conv2", "fc2", "conv1")
    assert "832 + 9,248 + 205,056 + 2,570 = 217,706" in text


def test_what_is_offered_gets_there_and_breaks_nothing() -> None:
    rng = Random("budget")
    offered = 0
    for _ in range(DRAWS):
        report = preset_report(rng.choice(PRESETS))
        measures = rng.sample(list(Measure), rng.choice([1, 1, 2]))
        most = {
            one.name.lower(): int(one.of(report.totals) * rng.uniform(0.02, 1))
            for one in measures
        }
        budget = Budget(**most)
        for found in proposals(report, budget):
            after = check(found.edit.apply(report.network).network)
            assert after.valid, found.title
            assert after.output == report.output
            assert not budget.exceeded(after.totals), found.title
            offered += 1
    assert offered > DRAWS


def test_nothing_is_offered_within_the_budget() -> None:
    assert titles(preset_report("lenet5"), parameters=61_706) == []
    assert titles(preset_report("lenet5")) == []


def test_the_most_hidden_units_that_fit_are_found() -> None:
    report = preset_report("lasagne-mnist")
    # 832 + 9,248 + 800·n + n + 10·n + 10, which is 99,300 for 110.
    assert "set out_features of fc1 to 110" in titles(report, parameters=100_000)
    assert "set out_features of fc1 to 110" in titles(report, parameters=99_300)
    assert "set out_features of fc1 to 109" in titles(report, parameters=99_299)


LINEAR = {"type": "linear", "name": "fc", "out_features": 10}
FLAT = {"type": "flatten", "name": "flat"}
ROWS = {
    "global pool": (
        [{"type": "conv2d", "out_channels": 8, "kernel_size": 3}, FLAT, LINEAR],
        {"parameters": 1_000},
        "put a global average pool before flat",
        74 + 6 + 90,  # 8 filters of 9 + 1, and 8·10 + 10
    ),
    "bottleneck": (
        [{"type": "conv2d", "name": "a", "out_channels": 64, "kernel_size": 3},
         {"type": "conv2d", "name": "b", "out_channels": 64, "kernel_size": 3}],
        {"parameters": 20_000},
        "put a 1×1 convolution to 30 channels before b",
        640 + (64 * 30 + 30) + (30 * 64 * 9 + 64),
    ),
    "separable": (
        [{"type": "conv2d", "name": "a", "out_channels": 64, "kernel_size": 3},
         {"type": "conv2d", "name": "b", "out_channels": 64, "kernel_size": 3}],
        {"parameters": 20_000},
        "make b depthwise separable",
        640 + 64 * 9 + 64 * 64 + 64,
    ),
    "grouped": (
        [{"type": "conv2d", "name": "a", "out_channels": 64, "kernel_size": 3},
         {"type": "conv2d", "name": "b", "out_channels": 64, "kernel_size": 3}],
        {"parameters": 12_000},
        "split b into 4 groups",
        640 + 64 * 16 * 9 + 64,
    ),
    "halved": (
        [{"type": "conv2d", "name": "a", "out_channels": 64, "kernel_size": 3},
         {"type": "conv2d", "name": "b", "out_channels": 64, "kernel_size": 3}],
        {"parameters": 20_000},
        "halve out_channels of a: 32",
        320 + 32 * 64 * 9 + 64,
    ),
    "repetitions": (
        [{"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
         {"type": "block", "name": "stage", "repeat": 9, "layers": [
             {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1}]}],
        {"parameters": 2_500},
        "run stage 4 times, not 9",
        80 + 4 * 584,
    ),
    "narrower, a filter for each channel": (
        [{"type": "conv2d", "name": "a", "out_channels": 32, "kernel_size": 3},
         {"type": "conv2d", "name": "d", "out_channels": 32, "kernel_size": 3,
          "groups": 32},
         {"type": "conv2d", "name": "b", "out_channels": 8, "kernel_size": 1}],
        {"parameters": 500},
        "scale all hidden widths to 1/2",
        160 + 16 * 9 + 16 + 8 * 16 + 8,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "most", "title", "parameters"), ROWS.values(), ids=ROWS
)
def test_a_change_is_offered_with_what_it_costs(
    layers: list[dict[str, object]],
    most: dict[str, int],
    title: str,
    parameters: int,
) -> None:
    report = report_of((1, 16, 16), *layers)
    found = {one.title: one for one in proposals(report, Budget(**most), most=99)}
    assert title in found
    after = consequence(report, found[title].edit).after
    assert after.totals.parameters == parameters


def test_a_pool_moves_up_without_a_change_of_shapes() -> None:
    report = preset_report("vgg16")
    found = {
        one.title: one for one in proposals(report, Budget(macs=15_000_000_000), 99)
    }
    would = consequence(report, found["move pool3 before conv3_3"].edit)
    assert would.after.output == (1000,)
    # 256·256·9 multiplications at 56·56 places become as many at 28·28.
    assert would.difference.macs == -256 * 256 * 9 * (56 * 56 - 28 * 28)


def test_a_stride_twice_as_large_leaves_a_quarter_of_the_places() -> None:
    layers = [
        {"type": "conv2d", "name": "a", "out_channels": 4, "kernel_size": 3,
         "padding": 1},
        {"type": "global_avg_pool", "keepdim": False},
    ]  # fmt: skip
    report = report_of((1, 16, 16), *layers)
    found = {one.title: one for one in proposals(report, Budget(macs=3_000), 99)}
    after = consequence(report, found["double the stride of a: 2"].edit).after
    assert after.totals.macs == 4 * 9 * 8 * 8


def test_sizes_that_layers_state_follow_a_change() -> None:
    stated = {**LINEAR, "in_features": 64}
    hidden = {"type": "linear", "name": "hidden", "out_features": 64}
    report = report_of((100,), hidden, stated)
    (first, *_) = proposals(report, Budget(parameters=4_000))
    after = consequence(report, first.edit).after
    assert first.title == "set out_features of hidden to 35"
    assert after.valid
    assert after.network.layers[1].in_features is None or (
        after.network.layers[1].in_features == 35
    )


def test_no_more_layers_are_offered_than_a_document_may_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layers, budget, title, _ = ROWS["bottleneck"]
    report = report_of((1, 16, 16), *layers)
    monkeypatch.setattr(limits, "LAYERS", 3)
    assert title in titles(report, **budget)
    monkeypatch.setattr(limits, "LAYERS", 2)
    assert titles(report, **budget)
    assert title not in titles(report, **budget)


def test_a_network_without_widths_cannot_be_made_narrower() -> None:
    layers = ({"type": "depthwise_conv2d", "kernel_size": 3}, {"type": "batch_norm"})
    assert titles(report_of((3, 9, 9), *layers), parameters=1) == []


def test_what_is_offered_is_undone_under_its_title() -> None:
    report = preset_report("lasagne-mnist")
    for one in proposals(report, Budget(parameters=100_000)):
        assert History.of(report.network).do(one.edit).undoes == one.title


def test_nothing_is_offered_for_a_network_with_errors() -> None:
    report = report_of((3, 9, 9), LINEAR)
    assert titles(report, parameters=1) == []
    text = "\n".join(explain_budget(report, Budget(parameters=1)))
    assert_holds(text, "The network has an error", "Insert flatten")


def test_an_empty_network_costs_nothing() -> None:
    text = "\n".join(explain_budget(report_of((3, 9, 9)), Budget(parameters=0)))
    assert_holds(text, "Parameters", "none", "0 of 0, within the budget")


@pytest.mark.parametrize("name", PRESETS)
def test_lines_fit_an_ordinary_terminal(name: str) -> None:
    report = preset_report(name)
    budget = Budget(parameters=report.totals.parameters // 2)
    lines = explain_budget(report, budget)
    assert max(map(len, lines)) <= 80


def test_the_command_tells_sums_and_proposals() -> None:
    text = answer("budget", "lasagne-mnist", "--parameters", "100,000")
    assert_holds(
        text,
        "832 + 9,248 + 205,056 + 2,570 = 217,706",
        "over by 117,706",
        "1. set out_features of fc1 to 110",
        "parameters 217,706 → 99,300 (−54.4 %)",
        "fc1: 256 → 110",
    )


def test_the_command_says_the_same_in_json() -> None:
    text = answer("budget", "lasagne-mnist", "--activations", "90k", "--json")
    assert_holds(text, '"limits": {"activation_bytes": 92160}', '"exceeded"')
    assert '"title": "double the stride of conv1: 2"' in text


def test_the_command_refuses_what_is_no_number() -> None:
    for wrong in ("x", "-4", "1e", ""):
        assert "write 250000 or 5e9" in refusal("budget", "lenet5", "--macs", wrong)
    assert "write 512M" in refusal("budget", "lenet5", "--activations", "lots")


def test_the_command_gives_status_1_for_a_network_with_errors() -> None:
    outcome = run("budget", "-", stdin=text_of((3, 9, 9), LINEAR))
    assert outcome.status == 1
    assert "never flattened" in " ".join(outcome.out.split())
