"""`tuicnn explain`: where each number comes from, for a person who asks."""

from tests.documents import preset_text, text_of
from tests.program import answer, assert_holds, refusal, run

LINEAR = {"type": "linear", "name": "fc", "out_features": 4}


def test_a_layer_is_explained_by_its_path():
    text = answer("explain", "alexnet", "fc6")
    assert_holds(text, "9216 = 256·6·6", "37,748,736 + 4,096 = 37,752,832 parameters")


def test_a_layer_inside_repeated_blocks_is_explained_by_its_path():
    paths = answer("export", "resnet50", "--to", "csv").splitlines()
    nested = next(line.split(",")[0] for line in paths if line.count(".") > 3)
    assert answer("explain", "resnet50", nested).startswith(nested)


def test_a_network_is_explained_layer_by_layer():
    text = answer("explain", "lenet5")
    assert_holds(text, "c1 · conv2d", "28 = 32 − 5 + 1", "f6 · linear", "In all")


def test_a_container_is_explained_by_what_it_holds():
    text = answer("explain", "resnet18", "stage2")
    assert_holds(text, "What it holds", "layers in all, with", "parameters")


def test_a_stack_is_explained_from_standard_input():
    text = answer("explain", "-", "fc6", stdin=preset_text("alexnet"))
    assert text == answer("explain", "alexnet", "fc6")


def test_a_layer_that_is_not_there_is_answered_with_the_nearest_path():
    assert "Did you mean fc6?" in refusal("explain", "alexnet", "fc66")
    assert "`tuicnn summary` lists" in refusal("explain", "alexnet", "xyzxyz")


def test_the_last_part_of_a_path_finds_the_whole():
    lines = refusal("explain", "googlenet", "inception3a.1").splitlines()
    assert "Did you mean inception3a" in lines[1]


def test_a_refused_layer_says_why_and_gives_status_1():
    text = text_of((3, 9, 9), LINEAR)
    outcome = run("explain", "-", "fc", stdin=text)
    assert outcome.status == 1
    assert_holds(outcome.out, "fc · linear", "never flattened", "Insert flatten")


def test_a_layer_below_an_error_is_told_what_is_wrong_above():
    text = text_of((3, 9, 9), LINEAR, {"type": "relu"})
    outcome = run("explain", "-", "relu_1", stdin=text)
    assert outcome.status == 1
    assert_holds(outcome.out, "Nothing arrives here", "fc:", "never flattened")


def test_one_number_is_told_with_rule_rounding_and_chain():
    text = answer("explain", "alexnet", "pool5", "--number", "height")
    assert_holds(
        text,
        "6 · height that leaves pool5",
        "Rule: places of a window, rounded down",
        "= ⌊(13 + 0 + 0 − 1·(3 − 1) − 1) / 2⌋ + 1",
        "Rounding: 10 / 2 = 5 exactly; nothing is lost.",
        "stride, height: the field stride of pool5",
        "55 = ⌊(227 − 11) / 4⌋ + 1",
        "227 is the height of the input",
    )


def test_a_total_goes_up_to_its_terms_unless_more_is_asked_for():
    plain = answer("explain", "lasagne-mnist", "--number", "params")
    assert_holds(plain, "832 + 9248 + 205056 + 2570", "205,056")
    assert "is the height of the input" not in plain
    deep = answer("explain", "lasagne-mnist", "--number", "params", "--depth", "9")
    assert_holds(deep, "28   is the height of the input")


def test_a_number_that_is_not_there_is_answered_with_those_that_are():
    lines = refusal("explain", "alexnet", "fc6", "--number", "height")
    assert_holds(lines, "fc6 has no number “height”", "output features, weight")


def test_below_an_error_there_is_no_number():
    text = text_of((3, 9, 9), LINEAR, {"type": "relu"})
    outcome = run("explain", "-", "relu_1", "--number", "height", stdin=text)
    assert outcome.status == 2


PASTED = "mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)"
STACK = ({"type": "flatten"}, {**LINEAR, "out_features": 10})


def test_a_pasted_error_names_the_layer_and_the_fix():
    text = text_of((32, 7, 7), STACK[0], {**STACK[1], "in_features": 1050})
    outcome = run("explain", "-", "--error", PASTED, stdin=text)
    assert outcome.status == 1
    assert_holds(
        outcome.out,
        "fc · linear 10",
        "1568 from flatten_1",
        "The batch had 2 samples",
        "fix: set in_features to 1568",
    )


def test_an_error_is_read_from_standard_input_too(tmp_path):
    path = tmp_path / "net.json"
    path.write_text(text_of((32, 7, 7), *STACK))
    outcome = run("explain", str(path), "--error", "-", stdin=f"Traceback\n{PASTED}")
    assert outcome.status == 0
    assert_holds(outcome.out, "fc · linear 10", "nn.Linear(1568, …)")
    assert run("explain", "-", "--error", "-", stdin="x").status == 2


def test_a_text_that_is_no_shape_error_is_said_to_be_none():
    assert_holds(answer("explain", "lenet5", "--error", "oops"), "no shape error")
    assert "without a LAYER_PATH" in refusal("explain", "lenet5", "c1", "--error", "x")
