"""`tuicnn symbolic`: each size as a formula of the input's."""

import json

from tests.documents import text_of
from tests.program import answer, assert_holds, refusal, run


def test_each_layer_has_a_formula_for_height_and_width():
    text = answer("symbolic", "alexnet")
    assert_holds(
        text,
        "any input N×3×H×W",
        "conv1 ⌊(H − 11)/4⌋ + 1 ⌊(W − 11)/4⌋ + 1 96×55×55",
        "flatten: features = 256·",
        "fc6 has as many weights as numbers arrive",
        "H ≥ 67 (pool5 asks for it)",
    )


def test_the_same_stands_in_json():
    found = json.loads(answer("symbolic", "unet-padded", "--json"))
    assert found["input"] == ["N", "1", "H", "W"]
    assert found["layers"][-1]["output"] == ["N", "2", "H", "W"]
    assert found["domain"]["sizes"]["H"]["period"] == 16


def test_sequences_and_volumes_have_letters_of_their_own():
    assert_holds(answer("symbolic", "conv1d-audio"), "N×1×L", "Length")
    assert_holds(answer("symbolic", "conv3d-video"), "N×3×D×H×W", "Depth")


def test_nothing_is_claimed_from_an_error_on():
    pool = {"type": "max_pool2d", "kernel_size": 9}
    outcome = run("symbolic", "-", stdin=text_of((3, 4, 4), pool))
    assert outcome.status == 1
    assert_holds(outcome.out, "Nothing is claimed from max_pool2d_1 on")


def test_an_empty_network_and_a_vector_are_told_plainly():
    empty = answer("symbolic", "-", stdin=text_of((3, 4, 4)))
    assert_holds(empty, "All of this holds for every size")
    assert_holds(answer("symbolic", "matlab-2-6-1"), "takes a vector")


def test_a_source_that_is_not_there_is_refused():
    assert "alexnet" in refusal("symbolic", "alexnett")
