"""The mirror: decoders that come back through every size of their encoder."""

from __future__ import annotations

import pytest

from tests.core.test_solve import conv, report
from tests.documents import PRESETS, preset_report
from tuicnn.core.check import check
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape
from tuicnn.core.solve import Answer, mirror


def decoders(found: Report, path: str | None = None) -> tuple[Answer, ...]:
    """Return the decoders of an encoder, checked."""
    row = None if path is None else found.row(path)
    solution = mirror(found, row)
    assert solution.answers, solution.why
    for one in solution.answers:
        after = check(one.proposal.edit.apply(found.network).network)
        assert found.network.input in {row.output for row in after.rows}
        if path is None:
            assert after.output == found.network.input
    return solution.answers


def both(found: Report, path: str | None = None) -> tuple[Answer, Answer]:
    """Return the decoder of transposed convolutions, and that of upsampling."""
    answers = {
        one.proposal.title.partition(":")[0]: one for one in decoders(found, path)
    }
    start = "append a decoder of"
    return (answers[f"{start} transposed convolutions"],
            answers[f"{start} upsampling and convolutions"])  # fmt: skip


def made(found: Report, answer: Answer) -> list[Shape | None]:
    """Return the shapes that a decoder makes, without repetitions."""
    shapes = [row.output for row in answer.consequence.after.rows[len(found.rows) :]]
    return [one for one, old in zip(shapes, [None, *shapes], strict=False)
            if one != old]  # fmt: skip


def encoder(*sizes: int) -> Report:
    """Return an encoder that halves a map of three channels again and again."""
    layers = []
    for number in range(len(sizes) - 1):
        layers += [conv(out_channels=8 << number, kernel_size=3, stride=2, padding=1),
                   {"type": "batch_norm"}, {"type": "relu"}]  # fmt: skip
    found = report((3, sizes[0], sizes[0]), *layers)
    maps = [row.output for row in found.rows if row.layer.type == "conv2d"]
    assert [shape and shape[1] for shape in maps] == list(sizes[1:])
    return found


def test_25_13_7_4_2_is_mirrored_exactly() -> None:
    found = encoder(25, 13, 7, 4, 2)
    painted, resized = both(found)
    back = [(32, 4, 4), (16, 7, 7), (8, 13, 13), (3, 25, 25)]
    assert made(found, painted) == back
    assert [one for one in made(found, resized) if one in back] == back
    extra = [row.layer.own_fields().get("output_padding", 0)
             for row in painted.consequence.after.rows
             if row.layer.type == "conv_transpose2d"]  # fmt: skip
    assert extra == [1, 0, 0, 0]


def test_a_decoder_has_the_activations_between_and_none_at_the_end() -> None:
    found = encoder(25, 13, 7)
    painted, _ = both(found)
    kinds = [row.layer.type for row in painted.consequence.after.rows[6:]]
    assert kinds == ["conv_transpose2d", "batch_norm", "relu", "conv_transpose2d"]


def test_each_axis_comes_back_to_its_own_size() -> None:
    down = conv(out_channels=4, kernel_size=3, stride=2, padding=1)
    found = report((1, 25, 64), down, {"type": "max_pool2d", "kernel_size": 2})
    painted, resized = both(found)
    assert made(found, painted) == [(4, 13, 32), (1, 25, 64)]
    assert made(found, resized)[-1] == (1, 25, 64)


@pytest.mark.parametrize(
    "layer",
    [
        conv(out_channels=5, kernel_size=4, stride=3),
        conv(out_channels=5, kernel_size=3, stride=2, padding="same"),
        conv(out_channels=5, kernel_size=3, padding=[[0, 2], [1, 1]], dilation=2),
        {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "ceil_mode": True},
        {"type": "avg_pool2d", "kernel_size": 5},
        {"type": "adaptive_avg_pool2d", "output_size": 3},
        {"type": "global_avg_pool"},
        {"type": "global_avg_pool", "keepdim": False},
        {"type": "upsample", "scale_factor": 2.0},
        {"type": "conv_transpose2d", "out_channels": 5, "kernel_size": 3, "stride": 2,
         "padding": 1, "output_padding": 1},
        {"type": "pad", "padding": 2},
        {"type": "crop", "cropping": 1},
        {"type": "pixel_shuffle", "upscale_factor": 2},
        {"type": "pixel_unshuffle", "downscale_factor": 2},
        {"type": "permute", "dims": [0, 3, 1, 2]},
        {"type": "flatten"},
        {"type": "flatten", "start_dim": 2},
        {"type": "reshape", "shape": [8, 196]},
        {"type": "separable_conv2d", "out_channels": 5, "kernel_size": 3},
        {"type": "glu"},
        {"type": "parallel", "merge": "concat",
         "branches": [[conv(out_channels=2, kernel_size=1)], []]},
        {"type": "block", "repeat": 2,
         "layers": [conv(out_channels=8, kernel_size=3, stride=2)]},
    ],
    ids=lambda layer: layer["type"],
)  # fmt: skip
def test_a_layer_of_any_kind_is_undone(layer: dict[str, object]) -> None:
    decoders(report((8, 14, 14), layer, {"type": "relu"}))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_decoder_or_a_reason(name: str) -> None:
    found = preset_report(name)
    solution = mirror(found)
    if solution.answers:
        decoders(found)
    else:
        assert found.output == found.network.input
        assert solution.why


def test_a_part_of_a_network_is_mirrored_where_it_ends() -> None:
    found = preset_report("lenet5")
    painted, _ = both(found, "s2")
    paths = [row.path for row in painted.consequence.after.rows]
    assert paths[paths.index("s2") + 1].startswith("conv_transpose2d")


def test_what_cannot_be_mirrored_says_why() -> None:
    plain = mirror(report((3, 8, 8), {"type": "relu"}))
    assert plain.why == ("Up to the output, no layer changes the shape: nothing is to "
                         "undo.",)  # fmt: skip
    broken = mirror(report((3, 8, 8), conv(out_channels=1, kernel_size=9)))
    assert "An error keeps tuicnn from knowing" in broken.why[0]
