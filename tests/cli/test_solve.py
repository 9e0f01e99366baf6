"""`tuicnn solve`: ways to a shape, as text, as JSON, and as a document."""

import json
from pathlib import Path

import pytest

from tests.documents import preset_text, report_of_text, text_of
from tests.program import answer, assert_holds, assert_no_traceback, refusal, run

CONV = {"type": "conv2d", "name": "c", "out_channels": 4, "kernel_size": 3}


def test_answers_are_numbered_smallest_change_first():
    text = answer("solve", "image-to-map", "--target", "keep", "--limit", "2")
    assert_holds(
        text,
        "image-to-map: the output is 4×19×9.",
        "Wanted: 4×100×50.",
        "1 insert upsample size 100×50",
        "gives upsample_1 4×100×50",
        "parameters ±0 → 1,204; MACs ±0 → 205,200",
        "2 set stride to 1 and padding to same in conv1",
    )
    assert "\n 3  " not in text


def test_no_line_is_wider_than_a_terminal():
    for arguments in (
        ("alexnet", "pool5", "--target", "_x7x7"),
        ("lenet5", "s2", "--target", "_x9x9"),
        ("vgg16", "--mirror"),
        ("googlenet", "inception3a.1.conv2", "--target", "double"),
    ):
        lines = answer("solve", *arguments).splitlines()
        assert max(map(len, lines)) <= 80


def test_what_would_be_left_to_mend_is_told():
    declared = {"type": "linear", "name": "fc", "in_features": 64, "out_features": 2}
    text = text_of((3, 6, 6), CONV, {"type": "flatten"}, declared)
    found = answer("solve", "-", "c", "--target", "keep", stdin=text)
    assert_holds(found, "set padding to 1 in c", "gives c 4×6×6, flatten_1 144, fc ?",
                 "error: fc: in_features is 64, but 144 arrive.")  # fmt: skip


def test_a_layer_is_meant_by_its_path():
    text = answer("solve", "lenet5", "s2", "--target", "_x10x10")
    assert_holds(text, "lenet5: s2 is 6×14×14.", "Wanted: 6×10×10.")
    assert "Did you mean s2?" in refusal("solve", "lenet5", "s22", "--target", "keep")


def test_json_holds_the_same():
    text = answer("solve", "image-to-map", "--target", "1x100x50", "--json")
    found = json.loads(text)
    assert found["network"] == "image-to-map"
    assert found["path"] is None
    assert found["shape"] == [4, 19, 9]
    assert found["target"] == [1, 100, 50]
    first = found["answers"][0]
    assert first["title"] == "insert conv_transpose2d 1 · 10×10 · stride 5"
    assert first["output_shape"] == [1, 100, 50]
    assert (first["parameters_change"], first["macs_change"]) == (401, 68400)
    (layer,) = first["layers"]
    assert layer == {"path": "conv_transpose2d_1", "type": "conv_transpose2d",
                     "output_shape": [1, 100, 50]}  # fmt: skip
    assert first["problems"] == []


@pytest.mark.parametrize("output", [(), ("-o", "-")])
def test_an_answer_is_applied_to_standard_output(output):
    text = answer(
        "solve", "image-to-map", "--target", "1x100x50", "--apply", "1", *output
    )
    report = report_of_text(text)
    assert report.output == (1, 100, 50)
    assert [row.path for row in report.rows] == ["conv1", "conv_transpose2d_1"]


def test_an_answer_beyond_the_limit_is_applied_too():
    shown = answer("solve", "image-to-map", "--target", "1x100x50", "--limit", "2")
    assert "\n 3  " not in shown
    text = answer(
        "solve", "image-to-map", "--target", "1x100x50", "--limit", "2", "--apply", "3"
    )
    assert report_of_text(text).output == (1, 100, 50)


def test_an_answer_is_written_to_a_file_and_never_over_one(tmp_path: Path):
    path = tmp_path / "net.json"
    arguments = ("solve", "lenet5", "s4", "--mirror", "--apply", "1", "-o", str(path))
    outcome = run(*arguments)
    assert outcome.status == 0
    assert outcome.out == ""
    assert "wrote" in outcome.err
    assert report_of_text(path.read_text("utf-8")).network.name == "lenet5"
    assert "--force overwrites it" in refusal(*arguments)
    assert run(*arguments, "--force").status == 0


def test_an_answer_that_is_not_there_is_not_applied():
    words = refusal("solve", "image-to-map", "--target", "keep", "--apply", "99")
    assert "there is no answer 99, only" in words


def test_no_exact_way_is_status_1_with_the_nearest_sizes():
    arguments = ("solve", "lenet5", "s2", "--target", "_x20x20", "--fields-only")
    outcome = run(*arguments)
    assert outcome.status == 1
    assert_holds(outcome.out, "No field that tuicnn tries makes exactly 6×20×20 of s2.",
                 "a height of 15 or 27, not 20.")  # fmt: skip
    applied = run(*arguments, "--apply", "1")
    assert applied.status == 1
    assert applied.out == ""
    assert "No field" in applied.err
    assert json.loads(run(*arguments, "--json").out)["answers"] == []


def test_what_is_there_already_is_status_0():
    text = answer("solve", "image-to-map", "--target", "4x19x9")
    assert_holds(text, "the output has that shape already.")


def test_a_decoder_is_generated():
    text = text_of((3, 25, 25), *(
        {"type": "conv2d", "out_channels": maps, "kernel_size": 3, "stride": 2,
         "padding": 1} for maps in (8, 16, 32, 64)
    ))  # fmt: skip
    found = answer("solve", "-", "--mirror", stdin=text)
    assert_holds(
        found,
        "append a decoder of transposed convolutions",
        "conv_transpose2d_1 32×4×4, conv_transpose2d_2 16×7×7, conv_transpose2d_3 "
        "8×13×13, conv_transpose2d_4 3×25×25",
    )
    flat = run("solve", "-", "--mirror", stdin=text_of((3, 8, 8), {"type": "relu"}))
    assert flat.status == 0
    assert "nothing is to undo" in " ".join(flat.out.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "either --target or --mirror"),
        (("--target", "keep", "--mirror"), "either --target or --mirror"),
        (("--target", "big"), "“big” is no target. Write a shape"),
        (("--target", ""), "No target was given"),
        (("--target", "_x5"), "needs as many sizes"),
        (("--target", "keep", "-o", "x.json"), "-o goes with --apply"),
        (("--target", "keep", "--limit", "0"), "--limit"),
    ],
)
def test_wrong_usage_is_told(arguments, words):
    assert words in refusal("solve", "image-to-map", *arguments)


def test_a_network_with_an_error_is_told_of_it_first():
    text = text_of((3, 6, 6), {**CONV, "kernel_size": 9}, {"type": "relu"})
    outcome = run("solve", "-", "--target", "4x4x4", stdin=text)
    assert outcome.status == 1
    assert "c: window-too-large" in outcome.err
    assert "Nothing arrives at relu_1" in outcome.out
    repaired = run("solve", "-", "c", "--target", "4x4x4", stdin=text)
    assert repaired.status == 0
    assert_holds(repaired.out, "c is not known.", "set kernel_size to 3 in c")


def test_no_document_ends_in_a_traceback():
    for text in ("", "{", "[]", '{"format": "tuicnn/1"}', text_of((3, 8, 8)),
                 text_of((3, 8, 8), {"type": "nonsense"}),
                 preset_text("unet").replace('"enc', '"x')):  # fmt: skip
        for wanted in ("keep", "1x2x3", "10"):
            outcome = run("solve", "-", "--target", wanted, stdin=text)
            assert outcome.status in (0, 1, 2)
            assert_no_traceback(outcome)
