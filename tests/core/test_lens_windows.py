"""The lens on windows that few networks have: the code, or the reason, of each."""

from __future__ import annotations

import pytest

from tests.core.test_lens import KERAS, ONNX, PYTORCH, of
from tests.documents import report_of_text, text_of
from tuicnn.core.lens import Framework, lens
from tuicnn.core.shapes import Shape

HOLES = {"kernel_size": 2, "dilation": 4, "stride": 1, "padding": "same"}
UP = {"kernel_size": 3, "stride": 2, "norm_type": 2.0, "ceil_mode": True}
AXES = "maps of more than three spatial axes are not written here"
CUT = {"padding": [[-1, 1], [0, 0]], "mode": "reflect"}


@pytest.mark.parametrize(
    ("framework", "kind", "entering", "fields", "code"),
    [
        (KERAS, "reshape", (12,), {"shape": [12]}, "layers.Reshape((12,))"),
        (KERAS, "batch_norm", (4, 5, 5), {"momentum": None},
         "layers.BatchNormalization(epsilon=1e-05)"),
        (KERAS, "avg_pool2d", (2, 9, 9), {"kernel_size": 2, "padding": "same",
         "ceil_mode": True}, "layers.AveragePooling2D(2, padding='same')"),
        (KERAS, "pad", (2, 9, 9), {"padding": [[-1, -2], [0, -1]]},
         "layers.Cropping2D(((1, 2), (0, 1)))"),
        (ONNX, "max_pool2d", (2, 9, 9), HOLES,
         "helper.make_node('MaxPool', ['x'], ['y'], kernel_shape=[2, 2], "
         "strides=[1, 1], pads=[2, 2, 2, 2], dilations=[4, 4])"),
        (KERAS, "softplus", (3,), {}, "layers.Activation('softplus')"),
        (KERAS, "softplus", (3,), {"beta": 2.0}, "keras.ops.softplus(x * 2.0) / 2.0"),
        (ONNX, "softplus", (3,), {}, "helper.make_node('Softplus', ['x'], ['y'])"),
        (ONNX, "linear", (5, 6), {"in_features": 6, "out_features": 1, "bias": False},
         "[helper.make_node('Transpose', ['weight'], ['v1'], perm=[1, 0]), "
         "helper.make_node('MatMul', ['x', 'v1'], ['y'])]"),
        (PYTORCH, "instance_norm", (3, 1, 1), {"track_running_stats": True},
         "nn.InstanceNorm2d(3, track_running_stats=True)"),
        (PYTORCH, "pad", (2, 4, 6), CUT, "nn.ReflectionPad2d((0, 0, -1, 1))"),
        (ONNX, "lp_pool2d", (2, 9, 9), UP,
         "helper.make_node('LpPool', ['x'], ['y'], kernel_shape=[3, 3], "
         "strides=[2, 2], p=2)"),
        (PYTORCH, "max_pool2d", (2, 9, 9), HOLES,
         "nn.Sequential(nn.ConstantPad2d((2, 2, 2, 2), float(\"-inf\")), "
         "nn.MaxPool2d(2, stride=1, dilation=4))"),
        (PYTORCH, "max_pool2d", (2, 8, 8), {"kernel_size": 3, "stride": 2,
         "padding": [[0, 1], [0, 1]], "ceil_mode": True},
         "nn.Sequential(nn.ConstantPad2d((0, 1, 0, 1), float(\"-inf\")), "
         "nn.MaxPool2d(3, stride=2, ceil_mode=True))"),
    ],
)  # fmt: skip
def test_a_rare_setting_is_written_out(
    framework: Framework, kind: str, entering: Shape, fields: dict, code: str
) -> None:
    assert of(kind, entering, **fields)[framework].code == code


@pytest.mark.parametrize(
    ("framework", "kind", "entering", "fields", "reason"),
    [
        (KERAS, "conv_transpose2d", (2, 5, 5), {"out_channels": 3, "kernel_size": 3,
         "stride": 2, "dilation": 2}, "refuses a dilation together with a stride"),
        (KERAS, "avg_pool2d", (2, 9, 9), {"kernel_size": 2, "padding": 1,
         "count_include_pad": False}, "leaves padding out of means under “same” alone"),
        (ONNX, "separable_conv2d", (2, 9, 9), {"out_channels": 3, "kernel_size": 3,
         "padding": 1, "padding_mode": "circular"}, "from opset 19 on"),
        (ONNX, "lp_pool2d", (2, 8, 8), UP, "LpPool rounds down before opset 18"),
        (ONNX, "pad", (2, 4, 6), CUT, "what is mirrored where cells are cut, too"),
        (PYTORCH, "instance_norm", (3, 1, 1), {}, "refuses to normalise a single"),
        (PYTORCH, "reshape", (4, 9), {"shape": [2, 2, 1, 3, 3, 1]}, AXES),
        (PYTORCH, "avg_pool3d", (2, 2, 9, 9), {"kernel_size": 3, "padding": 1},
         "AvgPool3d refuses a window larger than its map"),
        (PYTORCH, "max_pool2d", (2, 4, 4), {"kernel_size": 2, "ceil_mode": True,
         "padding": [[0, 1], [0, 1]]}, "a window that begins in the padding"),
    ],
)  # fmt: skip
def test_a_rare_setting_that_a_framework_lacks_has_its_reason(
    framework: Framework, kind: str, entering: Shape, fields: dict, reason: str
) -> None:
    found = of(kind, entering, **fields)[framework]
    assert (found.code, found.output) == ("", None)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("framework", "kind", "entering", "fields", "remark"),
    [
        (KERAS, "batch_norm", (4, 5, 5), {"momentum": None}, "no plain average"),
        (KERAS, "pad", (2, 9, 9), {"padding": -1}, "Negative padding is a crop"),
        (ONNX, "max_pool2d", (2, 9, 9), HOLES, "pads below the window without its"),
        (PYTORCH, "max_pool2d", (2, 9, 9), HOLES, "at most half a kernel"),
    ],
)  # fmt: skip
def test_a_rare_setting_is_told_what_differs(
    framework: Framework, kind: str, entering: Shape, fields: dict, remark: str
) -> None:
    remarks = " ".join(of(kind, entering, **fields)[framework].remarks)
    assert remark in remarks
    assert "unequal pads" not in remarks


def test_a_layer_on_four_spatial_axes_is_not_written() -> None:
    shape = {"type": "reshape", "shape": [2, 2, 3, 3, 1]}
    report = report_of_text(text_of((4, 9), shape, {"type": "relu"}))
    reshape, relu = (lens(report, row) for row in report.rows)
    assert reshape[0].code == "x.reshape(x.shape[0], 2, 2, 3, 3, 1)"
    assert [(one.code, one.reason) for one in relu] == [("", AXES)] * len(Framework)
