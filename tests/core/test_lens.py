"""The lens: complete over the layer types, and honest about what differs."""

from __future__ import annotations

import ast

import pytest

from tests.cases import CASES, Case, net
from tests.documents import PRESETS, preset_report, report_of_text, text_of
from tests.program import answer, assert_holds, refusal, run
from tuicnn.core.check import check
from tuicnn.core.explain.lens import explain_lens
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.lens import SPELLERS, Framework, Setting, View, lens, spelled_in
from tuicnn.core.network import Network
from tuicnn.core.reading import read_value
from tuicnn.core.shapes import Shape

PYTORCH, KERAS, ONNX = Framework


def of(kind: str, entering: Shape, **fields: object) -> dict[Framework, View]:
    layer: LayerSpec = layer_types()[kind].model_validate(fields)
    report = check(Network(name="one", input=entering, layers=(layer,)))
    return {one.framework: one for one in lens(report, report.rows[0])}


@pytest.mark.parametrize("framework", Framework)
def test_every_layer_type_is_spelled_in_every_framework(framework: Framework) -> None:
    assert SPELLERS[framework].keys() == layer_types().keys()


@pytest.mark.parametrize("framework", Framework)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_code_is_one_ascii_expression_or_there_is_a_reason(
    case: Case, framework: Framework
) -> None:
    effect = case.layer.infer(case.entering)
    found = spelled_in(framework, Setting(case.layer, case.entering, effect))
    if found.reason:
        assert (found.code, found.output) == ("", None)
        return
    assert found.code.isascii()
    ast.parse(found.code, mode="eval")
    assert found.trainable == case.parameters


def test_pytorch_can_express_every_row_but_no_block() -> None:
    for case in CASES:
        effect = case.layer.infer(case.entering)
        one = Setting(case.layer, case.entering, effect)
        assert spelled_in(PYTORCH, one).code, case


def test_names_of_layers_never_stand_in_code() -> None:
    evil = '__import__("os").system("x")'.replace(".", "\u2024")
    conv = {"type": "conv2d", "name": evil, "out_channels": 3, "kernel_size": 1}
    network = read_value(net((3, 4, 4), conv, {"type": "relu"},
                             {"type": "add", "with": [evil]})).network  # fmt: skip
    assert network is not None
    report = check(network)
    assert report.valid
    for row in report.rows:
        for view in lens(report, row):
            assert "import" not in view.code
    (torch, *_) = lens(report, report.rows[-1])
    assert torch.code == "x + y1"


def test_a_batch_norm_of_64_is_128_numbers_or_256() -> None:
    found = of("batch_norm", (64, 8, 8))
    assert (found[PYTORCH].trainable, found[PYTORCH].kept) == (128, 128)
    assert (found[KERAS].trainable, found[KERAS].kept) == (128, 128)
    assert "4 a channel, not 2" in str(found[KERAS].remarks)


def test_a_prelu_of_keras_is_told_which_axes_share_a_slope() -> None:
    one = of("prelu", (32, 28, 28))[KERAS]
    assert "shared_axes=[1, 2, 3]" in one.code
    assert "a slope for each of 25,088 numbers" in str(one.remarks)
    each = of("prelu", (32, 28, 28), num_parameters=32)[KERAS]
    assert "shared_axes=[1, 2]" in each.code


def test_same_with_a_stride_is_written_out_for_pytorch() -> None:
    fields = {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": "same"}
    found = of("conv2d", (3, 224, 224), **fields)
    assert {one.edges for one in found.values()} == {((2, 3), (2, 3))}
    assert "nn.ZeroPad2d((2, 3, 2, 3))" in found[PYTORCH].code
    assert "stride of 1 only" in str(found[PYTORCH].remarks)
    assert "padding='same'" in found[KERAS].code
    assert found[KERAS].output == (112, 112, 64)
    assert "pads=[2, 2, 3, 3]" in found[ONNX].code


def test_a_padding_in_numbers_is_a_layer_of_its_own_in_keras() -> None:
    fields = {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3}
    one = of("conv2d", (3, 224, 224), **fields)[KERAS]
    assert "layers.ZeroPadding2D(((3, 3), (3, 3)))" in one.code
    assert "“same” would give this size too" in str(one.remarks)


def test_what_a_framework_cannot_express_has_its_reason() -> None:
    fields = {"kernel_size": 3, "stride": 2, "ceil_mode": True}
    assert "no ceil_mode" in of("max_pool2d", (1, 112, 112), **fields)[KERAS].reason
    dilated = {"out_channels": 1, "kernel_size": 3, "stride": 2, "dilation": 2}
    refused = of("conv2d", (1, 9, 9), **dilated)[KERAS].reason
    assert refused == "Keras refuses a dilation together with a stride"
    wrapped = {"padding": 1, "mode": "circular"}
    assert "opset 19" in of("pad", (1, 9, 9), **wrapped)[ONNX].reason
    fifths = {"output_size": 4}
    assert "unequal size" in of("adaptive_avg_pool1d", (1, 10), **fifths)[ONNX].reason


def test_ceil_mode_tells_what_the_text_of_onnx_says() -> None:
    fields = {"kernel_size": 4, "stride": 4, "padding": 2, "ceil_mode": True}
    one = of("max_pool1d", (1, 9), **fields)[ONNX]
    assert one.output == (1, 3)
    assert "counts a window that begins in the padding: 1×4." in str(one.remarks)


def test_flatten_tells_of_the_order_and_softmax_of_its_axis() -> None:
    assert "channels last" in str(of("flatten", (256, 6, 6))[KERAS].remarks)
    assert of("flatten", (10,))[KERAS].remarks == ()
    assert of("softmax", (2, 4, 5))[KERAS].code == "layers.Softmax(axis=3)"
    assert of("softmax", (10,))[PYTORCH].code == "nn.Softmax(dim=1)"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_spelled_in_lines_of_a_terminal(name: str) -> None:
    report = preset_report(name)
    lines = explain_lens(report)
    assert max(map(len, lines)) <= 80
    for row in report.rows:
        found = {one.framework: one for one in lens(report, row)}
        assert found[PYTORCH].code or row.container
        assert found[ONNX].code or row.container


def test_the_command_shows_a_layer_in_three_frameworks() -> None:
    assert_holds(
        answer("lens", "alexnet", "conv1"),
        "3×227×227 → 96×55×55",
        "PyTorch nn.Conv2d(3, 96, 11, stride=4) leaves 96×55×55",
        "Keras (channels last) layers.Conv2D(96, 11, strides=4) leaves 55×55×96",
        "ONNX (opset 17) helper.make_node('Conv'",
        "34,944 numbers learnt",
    )


def test_the_command_shows_one_framework_and_json() -> None:
    text = answer("lens", "lenet5", "--framework", "keras")
    assert_holds(text, "c1 keras layers.Conv2D(6, 5)", "Differences", "channels last")
    assert "nn." not in text
    text = answer("lens", "lenet5", "c1", "--json")
    assert_holds(text, '"framework": "pytorch"', '"code": "nn.Conv2d(1, 6, 5)"')


def test_the_command_refuses_what_is_not_there() -> None:
    assert "Did you mean conv1?" in refusal("lens", "alexnet", "conv11x")
    assert "pytorch" in refusal("lens", "alexnet", "--framework", "caffe")


def test_a_layer_below_an_error_is_told_why_there_is_nothing() -> None:
    text = text_of((3, 9, 9), {"type": "linear", "out_features": 4}, {"type": "relu"})
    outcome = run("lens", "-", "relu_1", stdin=text)
    assert outcome.status == 1
    assert_holds(outcome.out, "nothing to spell", "never flattened")
    assert_holds(run("lens", "-", stdin=text).out, "The network has an error")


def block_views(*layers: dict[str, object], **fields: object) -> dict[Framework, View]:
    block = {"type": "block", "name": "b", "layers": list(layers), **fields}
    network = read_value(net((3, 8, 8), block)).network
    assert network is not None
    report = check(network)
    return {one.framework: one for one in lens(report, report.rows[0])}


CONV = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}
ADDING = {"type": "parallel", "merge": "add", "branches": [[], []]}


def test_a_block_is_its_layers_in_a_row() -> None:
    inner = {"type": "block", "layers": [{"type": "batch_norm"}]}
    found = block_views(CONV, {"type": "relu"}, inner)
    assert found[PYTORCH].code == (
        "nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), "
        "nn.Sequential(nn.BatchNorm2d(4)))"
    )
    assert found[KERAS].code.startswith("keras.Sequential([layers.Conv2D(4, 3")
    assert (found[PYTORCH].trainable, found[PYTORCH].kept) == (120, 8)
    assert found[KERAS].output == (8, 8, 4)
    assert "only nodes in a row" in found[ONNX].reason


def test_each_repetition_has_the_channels_that_reach_it() -> None:
    code = block_views(CONV, repeat=2)[PYTORCH].code
    assert "nn.Conv2d(3, 4" in code
    assert "nn.Conv2d(4, 4" in code


@pytest.mark.parametrize(
    "layers",
    [(CONV, ADDING), (CONV, {"type": "layer_scale"}), (), [CONV] * 17, [CONV] * 300],
)
def test_a_block_that_is_no_plain_row_says_so(layers) -> None:
    found = block_views(*layers)
    assert found[PYTORCH].code == found[KERAS].code == ""
    assert "ask for its layers" in found[PYTORCH].reason


def test_the_values_of_a_merge_are_explained() -> None:
    assert_holds(answer("lens", "unet", "skip1"), "y0 and y1: what leaves its branches")


@pytest.mark.parametrize(
    ("merge", "branches", "names", "code"),
    [
        ("maximum", 3, "y0 to y2: what leaves its branches, in their order",
         ["torch.maximum(torch.maximum(y0, y1), y2)",
          "layers.Maximum()([y0, y1, y2])",
          "helper.make_node('Max', ['y0', 'y1', 'y2'], ['y'])"]),
        ("concat", 1, "y0: what leaves its branch",
         ["torch.cat([y0], dim=1)", "y0",
          "helper.make_node('Concat', ['y0'], ['y'], axis=1)"]),
    ],
)  # fmt: skip
def test_each_branch_of_a_merge_has_a_name(
    merge: str, branches: int, names: str, code: list[str]
) -> None:
    join = {"type": "parallel", "merge": merge, "branches": [[]] * branches}
    report = report_of_text(text_of((3, 4, 4), join))
    lines = explain_lens(report, report.rows[0])
    assert lines[2] == f"  {names}"
    assert [one.code for one in lens(report, report.rows[0])] == code
    alone = "  note: A single branch: there is nothing to join."
    assert (alone in lines) == (branches == 1)


@pytest.mark.parametrize(
    ("others", "names", "code"),
    [
        (["a"], "y1 is what it names", "x + y1"),
        (["a", "r"], "y1 and y2 are what it names", "x + y1 + y2"),
        (["a", "r", "a"], "y1 to y3 are what it names", "x + y1 + y2 + y3"),
    ],
)
def test_what_a_skip_names_is_explained(
    others: list[str], names: str, code: str
) -> None:
    layers = ({"type": "relu", "name": "a"}, {"type": "relu", "name": "r"},
              {"type": "add", "with": others})  # fmt: skip
    report = report_of_text(text_of((3, 4, 4), *layers))
    lines = explain_lens(report, report.rows[-1])
    assert lines[2] == f"  x is what enters, {names}"
    assert lines[5] == f"  {code}"
