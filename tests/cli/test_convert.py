"""`tuicnn convert`: layers written otherwise, documents and weights written out."""

import json

from tests.documents import text_of
from tests.program import answer, assert_holds, refusal, run


def test_without_a_kind_they_are_listed_with_where_there_is_room():
    text = answer("convert", "lenet5")
    assert_holds(text, "linear-to-conv", "here: f6", "fold-norm", "no layer here")
    assert_holds(text, "pool-to-stride", "here: c1, c3")


def test_what_would_change_is_told_and_nothing_is_written():
    text = answer("convert", "fully-connected", "linear-to-conv")
    assert_holds(
        text,
        "make convolutions of fc1 and fc2",
        "+ fc1 · conv2d 64 · 10×10 → 64×1×1",
        "output: 10 → 10×1×1",
        "parameters: 220,618, as before",
    )


def test_one_layer_alone_is_converted():
    text = answer("convert", "two-conv-32", "pool-to-stride", "pool2")
    assert_holds(text, "let conv2 step instead of pool2")
    assert "pool1" not in text


def test_the_document_goes_to_standard_output_alone():
    outcome = run("convert", "vgg16-bn", "fold-norm", "-o", "-")
    document = json.loads(outcome.out)
    assert all(one["type"] != "batch_norm" for one in document["layers"])


def test_document_and_weights_are_written_and_fit_each_other(tmp_path):
    held, made = tmp_path / "held.npz", tmp_path / "made.npz"
    document = tmp_path / "net.json"
    run("preview", "fully-connected", "--save-weights", str(held))
    outcome = run("convert", "fully-connected", "linear-to-conv", "-o", str(document),
                  "--weights", str(held), "--weights-out", str(made),
                  "--measure")  # fmt: skip
    assert outcome.status == 0
    assert_holds(outcome.out, "Forward pass: of 10 outputs", "e-0")
    values = [tmp_path / name for name in ("a.npy", "b.npy")]
    run("preview", "fully-connected", "--weights", str(held), "--output",
        str(values[0]))  # fmt: skip
    second = run("preview", str(document), "--weights", str(made), "--output",
                 str(values[1]))  # fmt: skip
    assert second.status == 0
    import numpy as np

    one, two = map(np.load, values)
    assert two.shape == (1, 10, 1, 1)
    assert np.abs(one.ravel() - two.ravel()).max() < 1e-4


def test_what_is_there_is_not_overwritten(tmp_path):
    target = tmp_path / "net.json"
    target.write_text("mine")
    text = refusal("convert", "lenet5", "separate", "-o", str(target))
    assert_holds(text, "is there already", "--force")
    assert target.read_text() == "mine"


def test_where_there_is_no_room_it_says_so():
    text = refusal("convert", "matlab-2-6-1", "fold-norm")
    assert_holds(text, "no room for fold-norm", "tuicnn convert matlab-2-6-1")
    assert_holds(refusal("convert", "lenet5", "separate", "c9"), "no layer “c9”")
    assert "Invalid value" in refusal("convert", "lenet5", "nonsense")


def test_a_network_with_errors_is_not_converted():
    broken = text_of((3, 9, 9), {"type": "linear", "out_features": 4})
    assert run("convert", "-", "separate", stdin=broken).status == 2
    assert run("convert", "-", stdin=broken).status == 1


def test_an_empty_network_has_no_room_for_anything():
    outcome = run("convert", "-", stdin=text_of((3, 9, 9)))
    assert outcome.status == 0
    assert outcome.out.count("no layer here") == 6
