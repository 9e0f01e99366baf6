"""Two networks side by side: which layers answer to which."""

from __future__ import annotations

from tests.core.test_expect import report
from tuicnn.core.check import check
from tuicnn.core.compare import Comparison, compare, counterparts
from tuicnn.core.explain.compared import explain_change, explain_changes
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import Relu
from tuicnn.core.report import Report


def compared(left: str, right: str) -> Comparison:
    return compare(report(left), report(right))


def paths(comparison: Comparison) -> list[tuple[str | None, str | None]]:
    return [
        (pair.left and pair.left.path, pair.right and pair.right.path)
        for pair in comparison.pairs
    ]


def test_a_network_answers_to_itself_layer_by_layer() -> None:
    found = compared("resnet18", "resnet18")
    assert all(pair.left is not None and pair.right is not None for pair in found.pairs)
    assert all(left == right for left, right in paths(found))
    assert found.same_shapes


def test_an_added_layer_stands_alone() -> None:
    found = compared("strided-vs-pooled-a", "strided-vs-pooled-b")
    assert paths(found) == [("conv1", "conv1"), (None, "pool1")]
    assert found.same_shapes
    left, right = found.totals
    assert left.parameters == right.parameters
    assert right.macs == 4 * left.macs


def test_layers_of_other_names_answer_by_type() -> None:
    found = compared("vgg16", "vgg16-bn")
    added = [pair.right for pair in found.pairs if pair.left is None]
    assert {row.layer.type for row in added if row is not None} == {"batch_norm"}
    assert all(pair.right is not None for pair in found.pairs)


def test_every_layer_of_both_stands_once_and_in_order() -> None:
    left, right = report("alexnet"), report("googlenet")
    found = compare(left, right)
    ours = [pair.left for pair in found.pairs if pair.left is not None]
    theirs = [pair.right for pair in found.pairs if pair.right is not None]
    assert ours == [row for row in left.rows if not row.container]
    assert theirs == [row for row in right.rows if not row.container]


def test_a_bottleneck_costs_376_times_less() -> None:
    """Multiplications of a pixel: 1,048,576 against 278,528."""
    left, right = compared("direct-4x4", "bottleneck-4x4").totals
    assert left.macs / 100**2 == 1_048_576
    assert right.macs / 100**2 == 278_528
    assert round(left.macs / right.macs, 2) == 3.76


# In words


def told(left: Report, right: Report, path: str) -> list[str]:
    row = right.row(path)
    assert row is not None
    return explain_change(left, right, row, counterparts(left, right).get(path))


def with_layers(left: Report, *layers: LayerSpec) -> Report:
    return check(left.network.changed(layers=layers))


def changed(left: Report, name: str, /, **fields: object) -> Report:
    """Return a network in which one layer has other fields."""
    layers = left.network.layers
    assert any(one.name == name for one in layers)
    return with_layers(
        left, *(one.changed(**fields) if one.name == name else one for one in layers)
    )


def test_a_halved_layer_is_told_with_all_its_numbers() -> None:
    left = report("alexnet")
    right = changed(left, "fc6", out_features=2048)
    assert told(left, right, "fc6") == [
        "Against the baseline",
        "  settings   4096 → 2048",
        "  output     4096 → 2048",
        "  parameters 37,752,832 → 18,876,416, −50.0 %",
        "  MACs       37,748,736 → 18,874,368, −50.0 %",
        "  memory     16.0 KiB → 8.0 KiB, −50.0 %",
        "",
    ]
    assert told(left, right, "conv1") == [
        "Against the baseline",
        "  Nothing differs.",
        "",
    ]


def test_what_an_error_stops_has_no_output() -> None:
    left = report("alexnet")
    right = changed(left, "fc6", in_features=5)
    assert "  output     4096 → ?" in told(left, right, "fc6")
    assert "  output     1000 → ?" in explain_changes(
        left, right, counterparts(left, right)
    )


def test_layers_that_came_and_went_are_named() -> None:
    left = report("lenet5")
    relus = [Relu(name=f"r{n}") for n in range(7)]
    right = with_layers(left, *relus, *left.network.layers[1:])
    lines = explain_changes(left, right, counterparts(left, right))
    assert "  no more    c1" in lines
    assert "  new        r0, r1, r2, r3, r4 and 2 more" in lines
    assert told(left, right, "r3")[1] == (
        "  Nothing there answers to this layer: it is new."
    )


def test_a_layer_of_another_name_says_which_it_answers_to() -> None:
    left = report("lenet5")
    right = changed(left, "c1", name="first")
    assert told(left, right, "first")[1] == "  name       c1 → first"


def test_containers_answer_by_their_path() -> None:
    left = report("resnet18")
    found = counterparts(left, left)
    assert found == {row.path: row for row in left.rows}
    assert explain_changes(left, left, found)[1] == "  Nothing differs in sum."


def test_another_input_is_told_first() -> None:
    left = report("lenet5")
    right = check(left.network.changed(input=(1, 36, 36)))
    found = explain_changes(left, right, counterparts(left, right))
    assert found[1] == "  input      1×32×32 → 1×36×36"
