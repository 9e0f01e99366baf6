"""The page of README on expectations: its names, its document, its step."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.documents import preset_report, report_of_text
from tests.program import assert_holds, run
from tests.readme import README
from tuicnn.core.expect import parse, unmet

PAGE = README.read_text().partition("## Expectations, for CI")[2].partition("\n## ")[0]
NETWORK, LAYER = (
    re.findall(r"`([a-z_]+)`", line)
    for line in PAGE.splitlines()
    if line.startswith(("| the network |", "| a layer"))
)
(DOCUMENT,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
(STEP,) = re.findall(r"    (tuicnn check .*)", PAGE)


def test_the_page_lists_every_name_and_no_other() -> None:
    for wrong, names in (("nothing", NETWORK), ('layers["c1"].nothing', LAYER)):
        told = parse(f"{wrong} == 1")
        assert isinstance(told, str)
        assert told.rpartition("There are ")[2].rstrip(".").split(", ") == names


def test_the_document_of_the_page_is_valid_and_meets_its_expectations() -> None:
    report = report_of_text(DOCUMENT)
    assert report.valid
    assert len(report.network.expect) == 3
    for text in report.network.expect:
        assert unmet(report, text) is None


def test_a_document_that_outgrows_its_expectations_fails() -> None:
    grown = DOCUMENT.replace('"out_channels": 32', '"out_channels": 64')
    outcome = run("check", "-", stdin=grown)
    assert outcome.status == 1
    assert_holds(
        outcome.out,
        "Expected “parameters <= 250_000”. Found: 370314.",
        'Expected “layers["conv1"].output_shape == [32, 24, 24]”. Found: [64, 24, 24].',
    )
    assert "output_shape == [10]" not in outcome.out


def test_the_step_of_the_page_checks_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "nets"
    folder.mkdir()
    for name in ("first", "second"):
        (folder / f"{name}.json").write_text(DOCUMENT)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(STEP)
    assert words[2] == "nets/*.json"
    words[2:3] = sorted(map(str, folder.glob("*.json")))
    assert run(*words[1:]).status == 0
    bound = words.index("--expect") + 1
    words[bound] = "macs < 5e3"
    outcome = run(*words[1:])
    assert outcome.status == 1
    assert outcome.out.count("Expected “macs < 5e3”. Found: ") == 2
    (folder / "second.json").write_text("{")
    assert run(*words[1:]).status == 2


@pytest.mark.parametrize("literal", ["250000", "250_000", "250,000", "5e9", "0.5"])
def test_the_numbers_of_the_page_are_read(literal: str) -> None:
    assert not isinstance(parse(f"parameters <= {literal}"), str)


def test_a_layer_of_a_repeated_block_is_named_by_its_path() -> None:
    report = preset_report("resnet50")
    path = next(row.path for row in report.rows if ".0." in row.path)
    assert unmet(report, f'layers["{path}"].macs >= 0') is None
