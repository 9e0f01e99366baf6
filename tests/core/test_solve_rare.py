"""Solve and mirror where few networks lead: at limits, behind errors, on five axes."""

from __future__ import annotations

import pytest

from tests.core.test_solve import asked, conv, put_in, report, solved
from tests.core.test_solve_mirror import decoders
from tests.interop.networks import broken_off
from tuicnn.core import limits
from tuicnn.core.layers.conv import ConvTranspose2d
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape
from tuicnn.core.solve import mirror, parse_target, solve
from tuicnn.core.solve.above import links

RELU = {"type": "relu"}
FIVE = {"type": "reshape", "shape": [2, 3, 3, 3, 3]}
OVERHANGING = {"type": "max_pool2d", "name": "p", "kernel_size": 3, "ceil_mode": True}


def kinds(found: Report) -> list[list[str]]:
    """Return the types of the layers of each decoder."""
    return [
        [row.layer.type for row in one.consequence.after.rows[len(found.rows) :]]
        for one in decoders(found)
    ]


def doubled(*layers: dict[str, object], dim: int) -> dict[str, object]:
    """Return layers beside themselves, lined up along one axis."""
    branches = [list(layers), list(layers)]
    return {"type": "parallel", "merge": "concat", "dim": dim, "branches": branches}


@pytest.mark.parametrize(
    ("entering", "layers", "target", "reasons"),
    [
        ((3, 8, 8), [], "5x8x8",
         ["No field that tuicnn tries makes exactly 5×8×8 of the output."]),
        ((3, 8, 8), [{"type": "max_pool2d", "kernel_size": 2}], "5x2x2",
         ["No field that tuicnn tries makes exactly 5×2×2 of the output."]),
        # without ceil_mode, the window would not fit: that field is passed over
        ((3, 4, 2), [OVERHANGING], "3x9x9",
         ["No field that tuicnn tries makes exactly 3×9×9 of the output.",
          "One field of p alone makes a height of 4, not 9.",
          "One field of p alone makes a width of 2, not 9."]),
    ],
)  # fmt: skip
def test_without_layers_put_in_there_is_a_reason(
    entering: Shape, layers: list, target: str, reasons: list[str]
) -> None:
    found = report(entering, *layers)
    solution = solve(asked(found, target), insert=False)
    assert (list(solution.why), solution.answers) == (reasons, ())


@pytest.mark.parametrize(
    ("text", "path", "unknown"),
    [
        ("shape of below", None, "leaves below"),
        ("size of input", "below", "leaves below"),
        ("double", "below", "leaves below"),
        ("_x3x_", None, "leaves the network"),
        ("height=3", None, "leaves the network"),
    ],
)
def test_a_target_relative_to_what_is_not_known_says_so(
    text: str, path: str | None, unknown: str
) -> None:
    found = broken_off()
    row = None if path is None else found.row(path)
    assert parse_target(text, found, row) == (
        f"An error keeps tuicnn from knowing what {unknown}: mend it first."
    )


def test_a_field_that_the_layer_would_refuse_is_no_answer() -> None:
    answers = solved(report((3, 4, 2), OVERHANGING), "3x1x1")
    assert "set kernel_size to 4 in p" in answers
    assert not [title for title in answers if "ceil_mode" in title]


PAINT = {"type": "conv_transpose2d", "out_channels": 3, "kernel_size": 2, "stride": 2}


@pytest.mark.parametrize(
    ("layer", "size", "above"),
    [
        (PAINT, 32, ["conv_transpose2d_1", "conv2d_1"]),
        (PAINT, 31, ["conv_transpose2d_1"]),  # it makes even sizes alone
        ({"type": "permute", "dims": [0, 1, 3, 2]}, 32, ["permute_1"]),
    ],
)
def test_sizes_are_wanted_of_the_layers_above_as_far_as_they_are_passed_on(
    layer: dict[str, object], size: int, above: list[str]
) -> None:
    found = report((3, 8, 8), conv(out_channels=3, kernel_size=1), layer)
    wanted = range(size, size + 1)
    known = links(found, found.rows[-1], (wanted, wanted))
    assert [one.row.path for one in known] == above


def test_what_leaves_a_block_is_made_by_its_last_layer() -> None:
    block = {"type": "block", "name": "b", "layers": [
        conv(name="c", out_channels=3, kernel_size=3)]}  # fmt: skip
    assert "set padding to 1 in b.c" in solved(report((3, 8, 8), block), "3x8x8", "b")


def test_more_channels_than_a_layer_has_are_not_shuffled() -> None:
    for channels, offered in ((limits.CHANNELS // 4, True), (limits.CHANNELS, False)):
        answers = solved(report((8, 4, 4), RELU), f"{channels}x8x8")
        assert any("pixel_shuffle" in title for title in answers) is offered


def test_a_vector_is_made_of_a_map_of_five_axes() -> None:
    assert list(solved(report((162,), FIVE), "9")) == [
        "insert global_avg_pool no keepdim and linear 9",
        "insert flatten and linear 9",
    ]


@pytest.mark.parametrize(
    ("layers", "made"),
    [
        ([{"type": "pad", "padding": 1}], [["crop", "flatten"]]),
        ([doubled(dim=1)], [["flatten", "linear", "unflatten", "flatten"]]),
        ([doubled({"type": "crop", "cropping": 1}, dim=1)],
         [["flatten", "linear", "unflatten", "flatten"]]),
        ([doubled(dim=2)], [["flatten", "linear", "unflatten", "flatten"]]),
    ],
)  # fmt: skip
def test_five_axes_come_back(layers: list, made: list[list[str]]) -> None:
    found = report((162,), FIVE, *layers)
    assert kinds(found) == made
    (only,) = mirror(found).answers
    assert only.proposal.title.startswith("append a decoder: ")


def test_each_axis_keeps_its_own_dilation() -> None:
    found = report((3, 18, 18), conv(out_channels=4, kernel_size=3, dilation=[1, 2]))
    painted = [put_in(one) for one in decoders(found)]
    assert [ConvTranspose2d(out_channels=3, kernel_size=3, dilation=(1, 2))] in painted


@pytest.mark.parametrize(
    ("further", "first"), [(0, "conv2d"), (1, "adaptive_avg_pool2d")]
)
def test_output_padding_beyond_the_stride_is_not_undone_by_a_convolution(
    further: int, first: str
) -> None:
    paint = {"type": "conv_transpose2d", "out_channels": 4, "kernel_size": 3,
             "dilation": 2, "output_padding": further}  # fmt: skip
    assert kinds(report((3, 8, 8), paint))[0][0] == first


def test_a_skip_that_keeps_the_shape_is_left_out() -> None:
    same = conv(name="a", out_channels=4, kernel_size=3, padding=1)
    half = conv(out_channels=8, kernel_size=3, stride=2)
    found = report((3, 8, 8), same, RELU, {"type": "add", "with": ["a"]}, half)
    assert kinds(found) == [
        ["conv_transpose2d", "relu", "conv_transpose2d"],
        ["upsample", "conv2d", "relu", "conv2d"],
    ]


def test_a_decoder_that_is_too_large_is_left_out() -> None:
    """Between upsampling and its convolution, there would be 2⁴⁴ numbers."""
    layer = conv(out_channels=limits.CHANNELS, kernel_size=64, stride=64)
    assert kinds(report((1, 4096, 4096), layer)) == [["conv_transpose2d"]]


HALVED = conv(out_channels=4, kernel_size=3, stride=2)
FLAT = [conv(out_channels=8, kernel_size=3), {"type": "flatten", "start_dim": 2}]


@pytest.mark.parametrize(
    ("side", "layers", "why"),
    [
        (8, [HALVED, {"type": "block", "repeat": limits.LAYERS - 1, "layers": [RELU]}],
         "The decoder would take the network over a limit."),
        (1024, [{"type": "parallel", "merge": "add", "branches": [FLAT, FLAT]}],
         "No layers that tuicnn tries lead back through each size."),
        (8, [{"type": "max_pool2d", "kernel_size": 1}],
         "Up to the output, no layer changes the shape: nothing is to undo."),
    ],
)  # fmt: skip
def test_an_encoder_without_a_decoder_says_why(
    side: int, layers: list, why: str
) -> None:
    solution = mirror(report((3, side, side), *layers))
    assert (solution.answers, solution.why) == ((), (why,))
