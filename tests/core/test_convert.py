"""Conversions: what they leave as it was, on every preset and on odd stacks."""

from __future__ import annotations

import pytest

from tests.core.test_explain import assert_fits
from tests.interop.networks import PRESETS, preset, report_of
from tests.long import long_or
from tuicnn.core.check import check
from tuicnn.core.convert import (
    KINDS,
    Carry,
    Done,
    carried,
    conversions,
    converted,
    converted_lines,
    kind_called,
    kinds_lines,
)
from tuicnn.core.edits import EditRefused
from tuicnn.core.proposal import consequence
from tuicnn.core.report import Report
from tuicnn.core.shapes import elements

NAMES = [path.stem for path in PRESETS]
CHOSEN = long_or(NAMES[::4], NAMES)
CONV = {"type": "conv2d", "name": "c", "out_channels": 4, "kernel_size": 3}
POOL = {"type": "max_pool2d", "name": "p", "kernel_size": 2}
NORM = {"type": "batch_norm", "name": "n"}
RELU = {"type": "relu"}
FLAT = {"type": "flatten"}
FC = {"type": "linear", "name": "fc", "out_features": 5}


def done(report: Report, kind: str, path: str | None = None) -> list[Done]:
    found = kind_called(kind)
    assert found is not None
    return converted(report, found, path)


def shapes_after(report: Report, kind: str) -> list[str]:
    """Return type and shape of each layer after all conversions of a kind."""
    after = done(report, kind)[-1].after
    return [f"{row.layer.type} {row.output}" for row in after.rows]


def assert_sound(report: Report) -> None:
    """Assert what holds of each conversion that is offered."""
    for one in conversions(report):
        found = consequence(report, one.proposal.edit)
        after = found.after
        assert after.valid
        assert elements(after.output or ()) == elements(report.output or ())
        if one.kind not in ("linear-to-conv", "conv-to-linear"):
            assert after.output == report.output
        else:
            assert after.totals.parameters == report.totals.parameters
            assert after.totals.macs == report.totals.macs
        assert_weights_are_accounted_for(report, Done(one, report, after))


def assert_weights_are_accounted_for(report: Report, made: Done) -> None:
    """Assert that each tensor of the new network is made, or said to be new."""
    weights = carried(report, made.after, made.conversion)
    wanted = tensors(made.after)
    held = tensors(report)
    targets = []
    for recipe in weights.recipes:
        if isinstance(recipe, Carry):
            targets.append(recipe.target)
            assert wanted[recipe.target] == recipe.shape
            assert elements(held[recipe.source]) == elements(recipe.shape)
        else:
            targets += [f"{recipe.target}.weight", f"{recipe.target}.bias"]
            assert f"{recipe.norm}.running_var" in held
    assert sorted([*targets, *weights.fresh]) == sorted(wanted)
    assert bool(weights.fresh) == (made.conversion.kind == "separate")


def tensors(report: Report) -> dict[str, tuple[int, ...]]:
    return {
        f"{row.path}.{name}": shape
        for row in report.rows
        if not row.container
        for name, shape in {**row.parameters, **row.buffers}.items()
    }


@pytest.mark.parametrize("name", CHOSEN)
def test_conversions_of_presets_are_sound(name: str) -> None:
    assert_sound(preset(name))


@pytest.mark.parametrize("name", ["resnet18", "lenet5", "fully-connected", "unet"])
def test_all_of_a_kind_are_made_and_there_is_no_room_left(name: str) -> None:
    report = preset(name)
    for kind in KINDS:
        found = converted(report, kind)
        if found:
            assert found[-1].after.valid
            assert conversions(found[-1].after, kind) == []
            assert_fits(converted_lines(found, kind))
    assert_fits(kinds_lines(report))


def test_a_head_becomes_convolutions_and_comes_back() -> None:
    report = preset("fully-connected")
    (there,) = done(report, "linear-to-conv")
    assert [row.layer for row in there.after.rows] == [
        row.layer for row in preset("fully-convolutional").rows
    ]
    (back,) = done(there.after, "conv-to-linear")
    types = [row.layer.type for row in back.after.rows]
    assert types == [row.layer.type for row in report.rows]
    assert back.after.totals == report.totals


def test_a_head_without_flatten_keeps_the_axes_of_its_pool() -> None:
    pool = {"type": "global_avg_pool", "keepdim": False}
    report = report_of(CONV, pool, FC, {"type": "softmax"}, entering=(3, 8, 8))
    assert shapes_after(report, "linear-to-conv")[1:] == [
        "global_avg_pool (4, 1, 1)",
        "conv2d (5, 1, 1)",
        "softmax (5, 1, 1)",
    ]
    after = done(report, "linear-to-conv")[-1].after
    assert getattr(after.rows[-1].layer, "dim", None) == 1


def test_what_takes_a_vector_alone_is_given_one() -> None:
    tail = {"type": "layer_norm"}
    report = report_of(CONV, FLAT, FC, tail, FC | {"name": "fc2"}, entering=(3, 6, 6))
    assert shapes_after(report, "linear-to-conv")[1:] == [
        "conv2d (5, 1, 1)",
        "flatten (5,)",
        "layer_norm (5,)",
        "linear (5,)",
    ]


def test_a_head_is_left_alone_where_features_are_not_channels() -> None:
    for between in (NORM, {"type": "softmax"}):
        report = report_of(CONV, FLAT, between, FC, entering=(3, 6, 6))
        assert conversions(report, kind_called("linear-to-conv")) == []
    dropped = report_of(CONV, FLAT, {"type": "dropout"}, FC, entering=(3, 6, 6))
    assert len(conversions(dropped, kind_called("linear-to-conv"))) == 1


def test_a_norm_is_folded_in_each_repetition() -> None:
    block = {"type": "block", "name": "b", "repeat": 3,
             "layers": [CONV | {"padding": 1}, NORM, RELU]}  # fmt: skip
    report = report_of(CONV, block, entering=(4, 8, 8))
    (made,) = done(report, "fold-norm")
    folds = [one for one in carried(report, made.after, made.conversion).recipes
             if not isinstance(one, Carry)]  # fmt: skip
    assert [(one.target, one.norm) for one in folds] == [
        (f"b.{number}.c", f"b.{number}.n") for number in range(3)
    ]


def test_a_norm_stays_where_something_else_reads_what_it_normalises() -> None:
    skip = {"type": "add", "with": ["c"]}
    report = report_of(CONV | {"padding": 1}, NORM, skip, entering=(4, 8, 8))
    assert conversions(report, kind_called("fold-norm")) == []
    untracked = NORM | {"track_running_stats": False}
    assert conversions(report_of(CONV, untracked), kind_called("fold-norm")) == []


def test_a_skip_follows_the_norm_that_was_folded() -> None:
    skip = {"type": "add", "with": ["n"]}
    report = report_of(CONV | {"padding": 1}, NORM, RELU, skip, entering=(4, 8, 8))
    (made,) = done(report, "fold-norm")
    assert getattr(made.after.rows[-1].layer, "with_", None) == ("c",)


def test_a_stride_takes_the_place_of_a_pool_and_gives_it_back() -> None:
    report = report_of(CONV | {"padding": 1}, NORM, RELU, POOL, entering=(3, 9, 9))
    assert shapes_after(report, "pool-to-stride") == [
        "conv2d (4, 4, 4)",
        "batch_norm (4, 4, 4)",
        "relu (4, 4, 4)",
    ]
    strided = report_of(CONV | {"stride": 2, "padding": 1}, entering=(3, 9, 9))
    assert shapes_after(strided, "stride-to-pool") == [
        "conv2d (4, 9, 9)",
        "max_pool2d (4, 5, 5)",
    ]


def test_all_places_of_a_list_are_converted_together() -> None:
    report = preset("vgg16-bn")
    (made,) = done(report, "fold-norm")
    assert len(made.conversion.titles) == 13
    assert made.conversion.titles[0] == "fold bn1_1 into conv1_1"
    assert_weights_are_accounted_for(report, made)


def test_one_place_alone_can_be_converted() -> None:
    report = preset("two-conv-32")
    one = done(report, "pool-to-stride", "pool2")
    assert [made.conversion.path for made in one] == ["conv2"]
    assert [made.conversion.path for made in done(report, "separate", "conv2")] == [
        "conv2"
    ]
    assert done(report, "separate", "flatten") == []


def test_nothing_is_converted_in_an_empty_or_broken_network() -> None:
    assert conversions(report_of()) == []
    broken = report_of(CONV, CONV | {"kernel_size": 99}, FC, entering=(3, 8, 8))
    for one in conversions(broken):
        assert consequence(broken, one.proposal.edit).raised == ()


def test_a_conversion_of_layers_that_are_gone_is_refused() -> None:
    report = preset("fully-connected")
    (one,) = conversions(report, kind_called("linear-to-conv"))
    other = check(report.network.changed(layers=report.network.layers[:2]))
    with pytest.raises(EditRefused):
        one.proposal.edit.apply(other.network)
