"""`tuicnn recover`: what a crash left is listed, restored and cleared."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.documents import preset_text
from tests.program import answer, assert_holds, refusal, run
from tuicnn.core.edits import Describe
from tuicnn.core.reading import read_text
from tuicnn.files import process, recovery
from tuicnn.files.journal import Journal
from tuicnn.session import Session

TITLE = Describe("title", "another")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "net.json"
    path.write_text(preset_text("lenet5"), "utf-8")
    return path


def left(source: object) -> str:
    """Leave a change of a document behind, and return the recovery file."""
    session = Session.opened(str(source))
    session.do(TITLE)
    return session.keep()


def title(path: Path) -> str | None:
    found = read_text(path.read_text("utf-8")).network
    assert found is not None
    return found.title


def test_nothing_left_is_no_failure() -> None:
    assert "Nothing was left behind" in answer("recover")
    assert json.loads(answer("recover", "--list", "--json")) == []
    assert json.loads(answer("recover", "--clean", "--json")) == {"removed": []}
    assert answer("recover", "--clean") == "Nothing was left behind.\n"
    assert "nothing was left behind" in refusal("recover", "--restore")


def test_what_was_left_is_listed(document: Path) -> None:
    file = left(document)
    left("alexnet")
    text = answer("recover", "--list")
    assert_holds(text, "Document", "Network", "State", "1 (no file yet) alexnet")
    assert_holds(text, f"2 {document}", "lenet5", "not saved")
    first, second = json.loads(answer("recover", "--json"))
    assert (first["number"], first["path"], first["network"]) == (1, None, "alexnet")
    assert second["path"] == str(document)
    assert second["name"] == os.path.basename(file).removesuffix(".json")
    assert (second["running"], second["file_changed"]) == (False, False)
    assert second["process"] == os.getpid()
    for which in ("2", str(document), second["name"]):
        assert json.loads(answer("recover", "--json", which)) == [second]


@pytest.mark.parametrize("which", [(), ("1",), ("net.json",)])
def test_a_document_is_restored_to_its_file(
    which: tuple[str, ...], document: Path, monkeypatch
) -> None:
    monkeypatch.chdir(document.parent)
    left(document)
    before = document.read_bytes()
    outcome = run("recover", "--restore", *which)
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == f"wrote {document}\n"
    assert title(document) == "another"
    assert document.with_name("net.json.bak").read_bytes() == before
    assert list(recovery.every()) == []


def test_a_document_without_a_file_needs_one(tmp_path: Path) -> None:
    left("lenet5")
    assert "-o FILE" in refusal("recover", "--restore")
    new = tmp_path / "new.json"
    found = json.loads(answer("recover", "--restore", "-o", str(new), "--json"))
    assert found["restored"] == str(new)
    assert title(new) == "another"
    assert list(recovery.every()) == []


def test_a_file_that_changed_since_is_not_overwritten(document: Path) -> None:
    left(document)
    document.write_text("theirs")
    assert "file has changed since" in answer("recover")
    assert "changed or removed since" in refusal("recover", "--restore")
    assert document.read_text() == "theirs"
    other = str(document.with_name("mine.json"))
    assert run("recover", "--restore", "-o", other).status == 0
    assert title(Path(other)) == "another"


def test_one_of_several_must_be_named(document: Path) -> None:
    left(document)
    left("lenet5")
    assert "say which: 1, 2" in refusal("recover", "--restore")
    assert run("recover", "--clean", "1").status == 0
    assert len(json.loads(answer("recover", "--json"))) == 1


@pytest.mark.parametrize("which", ["0", "2", "-1", "9" * 5000, "\x1b[2J", "no", "é"])
def test_what_is_not_there_cannot_be_named(which: str, document: Path) -> None:
    left(document)
    for action in ("--restore", "--clean", "--list"):
        text = refusal("recover", action, "--", which)
        assert "nothing was left behind of" in text
        assert "\x1b" not in text
    assert len(list(recovery.every())) == 1


def test_what_is_no_different_from_its_file_is_not_listed(document: Path) -> None:
    Session.opened(str(document)).keep()
    assert json.loads(answer("recover", "--json")) == []


def test_what_is_cleared_is_gone(document: Path) -> None:
    left(document)
    left("lenet5")
    text = answer("recover", "--clean")
    assert_holds(text, "removed what was not saved of (no file yet) (lenet5)")
    assert_holds(text, f"removed what was not saved of {document} (lenet5)")
    assert list(recovery.every()) == []


def test_what_is_being_edited_is_listed_and_left_alone(document, monkeypatch) -> None:
    header = recovery.Header(str(document), process=process.Process(1, "", 0))
    Journal(str(document)).write(header, "")
    monkeypatch.setattr(recovery, "runs", lambda one: True)
    assert "being edited by process 1" in answer("recover")
    assert json.loads(answer("recover", "--json"))[0]["running"]
    assert "still runs" in refusal("recover", "--restore", str(document))
    run("recover", "--clean")
    assert len(list(recovery.every())) == 1


def test_damaged_files_and_wrong_options_are_no_traceback(document: Path) -> None:
    file = left(document)
    for text in (b"", b"\xff", b"{", b"[" * 100_000):
        Path(file).write_bytes(text)
        assert "Nothing was left behind" in answer("recover")
    assert "-o goes with --restore" in refusal("recover", "-o", "x")


def test_a_hostile_name_is_shown_without_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "\x1b]0;x\x07\n\udcff[bold].json"
    path.write_text(preset_text("lenet5"), "utf-8")
    left(path)
    text = answer("recover")
    assert "\x1b" not in text and len(text.splitlines()) == 3
    assert (
        "\\x1b]0;x\\x07\\n\\udcff" in json.loads(answer("recover", "--json"))[0]["path"]
    )
    assert run("recover", "--restore").status == 0
    assert title(path) == "another"
