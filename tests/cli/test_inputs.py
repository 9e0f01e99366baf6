"""`tuicnn inputs`: which input sizes a network takes."""

import json

from tests.documents import text_of
from tests.program import answer, assert_holds, refusal, run


def test_the_smallest_input_and_who_sets_it_are_told():
    text = answer("inputs", "alexnet-torchvision")
    assert_holds(text, "smallest input is 3×63×63", "pool5 sets the least", "any of")


def test_the_same_stands_in_json():
    found = json.loads(answer("inputs", "alexnet", "--json"))
    assert found["smallest"] == [3, 67, 67]
    assert (found["any_size"], found["fixed_by"]) == (False, "fc6")
    assert found["square"]["set_by"]["path"] == "pool5"
    assert found["axes"][0]["lossless"]["near"] == [195, 227, 259, 291]
    assert found["axes"][0]["same_weights"]["most"] == 258


def test_an_input_that_is_too_small_is_answered_all_the_same():
    pool = {"type": "max_pool2d", "kernel_size": 9}
    outcome = run("inputs", "-", stdin=text_of((3, 4, 4), pool))
    assert outcome.status == 1
    assert_holds(outcome.err, "window-too-large")
    assert_holds(outcome.out, "present input is refused", "smallest input is 3×9×9")


def test_an_empty_network_takes_everything():
    text = answer("inputs", "-", stdin=text_of((3, 4, 4)))
    assert_holds(text, "smallest input is 3×1×1", "may be any size", "same weights")


def test_a_source_that_is_not_there_is_refused():
    assert "alexnet" in refusal("inputs", "alexnett")
