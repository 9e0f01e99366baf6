"""Solve: which edits reach a shape, that each of them does, and in which order."""

from __future__ import annotations

import pytest

from tests.cases import net
from tests.documents import preset_report
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.conv import Conv2d, ConvTranspose2d
from tuicnn.core.layers.pool import MaxPool2d
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.reading import read_value
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape
from tuicnn.core.solve import Answer, Solution, Target, parse_target, solve, targets
from tuicnn.core.tree import every


def report(entering: Shape, *layers: dict[str, object]) -> Report:
    """Return the report of a network of these layers."""
    network = read_value(net(entering, *layers)).network
    assert network is not None
    return check(network)


def conv(**fields: object) -> dict[str, object]:
    return {"type": "conv2d", **fields}


def asked(found: Report, text: str, path: str | None = None) -> Target:
    """Return the target that a text means."""
    row = None if path is None else found.row(path)
    target = parse_target(text, found, row)
    assert isinstance(target, Target), target
    return target


def solved(
    found: Report, text: str, path: str | None = None, limit: int = 50
) -> dict[str, Answer]:
    """Return the answers to a target by their titles, each of them checked."""
    target = asked(found, text, path)
    solution = solve(target, limit)
    assert solution.answers, solution.why
    assert_sound(solution)
    return {one.proposal.title: one for one in solution.answers}


def assert_sound(solution: Solution) -> None:
    """Assert that answers reach their target, are sorted, and none is there twice."""
    target = solution.target
    before = target.place.report
    networks = []
    for answer in solution.answers:
        after = check(answer.proposal.edit.apply(before.network).network)
        assert target.shape in {row.output for row in after.rows}
        if target.place.row is None:
            assert after.output == target.shape
        assert after.totals == answer.consequence.after.totals
        networks.append(after.network)
    assert all(a != b for n, a in enumerate(networks) for b in networks[:n])
    orders = [one.order for one in solution.answers]
    assert orders == sorted(orders)


def put_in(answer: Answer) -> list[LayerSpec]:
    """Return the layers that are new in an answer."""
    made = answer.consequence
    old = {id(layer) for _, layer in every(made.before.network)}
    return [layer for _, layer in every(made.after.network) if id(layer) not in old]


def test_4_ways_from_4x19x9_to_one_map_of_100x50() -> None:
    answers = solved(preset_report("image-to-map"), "[1,100,50]")
    assert set(answers) >= {
        "insert conv_transpose2d 1 · 10×10 · stride 5",
        "insert upsample size 100×50 and conv2d 1 · 3×3 · padding 1",
        "set stride to 1, padding to same and out_channels to 1 in conv1",
        "insert flatten, linear 5000 and unflatten dim 1 · 1×100×50",
    }
    painted = answers["insert conv_transpose2d 1 · 10×10 · stride 5"].consequence
    assert painted.difference.parameters == 4 * 10 * 10 + 1
    assert painted.difference.macs == 19 * 9 * 4 * 10 * 10


def test_the_size_is_kept_by_padding() -> None:
    found = report((3, 20, 20), conv(out_channels=4, kernel_size=3))
    first = solve(asked(found, "keep")).answers[0]
    assert first.proposal.title == "set padding to 1 in conv2d_1"
    even = report((3, 20, 20), conv(out_channels=4, kernel_size=4))
    (layer,) = put_in(solve(asked(even, "keep")).answers[0])
    assert isinstance(layer, Conv2d)
    assert layer.padding == "same"  # one cell before, two behind


@pytest.mark.parametrize(
    ("size", "fields"),
    [
        (31, {"kernel_size": 3, "stride": 2, "padding": 1}),
        (32, {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}),
        (32, {"kernel_size": 2, "stride": 2}),
        (32, {"kernel_size": 4, "stride": 2, "padding": 1}),
    ],
)
def test_a_transposed_convolution_makes_31_or_32_of_16(
    size: int, fields: dict[str, object]
) -> None:
    found = report((8, 16, 16), {"type": "relu"})
    answers = solved(found, f"_x{size}x{size}")
    wanted = ConvTranspose2d.model_validate({"out_channels": 8, **fields})
    assert [wanted] in [put_in(one) for one in answers.values()]


def test_a_decoder_that_makes_40_of_20_is_brought_to_39() -> None:
    down = conv(out_channels=16, kernel_size=3, stride=2, padding=1)
    up = {"type": "conv_transpose2d", "out_channels": 8, "kernel_size": 3,
          "stride": 2, "padding": 1, "output_padding": 1}  # fmt: skip
    found = report((8, 39, 39), down, up)
    assert [row.output for row in found.rows] == [(16, 20, 20), (8, 40, 40)]
    answers = solved(found, "size of input")
    assert next(iter(answers)) == "set output_padding to 0 in conv_transpose2d_1"
    assert "insert crop (0, 1), (0, 1)" in answers


def test_each_axis_has_an_output_padding_of_its_own() -> None:
    found = report((2, 7, 8), {"type": "relu"})
    layers = [put_in(one) for one in solved(found, "2x14x15").values()]
    (both,) = [
        one
        for (one, *more) in layers
        if isinstance(one, ConvTranspose2d) and one.kernel_size == 3 and not more
    ]
    assert (both.stride, both.padding, both.output_padding) == (2, 1, (1, 0))


def test_spatial_sizes_by_a_pool_and_channels_by_the_layer_that_chooses_them() -> None:
    found = report(
        (3, 24, 24),
        conv(name="c", out_channels=6, kernel_size=3, padding=1),
        {"type": "max_pool2d", "name": "p", "kernel_size": 2},
    )
    answers = solved(found, "5x8x8", "p")
    both = "set kernel_size to 3 in p, then set out_channels to 5 in c"
    assert answers[both].consequence.after.output == (5, 8, 8)
    assert answers[both].steps == 3  # a field here, and a field of a layer above


def test_a_layer_above_can_be_changed_too() -> None:
    found = report(
        (3, 32, 32),
        conv(name="above", out_channels=4, kernel_size=5),
        {"type": "relu"},
        {"type": "max_pool2d", "name": "pool", "kernel_size": 2},
    )
    answers = solved(found, "4x16x16", "pool")
    assert "set padding to 2 in above" in answers
    assert answers["set padding to 2 in above"].away == 1


def test_what_stands_below_is_counted_and_comes_first() -> None:
    found = preset_report("alexnet")
    declared = found.network.layers
    place = next(n for n, one in enumerate(declared) if one.name == "fc6")
    layers = (*declared[:place], declared[place].changed(in_features=9216),
              *declared[place + 1 :])  # fmt: skip
    found = check(found.network.changed(layers=layers))
    assert found.valid
    for answer in solved(found, "_x7x7", "pool5").values():
        errors = [one for one in answer.problems if one.code.severity == "error"]
        assert [one.path for one in errors] == ["fc6"]
        assert answer.order.errors == 1


def test_an_answer_without_an_error_stands_before_a_smaller_one_with_one() -> None:
    found = report(
        (3, 16, 16),
        conv(name="a", out_channels=4, kernel_size=3, padding=1),
        conv(name="b", in_channels=4, out_channels=4, kernel_size=3, padding=1),
    )
    answers = list(solved(found, "6x16x16", "a").values())
    assert all(one.order.errors for one in answers)  # b declares four channels
    free = list(solved(found, "6x16x16", "b").values())
    assert not free[0].order.errors


@pytest.mark.parametrize(
    ("layer", "target", "fields"),
    [
        ({"type": "upsample", "scale_factor": 2.0}, "_x48x48", {"scale_factor": 3.0}),
        ({"type": "upsample", "scale_factor": 2.0}, "_x40x40", {"size": 40}),
        ({"type": "upsample", "size": 20}, "_x40x30", {"size": (40, 30)}),
        ({"type": "pad", "padding": 1}, "_x20x20", {"padding": 2}),
        ({"type": "pad", "padding": 1}, "_x19x20", {"padding": ((1, 2), (2, 2))}),
        ({"type": "crop", "cropping": 1}, "_x10x12", {"cropping": ((3, 3), (2, 2))}),
        ({"type": "adaptive_avg_pool2d", "output_size": 1}, "_x7x7",
         {"output_size": 7}),
        ({"type": "max_pool2d", "kernel_size": 3}, "_x6x6", {"ceil_mode": True}),
        ({"type": "max_pool2d", "kernel_size": 2}, "_x4x4", {"kernel_size": 4}),
        ({"type": "max_pool2d", "kernel_size": 2, "stride": 2}, "_x5x5",
         {"stride": 3}),
        (conv(out_channels=3, kernel_size=3), "_x12x12", {"dilation": 2}),
        (conv(out_channels=3, kernel_size=3), "_x12x12", {"kernel_size": 5}),
        (conv(out_channels=3, kernel_size=3), "7x_x_", {"out_channels": 7}),
        ({"type": "conv_transpose2d", "out_channels": 3, "kernel_size": 2,
          "stride": 2}, "_x33x32", {"output_padding": (1, 0)}),
    ],
)  # fmt: skip
def test_the_layers_own_field_does_it(
    layer: dict[str, object], target: str, fields: dict[str, object]
) -> None:
    found = report((3, 16, 16), layer)
    changed = [put_in(one) for one in solved(found, target).values()]
    kept = {**found.rows[0].layer.own_fields(), **fields}
    if "size" in fields:
        kept.pop("scale_factor", None)
    wanted = type(found.rows[0].layer).model_validate(kept)
    assert [wanted] in changed


def test_a_network_without_layers_is_given_some() -> None:
    answers = solved(report((3, 8, 8)), "3x16x16")
    assert [Upsample(scale_factor=2.0)] in [put_in(one) for one in answers.values()]


@pytest.mark.parametrize(
    ("entering", "target", "title"),
    [
        ((4, 5, 6), "120", "insert flatten"),
        ((4, 5, 6), "4", "insert global_avg_pool no keepdim"),
        ((4, 5, 6), "9", "insert flatten and linear 9"),
        ((120,), "4x5x6", "insert unflatten dim 1 · 4×5×6"),
        ((7,), "4x5x6", "insert linear 120 and unflatten dim 1 · 4×5×6"),
        ((7,), "9", "insert linear 9"),
        ((4, 5, 6), "4x30", "insert reshape 4×30"),
        ((4, 12), "4x24", "insert conv_transpose1d 4 · kernel size 2 · stride 2"),
        ((2, 4, 4, 4), "2x8x8x8", "insert upsample scale factor 2"),
        ((8, 6, 6), "2x12x12", "insert pixel_shuffle upscale factor 2"),
        ((2, 12, 12), "8x6x6", "insert pixel_unshuffle downscale factor 2"),
        ((8, 12, 12), "8x6x6", "insert max_pool2d 2×2"),
        ((8, 13, 13), "8x7x7", "insert max_pool2d 2×2 · ceil mode"),
        ((8, 13, 13), "8x7x7", "insert conv2d 8 · 3×3 · stride 2 · padding 1"),
    ],
)
def test_layers_are_put_in_that_do_it(entering: Shape, target: str, title: str) -> None:
    assert title in solved(report(entering, {"type": "relu"}), target)


def test_two_spellings_of_one_change_are_one_answer() -> None:
    found = report((3, 16, 16), conv(out_channels=3, kernel_size=3))
    answers = [put_in(one) for one in solved(found, "keep").values()]
    padded = [one for one in answers if isinstance(one[0], Conv2d) and one[0].padding]
    assert len(padded) == 1


def test_no_more_answers_than_asked_for_and_the_best_of_them() -> None:
    found = preset_report("image-to-map")
    every_one = list(solved(found, "1x100x50"))
    for limit in (1, 3):
        assert list(solved(found, "1x100x50", limit=limit)) == every_one[:limit]


def test_without_layers_put_in_the_nearest_sizes_are_told() -> None:
    found = report((3, 28, 28), {"type": "max_pool2d", "name": "p", "kernel_size": 2})
    solution = solve(asked(found, "_x20x14"), insert=False)
    assert not solution.answers
    first, second = solution.why
    assert first == "No field that tuicnn tries makes exactly 3×20×14 of the output."
    assert second == "One field of p alone makes a height of 15 or 27, not 20."
    for size in (15, 27):
        assert solve(asked(found, f"_x{size}x14"), insert=False).answers


def test_what_is_there_already_needs_no_edit() -> None:
    found = preset_report("image-to-map")
    solution = solve(asked(found, "4x19x9"))
    assert solution.target.reached
    assert solution.why == ("the output has that shape already.",)


def test_a_refused_layer_is_set_so_that_it_makes_the_shape() -> None:
    found = report((3, 8, 8), conv(name="c", out_channels=4, kernel_size=9))
    assert found.output is None
    assert "set kernel_size to 1 in c" in solved(found, "4x8x8")
    solution = solve(asked(found, "4x60x60"))
    assert "Nothing can be put in behind an error: mend it first." in solution.why


def test_below_an_error_nothing_can_be_reached() -> None:
    found = report((3, 8, 8), conv(out_channels=4, kernel_size=9), {"type": "relu"})
    solution = solve(asked(found, "4x8x8"))
    assert solution.why == (
        "Nothing arrives at relu_1, because of an error above.",
    )  # fmt: skip


def test_a_network_at_its_limit_takes_no_layer() -> None:
    found = report(
        (3, 8, 8),
        {"type": "block", "repeat": limits.LAYERS, "layers": [{"type": "relu"}]},
    )
    solution = solve(asked(found, "3x16x16"))
    assert not solution.answers
    assert solution.why[0].startswith("Neither fields nor layers")


def test_a_layer_in_a_block_is_meant_in_its_own_repetition() -> None:
    layer = conv(name="c", out_channels=3, kernel_size=3, padding=1)
    found = report((3, 40, 40), {"type": "block", "name": "b", "repeat": 3,
                                 "layers": [layer]})  # fmt: skip
    answers = solve(asked(found, "_x36x36", "b.1.c")).answers
    for one in answers:
        row = one.consequence.after.row("b.1.c")
        new = one.consequence.after.row("b.1.crop_1")
        assert (new or row).output == (3, 36, 36)
    assert answers


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("1x100x50", (1, 100, 50)),
        ("[1, 100, 50]", (1, 100, 50)),
        ("1×100×50", (1, 100, 50)),
        ("_x100x_", (4, 100, 9)),
        ("[-,100,-]", (4, 100, 9)),
        ("* 100 *", (4, 100, 9)),
        ("height=100", (4, 100, 9)),
        ("width 50, c 2", (2, 19, 50)),
        ("keep", (4, 100, 50)),
        ("Halve", (4, 50, 25)),
        ("double", (4, 200, 100)),
        ("size of input", (4, 100, 50)),
        ("same as conv1", (4, 19, 9)),
        ("shape of input", (3, 100, 50)),
        ("7", (7,)),
    ],
)
def test_a_target_is_said_in_many_ways(text: str, shape: Shape) -> None:
    assert asked(preset_report("image-to-map"), text).shape == shape


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "No target was given."),
        ("big", "“big” is no target. Write a shape (1x100x50)"),
        ("_x5", "a target with marks needs as many sizes. Received: 2, not 3."),
        ("0x1x1", "0×1×1 holds nothing"),
        ("depth=3", "has no axis “depth”: it has channels, height and width."),
        ("size of conv", "There is no layer “conv”. Did you mean conv1?"),
        ("1x2x3x4x5", "at most 4 sizes"),
        ("1x100000x1", "At most 65,536 cells"),
        ("9999999x1x1", "At most 1,048,576 channels"),
        ("1000000x60000x60000", "more than 2⁴⁰ numbers"),
        ("-5x3", "is no target"),
        ("1.5x3", "is no target"),
    ],
)
def test_what_is_no_target_is_told_in_words(text: str, problem: str) -> None:
    said = parse_target(text, preset_report("image-to-map"))
    assert isinstance(said, str)
    assert problem in said


def test_targets_that_somebody_may_mean_are_offered_once() -> None:
    found = preset_report("lenet5")
    offered = {one.said: one.shape for one in targets(found, found.row("s2"))}
    assert offered["keep"] == (6, 28, 28)
    assert offered["size of input"] == (6, 32, 32)
    assert len(set(offered.values())) == len(offered)
    assert (6, 14, 14) not in offered.values()


def test_a_pool_that_is_asked_for_reads_every_cell() -> None:
    found = report((2, 10, 10), {"type": "relu"})
    pools = [
        layer
        for one in solved(found, "_x4x4").values()
        for layer in put_in(one)
        if isinstance(layer, MaxPool2d)
    ]
    assert MaxPool2d(kernel_size=4, stride=2) in pools
