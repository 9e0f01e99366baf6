"""Every problem of the catalogue: what triggers it, its place, its remedy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import reduce

import pytest

from tests.cases import NETWORK_REFUSALS, REFUSALS
from tests.documents import (
    PRESETS,
    as_text,
    preset_report,
    problems_of,
    report_of_text,
    text_of,
)
from tuicnn.core.check import check
from tuicnn.core.diagnostics import (
    Code,
    Diagnostic,
    Pointer,
    Severity,
    escape_pointer,
)
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import Network, document, layer_document
from tuicnn.core.report import Report

Layer = dict[str, object]

MAP = (4, 9, 9)


def conv(**fields: object) -> Layer:
    return {"type": "conv2d", "name": "c", "out_channels": 8, "kernel_size": 3,
            **fields}  # fmt: skip


def linear(**fields: object) -> Layer:
    return {"type": "linear", "name": "fc", "out_features": 5, **fields}


def kind(which: str, **fields: object) -> Layer:
    return {"type": which, "name": "x", **fields}


def merged(merge: str, *branches: list[Layer]) -> Layer:
    return kind("parallel", merge=merge, branches=list(branches))


@dataclass(frozen=True)
class Example:
    """A document with one problem.

    Attributes:
        marked: What stands in the text where line and column must point.
        path: The layer; empty where the problem is the document's.
        pointer: The place, as a JSON pointer.
    """

    code: Code
    text: str
    marked: str
    path: str = ""
    field: str | None = None
    pointer: str = ""

    def __str__(self) -> str:
        return self.code.code


EXAMPLES = (
    Example(Code.JSON_SYNTAX, '{"format": "tuicnn/1",}', ",}"),
    Example(Code.NOT_A_DOCUMENT, "\n [1, 2]", "[1, 2]"),
    Example(Code.UNKNOWN_FORMAT, '{"name": "n",\n "format": "tuicnn/7"}', '"tuicnn/7"',
            field="format", pointer="/format"),
    Example(Code.MISSING_KEY, text_of(MAP, kind("linear")), '{"type": "linear"',
            "x", "out_features", "/layers/0"),
    Example(Code.UNKNOWN_KEY, text_of(MAP, conv(strid=2)), '"strid"',
            "c", "strid", "/layers/0/strid"),
    Example(Code.UNKNOWN_TYPE, text_of(MAP, kind("conv2")), '"conv2"',
            "x", "type", "/layers/0/type"),
    Example(Code.INVALID_VALUE, text_of(MAP, conv(stride=0)), "0}",
            "c", "stride", "/layers/0/stride"),
    Example(Code.TOO_LARGE, text_of(MAP, kind("block", repeat=20_000, layers=[
            {"type": "relu"}, {"type": "relu"}])), "[\n", "", "layers", "/layers"),
    Example(Code.DUPLICATE_NAME, text_of(MAP, conv(), kind("relu", name="C")), '"C"',
            "C", "name", "/layers/1/name"),
    Example(Code.UNKNOWN_PARAMETER, text_of((2,), linear(), parameters={"fc.wait": 1}),
            "1}\n", pointer="/parameters/fc.wait"),
    Example(Code.PARAMETER_SHAPE, text_of((2,), linear(), parameters={"fc.bias": [7]}),
            "[7]", "fc", pointer="/parameters/fc.bias"),
    Example(Code.INVALID_EXPECTATION, text_of(MAP, expect=["size < 3"]), '"size',
            pointer="/expect/0"),
    Example(Code.EXPECTATION_FAILED, text_of(MAP, expect=["layers > -1", "macs > 0"]),
            '"macs', pointer="/expect/1"),
    Example(Code.WRONG_RANK, text_of((9,), conv()), '{"type": "conv2d"',
            "c", None, "/layers/0"),
    Example(Code.WINDOW_TOO_LARGE, text_of(MAP, conv(kernel_size=77)), "77",
            "c", "kernel_size", "/layers/0/kernel_size"),
    Example(Code.OUTPUT_TOO_SMALL, text_of(MAP, kind("conv_transpose2d", out_channels=1,
            kernel_size=1, padding=77)), "77", "x", "padding", "/layers/0/padding"),
    Example(Code.POOL_PADDING, text_of(MAP, kind("max_pool2d", kernel_size=3,
            padding=77)), "77", "x", "padding", "/layers/0/padding"),
    Example(Code.WRAPPED_PADDING, text_of(MAP, conv(padding=77,
            padding_mode="reflect")), '"reflect"', "c", "padding_mode",
            "/layers/0/padding_mode"),
    Example(Code.OUTPUT_PADDING, text_of(MAP, kind("conv_transpose2d", out_channels=1,
            kernel_size=3, output_padding=77)), "77", "x", "output_padding",
            "/layers/0/output_padding"),
    Example(Code.GROUPS, text_of(MAP, conv(groups=77)), "77", "c", "groups",
            "/layers/0/groups"),
    Example(Code.IN_CHANNELS_MISMATCH, text_of(MAP, conv(in_channels=77)), "77",
            "c", "in_channels", "/layers/0/in_channels"),
    Example(Code.IN_FEATURES_MISMATCH, text_of((9,), linear(in_features=77)), "77",
            "fc", "in_features", "/layers/0/in_features"),
    Example(Code.NUM_FEATURES_MISMATCH, text_of(MAP, kind("batch_norm",
            num_features=77)), "77", "x", "num_features", "/layers/0/num_features"),
    Example(Code.LINEAR_ON_MAP, text_of(MAP, linear()), '{"type": "linear"',
            "fc", None, "/layers/0"),
    Example(Code.ELEMENT_COUNT, text_of(MAP, kind("reshape", shape=[77])), "[77]",
            "x", "shape", "/layers/0/shape"),
    Example(Code.AXIS, text_of(MAP, kind("flatten", start_dim=7)), "7}",
            "x", "start_dim", "/layers/0/start_dim"),
    Example(Code.NOT_DIVISIBLE, text_of(MAP, kind("pixel_shuffle", upscale_factor=3)),
            "3}", "x", "upscale_factor", "/layers/0/upscale_factor"),
    Example(Code.CROP_TOO_LARGE, text_of(MAP, kind("crop", cropping=7)), "7}",
            "x", "cropping", "/layers/0/cropping"),
    Example(Code.TOO_MANY_ELEMENTS, text_of((1024, 65_536, 9),
            kind("upsample", scale_factor=1024.0)), '{"type": "upsample"',
            "x", None, "/layers/0"),
    Example(Code.CONFLICTING_FIELDS, text_of(MAP, kind("pad", padding=[1, 2, 3])),
            "[1, 2, 3]", "x", "padding", "/layers/0/padding"),
    Example(Code.MERGE_SHAPES, text_of(MAP, merged("add", [conv()], [])),
            '{"type": "parallel"', "x", None, "/layers/0"),
    Example(Code.UNKNOWN_SKIP, text_of(MAP, kind("add", **{"with": ["nix"]})), '"nix"',
            "x", "with", "/layers/0/with/0"),
    Example(Code.AMBIGUOUS_SKIP, text_of(MAP, kind("relu"), {
            "type": "block", "name": "b", "layers": [
                kind("relu"), {"type": "add", "name": "sum", "with": ["x"]}]}),
            '"x"]', "b.sum", "with", "/layers/1/layers/1/with/0"),
    Example(Code.BLANK_NAME, text_of(MAP, conv(name="c ")), '"c "', "c ", "name",
            "/layers/0/name"),
    Example(Code.DISCARDED_CELLS, text_of(MAP, kind("max_pool2d", kernel_size=2,
            stride=2)), "2}", "x", "stride", "/layers/0/stride"),
    Example(Code.STRIDE_GAPS, text_of((4, 16, 16), conv(kernel_size=1, stride=3)), "3}",
            "c", "stride", "/layers/0/stride"),
    Example(Code.BIAS_BEFORE_NORM, text_of(MAP, conv(bias=True), kind("batch_norm")),
            "true", "c", "bias", "/layers/0/bias"),
    Example(Code.SOFTMAX_TWICE, text_of((9,), kind("softmax"),
            {"type": "log_softmax", "name": "y"}), '{"type": "log_softmax"',
            "y", None, "/layers/1"),
    Example(Code.SOFTMAX_AXIS, text_of((3, 9), kind("softmax"), linear(in_features=9)),
            '{"type": "softmax"', "x", "dim", "/layers/0/dim"),
    Example(Code.UNEVEN_OVERLAP, text_of(MAP, kind("conv_transpose2d", out_channels=1,
            stride=2, kernel_size=3)), "3}", "x", "kernel_size",
            "/layers/0/kernel_size"),
    Example(Code.DOMINANT_LINEAR, text_of((64, 30, 30), kind("flatten"),
            linear(out_features=4096)), '{"type": "linear"', "fc", None, "/layers/1"),
    Example(Code.CHANNELS_LAST, text_of((224, 224, 3)), "[224", "", "input", "/input"),
    Example(Code.MISALIGNED_BRANCHES, text_of(MAP, merged("add", [], [
            kind("pad", padding=[0, 1, 0, 1]), kind("avg_pool2d", name="y",
            kernel_size=2, stride=1)])), '{"type": "parallel"', "x", None, "/layers/0"),
    Example(Code.BROADCAST_MERGE, text_of(MAP, merged("add", [], [
            kind("global_avg_pool")])), '{"type": "parallel"', "x", None, "/layers/0"),
    Example(Code.CONSTANT_NORM, text_of((4, 1, 1), kind("instance_norm")),
            '{"type": "instance_norm"', "x", None, "/layers/0"),
    Example(Code.SAME_WITH_STRIDE, text_of(MAP, conv(stride=2, padding="same")),
            '"same"', "c", "padding", "/layers/0/padding"),
    Example(Code.DILATION_WITH_STRIDE, text_of(MAP, conv(stride=2, dilation=2)), "2}",
            "c", "dilation", "/layers/0/dilation"),
    Example(Code.CEIL_MODE, text_of(MAP, kind("max_pool2d", kernel_size=2,
            ceil_mode=True)), "true", "x", "ceil_mode", "/layers/0/ceil_mode"),
    Example(Code.SOFTMAX_OUTPUT, text_of((9,), kind("softmax")), '{"type": "softmax"',
            "x", None, "/layers/0"),
)  # fmt: skip


def only(text: str, code: Code) -> Diagnostic:
    """Return the only problem of a document, and assert which one it is."""
    problems = problems_of(text)
    assert [one.code for one in problems] == [code]
    return problems[0]


def put(network: Network, problem: Diagnostic) -> list[Report]:
    """Return a network's reports after each fix was put in its problem's place."""
    place = problem.pointer
    while place and not _is_layer(place):
        place = place[:-1]
    return [check(replaced(network, place, fix.layers)) for fix in problem.fixes]


def _is_layer(pointer: Pointer) -> bool:
    """Whether a pointer leads to a layer: …/layers/3 or …/branches/0/3."""
    if not isinstance(pointer[-1], int):
        return False
    return pointer[-2] == "layers" or pointer[-3:-2] == ("branches",)


def replaced(
    network: Network, place: Pointer, layers: tuple[LayerSpec, ...]
) -> Network:
    """Return a network with layers in the place of one, read from its document."""
    text = document(network)
    *outer, at = place
    holder = reduce(lambda value, part: value[part], outer, text)
    holder[at : at + 1] = map(layer_document, layers)
    return report_of_text(as_text(text)).network


def assert_mended(report: Report) -> None:
    """Assert that each fix of each problem, in its place, removes that problem."""
    for problem in report.diagnostics:
        for mended in put(report.network, problem):
            left = [(one.code, one.path, one.field) for one in mended.diagnostics]
            assert (problem.code, problem.path, problem.field) not in left


def test_every_code_has_an_example() -> None:
    assert [example.code for example in EXAMPLES] == list(Code)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_has_one_problem_with_its_place(example: Example) -> None:
    problem = only(example.text, example.code)
    assert problem.path == example.path
    assert problem.field == example.field
    assert escape_pointer(problem.pointer) == example.pointer
    assert problem.line is not None
    assert problem.column is not None
    line = example.text.split("\n")[problem.line - 1] + "\n"
    assert line[problem.column - 1 :].startswith(example.marked)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_problem_is_told_in_sentences_and_with_a_remedy(example: Example) -> None:
    problem = only(example.text, example.code)
    for text in problem.message, problem.hint:
        assert text
        assert text.isprintable()
        assert text.endswith((".", "?", "”"))
        assert "  " not in text
    assert problem.severity in Severity


NUMBERED = [one for one in EXAMPLES if "77" in one.text]


@pytest.mark.parametrize("example", NUMBERED, ids=str)
def test_a_message_holds_the_number_that_does_not_fit(example: Example) -> None:
    assert "77" in only(example.text, example.code).message


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_fix_in_its_place_removes_the_problem(example: Example) -> None:
    if example.code not in (Code.JSON_SYNTAX, Code.NOT_A_DOCUMENT, Code.UNKNOWN_FORMAT):
        assert_mended(report_of_text(example.text))


WITH_FIXES = {
    Code.WINDOW_TOO_LARGE, Code.OUTPUT_TOO_SMALL, Code.POOL_PADDING,
    Code.OUTPUT_PADDING, Code.GROUPS, Code.IN_CHANNELS_MISMATCH,
    Code.IN_FEATURES_MISMATCH, Code.NUM_FEATURES_MISMATCH, Code.LINEAR_ON_MAP,
    Code.SOFTMAX_TWICE, Code.BIAS_BEFORE_NORM,
}  # fmt: skip


def test_what_has_one_remedy_offers_it() -> None:
    offered = {example.code for example in EXAMPLES
               if any(one.fixes for one in problems_of(example.text))}  # fmt: skip
    assert offered >= WITH_FIXES


def inside(*layers: Layer) -> tuple[str, ...]:
    """Return documents that hold layers in a block, and in a branch."""
    return (
        text_of(MAP, {"type": "block", "name": "b", "repeat": 1,
                      "layers": [{"type": "relu"}, *layers]}),
        text_of(MAP, merged("add", [{"type": "relu"}, *layers])),
        text_of(MAP, {"type": "block", "name": "b", "layers": [
            merged("concat", [{"type": "relu"}], [{"type": "relu"}, *layers])]}),
    )  # fmt: skip


@pytest.mark.parametrize(
    "layers",
    [
        [conv(in_channels=77)],
        [conv(groups=3)],
        [conv(kernel_size=20)],
        [linear()],
        [linear(in_features=324)],
        [kind("max_pool2d", kernel_size=3, padding=2)],
        [conv(), kind("batch_norm")],
        [kind("batch_norm", num_features=77)],
        [kind("layer_norm", normalized_shape=[4])],
        [kind("conv_transpose2d", out_channels=1, kernel_size=1, padding=9)],
        [kind("softmax"), {"type": "softmax", "name": "y"}],
        [kind("upsample")],
        [kind("channel_shuffle", groups=3)],
    ],
    ids=lambda layers: layers[-1]["type"],
)
def test_a_fix_removes_the_problem_of_a_nested_layer_too(layers: list[Layer]) -> None:
    for text in inside(*layers):
        report = report_of_text(text)
        assert any(problem.fixes for problem in report.diagnostics)
        assert_mended(report)


@pytest.mark.parametrize("name", PRESETS)
def test_every_fix_for_a_preset_removes_its_problem(name: str) -> None:
    assert_mended(preset_report(name))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_no_error_and_every_warning_leads_to_a_row(name: str) -> None:
    report = preset_report(name)
    assert report.valid
    for problem in report.diagnostics:
        assert problem.line is not None
        row = report.row(problem.path)
        assert row is not None
        assert problem.pointer[: len(row.pointer)] == row.pointer


@pytest.mark.parametrize("case", [*REFUSALS, *NETWORK_REFUSALS], ids=str)
def test_a_refusal_has_a_remedy(case: object) -> None:
    if hasattr(case, "document"):
        text = as_text(case.document)
    else:
        text = text_of(tuple(case.entering), layer_document(case.layer))
    for problem in problems_of(text):
        if problem.severity is Severity.ERROR:
            assert problem.hint.endswith((".", "?"))
            assert problem.message.endswith(".")


def test_what_stands_below_an_error_is_unreached_and_silent() -> None:
    text = text_of(MAP, conv(in_channels=77), linear(), kind("max_pool2d",
                   kernel_size=99), {"type": "add", "with": ["c"]})  # fmt: skip
    only(text, Code.IN_CHANNELS_MISMATCH)
    report = report_of_text(text)
    assert [row.reached for row in report.rows] == [True, False, False, False]
    assert [row.output for row in report.rows] == [None] * 4
    assert report.output is None


def test_what_stands_below_a_layer_that_cannot_be_read_is_silent() -> None:
    text = text_of(MAP, kind("conv2"), linear(), conv(groups=3))
    only(text, Code.UNKNOWN_TYPE)


def test_what_can_be_read_without_a_shape_is_told_below_an_error_too() -> None:
    text = text_of(MAP, linear(), conv(stride=0), kind("relo"))
    assert {one.code for one in problems_of(text)} == {
        Code.LINEAR_ON_MAP,
        Code.INVALID_VALUE,
        Code.UNKNOWN_TYPE,
    }


def test_branches_beside_a_broken_one_go_on() -> None:
    text = text_of(MAP, merged("add", [conv(groups=3)], [conv(groups=5)], []))
    problems = problems_of(text)
    assert [one.code for one in problems] == [Code.GROUPS, Code.GROUPS]
    assert [one.path for one in problems] == ["x.0.c", "x.1.c"]


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (conv(in_channels=77), Code.IN_CHANNELS_MISMATCH),
        (conv(stride=0), Code.INVALID_VALUE),
        (kind("conv2"), Code.UNKNOWN_TYPE),
        (kind("add", **{"with": ["nix"]}), Code.UNKNOWN_SKIP),
        (merged("add", [conv()], []), Code.MERGE_SHAPES),
    ],
    ids=lambda one: one.code if isinstance(one, Code) else "",
)
def test_a_broken_layer_in_a_repeated_block_is_told_once(
    broken: Layer, code: Code
) -> None:
    text = text_of(MAP, {"type": "block", "name": "b", "repeat": 50, "layers": [
        {"type": "relu"}, broken, {"type": "relu"}]})  # fmt: skip
    problem = only(text, code)
    assert problem.pointer[:4] == ("layers", 0, "layers", 1)


def test_a_warning_in_a_repeated_block_is_told_once_of_the_first() -> None:
    text = text_of(MAP, {"type": "block", "name": "b", "repeat": 9, "layers": [
        conv(out_channels=4, padding=1), kind("batch_norm")]})  # fmt: skip
    assert only(text, Code.BIAS_BEFORE_NORM).path == "b.0.c"


def test_all_problems_are_told_at_once_in_the_order_of_the_document() -> None:
    text = text_of(MAP, conv(bias=True, padding=1), kind("batch_norm"),
                   conv(name="d", stride=0, dilaton=2), kind("relo", name="y"),
                   parameters={"c.bias": [1]}, expect=["size > 1"])  # fmt: skip
    problems = problems_of(text)
    assert {(one.code, one.path) for one in problems} == {
        (Code.BIAS_BEFORE_NORM, "c"),
        (Code.PARAMETER_SHAPE, "c"),
        (Code.INVALID_VALUE, "d"),
        (Code.UNKNOWN_KEY, "d"),
        (Code.UNKNOWN_TYPE, "y"),
        (Code.INVALID_EXPECTATION, ""),
    }


def test_layers_that_cannot_be_read_cause_no_problem_of_names() -> None:
    text = text_of(MAP, {"type": "Conv2D"}, {"type": "conv2D"}, {"type": "conv2d"})
    codes = [one.code for one in problems_of(text)]
    assert Code.DUPLICATE_NAME not in codes
    assert len(codes) == 4


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        # Where no number of axes was written, images are meant.
        ("convv", "conv2d"),
        ("conv", "conv2d"),
        ("maxpol", "max_pool2d"),
        ("conv_transpos", "conv_transpose2d"),
        ("convv3d", "conv3d"),
        ("max_pol1d", "max_pool1d"),
        ("Conv1D", "conv1d"),
        ("lineer", "linear"),
        ("dense", "linear"),
    ],
)
def test_the_type_that_was_probably_meant_is_named(wrong: str, meant: str) -> None:
    (problem,) = problems_of(text_of(MAP, {"type": wrong}))
    assert problem.code is Code.UNKNOWN_TYPE
    assert problem.hint.startswith(f"Did you mean {meant}?")


@pytest.mark.parametrize("wrong", ["\x1b[2J", "x" * 70, "", "é", 3, None, [], {}])
def test_the_path_of_a_problem_is_that_of_a_row(wrong: object) -> None:
    text = text_of(MAP, {"type": wrong}, {"type": wrong}, {"type": "relu",
                   "name": wrong or 0}, 7, {"type": "block", "layers": [
                       {"type": wrong}]})  # fmt: skip
    report = report_of_text(text)
    paths = {row.path for row in report.rows}
    for problem in report.diagnostics:
        assert problem.path in paths


@pytest.mark.parametrize(
    ("names", "duplicate"),
    [
        (("conv", "CONV"), True),
        (("ﬁt", "fit"), True),
        (("a b", "a_b"), False),
        (("straße", "STRASSE"), True),
        (("é", "e\u0301"), True),
        (("relu_2", None), True),
    ],
)
def test_names_are_compared_without_case_and_width(names, duplicate) -> None:
    layers = [{"type": "relu"} if name is None else {"type": "relu", "name": name}
              for name in names]  # fmt: skip
    codes = [one.code for one in problems_of(text_of(MAP, *layers))]
    assert codes == [Code.DUPLICATE_NAME] * duplicate


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("fi", "fi"), "Each layer of a list needs a name of its own."),
        (("relu_2", None), "Each layer of a list needs a name of its own."),
        (("fi", "FI"), "Names are compared without case: both are “fi”."),
        (("straße", "STRASSE"), "Names are compared without case: both are “strasse”."),
        (("ﬁ", "fi"), "compared in compatibility form (NFKC): both are “fi”."),
        (("é", "e\u0301"), "compared in compatibility form (NFKC): both are “é”."),
        (
            ("ａ", "A"),
            "compared without case, and in compatibility form (NFKC): both are “a”.",
        ),
    ],
)
def test_the_reason_is_given_why_two_names_are_one(names, reason) -> None:
    layers = [{"type": "relu", "name": name} if name else {"type": "relu"}
              for name in names]  # fmt: skip
    inner = [{"type": "block", "name": "b", "layers": layers}]
    for where in (layers, inner):
        (problem,) = problems_of(text_of(MAP, *where))
        assert problem.hint.endswith(f"{reason} Rename one of them.")


@pytest.mark.parametrize(
    ("found", "hint"),
    [
        ("tuicnn/2", "made by a newer tuicnn: upgrade tuicnn"),
        ("tuicnn/999999999", "made by a newer tuicnn: upgrade tuicnn"),
        ("tuicnn/0", "No tuicnn has ever written that format."),
        ("tuicnn/01", 'Set "format" to "tuicnn/1"'),
        ("tuicnn/2.0", 'Set "format" to "tuicnn/1"'),
        ("tuicnn/" + "9" * 5000, 'Set "format" to "tuicnn/1"'),
        ("tuicnn/²", 'Set "format" to "tuicnn/1"'),
        ("onnx/2", 'Set "format" to "tuicnn/1"'),
        (2, 'Set "format" to "tuicnn/1"'),
    ],
)
def test_a_newer_format_asks_for_a_newer_program_and_no_other_does(found, hint) -> None:
    (problem,) = problems_of(text_of(MAP).replace('"tuicnn/1"', json.dumps(found)))
    assert problem.code is Code.UNKNOWN_FORMAT
    assert hint in problem.hint
    assert ("upgrade" in problem.hint) == ("newer" in hint)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("c", ""),
        ("a b", ""),
        ("é", ""),
        ("e\u0301", ""),
        ("ㅤㅤ", "is made of what cannot be seen: U+3164."),
        (" ", "is made of what cannot be seen: U+0020."),
        ("\u115f\u1160", "is made of what cannot be seen: U+115F, U+1160."),
        (" c", "begins or ends with what cannot be seen: U+0020."),
        ("c\u2800", "begins or ends with what cannot be seen: U+2800."),
        (
            "\u034fc \uffa0",
            "begins or ends with what cannot be seen: U+034F, U+0020, U+FFA0.",
        ),
    ],
)
def test_a_name_that_cannot_be_seen_is_valid_and_warned_of(name, told) -> None:
    inner = [{"type": "block", "name": "b", "layers": [conv(name=name)]}]
    for layers in ([conv(name=name)], inner, [{**inner[0], "name": name}]):
        text = text_of(MAP, *layers)
        assert report_of_text(text).valid
        found = [one for one in problems_of(text) if one.code is Code.BLANK_NAME]
        assert bool(found) == bool(told)
        assert all(one.message.endswith(told) for one in found)


def test_a_name_may_stand_again_in_another_list() -> None:
    text = text_of(
        MAP,
        kind("relu"),
        {"type": "block", "name": "b", "layers": [kind("relu")]},
        merged("add", [kind("relu")], [kind("relu")]) | {"name": "p"},
    )
    assert problems_of(text) == ()
