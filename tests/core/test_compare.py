"""Two networks side by side: which layers answer to which."""

from __future__ import annotations

from tests.core.test_expect import report
from tuicnn.core.compare import Comparison, compare


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
