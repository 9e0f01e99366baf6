"""How far conversions go: heads of odd layers, repetitions, limits of a document."""

from __future__ import annotations

import pytest

from tests.core.test_convert import (
    CONV,
    FC,
    FLAT,
    NORM,
    POOL,
    RELU,
    assert_sound,
    done,
    shapes_after,
)
from tests.interop.networks import preset, report_of
from tuicnn.core import limits
from tuicnn.core.convert import conversions, kind_called
from tuicnn.core.history import History
from tuicnn.core.layers import Conv2d, Linear
from tuicnn.core.network import document

WHOLE = CONV | {"kernel_size": 6}

HEADS = {
    "no flatten": ([CONV, {"type": "reshape", "shape": [-1]}, FC], []),
    "halves": (
        [CONV, FLAT, FC | {"out_features": 6}, {"type": "glu"}],
        ["conv2d (4, 4, 4)", "conv2d (6, 1, 1)", "flatten (6,)", "glu (3,)"],
    ),
    "no bias": (
        [CONV, FLAT, FC | {"bias": False}],
        ["conv2d (4, 4, 4)", "conv2d (5, 1, 1)"],
    ),
}
BACK = {
    "probabilities": (
        [WHOLE, {"type": "softmax", "dim": -3}, FLAT],
        ["flatten (108,)", "linear (4,)", "softmax (4,)", "flatten (4,)"],
    ),
    "shares of one cell": (
        [WHOLE, {"type": "log_softmax", "dim": 3}],
        ["flatten (108,)", "linear (4,)", "unflatten (4, 1, 1)",
         "log_softmax (4, 1, 1)"],
    ),
    "nameless, no bias": (
        [{"type": "conv2d", "out_channels": 7, "kernel_size": 6, "bias": False}],
        ["flatten (108,)", "linear (7,)"],
    ),
    "norm of maps": (
        [WHOLE, {"type": "instance_norm"}, RELU],
        ["flatten (108,)", "linear (4,)", "unflatten (4, 1, 1)",
         "instance_norm (4, 1, 1)", "relu (4, 1, 1)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "layers", "after"),
    [("linear-to-conv", *row) for row in HEADS.values()]
    + [("conv-to-linear", *row) for row in BACK.values()],
    ids=[*HEADS, *BACK],
)
def test_a_head_is_converted_as_far_as_it_goes(
    kind: str, layers: list[dict[str, object]], after: list[str]
) -> None:
    report = report_of(*layers, entering=(3, 6, 6))
    assert_sound(report)
    assert (shapes_after(report, kind) if done(report, kind) else []) == after


def test_what_is_made_has_a_bias_and_a_name_where_its_source_has() -> None:
    plain = {"type": "conv2d", "out_channels": 7, "kernel_size": 6, "bias": False}
    (there,) = done(report_of(plain, entering=(3, 6, 6)), "conv-to-linear")
    assert there.after.network.layers[-1] == Linear(out_features=7, bias=False)
    (back,) = done(there.after, "linear-to-conv")
    assert back.after.network.layers == (
        Conv2d(out_channels=7, kernel_size=6, bias=False),
    )


def test_what_each_repetition_does_otherwise_is_left_alone() -> None:
    block = {"type": "block", "repeat": 2, "layers": [CONV, NORM]}
    report = report_of(block, entering=(4, 5, 5))  # the second window is all there is
    assert [one.kind for one in conversions(report)] == []


@pytest.mark.parametrize(
    "layers",
    [[RELU, NORM], [FC | {"in_features": 6}, NORM]],
    ids=["no weights", "another axis"],
)
def test_a_norm_stays_behind_what_cannot_take_it_in(
    layers: list[dict[str, object]],
) -> None:
    report = report_of(*layers, entering=(4, 6))
    assert report.valid
    assert conversions(report, kind_called("fold-norm")) == []


def test_as_much_is_converted_as_a_document_may_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layers = [CONV | {"name": name} for name in "abc"]
    report = report_of(*layers, entering=(4, 9, 9))
    assert len(done(report, "separate")) == 1  # all of them together
    monkeypatch.setattr(limits, "LAYERS", 5)
    made = done(report, "separate")
    assert [one.conversion.path for one in made] == ["a", "b"]
    assert done(made[-1].after, "separate") == []


ALL = CONV | {"kernel_size": 6, "stride": 2}
WIDE = CONV | {"kernel_size": 5, "padding": "same"}
TWICE = {"type": "block", "repeat": 2, "layers": [CONV, POOL]}


@pytest.mark.parametrize(
    ("kind", "layer", "side", "made"),
    [
        # of one cell, a pool of 2 has a place only if it rounds up
        ("stride-to-pool", ALL, 6,
         [CONV | {"kernel_size": 6},
          {"type": "max_pool2d", "name": "c_pool", "kernel_size": 2,
           "ceil_mode": True}]),
        # “same” makes 2×2; with no padding, the kernel does not fit
        ("pool-to-stride", WIDE, 3, [WIDE | {"stride": 2, "padding": 1}]),
        ("pool-to-stride", TWICE, 22, None),  # each repetition has its own sizes
    ],
)  # fmt: skip
def test_steps_are_moved_so_that_shapes_stay(
    kind: str, layer: dict[str, object], side: int, made: list[object] | None
) -> None:
    pools = [] if kind == "stride-to-pool" else [POOL]
    report = report_of(layer, *pools, entering=(4, side, side))
    assert report.valid
    after = [one.after for one in done(report, kind)]
    assert [document(one.network)["layers"] for one in after] == (
        [] if made is None else [made]
    )
    assert all(one.output == report.output for one in after)


def test_a_layer_that_is_made_gets_a_name_that_is_free() -> None:
    taken = [CONV | {"name": name} for name in ("c", "c_depthwise", "c_depthwise_2")]
    (made,) = done(report_of(*taken, entering=(4, 9, 9)), "separate", "c")
    assert made.after.valid
    assert [row.path for row in made.after.rows[:2]] == ["c_depthwise_3", "c"]


def test_a_conversion_is_undone_under_its_name() -> None:
    report = preset("fully-connected")
    (one,) = conversions(report, kind_called("linear-to-conv"))
    history = History.of(report.network).do(one.proposal.edit)
    assert history.undoes == one.proposal.title
    assert history.undo().network == report.network
