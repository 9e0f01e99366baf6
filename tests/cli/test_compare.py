"""`tuicnn compare`: two networks side by side."""

from tests.documents import preset_text, text_of
from tests.program import answer, assert_holds, refusal, run


def test_both_networks_stand_side_by_side_with_their_ratio():
    text = answer("compare", "vgg16", "vgg16-bn")
    assert_holds(
        text,
        "− vgg16",
        "+ vgg16-bn",
        "batch_norm",
        "vgg16 vgg16-bn ratio",
        "output 1000 1000",
        "parameters 138,357,544 138,365,992",
        "MACs 15,470,264,320 15,470,264,320 =",
        "layers 40 53",
        "the same input and output shapes and the same MACs",
    )


def test_a_network_equals_itself():
    text = answer("compare", "lenet5", "-", stdin=preset_text("lenet5"))
    assert_holds(text, "− lenet5 (1)", "+ lenet5 (2)", "61,706 61,706 =")
    assert not [line for line in text.splitlines()[2:] if line.startswith(("−", "+"))]


def test_two_sources_are_needed():
    assert "Missing argument 'B'" in refusal("compare", "lenet5")
    assert "Did you mean lenet5?" in refusal("compare", "nin", "lenet6")


def test_an_error_in_either_gives_status_1():
    wrong = text_of((3, 9, 9), {"type": "linear", "out_features": 4})
    for pair in ("-", "lenet5"), ("lenet5", "-"):
        outcome = run("compare", *pair, stdin=wrong)
        assert outcome.status == 1
        assert_holds(outcome.err, "linear_1: linear-on-map")
