"""A document being edited: its file, what is not saved, and what is said of it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.changes import KINDS, an_edit, assert_read_back, conv, network, preset
from tests.documents import PRESETS, as_text, preset_text, text_of
from tests.files.test_reading import pipe_in
from tuicnn import saving
from tuicnn import session as module
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import (
    Describe,
    Duplicate,
    EditRefused,
    Insert,
    Remove,
    Replace,
    SetInput,
)
from tuicnn.core.layers import Block, Relu
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.core.report import Report
from tuicnn.core.tree import layer_at
from tuicnn.errors import FileError
from tuicnn.files import recovery
from tuicnn.files.journal import Journal
from tuicnn.interop.document import to_document_text
from tuicnn.session import EMPTY, ChangedOnDiskError, Session

FIRST = ("layers", 0)
TITLE = Describe("title", "another")


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Give a test the file of a small network."""
    file = tmp_path / "net.json"
    file.write_text(to_document_text(network(conv("conv"), Relu())), "utf-8")
    return str(file)


def saved(path: str) -> Network:
    found = read_text(Path(path).read_text("utf-8")).network
    assert found is not None
    return found


def typed(channels: int) -> Replace:
    return Replace(FIRST, (conv("conv", channels),), "change it", "channels")


def refused(source: str) -> FileError:
    """Assert that a source cannot be opened, and return why."""
    with pytest.raises(FileError) as caught:
        Session.opened(source)
    return caught.value


# Opening


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_no_file_and_nothing_to_save(name: str) -> None:
    session = Session.opened(name)
    assert (session.path, session.label, session.dirty) == (None, name, False)
    assert session.network == session.saved == preset(name)
    assert session.text() == preset_text(name)
    assert not session.changed_on_disk()
    with pytest.raises(FileError, match="no file yet"):
        session.save()


def test_a_file_is_opened_by_its_path(path: str, monkeypatch) -> None:
    monkeypatch.chdir(os.path.dirname(path))
    session = Session.opened("net.json")
    assert (session.path, session.label) == (path, "net.json")
    assert not session.dirty
    assert not session.changed_on_disk()
    assert session.report.output == (4, 12, 12)


def test_a_file_may_be_called_as_a_preset_is(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("unet").write_text(to_document_text(network(Relu())), "utf-8")
    assert Session.opened("unet").network == preset("unet")
    session = Session.opened("./unet")
    assert session.network == network(Relu())
    assert session.path == str(tmp_path / "unet")


def test_standard_input_has_no_file(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_text("{}", "utf-8")
    pipe_in(monkeypatch, preset_text("lenet5").encode())
    session = Session.opened("-")
    assert session.network == preset("lenet5")
    assert (session.path, session.label) == (None, "standard input")


def test_a_new_document_is_empty_and_clean() -> None:
    session = Session(EMPTY)
    assert (session.path, session.label, session.dirty) == (None, "untitled", False)
    assert session.report.valid


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ('{\n "format": "tuicnn/1",\n}', "(line 2)", "comma"),
        ("\n\n[1]", "(line 3)", "Expected an object"),
        ('{"format": "tuicnn/1",\n "name": "a/b", "input": [1], "layers": []}',
         "(line 2)", "without"),
        ('{"format": "tuicnn/9"}', "(line 1)", "This version reads"),
        ("", "", "is empty"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_network_is_told_with_its_line(
    text: str, where: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text, "utf-8")
    error = refused(str(file))
    assert error.message.startswith(f"{file}")
    assert where in error.message
    assert words.lower() in error.message.lower()


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "there is no preset" in refused(str(tmp_path / "none.json")).message
    assert "folder" in refused(str(tmp_path)).message


@pytest.mark.parametrize("excess", [0, 1])
def test_what_is_too_large_to_be_read_whole_is_not_opened(
    excess: int, tmp_path: Path
) -> None:
    layer: dict[str, object] = {"type": "relu"}
    for _ in range(limits.NESTING + excess):
        layer = {"type": "block", "layers": [layer]}
    file = tmp_path / "deep.json"
    file.write_text(text_of((4, 4, 4), layer), "utf-8")
    if excess:
        assert "33 deep" in refused(str(file)).message
    else:
        assert json.loads(Session.opened(str(file)).text())["layers"] == [layer]


# Dirty


def test_dirty_means_that_it_differs_from_what_was_saved(path: str) -> None:
    session = Session.opened(path)
    session.do(typed(8))
    assert session.dirty
    session.do(typed(4))
    assert not session.dirty
    session.do(TITLE)
    session.save()
    assert not session.dirty
    assert session.undo() == "change the title"
    assert session.dirty
    assert session.redo() == "change the title"
    assert not session.dirty


def test_undo_and_redo_have_nothing_to_say_at_the_ends(path: str) -> None:
    session = Session.opened(path)
    before = session.report
    assert (session.undo(), session.redo()) == ("", "")
    assert session.report is before


def test_undo_goes_back_to_where_the_reader_was(path: str) -> None:
    session = Session.opened(path)
    session.look(("layers", 1), (FIRST, ("layers", 1)))
    session.do(Remove((FIRST,), "conv"))
    session.undo()
    assert session.history.present.cursor == ("layers", 1)
    assert session.history.present.selected == (FIRST, ("layers", 1))


def test_what_is_typed_after_a_pause_is_undone_by_itself(path: str) -> None:
    session = Session.opened(path)
    for channels in (2, 25):
        session.do(typed(channels))
    session.settle()
    session.do(typed(7))
    session.undo()
    assert session.network.layers[0] == conv("conv", 25)
    session.undo()
    assert session.network == session.saved


def test_a_refused_edit_changes_nothing(path: str) -> None:
    session = Session.opened(path)
    before = (session.history, session.report)
    with pytest.raises(EditRefused):
        session.do(SetInput((0,)))
    assert (session.history, session.report) == before


# Saving


def test_a_document_is_saved_to_its_file(path: str) -> None:
    os.chmod(path, 0o640)
    session = Session.opened(path)
    session.do(TITLE)
    result = session.save()
    real = os.path.realpath(path)
    assert result == (real, True, 0, f"{real}.bak", False)
    assert saved(path) == session.network == session.saved
    assert os.stat(path).st_mode & 0o777 == 0o640
    assert not session.changed_on_disk()
    session.do(typed(9))
    session.save()
    assert saved(path).layers[0] == conv("conv", 9)


def test_a_preset_is_saved_under_another_name(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session.opened("lenet5")
    session.save("mine.json")
    assert (session.path, session.label) == (str(tmp_path / "mine.json"), "mine.json")
    assert Path("mine.json").read_text("utf-8") == preset_text("lenet5")
    session.do(TITLE)
    session.save()
    assert saved("mine.json").title == "another"


def test_a_copy_becomes_the_file(path: str) -> None:
    session = Session.opened(path)
    before = saved(path)
    session.do(TITLE)
    session.save(f"{path}.copy")
    session.do(typed(9))
    session.save()
    assert saved(path) == before
    assert saved(f"{path}.copy") == session.network


def test_a_document_that_cannot_be_written_stays_unsaved(
    path: str, monkeypatch
) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    file = session.keep()
    real = os.open

    def read_only(name: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return real(name, flags, mode)

    before = Path(path).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", read_only)
        for target in (None, f"{path}.copy"):
            with pytest.raises(FileError, match="permission is denied"):
                session.save(target)
    for target in (os.path.dirname(path), f"{path}/inside", "no/such/folder"):
        with pytest.raises(FileError):
            session.save(target)
    assert session.dirty
    assert session.path == path
    assert Path(path).read_bytes() == before
    assert os.path.exists(file)


def test_what_another_program_wrote_is_not_overwritten_unasked(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    Path(path).write_text("theirs", "utf-8")
    assert session.changed_on_disk()
    with pytest.raises(ChangedOnDiskError, match="changed or removed"):
        session.save()
    assert Path(path).read_text("utf-8") == "theirs"
    assert session.dirty
    session.save(overwrite=True)
    assert saved(path) == session.network
    assert not session.changed_on_disk()
    session.save()


def test_what_changes_while_it_is_opened_has_changed(path: str, monkeypatch) -> None:
    real = module.presets.open_source

    def slow(source: str) -> object:
        found = real(source)
        Path(path).write_text("theirs", "utf-8")
        return found

    monkeypatch.setattr(module.presets, "open_source", slow)
    assert Session.opened(path).changed_on_disk()


def test_a_file_that_was_touched_or_renamed_and_back_is_saved_to(path: str) -> None:
    session = Session.opened(path)
    os.utime(path, (1, 1))
    os.rename(path, f"{path}~")
    os.rename(f"{path}~", path)
    session.do(TITLE)
    session.save()
    assert saved(path) == session.network


def test_a_file_that_was_removed_is_not_brought_back_unasked(path: str) -> None:
    session = Session.opened(path)
    os.unlink(path)
    with pytest.raises(ChangedOnDiskError):
        session.save()
    assert not os.path.exists(path)
    session.save(overwrite=True)
    assert saved(path) == session.network


def test_a_document_too_large_to_be_opened_is_not_saved(path: str, monkeypatch) -> None:
    session = Session.opened(path)
    size = len(session.text().encode())
    monkeypatch.setattr(limits, "FILE_BYTES", size)
    assert session.text()
    monkeypatch.setattr(limits, "FILE_BYTES", size - 1)
    with pytest.raises(FileError, match=f"{size:,} bytes"):
        session.save()


def test_a_document_that_would_be_read_as_another_is_not_saved(
    path: str, monkeypatch
) -> None:
    session = Session.opened(path)
    text = to_document_text(network())
    monkeypatch.setattr(saving, "to_document_text", lambda _: text)
    before = Path(path).read_bytes()
    with pytest.raises(FileError, match="not be read as the same"):
        session.save()
    assert Path(path).read_bytes() == before


# Reloading and recovery


def test_reloading_can_be_undone(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    mine = session.network
    theirs = network(Relu(name="theirs"))
    Path(path).write_text(to_document_text(theirs), "utf-8")
    session.reload(Session.opened(path))
    assert session.network == session.saved == theirs
    assert session.report.network is session.network
    assert not session.dirty
    assert not session.changed_on_disk()
    assert session.undo() == "reload"
    assert session.network is mine
    assert session.dirty
    session.redo()
    assert not session.dirty
    session.save()


def test_reloading_what_has_not_changed_changes_nothing(path: str) -> None:
    session = Session.opened(path)
    before = session.network
    session.reload(Session.opened(path))
    assert session.network is before
    assert not session.dirty
    assert session.undo() == ""


def kept(path: str) -> Network:
    found = read_text(recovery.read(path).document).network
    assert found is not None
    return found


def everything_kept() -> list[str]:
    return list(recovery.every())


def test_what_is_not_saved_is_kept_until_it_is(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    file = session.keep()
    assert everything_kept() == [file]
    assert kept(file) == session.network
    assert saved(path) == session.saved
    session.save()
    assert everything_kept() == []
    session.do(typed(9))
    session.keep()
    session.forget()
    assert everything_kept() == []


def test_a_document_without_a_file_is_kept_too(tmp_path: Path) -> None:
    session = Session(EMPTY)
    session.do(Insert(FIRST, (Relu(),)))
    file = session.keep()
    assert kept(file) == session.network
    session.save(str(tmp_path / "new.json"))
    assert everything_kept() == []


def test_what_is_clean_is_kept_without_a_document(path: str) -> None:
    session = Session.opened(path)
    found = recovery.read(session.keep())
    assert found.document == ""
    assert found.header.path == path
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    assert found.header.base == digest
    session.release()
    assert everything_kept() == []


def test_what_was_left_is_found_restored_and_saved(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    file = session.keep()
    again = Session.opened(path)
    (left,) = again.look_around().left
    assert (left.network, left.changed) == (session.network, False)
    again.restore(left)
    assert again.network == session.network
    assert again.dirty
    # Nothing is removed before it is saved: not even if this session ends as well.
    second = again.keep()
    assert set(everything_kept()) == {file, second}
    third = Session.opened(path)
    first = third.look_around().left[0]
    assert first.kept.header.restored == (os.path.basename(file),)
    third.restore(first)
    third.save()
    assert everything_kept() == []
    assert saved(path) == session.network
    assert Session.opened(path).look_around().left == ()


def test_what_was_restored_and_is_discarded_is_gone(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    session.keep()
    again = Session.opened(path)
    again.restore(again.look_around().left[0])
    again.undo()
    again.release()  # as at the end, where nothing is unsaved
    assert len(everything_kept()) == 1
    again.forget()
    assert everything_kept() == []


@pytest.mark.parametrize("redone", [False, True])
def test_what_was_restored_and_undone_is_kept_when_another_version_is_saved(
    path: str, redone: bool
) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    session.keep()
    again = Session.opened(path)
    again.restore(again.look_around().left[0])
    again.undo()
    again.save()
    (left,) = Session.opened(path).look_around().left
    assert left.network == session.network
    if redone:
        again.redo()
        again.do(Describe("source", "later"))
        again.save()
        assert everything_kept() == []


def test_what_differs_from_the_file_in_nothing_is_cleared_away(path: str) -> None:
    session = Session.opened(path)
    session.keep()
    Session.opened(path).keep()
    assert len(everything_kept()) == 2
    assert Session.opened(path).look_around().left == ()
    assert everything_kept() == []
    session.do(TITLE)
    text = session.text()
    session.keep()
    Path(path).write_text(text, "utf-8")  # saved, but killed before it was removed
    assert Session.opened(path).look_around().left == ()
    assert everything_kept() == []


def test_what_was_left_of_a_file_that_changed_says_so(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    session.keep()
    Path(path).write_text(to_document_text(network()), "utf-8")
    (left,) = Session.opened(path).look_around().left
    assert left.changed
    os.unlink(path)
    assert Session(network(), path).look_around().left[0].changed


def test_what_had_no_file_is_offered_to_its_name_and_to_the_empty(path: str) -> None:
    session = Session.opened("lenet5")
    session.do(TITLE)
    session.keep()
    assert len(Session.opened("lenet5").look_around().left) == 1
    assert len(Session(EMPTY).look_around().left) == 1
    assert Session.opened("alexnet").look_around().left == ()
    assert Session.opened(path).look_around().left == ()


@pytest.mark.parametrize("document", ['"x"', "{}", '{"format": "tuicnn/9"}'])
def test_what_cannot_be_understood_is_put_aside_with_a_warning(
    document: str, path: str
) -> None:
    file = Journal(path).write(recovery.Header(path), document)
    found = Session.opened(path).look_around()
    assert found.left == ()
    assert "holds no network" in found.warnings[0]
    assert os.path.exists(f"{file}.aside")
    assert Session.opened(path).look_around().warnings == ()


def test_what_a_newer_version_left_stays_for_it(path: str) -> None:
    file = Journal(path).write(recovery.Header(path), '"x"')
    text = Path(file).read_text("utf-8").replace("recovery/1", "recovery/2")
    Path(file).write_text(text, "utf-8")
    for _ in range(2):
        found = Session.opened(path).look_around()
        assert "newer" in found.warnings[0]
    assert Path(file).read_text("utf-8") == text


def test_who_else_edits_a_file_is_told(path: str, monkeypatch) -> None:
    theirs = Session.opened(path)
    theirs.do(TITLE)
    theirs.keep()
    monkeypatch.setattr(recovery, "runs", lambda process: True)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    found = Session.opened(path).look_around()
    assert [one.header.path for one in found.alive] == [path]
    assert found.left == ()
    assert len(everything_kept()) == 1


# Saving in a thread


def test_what_is_edited_while_it_is_saved_is_not_saved(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    under_way = session.saving()
    session.do(typed(9))
    session.keep()
    session.saved_as(under_way, under_way.write())
    assert session.dirty
    assert saved(path).title == "another"
    assert saved(path).layers[0] == conv("conv")
    assert [kept(one) for one in everything_kept()] == [session.network]
    session.save()
    assert everything_kept() == []


def test_what_is_saved_elsewhere_while_it_is_edited_stays_kept(path: str) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    under_way = session.saving(f"{path}.copy")
    session.do(typed(9))
    session.keep()
    session.saved_as(under_way, under_way.write())
    assert [kept(one) for one in everything_kept()] == [session.network]
    session.keep()
    session.save()
    assert everything_kept() == []


def test_a_file_that_changes_while_it_is_saved_is_told_the_next_time(
    path: str, monkeypatch
) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    session.keep()
    real = saving.files.write_atomically

    def overtaken(target: str, *arguments: object, **options: object) -> object:
        result = real(target, *arguments, **options)
        Path(target).write_text("theirs", "utf-8")
        return result

    with monkeypatch.context() as patched:
        patched.setattr(saving.files, "write_atomically", overtaken)
        under_way = session.saving()
        written = under_way.write()
    assert not written.verified
    session.saved_as(under_way, written)
    assert len(everything_kept()) == 1
    with pytest.raises(ChangedOnDiskError):
        session.save()
    session.save(overwrite=True)
    assert everything_kept() == []


def test_a_file_that_changes_just_before_it_is_replaced_is_not(
    path: str, monkeypatch
) -> None:
    session = Session.opened(path)
    session.do(TITLE)
    real = os.fsync

    def slow(descriptor: int) -> None:
        real(descriptor)
        Path(path).write_text("theirs", "utf-8")

    monkeypatch.setattr(os, "fsync", slow)
    with pytest.raises(ChangedOnDiskError):
        session.save()
    assert Path(path).read_text("utf-8") == "theirs"
    assert session.dirty


# Layers that cannot be read

UNREADABLE: tuple[object, ...] = (
    {"type": "conv9d", "name": "x", "kernel": [1, {"deep": None}], "p": 1.0},
    {"type": "conv2d", "name": "c", "out_channels": 0},
    {"type": "block", "layers": "none", "big": 10**30, "tiny": 1e-300},
    7,
    {"type": "parallel", "branches": [1, [{"type": "relu"}]], "merge": "mix"},
)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """Give a test a file with layers that cannot be read among others."""
    layers = [{"type": "relu", "name": "r"}, *UNREADABLE, {"type": "relu"}]
    file = tmp_path / "broken.json"
    document = {"format": "tuicnn/1", "name": "n", "input": [4, 4, 4], "layers": layers}
    file.write_text(as_text(document), "utf-8")
    return str(file)


def problems(found: Report) -> list[tuple[Code, str, str]]:
    return [(one.code, one.path, one.message) for one in found.diagnostics]


def test_what_cannot_be_read_is_reported_and_saved_as_it_was(broken: str) -> None:
    session = Session.opened(broken)
    assert {Code.UNKNOWN_TYPE, Code.INVALID_VALUE} <= {
        code for code, _, _ in problems(session.report)
    }
    session.do(TITLE)
    session.save()
    layers = json.loads(Path(broken).read_text("utf-8"))["layers"]
    assert json.dumps(layers[1:-1]) == json.dumps(UNREADABLE)
    assert not session.report.valid


def test_problems_of_what_cannot_be_read_are_told_once_after_edits(
    broken: str,
) -> None:
    session = Session.opened(broken)
    before = problems(session.report)
    relu = layer_at(session.network, FIRST)
    assert relu is not None
    for inplace in (True, False, True):
        new = relu.changed(inplace=inplace)
        session.do(Replace(FIRST, (new,), "change", "inplace"))
        assert problems(session.report) == before
    session.do(Insert(FIRST, (Relu(),)))
    assert len(problems(session.report)) == len(before)
    session.do(Remove(tuple(("layers", at) for at in range(2, 7)), "them"))
    assert session.report.valid


def test_copies_of_what_cannot_be_read_can_be_saved(broken: str) -> None:
    session = Session.opened(broken)
    session.do(Duplicate(tuple(("layers", at) for at in range(1, 6)), "them"))
    session.save()
    assert saved(broken) == session.network


# Reports


def assert_as_from_scratch(found: Report, network: Network) -> None:
    """Assert that a report tells what a check without a past tells."""
    wanted = check(network)
    assert found.network is network
    assert [row._replace(effect=None) for row in found.rows] == [
        row._replace(effect=None) for row in wanted.rows
    ]
    assert [one.parameters for one in found.rows] == [
        one.parameters for one in wanted.rows
    ]
    assert found.diagnostics == wanted.diagnostics
    assert found.totals == wanted.totals
    assert (found.order, found.end) == (wanted.order, wanted.end)


def assert_walk(session: Session, draw: Random, steps: int) -> None:
    """Assert that reports stay right through edits, undo and redo."""
    for _ in range(steps):
        match draw.randrange(6):
            case 0:
                session.undo()
            case 1:
                session.redo()
            case _:
                kind = draw.choice(KINDS)
                try:
                    session.do(an_edit(session.network, draw, kind))
                except EditRefused:
                    continue
        assert_as_from_scratch(session.report, session.network)
        assert session.dirty == (session.network != session.saved)


@pytest.mark.parametrize("name", PRESETS)
def test_a_report_after_edits_of_a_preset_is_that_of_a_check_from_scratch(
    name: str,
) -> None:
    session = Session.opened(name)
    assert_walk(session, Random(name), 8)
    assert_read_back(session.network)


@settings(max_examples=200)
@given(st.randoms(use_true_random=False))
def test_a_report_after_any_edits_is_that_of_a_check_from_scratch(
    draw: Random,
) -> None:
    layers = (conv("conv1"), Relu(), Block(layers=(Relu(), conv()), repeat=2))
    assert_walk(Session(network(*layers)), draw, 12)


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_reports_of_what_cannot_be_read_stay_complete(draw: Random) -> None:
    layers = [{"type": "relu", "name": "r"}, *UNREADABLE, {"type": "relu"}]
    text = json.dumps(
        {"format": "tuicnn/1", "name": "n", "input": [4, 4, 4], "layers": layers}
    )
    start = read_text(text).network
    assert start is not None
    session = Session(start)
    for _ in range(8):
        try:
            session.do(an_edit(session.network, draw))
        except EditRefused:
            continue
        reading = read_text(session.text())
        wanted = check(session.network).diagnostics
        found = [(*reading.problems, *wanted)]
        assert sorted(problems(session.report), key=str) == sorted(
            ((one.code, one.path, one.message) for some in found for one in some),
            key=str,
        )
