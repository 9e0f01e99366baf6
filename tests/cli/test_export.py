"""`tuicnn export`: every format, to standard output and to files."""

import json

import pytest

from tests.documents import text_of
from tests.program import answer, assert_no_traceback, refusal, run
from tuicnn.interop.formats import FORMATS

BEGINNINGS = {
    "json": '{\n  "format": "tuicnn-analysis/1"',
    "markdown": "# LeNet-5\n",
    "csv": "path,type,",
    "mermaid": "flowchart ",
}
SUFFIXES = {"json": ".json", "markdown": ".md", "csv": ".csv", "mermaid": ".mmd"}


def test_the_formats_of_the_command_line_are_there():
    assert set(BEGINNINGS) <= set(FORMATS)


@pytest.mark.parametrize("name", BEGINNINGS)
def test_each_format_is_written_to_standard_output(name):
    text = answer("export", "lenet5", "--to", name)
    assert text.startswith(BEGINNINGS[name])
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_json_is_what_is_written_unless_asked_otherwise():
    text = answer("export", "lasagne-mnist")
    assert text == answer("export", "lasagne-mnist", "--to", "json", "-o", "-")
    analysis = json.loads(text)
    assert analysis["valid"] is True
    assert analysis["summary"]["parameters"] == 217_706
    assert analysis["summary"]["macs"] == 1_589_760
    assert analysis["layers"][0]["parameters"] == {
        "weight": [32, 1, 5, 5],
        "bias": [32],
    }


@pytest.mark.parametrize("name", BEGINNINGS)
def test_the_suffix_of_a_file_chooses_the_format(name, tmp_path):
    path = tmp_path / f"net{SUFFIXES[name].upper()}"
    outcome = run("export", "lenet5", "-o", str(path))
    assert outcome == (0, "", f"wrote {path}\n")
    assert path.read_bytes().decode() == answer("export", "lenet5", "--to", name)


def test_a_format_that_is_asked_for_outweighs_the_suffix(tmp_path):
    path = tmp_path / "net.txt"
    assert run("export", "lenet5", "-o", str(path), "--to", "csv").status == 0
    assert path.read_text(encoding="utf-8").startswith("path,type,")


def test_a_suffix_that_names_no_format_is_refused(tmp_path):
    path = tmp_path / "net.docx"
    message = refusal("export", "lenet5", "-o", str(path))
    assert "has no suffix that names a format" in message
    assert "csv, json, markdown, mermaid" in message
    assert not path.exists()


def test_a_file_that_is_there_is_overwritten_by_force_alone(tmp_path):
    path = tmp_path / "net.md"
    path.write_text("mine", encoding="utf-8")
    assert "is there already" in refusal("export", "lenet5", "-o", str(path))
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("export", "lenet5", "-o", str(path), "--force").status == 0
    assert path.read_text(encoding="utf-8").startswith("# LeNet-5")
    assert [one.name for one in tmp_path.iterdir()] == ["net.md"]


def test_a_link_that_leads_nowhere_is_there_already(tmp_path):
    path = tmp_path / "net.csv"
    path.symlink_to("elsewhere.csv")
    assert "is there already" in refusal("export", "lenet5", "-o", str(path))
    assert not (tmp_path / "elsewhere.csv").exists()


@pytest.mark.parametrize("name", ["nowhere/net.md", "folder.md"])
def test_what_cannot_be_written_is_refused_in_words(name, tmp_path):
    (tmp_path / "folder.md").mkdir()
    message = refusal("export", "lenet5", "--force", "-o", str(tmp_path / name))
    assert "folder" in message


def test_an_unknown_format_is_answered_with_those_there_are():
    message = refusal("export", "lenet5", "--to", "jsn")
    assert "'csv', 'json', 'markdown', 'mermaid'" in message


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_network_with_an_error_is_exported_with_status_1(name):
    text = text_of((3, 9, 9), {"type": "linear", "out_features": 4}, {"type": "nix"})
    outcome = run("export", "-", "--to", name, stdin=text)
    assert outcome.status == 1
    assert outcome.out
    assert_no_traceback(outcome)
    assert "linear_1: linear-on-map" in outcome.err


def test_rows_that_are_not_reached_have_no_output_shape():
    text = text_of((3, 9, 9), {"type": "linear", "out_features": 4}, {"type": "relu"})
    analysis = json.loads(run("export", "-", stdin=text).out)
    assert analysis["valid"] is False
    assert [row["output_shape"] for row in analysis["layers"]] == [None, None]
    assert analysis["summary"]["output_shape"] is None
    (problem,) = analysis["diagnostics"]
    assert problem["fixes"][0]["title"] == "insert flatten"
    assert (problem["line"], problem["column"]) == (6, 5)


def test_a_text_that_is_no_document_is_not_exported(tmp_path):
    path = tmp_path / "net.json"
    outcome = run("export", "-", "-o", str(path), stdin="[]")
    assert outcome.status == 2
    assert "not-a-document" in outcome.err
    assert not path.exists()
