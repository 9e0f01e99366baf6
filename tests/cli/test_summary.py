"""`tuicnn summary`: the table of layers, anywhere that text can be shown."""

import pytest

from tests.documents import PRESETS, preset_text, text_of
from tests.program import answer, assert_holds, refusal, run

CONV = {"type": "conv2d", "name": "stem", "out_channels": 8, "kernel_size": 3}


def test_the_table_holds_each_layer_and_the_totals():
    text = answer("summary", "alexnet")
    assert_holds(
        text,
        "input 3×227×227",
        "conv1 conv2d 96 · 11×11 · stride 4 96×55×55 34,944 105,415,200",
        "pool5 max_pool2d 3×3 · stride 2 256×6×6",
        "flatten flatten 9216",
        "fc6 linear 4096 4096 37,752,832 37,748,736",
        "output 1000",
        "layers 23",
        "parameters 62,378,344",
        "MACs 1,135,256,096",
        "receptive field 227×227",
    )


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_valid_and_has_a_table(name):
    outcome = run("summary", name)
    assert outcome.status == 0
    assert outcome.err == ""
    assert "parameters" in outcome.out


@pytest.mark.parametrize("arguments", [(), ("lenet5",)])
def test_without_a_terminal_the_editor_points_to_the_summary(arguments):
    message = refusal(*arguments)
    assert "needs a terminal" in message
    assert "`tuicnn summary SOURCE`" in message


def test_a_document_is_read_from_standard_input():
    assert answer("summary", "-", stdin=preset_text("nin")) == answer("summary", "nin")


def test_a_path_is_read_as_a_file_also_where_a_preset_has_its_name(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alexnet").write_text(text_of((3, 9, 9), CONV), encoding="utf-8")
    assert_holds(answer("summary", "./alexnet"), "stem conv2d 8 · 3×3 8×7×7 224")
    assert_holds(answer("summary", "alexnet"), "fc6")


def test_a_network_without_layers_is_a_network():
    text = answer("summary", "-", stdin=text_of((3, 9, 9)))
    assert_holds(text, "input 3×9×9", "no layers yet")


def test_an_error_is_told_on_stderr_and_the_rows_above_it_are_shown():
    text = text_of((3, 9, 9), CONV, {**CONV, "name": "large", "kernel_size": 8})
    outcome = run("summary", "-", stdin=text)
    assert outcome.status == 1
    assert_holds(outcome.out, "stem conv2d 8 · 3×3 8×7×7", "large conv2d 8 · 8×8 ?")
    assert_holds(outcome.out, "output not reached")
    assert_holds(outcome.err, "large: window-too-large", "standard input:7:")
