"""`tuicnn recover`: what a crash left is listed, restored and cleared."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.documents import preset_text
from tests.program import answer, assert_holds, refusal, run
from tuicnn.core import limits
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
    backup = document.with_name("net.json.bak")
    assert outcome.err == f"wrote {document}\nthe version before is {backup}\n"
    assert title(document) == "another"
    assert backup.read_bytes() == before
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
    for named in ((), ("-o", str(document)), ("-o", f"{document.parent}/./net.json")):
        text = refusal("recover", "--restore", *named)
        assert_holds(text, f"{document} was changed since", "-o FILE", "--force")
    assert document.read_text() == "theirs"
    other = str(document.with_name("mine.json"))
    assert run("recover", "--restore", "-o", other).status == 0
    assert title(Path(other)) == "another"


def test_a_file_that_was_removed_since_is_not_made_again_unasked(document) -> None:
    left(document)
    document.unlink()
    text = refusal("recover", "--restore")
    assert_holds(text, f"{document} was removed since", "-o FILE", "--force")
    assert not document.exists()
    assert run("recover", "--restore", "--force").status == 0
    assert title(document) == "another"


def test_a_file_that_can_no_longer_be_read_has_changed(document: Path) -> None:
    left(document)
    document.write_bytes(b" " * (limits.FILE_BYTES + 1))
    assert f"{document} was changed since" in refusal("recover", "--restore")
    assert document.stat().st_size > limits.FILE_BYTES


def test_a_file_that_changed_since_is_overwritten_if_that_is_asked_for(
    document,
) -> None:
    left(document)
    document.write_text("theirs")
    outcome = run("recover", "--restore", "--force")
    assert (outcome.status, title(document)) == (0, "another")
    assert f"the version before is {document}.bak" in outcome.err
    assert Path(f"{document}.bak").read_text() == "theirs"


def test_another_file_that_is_there_is_overwritten_only_if_asked(document) -> None:
    left(document)
    other = document.with_name("other.json")
    other.write_text("unrelated")
    link = document.with_name("link.json")
    link.symlink_to(other)
    for path in (other, link):
        text = refusal("recover", "--restore", "-o", str(path))
        assert text == (f"tuicnn: {path} is there already\n  --force overwrites it\n")
    assert other.read_text() == "unrelated" and len(list(recovery.every())) == 1
    outcome = run("recover", "--restore", "--json", "-o", str(link), "--force")
    assert json.loads(outcome.out)["restored"] == str(other)
    assert outcome.err == f"wrote {other}\nthe version before is {other}.bak\n"
    assert title(other) == "another" and link.is_symlink()
    assert Path(f"{other}.bak").read_text() == "unrelated"
    assert list(recovery.every()) == []


def test_its_own_file_may_be_named_as_it_is(document: Path) -> None:
    left(document)
    outcome = run("recover", "--restore", "-o", str(document))
    assert (outcome.status, title(document)) == (0, "another")
    assert f"the version before is {document}.bak" in outcome.err


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


UNREADABLE = {
    "empty": (b"", "is no recovery file, or is damaged"),
    "binary": (b"\xff", "is no recovery file, or is damaged"),
    "cut": (b"{", "is no recovery file, or is damaged"),
    "deep": (b"[" * 100_000, "is no recovery file, or is damaged"),
    "huge": (b" " * (recovery.BYTES + 1), "is larger than the limit of"),
    "newer": (b'{"format": "tuicnn-recovery/2",\n"', "was written by a newer tuicnn"),
    "link": (None, "is a symbolic link, not a file"),
    "no network": ("7", "holds no network"),
    "aside": (None, "could not be read, and was put aside"),
}


@pytest.fixture(params=UNREADABLE)
def spoilt(request: pytest.FixtureRequest, document: Path) -> tuple[Path, str]:
    """Leave something behind, spoil it, and return its file and what is said of it."""
    file = Path(left(document))
    data, words = UNREADABLE[request.param]
    if isinstance(data, str):
        header = recovery.Header(str(document), process=process.Process(1, "", 0))
        file.write_text(recovery.spelled(header, data), "utf-8")
    elif data is not None:
        file.write_bytes(data)
    elif request.param == "link":
        file.unlink()
        file.symlink_to(document)
    else:
        file = Path(recovery.put_aside(str(file)))
    return file, words


def test_what_cannot_be_read_is_told_and_left_alone(spoilt) -> None:
    file, words = spoilt
    told = f"tuicnn: {file} {words}"
    for options in ((), ("--list", "--json"), ("--clean",), ("--clean", "--json")):
        outcome = run("recover", *options)
        assert outcome.status == 0
        assert outcome.err.startswith(told), options
        assert len(outcome.err.splitlines()) == 1
        if "--json" in options:
            assert json.loads(outcome.out) in ([], {"removed": []})
        else:
            assert outcome.out == "Nothing that can be read was left behind.\n"
    for which in ((), ("net.json",)):
        text = refusal("recover", "--restore", *which)
        assert text.startswith(told)
        assert "tuicnn: nothing that can be read was left behind" in text
    assert os.path.lexists(file)


def test_what_can_be_read_is_listed_beside_what_cannot(spoilt) -> None:
    left("lenet5")
    outcome = run("recover")
    assert_holds(outcome.out, "1 (no file yet) lenet5")
    assert spoilt[1] in outcome.err


def test_a_folder_that_cannot_be_read_is_told(state: Path) -> None:
    assert run("recover").err == ""  # nothing has been kept yet
    (state / "tuicnn").mkdir(parents=True)
    (state / "tuicnn" / "recovery").write_text("a file")
    outcome = run("recover")
    assert outcome.out == "Nothing that can be read was left behind.\n"
    assert "recovery: a part of the path is a file, not a folder" in outcome.err


def test_a_hostile_state_folder_is_told_without_control_characters(
    tmp_path: Path, document: Path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "\x1b]0;x\x07\n\udcff"))
    Path(left(document)).write_bytes(b"")
    outcome = run("recover")
    assert len(outcome.err.splitlines()) == 1
    assert "\\x1b]0;x\\x07\\n\\udcff" in outcome.err


def test_options_go_with_restore() -> None:
    assert "-o goes with --restore" in refusal("recover", "-o", "x")
    assert "--force goes with --restore" in refusal("recover", "--clean", "--force")


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
