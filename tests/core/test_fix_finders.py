"""What is offered for each kind of problem: the rare cases, by their titles."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.core.test_fixes import check_all, mended
from tests.documents import report_of_text, text_of
from tuicnn.core.diagnostics import Code
from tuicnn.core.fixes import fixes_of
from tuicnn.core.layers import Conv3d, Pad
from tuicnn.core.report import Report

Layer = dict[str, object]

MAP = (4, 9, 9)

FLATTEN: Layer = {"type": "flatten"}
DROPOUT: Layer = {"type": "dropout"}
RELU: Layer = {"type": "relu"}


def kind(which: str, **fields: object) -> Layer:
    return {"type": which, "name": "x", **fields}


def conv(**fields: object) -> Layer:
    return {"type": "conv2d", "name": "c", "out_channels": 8, "kernel_size": 1,
            **fields}  # fmt: skip


def linear(**fields: object) -> Layer:
    return {"type": "linear", "name": "fc", "out_features": 5, **fields}


def added(*branches: list[Layer], **fields: object) -> Layer:
    return kind("parallel", merge="add", branches=list(branches), **fields)


def below(count: int, last: Layer, **fields: object) -> tuple[Layer, ...]:
    """Return a layer under so many that change no shape, and a convolution above."""
    return (conv(**fields), *[RELU] * count, last)


@dataclass(frozen=True)
class Case:
    """A document, and what is offered for its problem of a code, in this order."""

    what: str
    code: Code
    text: str
    offered: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.code.code}: {self.what}"


RANKS = (
    Case("what was flattened too early", Code.WRONG_RANK,
         text_of((3, 9, 9), FLATTEN, conv()),
         ("insert unflatten to 3×9×9", "insert unflatten to 243×1×1", "remove c",
          "move c above flatten_1")),
    Case("two axes too few", Code.WRONG_RANK,
         text_of((4, 9), kind("conv3d", out_channels=2, kernel_size=3)),
         ("use conv1d", "remove x")),
    Case("no such layer of another rank", Code.WRONG_RANK,
         text_of((4, 9), kind("avg_pool2d", kernel_size=2, divisor_override=3)),
         ("insert reshape to 1×4×9", "remove x")),
    Case("more axes than anything takes", Code.WRONG_RANK,
         text_of(MAP, kind("reshape", name="r", shape=[4, 3, 3, 3, 3]),
                 kind("local_response_norm", size=2)), ("remove x",)),
)  # fmt: skip

CHANNELS = (
    Case("the layer that chose, as far as it is looked for", Code.IN_CHANNELS_MISMATCH,
         text_of(MAP, *below(199, conv(name="x", in_channels=9))),
         ("set in_channels to 8", "leave in_channels out", "set out_channels of c to 9",
          "insert conv2d 1×1 with 9 channels")),
    Case("a layer that is too far away", Code.IN_CHANNELS_MISMATCH,
         text_of(MAP, *below(200, conv(name="x", in_channels=9))),
         ("set in_channels to 8", "leave in_channels out",
          "insert conv2d 1×1 with 9 channels")),
    Case("a pool before flatten, past a dropout", Code.IN_FEATURES_MISMATCH,
         text_of((16, 8, 8), FLATTEN, DROPOUT, linear(in_features=144)),
         ("set in_features to 1024", "leave in_features out",
          "insert adaptive_avg_pool2d 3×3 before flatten_1")),
    Case("no square map has 5 cells", Code.IN_FEATURES_MISMATCH,
         text_of((16, 8, 8), FLATTEN, DROPOUT, linear(in_features=80)),
         ("set in_features to 1024", "leave in_features out")),
    Case("a dropout of the input", Code.IN_FEATURES_MISMATCH,
         text_of((9,), DROPOUT, linear(in_features=77)),
         ("set in_features to 9", "leave in_features out")),
    Case("the nearest factor, not the nearest square", Code.NOT_DIVISIBLE,
         text_of((36, 4, 4), kind("pixel_shuffle", upscale_factor=5)),
         ("set upscale_factor to 6", "insert conv2d 1×1 with 25 channels",
          "set upscale_factor to 1")),
    Case("no convolution has four axes", Code.NOT_DIVISIBLE,
         text_of((3, 2, 2, 2), kind("reshape", name="r", shape=[3, 2, 2, 2, 1]),
                 kind("glu", dim=1)),
         ("set dim to 2", "set dim to 3", "set dim to 4")),
    Case("fewer maps", Code.TOO_MANY_ELEMENTS,
         text_of((1, 65_536, 65_536), conv(out_channels=2**20)),
         ("set out_channels to 256", "set out_channels to 16",
          "set out_channels to 1", "remove c")),
)  # fmt: skip

WINDOWS = (
    Case("a stride above, past three layers", Code.WINDOW_TOO_LARGE,
         text_of(MAP, *below(3, kind("max_pool2d", kernel_size=7), stride=2)),
         ("set padding to 1", "set kernel_size to 5", "set stride of c to 1",
          "use global_max_pool", "remove x")),
    Case("a stride that is too far away", Code.WINDOW_TOO_LARGE,
         text_of(MAP, *below(64, kind("max_pool2d", kernel_size=7), stride=2)),
         ("set padding to 1", "set kernel_size to 5", "use global_max_pool",
          "remove x")),
    Case("two things wrong at once", Code.OUTPUT_TOO_SMALL,
         text_of(MAP, kind("conv_transpose2d", out_channels=1, kernel_size=1,
                           padding=77, output_padding=[0, 9])), ("remove x",)),
    Case("padding that is a word", Code.WRAPPED_PADDING,
         text_of(MAP, conv(kernel_size=77, padding="same", padding_mode="reflect")),
         ('set padding_mode to "zeros"', 'set padding_mode to "replicate"')),
    Case("PyTorch's flat list", Code.WRAPPED_PADDING,
         text_of(MAP, kind("pad", padding=[12, 12, 1, 1], mode="reflect")),
         ("set padding to [[1, 1], [8, 8]]", "set padding to 8",
          'set mode to "constant"', 'set mode to "replicate"')),
    Case("one axis is cut too far", Code.CROP_TOO_LARGE,
         text_of(MAP, kind("crop", cropping=[5, 0])),
         ("set cropping to [[5, 3], [0, 0]]", "remove x")),
    Case("a dilation", Code.DISCARDED_CELLS,
         text_of((4, 10, 10), conv(kernel_size=3, dilation=2, stride=2)),
         ("set padding to 1", "set padding to [[0, 1], [0, 1]]",
          "insert crop of the cells that are not read", "insert pad")),
    Case("no more padding than half a window", Code.DISCARDED_CELLS,
         text_of((4, 12, 12), kind("max_pool2d", kernel_size=3, stride=3, padding=1)),
         ("set ceil_mode to true", "set kernel_size to 4",
          "insert crop of the cells that are not read", "insert pad")),
    Case("a map larger than a size may say", Code.UNEVEN_OVERLAP,
         text_of((1, 40_000, 8), kind("conv_transpose2d", out_channels=1, stride=2,
                                      kernel_size=3)),
         ("set kernel_size to 4, padding to 1 and output_padding to 1",
          "set kernel_size to 2, padding to 0 and output_padding to 1",
          "set kernel_size to 4", "set kernel_size to 2")),
    Case("no larger kernel than a kernel may be", Code.UNEVEN_OVERLAP,
         text_of(MAP, kind("conv_transpose2d", out_channels=1, kernel_size=1_024,
                           stride=3)),
         ("set kernel_size to 1023, padding to 0 and output_padding to 1",
          "set kernel_size to 1023")),
)  # fmt: skip

HABITS = (
    Case("padding that is alike at both ends", Code.SAME_WITH_STRIDE,
         text_of(MAP, conv(kernel_size=3, stride=2, padding="same")),
         ("set padding to 1",)),
    Case("padding that a mean never counts", Code.SAME_WITH_STRIDE,
         text_of(MAP, kind("avg_pool2d", kernel_size=4, stride=3, padding="same")),
         ("set padding to [[0, 1], [0, 1]] and count_include_pad to false",)),
    Case("inputs that are declared", Code.DOMINANT_LINEAR,
         text_of((64, 1, 3), FLATTEN, linear(in_features=192)),
         ("insert global_avg_pool before flatten_1",)),
    Case("past a dropout", Code.SOFTMAX_TWICE,
         text_of((9,), kind("softmax", name="s"), DROPOUT, kind("log_softmax")),
         ("remove x", "remove s")),
    Case("no pool has four axes", Code.DOMINANT_LINEAR,
         text_of((64, 3, 3, 3), kind("reshape", shape=[8, 8, 3, 3, 3]), FLATTEN,
                 linear(out_features=4_096)),
         ("insert global_avg_pool before flatten_1",)),
    Case("a window without padding", Code.MISALIGNED_BRANCHES,
         text_of(MAP, added([], [{"type": "pad", "padding": [0, 1, 0, 1]},
                 kind("lp_pool2d", norm_type=2.0, kernel_size=2, stride=1)])), ()),
    Case("no pad to remove", Code.MISALIGNED_BRANCHES,
         text_of(MAP, added([], [conv(out_channels=4, kernel_size=2,
                                      padding=[[0, 1], [0, 1]])])),
         ("set kernel_size of c to 3, padding to 1",
          "set kernel_size of c to 1, padding to 0")),
)  # fmt: skip

MERGES = (
    Case("one name", Code.MERGE_SHAPES,
         text_of(MAP, conv(), conv(name="d", out_channels=6), kind("add", **{
             "with": ["c"]})), ("insert conv2d 1×1", "use concat", "remove x")),
    Case("two names", Code.MERGE_SHAPES,
         text_of(MAP, conv(), conv(name="d", out_channels=6),
                 conv(name="e", out_channels=5), kind("add", **{"with": ["c", "d"]})),
         ("use concat", "remove x")),
    Case("an empty branch has a share", Code.MERGE_SHAPES,
         text_of(MAP, added([], [conv()], split="channels")),
         ("set out_channels of x.1.c to 2", "insert conv2d 1×1 in branch 1",
          "insert conv2d 1×1 in branch 0", 'set merge to "concat"', "remove x")),
    Case("padding for an odd kernel", Code.MERGE_SHAPES,
         text_of(MAP, added([], [conv(out_channels=4, kernel_size=3)])),
         ("set padding of c to 1", "insert pad in branch 1",
          "insert upsample in branch 1", "insert crop in branch 0",
          "insert adaptive_avg_pool2d in branch 0")),
    Case("no padding for an even one", Code.MERGE_SHAPES,
         text_of(MAP, added([], [conv(out_channels=4, kernel_size=2)])),
         ("insert pad in branch 1", "insert upsample in branch 1",
          "insert crop in branch 0", "insert adaptive_avg_pool2d in branch 0",
          "insert upsample in branch 0")),
    Case("a vector and a map of as many numbers", Code.MERGE_SHAPES,
         text_of(MAP, added([], [FLATTEN])),
         ("insert reshape in branch 1", "insert flatten in branch 0", "remove x")),
    Case("a vector of as many numbers as channels", Code.MERGE_SHAPES,
         text_of(MAP, added([], [FLATTEN, linear(out_features=4)])),
         ("insert global_avg_pool in branch 0", "remove x")),
    Case("a vector longer than a layer may be wide", Code.MERGE_SHAPES,
         text_of((32, 256, 256), added([FLATTEN], [conv()])), ("remove x",)),
    Case("two vectors, one of them too long", Code.MERGE_SHAPES,
         text_of((32, 256, 256), added([FLATTEN], [FLATTEN, linear()])),
         ("insert linear in branch 0", 'set merge to "concat"', "remove x")),
    Case("a map larger than a size may say", Code.MERGE_SHAPES,
         text_of((1, 40_000, 8), added([kind("upsample", scale_factor=2.0)], [])),
         ("insert conv2d 1×1 of stride 2 in branch 0",
          "insert adaptive_avg_pool2d in branch 0", "insert upsample in branch 0",
          "remove x")),
    Case("a gate", Code.BROADCAST_MERGE,
         text_of(MAP, conv(), kind("global_avg_pool", name="g"),
                 kind("add", **{"with": ["c"]})),
         ("use multiply", "insert upsample", "remove x")),
)  # fmt: skip

DOCUMENTS = (
    Case("a layer that cannot be read", Code.DUPLICATE_NAME,
         text_of(MAP, {"type": "relu", "name": "c"}, {"type": "relo", "name": "c"}),
         ("rename it to c_2", "remove c")),
    Case("a name that ends with a blank, which another has without it",
         Code.BLANK_NAME, text_of(MAP, {"type": "relu", "name": "c"}, {
             "type": "relu", "name": "c "}, {"type": "add", "with": ["c "]}),
         ("rename it to c_2", "leave name out")),
    Case("a name of fillers", Code.BLANK_NAME,
         text_of(MAP, {"type": "relu", "name": "\u3164"}), ("leave name out",)),
    Case("a name misspelt", Code.UNKNOWN_PARAMETER,
         text_of((2,), linear(out_features=2), parameters={
             "fc.wait": [[1, 2], [3, 4]]}),
         ("call them fc.weight", "drop the values of fc.wait")),
    Case("ragged rows", Code.PARAMETER_SHAPE,
         text_of((2,), linear(), parameters={"fc.weight": [[1, 2], [3]]}),
         ("drop the values of fc.weight",)),
    Case("two blocks, each as long as a network may be", Code.TOO_LARGE,
         text_of(MAP, *[{"type": "block", "repeat": 20_000, "layers": [RELU]}] * 2),
         ()),
    Case("a block in a block", Code.TOO_LARGE,
         text_of(MAP, {"type": "block", "repeat": 200, "name": "b", "layers": [
             {"type": "block", "repeat": 150, "layers": [RELU]}]}),
         ("set repeat of b to 133",)),
    Case("no room for another layer", Code.LINEAR_ON_MAP,
         text_of(MAP, {"type": "block", "repeat": 19_999, "layers": [RELU]}, linear()),
         ("act on the last axis: in_features 9",)),
)  # fmt: skip

CASES = (*RANKS, *CHANNELS, *WINDOWS, *HABITS, *MERGES, *DOCUMENTS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_offered_mends_the_problem(case: Case) -> None:
    report = report_of_text(case.text)
    (problem,) = (one for one in report.diagnostics if one.code is case.code)
    assert tuple(one.title for one in fixes_of(report, problem)) == case.offered
    check_all(report)


def fixed(text: str, title: str) -> Report:
    """Return the report after the fix of a title for the only problem of a document."""
    report = report_of_text(text)
    (problem,) = report.diagnostics
    (fix,) = (one for one in fixes_of(report, problem) if one.title == title)
    return mended(report, fix)


def test_entries_for_each_axis_go_on_where_there_are_more_axes() -> None:
    text = text_of((4, 9, 9, 9), conv(kernel_size=[3, 5]))
    layer = fixed(text, "use conv3d").rows[0].layer
    assert layer == Conv3d(name="c", out_channels=8, kernel_size=(3, 5, 5))


def test_padding_that_is_cut_stays_on_its_axis() -> None:
    text = text_of(MAP, kind("pad", padding=[12, 12], mode="reflect"))
    report = fixed(text, "set padding to [[0, 0], [8, 8]]")
    assert report.rows[0].layer == Pad(
        name="x", padding=((0, 0), (8, 8)), mode="reflect"
    )
    assert report.output == (4, 9, 25)
