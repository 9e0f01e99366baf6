"""Typing errors: the name that was probably meant is told."""

import pytest

from tests.documents import PRESETS, as_text, text_of
from tests.program import assert_holds, refusal, run
from tuicnn.commands import command_names
from tuicnn.core.layers import layer_types

CONV = {"type": "conv2d", "name": "stem", "out_channels": 8, "kernel_size": 3}


def misspelt(name: str) -> str:
    """Return a name with its last letter written twice."""
    return name + name[-1]


def told(*layers: dict[str, object]) -> str:
    """Return what `tuicnn check` says of a stack with an error."""
    outcome = run("check", "-", stdin=text_of((4, 9, 9), *layers))
    assert outcome.status == 1
    return outcome.out


@pytest.mark.parametrize("name", command_names())
def test_a_misspelt_command_is_answered_with_the_command(name):
    assert f"Did you mean {name}?" in refusal(misspelt(name), "alexnet")


@pytest.mark.parametrize("name", ["alexnet", "resnet50", "googlenet", "xception"])
def test_a_misspelt_preset_is_answered_with_the_preset(name):
    assert f"Did you mean {name}?" in refusal("summary", misspelt(name))
    assert f"Did you mean {name}?" in refusal(misspelt(name))


def test_what_is_like_nothing_is_answered_with_where_to_look():
    assert "`tuicnn presets` lists the presets" in refusal("summary", "qqqqqq")
    assert "tuicnn --help" in refusal("qqqqqq", "alexnet")


def test_a_misspelt_option_is_answered_with_the_option():
    message = refusal("check", "--jsn", "alexnet")
    assert "--json" in message
    assert "`tuicnn check --help`" in message


def test_a_misspelt_layer_path_is_answered_with_the_path():
    assert "Did you mean conv1?" in refusal("explain", "alexnet", "cnov1")
    assert "Did you mean conv1?" in refusal("explain", "alexnet", "CONV1")


@pytest.mark.parametrize("name", layer_types())
def test_a_misspelt_type_is_answered_with_the_type(name):
    assert f"Did you mean {name}?" in told({"type": misspelt(name)})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Conv2D", "conv2d"),
        ("Conv1D", "conv1d"),
        ("conv", "conv2d"),
        ("MaxPooling2D", "max_pool2d"),
        ("maxpool2d", "max_pool2d"),
        ("maxpool", "max_pool2d"),
        ("AvgPool2d", "avg_pool2d"),
        ("Dense", "linear"),
        ("dense", "linear"),
        ("fully connected", "linear"),
        ("fc", "linear"),
        ("Gemm", "linear"),
        ("ReLU", "relu"),
        ("swish", "silu"),
        ("tansig", "tanh"),
        ("deconv", "conv_transpose2d"),
        ("ConvTranspose2d", "conv_transpose2d"),
        ("Conv2DTranspose", "conv_transpose2d"),
        ("BatchNorm2d", "batch_norm"),
        ("BatchNormalization", "batch_norm"),
        ("Dropout2d", "dropout2d"),
        ("GlobalAveragePooling2D", "global_avg_pool"),
        ("AdaptiveAvgPool2d", "adaptive_avg_pool2d"),
        ("DepthwiseConv2D", "depthwise_conv2d"),
        ("SeparableConv2D", "separable_conv2d"),
        ("Sequential", "block"),
        ("residual", "parallel"),
        ("Concatenate", "concat"),
        ("LRN", "local_response_norm"),
        ("ZeroPadding2D", "pad"),
    ],
)
def test_the_name_of_another_framework_is_answered_with_ours(name, meant):
    assert f"Did you mean {meant}?" in told({"type": name})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("out_chanels", "out_channels"),
        ("kernelsize", "kernel_size"),
        ("Stride", "stride"),
        ("paddding", "padding"),
        ("use_bias", "bias"),
        ("dilatation", "dilation"),
    ],
)
def test_a_misspelt_field_is_answered_with_the_field(name, meant):
    text = told({**CONV, name: 1})
    assert_holds(text, f"stem: unknown-key conv2d has no field “{name}”".replace(
        f"“{name}”", f'"{name}"'), f"Did you mean {meant}?")  # fmt: skip


def test_a_misspelt_key_of_the_document_is_answered_with_the_key():
    text = as_text({"format": "tuicnn/1", "name": "n", "inputs": [1], "layers": []})
    outcome = run("check", "-", stdin=text)
    assert outcome.status == 1
    assert_holds(outcome.out, "unknown-key", "inputs", "Did you mean input?")
    assert_holds(outcome.out, "missing-key", "input")


def test_a_misspelt_name_of_a_skip_is_answered_with_the_name():
    text = told(CONV, {"type": "add", "with": ["stme"]})
    assert_holds(text, "add_1: unknown-skip", "Did you mean stem?")


def test_a_misspelt_parameter_is_answered_with_the_parameter():
    text = text_of((2,), {"type": "linear", "name": "fc", "out_features": 1},
                   parameters={"fc.wieght": [[1, 2]]})  # fmt: skip
    outcome = run("check", "-", stdin=text)
    assert outcome.status == 1
    assert_holds(outcome.out, "unknown-parameter", "Did you mean fc.weight?")


def test_no_preset_hides_behind_a_command():
    assert not set(PRESETS) & set(command_names())
