"""Operations as other programs count them: rules against figures they gave."""

from __future__ import annotations

import pytest

from tests.cases import CASES
from tests.core.observed import (
    LAYERS,
    MERGES,
    PRESETS,
    TENSORFLOW,
    TENSORFLOW_PRESETS,
    TOOLS,
    Figures,
    layer_of,
)
from tests.documents import PRESETS as NAMES
from tests.documents import preset_report, text_of
from tests.program import answer, assert_holds, run
from tuicnn.core.check import check
from tuicnn.core.counts import Count, counts
from tuicnn.core.explain.counts import explain_counts
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import Network
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape

KERAS = "Keras, by TensorFlow"
CASES_BY_NAME = {str(case): case for case in CASES}


def alone(layer: LayerSpec, entering: Shape) -> Report:
    return check(Network(name="one", input=entering, layers=(layer,)))


def by_tool(report: Report) -> dict[str, Count]:
    return {one.tool.name: one for one in counts(report)}


def figures(report: Report) -> Figures:
    found = by_tool(report)
    thop, ptflops, fvcore, torchinfo = (
        found[name].total if found[name].complete else None for name in TOOLS
    )
    return thop, ptflops, fvcore, torchinfo


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_counts_as_others_said(name: str) -> None:
    case = CASES_BY_NAME[name]
    assert figures(alone(case.layer, case.entering)) == LAYERS[name]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_counts_as_others_said(name: str) -> None:
    assert figures(preset_report(name)) == PRESETS[name]


@pytest.mark.parametrize(("kind", "fields", "entering", "operations"), TENSORFLOW)
def test_a_layer_of_keras_counts_as_tensorflow_said(
    kind: str, fields: dict[str, object], entering: Shape, operations: int
) -> None:
    found = by_tool(alone(layer_of(kind, fields), entering))[KERAS]
    assert found.complete
    assert found.total == operations


@pytest.mark.parametrize(("merge", "count"), MERGES)
def test_a_merge_counts_as_tensorflow_said(merge: str, count: int) -> None:
    layer = layer_of("parallel", {"merge": merge, "branches": ((),) * count})
    assert by_tool(alone(layer, (4, 5, 6)))[KERAS].total == MERGES[merge, count]


@pytest.mark.parametrize("name", TENSORFLOW_PRESETS)
def test_a_preset_counts_as_tensorflow_said(name: str) -> None:
    found = by_tool(preset_report(name))[KERAS]
    assert found.complete
    softmax = sum(
        one.count or 0 for one in found.differences if one.reason == "softmax"
    )
    assert found.total - softmax == TENSORFLOW_PRESETS[name]


@pytest.mark.parametrize("name", NAMES)
def test_differences_lead_from_our_figure_to_theirs(name: str) -> None:
    report = preset_report(name)
    for one in counts(report):
        assert one.macs == report.totals.macs
        for part in one.differences:
            assert part.reason
            assert part.count != 0
            assert all(report.row(path) for path in part.paths)
    assert max(map(len, explain_counts(report))) <= 80


def test_the_transposed_convolution_of_the_rules_is_counted_five_ways() -> None:
    layer = {"type": "conv_transpose2d", "out_channels": 1, "kernel_size": 2}
    text = text_of((3, 2, 2), {**layer, "stride": 2})
    told = answer("counts", "-", stdin=text)
    assert_holds(
        told,
        "48 MACs: multiplications by weights",
        "192 MACs 48 multiplications by weights",
        "+144 transposed: output positions, not input positions",
        "64 MACs",
        "+16 bias",
        "48 flops",
        "208 mult-adds",
    )


def test_a_failure_is_told_with_the_layer() -> None:
    text = text_of((9,), {"type": "linear", "out_features": 4}, {"type": "softmax"})
    told = answer("counts", "-", stdin=text)
    assert_holds(
        told,
        "36 MACs, without what it has no figure for",
        "? it fails at a softmax without dim (softmax_1)",
    )


def test_json_has_every_difference_with_its_layers() -> None:
    told = answer("counts", "lenet5", "--json")
    assert_holds(told, '"macs": 416520', '"name": "thop"', '"total": 418096')
    assert '"reason": "bias"' in told


def test_a_network_with_errors_is_counted_as_far_as_it_goes() -> None:
    wrong = {"type": "linear", "out_features": 4}
    outcome = run("counts", "-", stdin=text_of((3, 9, 9), wrong))
    assert outcome.status == 1
    assert_holds(outcome.out, "0 MACs", "The network has an error", "Insert flatten")


def test_an_empty_network_is_counted_alike() -> None:
    assert answer("counts", "-", stdin=text_of((3, 9, 9))).count("the same") == 5
