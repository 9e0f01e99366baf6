"""`tuicnn check`: every problem, its place and its remedy; expectations for CI."""

import json
from pathlib import Path

from tests.documents import text_of
from tests.program import answer, assert_holds, refusal, run
from tuicnn.cli import mending, output

CONV = {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "stride": 0}
LINEAR = {"type": "linear", "name": "fc", "out_features": 4}
BROKEN = text_of((3, 9, 9), CONV, {"type": "relo"})


def test_a_network_without_problems_is_valid():
    outcome = run("check", "lenet5")
    assert outcome == (0, "", "lenet5: valid\n")


def test_a_warning_leaves_a_network_valid():
    outcome = run("check", "alexnet")
    assert outcome.status == 0
    assert_holds(outcome.out, "fc6: dominant-linear", "37,752,832", "alexnet:25:5")
    assert outcome.err == "alexnet: valid, 1 warning\n"


def test_each_problem_is_told_with_path_code_message_place_and_hint(tmp_path):
    path = tmp_path / "net.json"
    path.write_text(BROKEN, encoding="utf-8")
    outcome = run("check", str(path))
    assert outcome.status == 1
    assert_holds(
        outcome.out,
        "conv2d_1: invalid-value stride:",
        f"{path}:6:",
        "error",
        "relo_1: unknown-type There is no layer type",
        f"{path}:7:14:",
        "Did you mean relu?",
    )
    assert outcome.err == f"{path}: 2 errors\n"


def test_the_json_list_has_an_entry_for_each_source():
    outcome = run("check", "--json", "lenet5", "-", stdin=BROKEN)
    assert outcome.status == 1
    sound, broken = json.loads(outcome.out)
    assert sound == {"source": "lenet5", "valid": True, "diagnostics": []}
    assert broken["source"] == "standard input"
    assert broken["valid"] is False
    last = broken["diagnostics"][-1]
    assert (last["code"], last["severity"]) == ("unknown-type", "error")
    assert (last["path"], last["field"]) == ("relo_1", "type")
    assert last["pointer"] == "/layers/1/type"
    assert (last["line"], last["column"]) == (7, 14)


def test_several_sources_are_all_checked_and_the_worst_gives_the_status(tmp_path):
    missing = str(tmp_path / "missing.json")
    assert run("check", "lenet5", "alexnet").status == 0
    assert run("check", "lenet5", "-", "alexnet", stdin=BROKEN).status == 1
    outcome = run("check", "lenet5", missing, "-", "alexnet", stdin=BROKEN)
    assert outcome.status == 2
    assert_holds(outcome.err, "lenet5: valid", f"no file called {missing}")
    assert_holds(outcome.err, "no file called", "`tuicnn presets`", "input: 2 errors")
    assert_holds(outcome.err, "alexnet: valid, 1 warning")


def test_a_source_is_needed():
    assert "SOURCE" in refusal("check")


def test_an_expectation_that_holds_says_nothing():
    sound = ["parameters <= 250000", "output_shape == [10]", "macs < 5e9"]
    options = [word for text in sound for word in ("--expect", text)]
    assert run("check", *options, "lasagne-mnist").status == 0


def test_an_expectation_that_fails_gives_status_1_and_the_figure():
    outcome = run("check", "--expect", "parameters <= 217705", "lasagne-mnist")
    assert outcome.status == 1
    assert_holds(outcome.out, "expectation-failed", "parameters <= 217705", "217706")
    assert outcome.err.startswith("lasagne-mnist: 1 error")


def test_an_expectation_can_be_about_one_layer():
    right = 'layers["fc6"].parameter_count == 37752832'
    assert run("check", "--expect", right, "alexnet").status == 0
    wrong = 'layers["pool5"].output_shape == [256, 13, 13]'
    outcome = run("check", "--expect", wrong, "alexnet")
    assert outcome.status == 1
    assert_holds(outcome.out, "pool5: expectation-failed", "Found: [256, 6, 6]")


def test_every_expectation_is_tried_on_every_source():
    outcome = run("check", "--expect", "layers < 8", "lasagne-mnist", "nin", "lenet5")
    assert outcome.status == 1
    assert outcome.out.count("expectation-failed") == 2
    assert_holds(outcome.out, "nin", "lenet5")


def test_an_expectation_that_cannot_be_read_is_an_error_that_helps():
    outcome = run("check", "--expect", "parmeters <= 3", "lenet5")
    assert outcome.status == 1
    assert_holds(outcome.out, "invalid-expectation", "Did you mean parameters?")
    outcome = run("check", "--expect", 'layers["fc9"].macs < 3', "alexnet")
    assert outcome.status == 1
    assert_holds(outcome.out, "invalid-expectation", "Did you mean fc")


def test_a_failed_expectation_of_a_layer_names_its_source():
    wrong = 'layers["flatten"].output_shape == [1]'
    outcome = run("check", "--expect", wrong, "lenet5", "alexnet")
    assert_holds(outcome.out, "flatten: expectation-failed", "lenet5: error")
    assert_holds(outcome.out, "flatten: expectation-failed", "alexnet: error")


def test_expectations_of_the_document_are_checked_with_their_place():
    text = text_of((9,), LINEAR, expect=["parameters == 40", "parameters == 41"])
    outcome = run("check", "-", stdin=text)
    assert outcome.status == 1
    assert outcome.out.count("expectation-failed") == 1
    assert_holds(outcome.out, "parameters == 41", "40", "standard input:8:34: error")


def test_a_problem_below_an_error_is_not_told():
    text = text_of((3, 9, 9), LINEAR, {**CONV, "stride": 1, "kernel_size": 99})
    outcome = run("check", "-", stdin=text)
    assert outcome.out.count("error") == 1
    assert_holds(outcome.out, "fc: linear-on-map", "Insert flatten")


def test_json_of_a_text_that_is_no_document_has_its_problem():
    outcome = run("check", "--json", "-", stdin='{"format": "tuicnn/1",}')
    assert outcome.status == 2
    (entry,) = json.loads(outcome.out)
    assert entry["valid"] is False
    (problem,) = entry["diagnostics"]
    assert problem["code"] == "json-syntax"
    assert (problem["line"], problem["column"]) == (1, 22)


def test_checking_says_nothing_on_stdout_about_a_sound_network():
    assert answer("check", "lenet5", "strided-vs-pooled-b") == ""


def test_each_fix_is_told_below_the_hint():
    text = text_of((3, 9, 9), LINEAR)
    lines = run("check", "-", stdin=text).out.splitlines()
    assert lines[0].startswith("fc: linear-on-map ")
    assert lines[2].startswith("  Insert flatten before it")
    assert lines[3] == "  fix: insert flatten"
    assert all(line.startswith("  fix: ") for line in lines[3:])


def test_on_a_terminal_a_message_goes_on_below_its_first_line(monkeypatch):
    monkeypatch.setattr(output, "read_by_a_person", lambda _: True)
    told = run("check", "-", stdin=text_of((3, 9, 9), LINEAR)).out
    first, *more = told.split("  standard input", 1)[0].splitlines()
    assert first.startswith("fc: linear-on-map A linear layer takes a vector")
    assert more[-1] == "    Received: 3×9×9 (channels, height, width)."
    assert all(line.startswith("    ") and len(line) <= 80 for line in more)
    assert "\n  Insert flatten before it: 3×9×9 becomes 243 inputs.\n" in told


def test_in_a_pipe_a_message_stands_on_one_line():
    lines = run("check", "-", stdin=text_of((3, 9, 9), LINEAR)).out.splitlines()
    assert lines[0].endswith("Received: 3×9×9 (channels, height, width).")


def test_a_message_that_fits_stays_on_its_line():
    text = text_of((3, 9, 9), {"type": "conv2", "name": "x"})
    lines = run("check", "-", stdin=text).out.splitlines()
    assert lines[0] == 'x: unknown-type There is no layer type "conv2".'


def test_json_lists_the_fixes():
    outcome = run("check", "--json", "-", stdin=text_of((3, 9, 9), LINEAR))
    ((problem,),) = [entry["diagnostics"] for entry in json.loads(outcome.out)]
    assert problem["fixes"][0] == {"title": "insert flatten"}


def written(tmp_path, *layers, entering=(3, 9, 9), **more):
    path = tmp_path / "net.json"
    path.write_text(text_of(entering, *layers, **more), encoding="utf-8")
    return path


def test_safe_fixes_are_applied_and_written_back(tmp_path):
    wrong = [{**LINEAR, "in_features": 7}, {**LINEAR, "in_features": 9, "name": "b"}]
    path = written(tmp_path, {"type": "flatten"}, *wrong)
    before = path.read_bytes()
    outcome = run("check", "--fix", "in-features-mismatch", str(path))
    assert outcome.status == 0
    assert_holds(
        outcome.err,
        f"{path}: fixed fc: set in_features to 243 (in-features-mismatch)",
        f"{path}: fixed b: set in_features to 4 (in-features-mismatch)",
        f"wrote {path}",
        f"the version before is {path}.bak",
        f"{path}: valid",
    )
    assert Path(f"{path}.bak").read_bytes() == before
    layers = json.loads(path.read_text())["layers"]
    assert [one.get("in_features") for one in layers] == [None, 243, 4]


def test_a_version_that_cannot_be_kept_is_told_of(tmp_path):
    path = written(tmp_path, {"type": "flatten"}, {**LINEAR, "in_features": 7})
    path.with_name(f"{path.name}.bak").mkdir()
    outcome = run("check", "--fix", "in-features-mismatch", str(path))
    assert outcome.status == 0
    assert_holds(outcome.err, f"wrote {path}", "could not be kept as .bak")


def test_what_another_program_wrote_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    path = written(tmp_path, {"type": "flatten"}, {**LINEAR, "in_features": 7})
    real = mending.write_atomically

    def late(*arguments, **options):
        path.write_text("theirs")
        return real(*arguments, **options)

    monkeypatch.setattr(mending, "write_atomically", late)
    said = run("check", "--fix", "in-features-mismatch", str(path))
    assert said.status == 2
    assert_holds(said.err, "was changed by another program meanwhile")
    assert path.read_text() == "theirs"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_several_codes_can_be_fixed_at_once_in_several_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = written(tmp_path / "a", {"type": "Conv2D", "out_channels": 4,
                                   "kernel_size": 3, "strid": 2})  # fmt: skip
    two = written(tmp_path / "b", LINEAR)
    codes = ["--fix", "unknown-type", "--fix", "linear-on-map"]
    assert run("check", *codes, str(one), str(two)).status == 0
    (conv,) = json.loads(one.read_text())["layers"]
    assert conv == {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "stride": 2}
    types = [layer["type"] for layer in json.loads(two.read_text())["layers"]]
    assert types == ["flatten", "linear"]


def test_what_is_left_gives_the_status_and_is_told(tmp_path):
    path = written(tmp_path, LINEAR, {"type": "max_pool2d", "kernel_size": 2})
    outcome = run("check", "--fix", "linear-on-map", str(path))
    assert outcome.status == 1
    assert_holds(outcome.out, "max_pool2d_1: wrong-rank")
    assert_holds(outcome.err, "fixed fc: insert flatten", f"{path}: 1 error")


def test_a_fix_that_is_a_choice_is_refused_and_the_choices_are_listed(tmp_path):
    path = written(tmp_path, {**CONV, "stride": 1, "kernel_size": 12})
    before = path.read_bytes()
    outcome = run("check", "--fix", "window-too-large", str(path))
    assert outcome.status == 2
    assert outcome.out == ""
    assert_holds(
        outcome.err,
        "conv2d_1: no fix of window-too-large is safe",
        "fix: set padding to 2",
        "fix: set kernel_size to 9",
        "nothing was fixed",
    )
    assert path.read_bytes() == before


def test_a_mended_preset_goes_to_stdout_and_its_problems_to_stderr():
    text = text_of((3, 9, 9), LINEAR, {"type": "max_pool2d", "kernel_size": 2})
    outcome = run("check", "--fix", "linear-on-map", "-", stdin=text)
    assert outcome.status == 1
    assert json.loads(outcome.out)["layers"][0] == {"type": "flatten"}
    assert_holds(outcome.err, "fixed fc: insert flatten", "max_pool2d_1: wrong-rank")
    outcome = run("check", "--fix", "groups", "lenet5")
    assert json.loads(outcome.out)["name"] == "lenet5"
    assert outcome.err == "lenet5: nothing to fix\nlenet5: valid\n"


def test_documents_on_stdout_are_not_mixed():
    for more in ("alexnet", "--json"):
        said = refusal("check", "--fix", "groups", "lenet5", more)
        assert "standard output" in said


def test_a_code_that_does_not_exist_is_refused():
    said = refusal("check", "--fix", "in-feature-mismatch", "lenet5")
    assert "Did you mean in-features-mismatch?" in said


def test_a_file_without_such_a_problem_is_not_touched(tmp_path):
    path = written(tmp_path, {"type": "relu"})
    before = path.read_bytes(), path.stat().st_mtime_ns
    outcome = run("check", "--fix", "groups", str(path))
    assert outcome.status == 0
    assert "nothing to fix" in outcome.err
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_text_that_is_no_document_cannot_be_fixed():
    outcome = run("check", "--fix", "json-syntax", "-", stdin="{")
    assert outcome.status == 2
    assert "json-syntax" in outcome.err + outcome.out
