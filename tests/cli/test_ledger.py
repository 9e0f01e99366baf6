"""`tuicnn ledger`: what padding adds, and what strides leave out."""

import json

from tests.documents import text_of
from tests.program import answer, assert_holds, refusal, run

POOL = {"type": "max_pool2d", "name": "pool", "kernel_size": 3, "stride": 2}


def test_what_is_left_out_is_told_layer_by_layer_and_in_all():
    text = answer("ledger", "squeezenet1-0")
    assert_holds(
        text, "conv1", "height and width", "Of 224 rows, the last never reaches"
    )


def test_the_same_stands_in_json():
    found = json.loads(answer("ledger", "-", "--json", stdin=text_of((3, 8, 9), POOL)))
    height, width = found["layers"]
    assert (height["dropped"], width["dropped"]) == (1, 0)
    assert found["never_reaches_the_output"][0]["spans"] == [[7, 7]]
    assert found["exact"]


def test_below_an_error_nothing_is_claimed():
    outcome = run("ledger", "-", stdin=text_of((3, 2, 2), POOL))
    assert outcome.status == 1
    assert_holds(outcome.out, "Nothing reaches the output", "pool:")


def test_an_empty_network_and_a_vector_lose_nothing():
    empty = answer("ledger", "-", stdin=text_of((3, 4, 4)))
    assert_holds(empty, "Every row and column of the input reaches the output")
    assert_holds(answer("ledger", "matlab-2-6-1"), "takes a vector")


def test_a_source_that_is_not_there_is_refused():
    assert "unet" in refusal("ledger", "unett")
