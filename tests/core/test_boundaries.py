"""The rules at their edges: when a warning comes, what a remedy says, what is kept."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from tests.cases import REFUSALS, RefusalCase, net
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.derivation import Step
from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.layer import LayerSpec, MapLayer, axis_of, valid_name
from tuicnn.core.layers import (
    AdaptiveAvgPool1d,
    Add,
    BatchNorm,
    Block,
    Concat,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    Crop,
    DepthwiseConv2d,
    Flatten,
    GlobalAvgPool,
    Glu,
    InstanceNorm,
    LayerNorm,
    LayerNorm2d,
    Linear,
    LocalResponseNorm,
    MaxPool1d,
    MaxPool2d,
    Pad,
    Parallel,
    Permute,
    PixelShuffle,
    PixelUnshuffle,
    Relu,
    Reshape,
    RmsNorm,
    Softmax,
    Unflatten,
    Upsample,
    layer_types,
)
from tuicnn.core.layers.structure import LayerItems, joined_axis, merged
from tuicnn.core.network import Network
from tuicnn.core.reach import WHOLE, Pattern, binned, resampled
from tuicnn.core.reading import read_value
from tuicnn.core.report import Report, Totals
from tuicnn.core.shapes import AXES, Shape, Window, axis_names

small = st.integers(1, 6)


def report_of(*layers: LayerSpec, entering: Shape) -> Report:
    return check(Network(name="any", input=entering, layers=layers))


def refusal_of(layer: LayerSpec, entering: Shape) -> Refusal:
    with pytest.raises(Refusal) as caught:
        layer.infer(entering)
    return caught.value


def steps_of(layer: LayerSpec, entering: Shape) -> dict[str, Step]:
    return {step.quantity: step for step in layer.infer(entering).derive()}


# Warnings.


@pytest.mark.parametrize(
    ("layer", "entering", "codes"),
    [
        (Conv2d(out_channels=1, kernel_size=3), (1, 8, 8), []),
        (Conv2d(out_channels=1, kernel_size=3, stride=2), (1, 9, 9), []),
        (Conv2d(out_channels=1, kernel_size=3, stride=2), (1, 9, 8),
         [Code.DISCARDED_CELLS]),
        (Conv2d(out_channels=1, kernel_size=1, stride=(1, 2)), (1, 9, 9),
         [Code.STRIDE_GAPS]),
        # One place has no neighbour to leave a gap to.
        (Conv2d(out_channels=1, kernel_size=1, stride=2), (1, 1, 1), []),
        (Conv2d(out_channels=1, kernel_size=1, stride=2), (1, 3, 1),
         [Code.STRIDE_GAPS]),
        (Conv2d(out_channels=1, kernel_size=3, padding="same"), (1, 9, 9), []),
        (Conv2d(out_channels=1, kernel_size=3, stride=(1, 2), padding="same"),
         (1, 9, 9), [Code.SAME_WITH_STRIDE]),
        (Conv2d(out_channels=1, kernel_size=3, dilation=2), (1, 9, 9), []),
        (Conv2d(out_channels=1, kernel_size=3, stride=(1, 2), dilation=(2, 1)),
         (1, 9, 9), [Code.DILATION_WITH_STRIDE]),
        (MaxPool2d(kernel_size=3, stride=2, ceil_mode=True), (1, 9, 9), []),
        (MaxPool2d(kernel_size=3, stride=2, ceil_mode=True), (1, 9, 8),
         [Code.CEIL_MODE]),
        (MaxPool2d(kernel_size=3, stride=2, ceil_mode=True), (1, 8, 8),
         [Code.CEIL_MODE]),
        (ConvTranspose1d(out_channels=1, kernel_size=3), (1, 4), []),
        (ConvTranspose1d(out_channels=1, kernel_size=4, stride=2), (1, 4), []),
        (ConvTranspose1d(out_channels=1, kernel_size=3, stride=2), (1, 4),
         [Code.UNEVEN_OVERLAP]),
        (InstanceNorm(), (4, 1, 1), [Code.CONSTANT_NORM]),
        (InstanceNorm(), (4, 1, 2), []),
        (Softmax(), (4,), []),
        (Softmax(), (4, 5), [Code.SOFTMAX_AXIS]),
        (Softmax(), (4, 5, 6), []),
        (Softmax(dim=1), (4, 5), []),
    ],
)  # fmt: skip
def test_a_layer_warns_where_there_is_a_reason(
    layer: LayerSpec, entering: Shape, codes: list[Code]
) -> None:
    assert [note.code for note in layer.infer(entering).notes] == codes


@given(st.integers(1, 40), small, small, st.integers(1, 3), small, small)
def test_cells_are_discarded_that_no_window_reads(
    n: int, k: int, s: int, d: int, p0: int, p1: int
) -> None:
    window = Window(n, k, s, d, p0, p1)
    places = window.positions()
    assume(places >= 1)
    last = (places - 1) * s - p0 + window.extent - 1
    # A window that came next would begin s cells on: what lies between is a gap.
    gap = max(0, s - window.extent)
    assert window.discarded() == max(0, n - 1 - last - gap)
    assert window._replace(same=True).discarded() == 0
    assert window._replace(ceil=True).discarded() == 0
    assert not window.overhangs()
    up = window._replace(ceil=True)
    assert up.overhangs() == (up.positions() > places)


@given(st.integers(2, 40), small, small)
def test_the_remedy_for_discarded_cells_loses_none(n: int, k: int, s: int) -> None:
    assume(k <= n)
    layer = Conv1d(out_channels=1, kernel_size=k, stride=s)
    notes = [
        one for one in layer.infer((1, n)).notes if one.code is Code.DISCARDED_CELLS
    ]
    for note in notes:
        found = re.search(r"input (\d+) smaller or (\d+) larger", note.hint)
        assert found is not None
        fewer, more = map(int, found.groups())
        for size in (n - fewer, n + more):
            codes = [one.code for one in layer.infer((1, size)).notes]
            assert Code.DISCARDED_CELLS not in codes


def test_a_warning_tells_the_widest_gap() -> None:
    layer = Conv2d(out_channels=1, kernel_size=(4, 1), stride=(6, 4))
    (note,) = layer.infer((1, 40, 41)).notes
    assert "3 of every 4 cells" in note.message


def test_a_warning_of_two_axes_tells_the_larger_loss() -> None:
    layer = Conv2d(out_channels=1, kernel_size=(3, 4), stride=(2, 4))
    (note,) = layer.infer((1, 8, 14)).notes
    assert "2 smaller or 2 larger" in note.hint


# Refusals, and what they offer.


@pytest.mark.parametrize(
    "case",
    [
        one
        for one in REFUSALS
        if one.code is Code.WINDOW_TOO_LARGE
        and not getattr(one.layer, "ceil_mode", False)
    ],
    ids=str,
)
def test_the_largest_window_that_fits_is_offered(case: RefusalCase) -> None:
    fixes = refusal_of(case.layer, case.entering).fixes
    kernel = case.layer.model_dump()["kernel_size"]
    assert len(fixes) == isinstance(kernel, int)
    for fix in fixes:
        (layer,) = fix.layers
        fits = layer.model_dump()["kernel_size"]
        assert str(fits) in fix.title
        layer.infer(case.entering)
        assert isinstance(layer, MapLayer)
        refusal_of(layer.changed(kernel_size=fits + 1), case.entering)


@given(st.integers(1, 9), st.integers(1, 4), st.integers(0, 3), st.integers(0, 3))
def test_a_window_larger_than_the_map_is_told_what_fits(
    n: int, d: int, p0: int, p1: int
) -> None:
    layer = Conv1d(out_channels=1, kernel_size=20, dilation=d, padding=((p0, p1),))
    refused = refusal_of(layer, (1, n))
    padded = n + p0 + p1
    fits = max(k for k in range(1, 20) if d * (k - 1) + 1 <= padded)
    assert f"at most {fits}," in refused.hint
    (fix,) = refused.fixes
    assert fix.layers == (layer.changed(kernel_size=fits),)
    assert re.search(rf"only {padded}\b", refused.message)
    assert ("dilation" in refused.message) == (d > 1)


@pytest.mark.parametrize(
    ("mode", "most"), [("reflect", 4), ("circular", 5), ("replicate", 99)]
)
@pytest.mark.parametrize("begins", [True, False])
def test_wrapped_padding_reaches_as_far_as_there_are_cells(
    mode: str, most: int, begins: bool
) -> None:
    def pad(cells: int) -> Pad:
        edges = (cells, 0) if begins else (0, cells)
        return Pad.model_validate({"padding": (edges,), "mode": mode})

    assert pad(most).infer((1, 5)).output == (1, 5 + most)
    if most < 99:
        refused = refusal_of(pad(most + 1), (1, 5))
        assert "at least 6." in refused.message
        assert f"at most {most} here" in refused.hint


@pytest.mark.parametrize(
    ("layer", "entering", "hint"),
    [
        (Conv2d(out_channels=1, kernel_size=1), (4, 9), "Use conv1d for this"),
        (Conv1d(out_channels=1, kernel_size=1), (4, 9, 9, 9), "Use conv3d for this"),
        (Conv2d(out_channels=1, kernel_size=1), (4,), "A vector has no spatial axes"),
        (Conv2d(out_channels=1, kernel_size=1), (4, 2, 2, 2, 2), "Reshape it first"),
        (LocalResponseNorm(size=1), (4, 2, 2, 2, 2), "Reshape it first"),
        (LayerNorm2d(), (4, 9), "Use layer_norm1d"),
        (PixelShuffle(upscale_factor=2), (4, 9), "Reshape it first"),
    ],
)  # fmt: skip
def test_a_wrong_number_of_axes_is_answered_with_what_fits(
    layer: LayerSpec, entering: Shape, hint: str
) -> None:
    assert refusal_of(layer, entering).hint.startswith(hint)


@pytest.mark.parametrize(
    ("layer", "entering", "hint"),
    [
        (PixelShuffle(upscale_factor=3), (10, 4, 4), "make 18 channels"),
        (PixelUnshuffle(downscale_factor=3), (1, 4, 6), "Pad to 6×6 first"),
        (ConvTranspose1d(out_channels=1, kernel_size=3, stride=4, dilation=2,
                         output_padding=4), (1, 4), "0 to 3."),
        (ConvTranspose1d(out_channels=1, kernel_size=3, stride=2, dilation=3,
                         output_padding=3), (1, 4), "0 to 2."),
    ],
)  # fmt: skip
def test_a_hint_names_the_size_that_would_do(
    layer: LayerSpec, entering: Shape, hint: str
) -> None:
    assert hint in refusal_of(layer, entering).hint


def test_an_axis_is_counted_with_the_batch_from_either_end() -> None:
    layer, x = Relu(), (3, 4, 5)
    assert [axis_of(layer, "dim", axis, x) for axis in (1, 3, -1, -3)] == [0, 2, 2, 0]
    for axis, why in (
        (0, "the batch axis"),
        (-4, "the batch axis"),
        (4, "outside 1"),
        (-5, "outside 1"),
    ):
        with pytest.raises(Refusal, match=why) as caught:
            axis_of(layer, "dim", axis, x)
        assert "1 to 3 behind the batch" in caught.value.message


@pytest.mark.parametrize("length", [1, limits.NAME])
def test_a_name_has_one_to_so_many_characters(length: int) -> None:
    assert valid_name("n" * length)
    with pytest.raises(PydanticCustomError):
        valid_name("n" * (limits.NAME + 1))
    for name in ("", "a.b", "a/b", "a\n"):
        with pytest.raises(PydanticCustomError):
            valid_name(name)


@pytest.mark.parametrize("declared", [None, 160, 7])
def test_a_linear_layer_on_a_map_is_offered_two_ways(declared: int | None) -> None:
    layer = Linear(out_features=2, in_features=declared)
    refused = refusal_of(layer, (4, 5, 8))
    flat, last = refused.fixes
    wanted = None if declared is None else 160
    assert flat.layers == (Flatten(), Linear(out_features=2, in_features=wanted))
    assert last.layers == (Linear(out_features=2, in_features=8),)
    assert "in_features 8" in last.title
    assert refused.declared == (7 if declared == 7 else None)


def test_a_declared_size_is_to_be_set_where_it_can_be() -> None:
    layer = Conv1d(in_channels=1, out_channels=1, kernel_size=1)
    few = refusal_of(layer, (3, 4))
    assert few.hint.startswith("Set in_channels to 3, or leave it out")
    assert [fix.layers for fix in few.fixes] == [(layer.changed(in_channels=3),)]
    many = refusal_of(layer, (limits.CHANNELS + 1, 4))
    assert many.hint.startswith("Leave in_channels out")
    assert many.fixes == ()


def test_shapes_of_exactly_one_cell_are_left() -> None:
    assert Crop(cropping=((1, 2),)).infer((1, 4)).output == (1, 1)
    assert Pad(padding=((-1, -2),)).infer((1, 4)).output == (1, 1)
    assert Pad(padding=((3, -4),)).infer((1, 4)).output == (1, 3)
    assert Upsample(scale_factor=0.25).infer((1, 4)).output == (1, 1)
    thin = ConvTranspose2d(out_channels=1, kernel_size=2, padding=1)
    assert thin.infer((1, 2, 2)).output == (1, 1, 1)
    refusal_of(Upsample(scale_factor=(1.0, 0.1)), (1, 4, 4))
    refusal_of(Pad(padding=((0, 0), (-4, 0))), (1, 4, 4))
    refusal_of(Crop(cropping=((0, 0), (0, 4))), (1, 4, 4))
    refusal_of(Pad(padding=((0, 0), (5, -5))), (1, 4, 4))
    refusal_of(Pad(padding=((9, -1), (-5, 9))), (1, 4, 4))
    assert Pad(padding=((2, -4),)).infer((1, 4)).output == (1, 2)
    assert Pad(padding=((-1, 5),)).infer((1, 1)).output == (1, 5)
    assert Pad(padding=((5, -1),)).infer((1, 1)).output == (1, 5)
    with pytest.raises(Refusal):
        Pad(padding=(1, 1, 1, 1, 1, 1)).edges(2)
    (fix,) = refusal_of(MaxPool1d(kernel_size=6, padding=4), (1, 9)).fixes
    assert fix.layers == (MaxPool1d(kernel_size=6, padding=3),)
    (fix,) = refusal_of(thin.changed(kernel_size=1, stride=1), (1, 2, 2)).fixes
    assert fix.layers[0].model_dump()["padding"] == 0


def test_cells_at_the_edges_are_given_axis_by_axis() -> None:
    assert Crop(cropping=((1, 2), (0, 3))).edges(2) == ((-1, -2), (0, -3))
    assert Pad(padding=(1, 2, 3, 4)).edges(2) == ((3, 4), (1, 2))
    assert Pad(padding=(1, 2)).edges(2) == ((0, 0), (1, 2))


def test_a_container_holds_layers_and_nothing_else() -> None:
    for value in ([[Relu()]], ["relu"], "relu"):
        with pytest.raises(ValidationError, match="a list of layers"):
            Block.model_validate({"layers": value})
    for value in ([], [Relu()], "relu"):
        with pytest.raises(ValidationError, match=r"a list of (lists of )?layers"):
            Parallel.model_validate({"merge": "add", "branches": value})
    with pytest.raises(ValidationError, match="a list of lists of layers"):
        Parallel.model_validate({"merge": "add", "branches": []})


# Merges.


def shapes_joined(kind: str, *shapes: Shape, dim: int = 1) -> tuple[Shape, list[Code]]:
    effect = merged(Relu(), kind, shapes, tuple("abc"[: len(shapes)]), dim)
    return effect.output, [note.code for note in effect.notes]


def test_a_merge_that_repeats_a_shape_says_so_unless_it_is_a_gate() -> None:
    full, gate, column = (8, 6, 6), (8, 1, 1), (1, 6, 6)
    assert shapes_joined("add", full, full) == (full, [])
    assert shapes_joined("add", full, gate) == (full, [Code.BROADCAST_MERGE])
    assert shapes_joined("multiply", full, gate) == (full, [])
    assert shapes_joined("multiply", gate, full) == (full, [])
    assert shapes_joined("multiply", gate, column) == (full, [Code.BROADCAST_MERGE])
    assert shapes_joined("concat", full, full, (2, 6, 6)) == ((18, 6, 6), [])
    assert shapes_joined("concat", full, (8, 6, 1), dim=-1) == ((8, 6, 7), [])


@pytest.mark.parametrize(
    ("kind", "shapes", "hint"),
    [
        ("add", ((4, 2), (4,)), "Flatten both"),
        ("add", ((4, 2, 2), (4, 3, 2)), "Give the branches the same stride"),
        ("concat", ((4, 2, 2), (4, 2, 3)), "Give the branches the same stride"),
        ("concat", ((4, 2, 2), (4, 3, 2)), "Give the branches the same stride"),
        ("add", ((4, 2, 2), (3, 2, 2)), "Let a 1×1 convolution (kernel_size 1) make 4"),
    ],
)
def test_shapes_that_do_not_join_are_answered_with_what_helps(
    kind: str, shapes: tuple[Shape, ...], hint: str
) -> None:
    with pytest.raises(Refusal) as caught:
        shapes_joined(kind, *shapes)
    assert caught.value.code is Code.MERGE_SHAPES
    assert caught.value.hint.startswith(hint)


def test_a_concatenation_explains_its_axis_by_its_parts() -> None:
    effect = merged(Relu(), "concat", ((2, 5), (2, 6), (2, 7)), ("a", "b", "c"), -1)
    channels, length = effect.derive()
    assert (channels.formula, channels.value) == ("i", 2)
    assert (length.formula, length.substitution) == ("n1 + n2 + n3", "5 + 6 + 7")


def test_a_merge_lines_values_up_along_the_axis_it_names() -> None:
    assert joined_axis(Concat(**{"with": ("a",)}), 3) == 0
    assert joined_axis(Concat(**{"with": ("a",)}, dim=3), 3) == 2
    assert joined_axis(Concat(**{"with": ("a",)}, dim=-1), 3) == 2
    assert joined_axis(Parallel(merge="concat", branches=((),), dim=2), 3) == 1
    assert joined_axis(Parallel(merge="add", branches=((),)), 3) is None
    assert joined_axis(Add(**{"with": ("a",)}), 3) is None


# Windows of words.


@given(st.integers(1, 20), st.integers(1, 9), small, st.integers(1, 3), st.data())
def test_a_transposed_convolution_takes_back_what_same_padding_did(
    n: int, k: int, s: int, d: int, data: st.DataObject
) -> None:
    """TensorFlow: it is the gradient of the convolution that makes n of its output."""
    extra = data.draw(st.one_of(st.none(), st.integers(0, max(s, d) - 1)))
    layer = ConvTranspose1d(
        out_channels=1,
        kernel_size=k,
        stride=s,
        dilation=d,
        padding="same",
        output_padding=extra,
    )
    (window,) = layer.windows((n,))
    size = window.positions()
    span = d * (k - 1) + 1
    assert size == (n * s if extra is None else (n - 1) * s + span % 2 + extra)
    assume(size >= 1)
    total = max((n - 1) * s + span - size, 0)
    assert window.begin == total // 2
    assert window.output_padding == (max(s - span, 0) if extra is None else extra)


@given(st.integers(1, 40), st.integers(1, 9), small, st.integers(1, 3))
def test_same_padding_stands_last_where_it_is_odd(
    n: int, k: int, s: int, d: int
) -> None:
    layer = Conv1d(out_channels=1, kernel_size=k, stride=s, dilation=d, padding="same")
    (window,) = layer.infer((1, n)).windows
    total = max((math.ceil(n / s) - 1) * s + d * (k - 1) + 1 - n, 0)
    assert isinstance(window, Window)
    assert (window.begin, window.end) == (total // 2, total - total // 2)


# Formulas.


@pytest.mark.parametrize(
    ("layer", "entering", "quantity", "formula", "brief"),
    [
        (LayerNorm(), (3, 4, 5), "weight", "C·h·w", "3·4·5"),
        (LayerNorm(), (7,), "bias", "C", "7"),
        (RmsNorm(normalized_shape=(2, 2)), (3, 2, 2, 2, 2), "weight", "a4·a5", "2·2"),
        (Reshape(shape=(2, -1, 7)), (784,), "output height", "n / (d1·d3)",
         "784 / (2·7)"),
        (Reshape(shape=(-1,)), (3, 4), "output features", "n", "12"),
        (Unflatten(dim=1, unflattened_size=(3, -1)), (6, 4), "output height",
         "n / d1", "6 / 3"),
        (PixelUnshuffle(downscale_factor=3), (2, 6, 9), "output channels", "C·r²",
         "2·3²"),
        (PixelUnshuffle(downscale_factor=3), (2, 6, 9), "output width", "W / r",
         "9 / 3"),
        (PixelShuffle(upscale_factor=3), (18, 2, 5), "output channels", "C / r²",
         "18 / 3²"),
        (Flatten(), (3, 4, 5), "output features", "C·H·W", "3·4·5"),
        (Flatten(), (3, 2, 2, 2, 2), "output features", "C·n2·n3·n4·n5", None),
        (Flatten(), (3, 4, 5), "places to the next channels", "H·W", "4·5"),
        (Permute(dims=(0, 2, 3, 1)), (3, 4, 5), "output width", "C", "3"),
        (Crop(cropping=((1, 2),)), (3, 9), "output length", "i − p₀ − p₁", "9 − 1 − 2"),
        (Linear(in_features=5, out_features=2), (3, 4, 5), "MACs", "n1·n2·F_out·F_in",
         "3·4·2·5"),
        (DepthwiseConv2d(kernel_size=(2, 3)), (4, 9, 9), "weights per filter",
         "k_h·k_w", "2·3"),
        (Conv3d(out_channels=2, kernel_size=(2, 3, 4)), (5, 9, 9, 9),
         "weights per filter", "C_in·k_d·k_h·k_w", None),
        (Conv1d(out_channels=1, kernel_size=3), (1, 9), "output length", None,
         "9 − 3 + 1"),
        (Conv1d(out_channels=1, kernel_size=3, stride=2, padding=((1, 2),)), (1, 9),
         "output length", None, "⌊(9 + 3 − 3) / 2⌋ + 1"),
        (ConvTranspose1d(out_channels=1, kernel_size=3), (1, 9), "output length", None,
         "9 − 1 + 3"),
        (ConvTranspose1d(out_channels=1, kernel_size=3, stride=2, padding=1,
                         output_padding=1), (1, 9), "output length", None,
         "(9 − 1)·2 + 3 − 2 + 1"),
    ],
)  # fmt: skip
def test_a_formula_is_written_as_people_write_it(
    layer: LayerSpec,
    entering: Shape,
    quantity: str,
    formula: str | None,
    brief: str | None,
) -> None:
    step = steps_of(layer, entering)[quantity]
    assert formula in (None, step.formula)
    assert brief in (None, step.brief)


def test_axes_beyond_three_are_numbered_with_the_batch() -> None:
    assert [len(AXES[axes]) for axes in range(4)] == [0, 1, 2, 3]
    assert axis_names((7,)) == ("features",)
    assert axis_names((7, 1)) == ("channels", "length")
    names = ("channels", "axis 2", "axis 3", "axis 4", "axis 5")
    assert axis_names((1, 2, 3, 4, 5)) == names


# What reads what.


def test_a_layer_says_which_axes_it_keeps() -> None:
    half = Pattern(1, 1, ((0, 4),), 4)
    assert Glu(dim=2).infer((1, 8)).reads.axes == (None, half)
    pair = Pattern(1, 1, ((0, 1),), 1)
    assert Glu(dim=2).infer((1, 2)).reads.axes == (None, pair)
    assert GlobalAvgPool(keepdim=False).infer((3, 4, 5)).reads == (
        (None, WHOLE, WHOLE),
        (0,),
    )
    assert Flatten(start_dim=2, end_dim=3).infer((2, 3, 4, 5)).reads == (
        (None, WHOLE, WHOLE, None),
        (0, None, 3),
    )
    assert Linear(out_features=2, in_features=5).infer((3, 4, 5)).reads == (
        (None, None, WHOLE),
        (0, 1, None),
    )
    assert Unflatten(dim=2, unflattened_size=(2, 2)).infer((3, 4, 5)).reads == (
        (None, WHOLE, None),
        (0, None, None, 2),
    )
    assert Permute(dims=(0, 3, 1, 2)).infer((3, 4, 5)).reads == ((), (2, 0, 1))
    assert Reshape(shape=(-1,)).infer((3, 4)).reads == ((WHOLE, WHOLE), (None,))


@pytest.mark.parametrize(
    ("layers", "entering", "size", "axes"),
    [
        ((), (1, 4, 6), (1, 1), (None, 0, 1)),
        ((Flatten(),), (1, 4, 6), (4, 6), (None,)),
        ((GlobalAvgPool(),), (2, 4, 6), (4, 6), (None, 0, 1)),
        ((Linear(out_features=2, in_features=6),), (2, 4, 6), (1, 6), (None, 0, None)),
        ((Permute(dims=(0, 1, 3, 2)), Conv2d(out_channels=1, kernel_size=(3, 1))),
         (2, 4, 6), (1, 3), (None, 1, 0)),
        ((Flatten(start_dim=2), Conv1d(out_channels=1, kernel_size=3)),
         (2, 4, 6), (4, 6), (None, None)),
    ],
)  # fmt: skip
def test_a_field_is_followed_along_the_axes_of_the_input(
    layers: tuple[LayerSpec, ...],
    entering: Shape,
    size: tuple[int, ...],
    axes: tuple[int | None, ...],
) -> None:
    field = report_of(*layers, entering=entering).receptive_field
    assert field is not None
    assert (field.size, field.axes) == (size, axes)


@pytest.mark.parametrize(
    ("mode", "below", "above"),
    [("nearest", 0, 0), ("bilinear", 0, 1), ("bicubic", 1, 2)],
)
def test_interpolation_reads_neighbours_by_its_mode(
    mode: str, below: int, above: int
) -> None:
    layer = Upsample.model_validate({"size": 8, "mode": mode})
    half, first = Fraction(1, 2), Fraction(0 if mode == "nearest" else -1, 4)
    wanted = resampled(half, first, below, above)
    assert layer.infer((1, 4, 4)).reads == ((None, wanted, wanted), None)


def test_a_pool_to_one_cell_reads_all_and_one_to_more_its_bins() -> None:
    layer = AdaptiveAvgPool1d(output_size=2)
    assert layer.infer((1, 5)).reads.axes == (None, binned(5, 2))
    one = AdaptiveAvgPool1d(output_size=1)
    assert one.infer((1, 5)).reads.axes == (None, WHOLE)


def test_a_field_inside_a_block_is_passed_on_and_lost_after_an_error() -> None:
    def network(kernel: int) -> Network:
        inner = (Conv1d(name="c", out_channels=1, kernel_size=kernel),)
        layers = (Block(name="b", layers=inner), Relu(name="end"))
        return Network(name="any", input=(1, 9), layers=layers)

    before, after = check(network(3)), check(network(5))
    assert before.fields[0] == before.fields[1] == before.fields[2]
    after.inherit(before, 1, 2)
    assert dict(after.fields) == dict(check(network(5)).fields)
    assert [after.fields[row] for row in (0, 1, 2)] == [after.fields[1]] * 3
    broken = check(network(99))
    assert [broken.fields[row] for row in (0, 1, 2)] == [None] * 3
    gone = Parallel(name="p", merge="add", branches=((), (MaxPool1d(kernel_size=99),)))
    report = report_of(gone, Relu(), entering=(1, 9))
    assert report.receptive_field is None


def test_memory_is_counted_as_far_as_shapes_are_known() -> None:
    layers = (Conv1d(out_channels=3, kernel_size=1), MaxPool1d(kernel_size=99), Relu())
    report = report_of(*layers, entering=(1, 9))
    assert report.peak_activation_bytes == 4 * (9 + 27)
    two = Parallel(merge="add", branches=((Relu(),), (Relu(),)))
    # Input and one branch's output, then both branches', then the sum beside them.
    assert report_of(two, entering=(1, 9)).peak_activation_bytes == 4 * 27


def test_a_merge_keeps_the_axes_of_its_first_branch() -> None:
    turned = Parallel(merge="add", branches=((), (Permute(dims=(0, 1, 3, 2)),)))
    field = report_of(turned, entering=(1, 9, 9)).receptive_field
    assert field is not None and field.axes == (None, 0, 1)


def test_a_skip_adds_what_it_sees() -> None:
    layers = (
        Relu(name="a"),
        Pad(padding=((1, -1),)),
        Add(**{"with": ("a",)}),
    )
    field = report_of(*layers, entering=(1, 9)).receptive_field
    assert field is not None and field.patterns[0].span(3) == (2, 3)


def test_branches_of_unequal_axes_are_joined_axis_by_axis() -> None:
    wide = (Conv2d(out_channels=1, kernel_size=(1, 5), padding=(0, 2)),)
    high = (Conv2d(out_channels=1, kernel_size=(3, 1), padding=(1, 0)),)
    both = Parallel(merge="add", branches=(wide, high))
    square = Parallel(merge="add", branches=((), (Conv2d(out_channels=1, kernel_size=3,
                                                         padding=1),)))  # fmt: skip
    field = report_of(both, entering=(1, 9, 9)).receptive_field
    assert field is not None and field.size == (3, 5)
    assert [pattern.span(0) for pattern in field.patterns] == [(-1, 1), (-2, 2)]
    field = report_of(square, entering=(1, 9, 9)).receptive_field
    assert field is not None and field.size == (3, 3)
    assert field.stride == (Fraction(1), Fraction(1))


# The report.


def test_a_report_keeps_what_an_edit_cannot_have_changed() -> None:
    layers = (BatchNorm(), Relu(), Conv2d(out_channels=2, kernel_size=3))
    network = Network(name="any", input=(4, 9, 9), layers=layers)
    before = check(network)
    kept = ("totals", "fields", "peak_activation_bytes", "readers")
    for name in kept:
        getattr(before, name)
    row = before.rows[1]
    changed = network.changed(layers=(layers[0], Relu(inplace=True), layers[2]))
    after = check(changed)
    after.inherit(before, row.index, row.stop)
    assert all(name in vars(after) for name in kept)
    fresh = check(changed)
    assert [getattr(after, name) for name in kept] == [
        getattr(fresh, name) for name in kept
    ]
    several = check(changed)
    several.inherit(before, 0, 2)
    assert {name for name in kept if name in vars(several)} == {"totals", "readers"}
    unknown = check(changed)
    unknown.inherit(check(network), row.index, row.stop)
    assert not any(name in vars(unknown) for name in kept)


def test_a_report_tells_bytes_names_and_what_leaves() -> None:
    assert Totals() == (0, 0, 0, 0, 0)
    totals = Totals(parameters=3, activations=5)
    assert (totals.parameter_bytes, totals.activation_bytes) == (12, 20)
    document = net(
        (3, 6, 6),
        {"type": "block", "name": "b", "layers": [{"type": "relu", "name": "r"}]},
        {"type": "linear", "name": "fc", "out_features": 2},
        {"type": "relu", "name": "after"},
    )
    reading = read_value(document)
    assert reading.network is not None
    report = check(reading.network)
    assert [row.name for row in report.rows] == ["b", "r", "fc", "after"]
    assert [row.reached for row in report.rows] == [True, True, True, False]
    assert report.output is None
    assert not report.valid
    assert report_of(entering=(3, 4)).output == (3, 4)
    assert report_of(Block(layers=()), entering=(3, 4)).output == (3, 4)
    endless = Block(layers=(Relu(),), repeat=limits.LAYERS)
    assert report_of(endless, endless, entering=(3, 4)).output is None
    shapes = report_of(GlobalAvgPool(), Flatten(), entering=(3, 4)).shapes
    assert shapes == {(3, 4), (3, 1)}
    assert report_of(Conv1d(out_channels=1, kernel_size=9), entering=(3, 4)).shapes == {
        (3, 4)
    }
    assert [report.called(index) for index in (-1, 1)] == ["the input", "b.r"]
    assert [row.path for row in report.top_level] == ["b", "fc", "after"]


def test_problems_stand_in_the_order_of_the_document() -> None:
    layers = (
        Conv2d(name="a", out_channels=1, kernel_size=1, stride=2),
        MaxPool1d(name="b", kernel_size=2),
    )
    report = report_of(*layers, entering=(1, 9, 9))
    places = [one.path for one in report.diagnostics]
    assert places == sorted(places)
    assert {"a", "b"} <= set(places)
    problem = report.diagnostics[0]
    whole = replace(problem, path="", pointer=())
    found = replace(report, found=(*report.found, whole))
    assert found.diagnostics[0] == whole  # the document's own come first


def test_versions_of_a_layer_share_the_set_of_their_fields() -> None:
    layer = Conv1d(out_channels=1, kernel_size=3)
    alike, other = layer.changed(kernel_size=5), layer.changed(stride=2)
    assert alike.model_fields_set is layer.model_fields_set
    assert other.model_fields_set == {*layer.model_fields_set, "stride"}


def test_a_list_of_branches_is_never_empty() -> None:
    assert LayerItems(branches=True).json_schema()["minItems"] == 1
    assert "minItems" not in LayerItems().json_schema()


# What is left out.

_SLIDING = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True}
_DEPTHWISE = {
    "stride": 1, "padding": 0, "dilation": 1, "depth_multiplier": 1, "bias": True,
}  # fmt: skip
_MAX = {"padding": 0, "ceil_mode": False, "dilation": 1}
_AVG = {"padding": 0, "ceil_mode": False, "count_include_pad": True}
_INPLACE = (
    "relu relu6 leaky_relu elu selu celu silu mish hardswish hardsigmoid hardtanh "
    "dropout dropout2d"
).split()
_DEFAULTS: dict[str, dict[str, object]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _SLIDING),
    **{f"conv_transpose{rank}d": _SLIDING for rank in (1, 2, 3)},
    **dict.fromkeys(("depthwise_conv2d", "separable_conv2d"), _DEPTHWISE),
    **{f"max_pool{rank}d": _MAX for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": _AVG for rank in (1, 2, 3)},
    **{f"lp_pool{rank}d": {"ceil_mode": False} for rank in (1, 2)},
    **{key: {"keepdim": True} for key in ("global_avg_pool", "global_max_pool")},
    "batch_norm": {"affine": True, "track_running_stats": True},
    "instance_norm": {"affine": False, "track_running_stats": False},
    "group_norm": {"affine": True},
    "layer_norm": {"elementwise_affine": True, "bias": True},
    "layer_norm2d": {"elementwise_affine": True},
    "rms_norm": {"elementwise_affine": True},
    "prelu": {"num_parameters": 1},
    "glu": {"dim": -1},
    "linear": {"bias": True},
    "flatten": {"start_dim": 1, "end_dim": -1},
    "block": {"repeat": 1},
    "parallel": {"dim": 1},
    "concat": {"dim": 1},
    **{name: {"inplace": False} for name in _INPLACE},
}
"""Whole numbers, and yes or no, as PyTorch has them; Keras', where it has the layer."""


def test_what_is_left_out_is_what_pytorch_takes() -> None:
    for name, kind in layer_types().items():
        found = {
            field: about.default
            for field, about in kind.model_fields.items()
            if type(about.default) in (int, bool)
        }
        assert found == _DEFAULTS.get(name, {}), name


def test_a_type_for_maps_of_one_rank_takes_no_other() -> None:
    for name, kind in layer_types().items():
        given = re.search(r"(\d)d$", name)
        if given and kind.rank is not None:
            assert kind.rank == int(given.group(1))
    assert [PixelShuffle.rank, PixelUnshuffle.rank, LayerNorm2d.rank] == [2, 2, 2]
    assert {name for name, kind in layer_types().items() if kind.rank is None} >= {
        "relu", "flatten", "global_avg_pool", "upsample", "pad", "crop",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "rank"),
    [("linear", 1), ("bilinear", 2), ("bicubic", 2), ("trilinear", 3)],
)
def test_interpolation_goes_with_the_axes_it_is_named_for(mode: str, rank: int) -> None:
    layer = Upsample.model_validate({"size": 4, "mode": mode})
    for axes in (1, 2, 3):
        if axes == rank:
            assert layer.infer((1,) + (2,) * axes).output == (1,) + (4,) * axes
        else:
            refusal_of(layer, (1,) + (2,) * axes)
