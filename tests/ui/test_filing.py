"""Nothing is lost: recovery, slow and failing disks, files that others change."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from textual.app import App

from tests.ui.desk import NARROW, Desk, at
from tests.ui.desk import desk as any_desk
from tuicnn import presets, saving
from tuicnn.core.edits import Describe, Remove
from tuicnn.core.layers import Conv2d, Relu
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.errors import FileError
from tuicnn.files import journal, process, recovery
from tuicnn.files.journal import Journal
from tuicnn.interop.document import to_document_text
from tuicnn.preview.faults import Cancelled
from tuicnn.session import EMPTY, Session
from tuicnn.ui import previewing, recent
from tuicnn.ui.dialogs.ask import Ask
from tuicnn.ui.dialogs.difference import Difference
from tuicnn.ui.dialogs.export import ExportDialog
from tuicnn.ui.dialogs.open import OpenDialog
from tuicnn.ui.dialogs.save import SaveAs

REMOVE = Remove((at(0),), "it")
LAYERS = (Conv2d(name="c1", out_channels=2, kernel_size=3), *([Relu()] * 11))
TEXT = to_document_text(Network(name="mine", input=(1, 8, 8), layers=LAYERS))
OTHER = to_document_text(Network(name="theirs", input=(1, 8, 8), layers=LAYERS[1:]))
SIZES = [(120, 40), (80, 24), (30, 8), (10, 5), (1, 1)]


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "net.json"
    path.write_text(TEXT, "utf-8")
    return path


def desk(session: Session | None = None) -> AbstractAsyncContextManager[Desk]:
    """Open an editor that is small, and therefore quick."""
    return any_desk(session, NARROW)


def opened(document: Path) -> Session:
    return Session.opened(str(document))


def network_in(text: str) -> Network:
    found = read_text(text).network
    assert found is not None
    return found


def left(document: Path | None) -> Session:
    """Leave behind what a session had not saved."""
    session = Session.opened("lenet5") if document is None else opened(document)
    session.do(REMOVE)
    session.keep()
    return session


def kept(document: Path | None = None) -> list[Network]:
    """Return what is kept of a document, the latest first; of all without one."""
    paths = recovery.every(None if document is None else str(document))
    texts = [recovery.read(one).document for one in paths]
    return [network_in(one) for one in texts if one]


async def comes(one: Desk, kind: type) -> None:
    await one.until(lambda: isinstance(one.app.screen, kind), f"no {kind.__name__}")
    await one.quiet()


async def keeping(one: Desk) -> None:
    """Wait until what is edited is kept."""
    await one.until(lambda: one.editor._kept is one.session)
    await one.until(lambda: one.app.recorder.finished(0))


def question(one: Desk) -> str:
    screen = one.app.screen
    assert isinstance(screen, Ask)
    return f"{screen._question} {screen._detail}"


# What was left behind


@pytest.mark.parametrize(
    ("key", "layers", "rest"), [("r", 11, 2), ("X", 12, 0), ("escape", 12, 1)]
)
async def test_what_an_earlier_session_left_is_offered(document, key, layers, rest):
    left(document)
    async with desk(opened(document)) as one:
        await comes(one, Ask)
        assert "An earlier session ended before mine was saved." in question(one)
        await one.press(key)
        await keeping(one)
        assert len(one.network.layers) == layers
        assert len(kept(document)) == rest
        if key == "r":
            assert one.session.history.undoes
            await one.press("ctrl+s")
            await one.until(lambda: not one.session.dirty)
            assert len(opened(document).network.layers) == 11
            assert kept() == []


async def test_the_difference_is_shown_before_one_decides(document):
    left(document)
    async with desk(opened(document)) as one:
        await comes(one, Ask)
        await one.press("f")
        await comes(one, Difference)
        text = "\n".join(one.app.screen.lines)
        assert "--- what is open" in text and "+++ what was kept" in text
        assert '-    {"type": "conv2d", "name": "c1"' in text
        await one.press("escape")
        await comes(one, Ask)
        await one.press("r")
        assert len(one.network.layers) == 11


async def test_a_file_that_changed_since_is_told_of(document):
    left(document)
    document.write_text(OTHER, "utf-8")
    async with desk(opened(document)) as one:
        await comes(one, Ask)
        assert "changed since" in question(one)


async def test_what_several_sessions_left_is_offered_one_by_one(document):
    for name in ("first", "second"):
        session = opened(document)
        session.do(Describe("title", name))
        session.keep()
    async with desk(opened(document)) as one:
        await comes(one, Ask)
        await one.press("X")
        await one.until(lambda: len(kept(document)) == 1)
        await comes(one, Ask)
        await one.press("r")
        assert one.network.title == "first"


async def test_what_had_no_file_is_offered_to_an_empty_editor():
    left(None)
    async with desk(Session(EMPTY)) as one:
        await comes(one, Ask)
        await one.press("r")
        assert len(one.network.layers) == 11


@pytest.mark.parametrize("size", SIZES)
async def test_the_difference_is_drawn_at_any_size(size):
    lines = ["+\x1b[31m[/x] [bold", "-" + "x" * 500, "@@", *["y"] * 1000]
    async with App().run_test(size=size) as pilot:
        pilot.app.push_screen(Difference(lines))
        await pilot.pause()
        await pilot.press("down", "right", "pagedown", "end", "home")
        strips = pilot.app.screen._compositor.render_strips()
        assert all(part.text.isprintable() for row in strips for part in row)
        assert isinstance(pilot.app.screen, Difference)
        await pilot.press("enter")
        assert not isinstance(pilot.app.screen, Difference)


@pytest.mark.parametrize("damage", ["", "{}", "newer"])
async def test_a_damaged_recovery_file_is_a_warning(damage, document):
    path = Journal(str(document)).write(recovery.Header(None), "")
    text = Path(path).read_text().replace("recovery/1", "recovery/2")
    Path(path).write_text(text if damage == "newer" else damage)
    async with desk(opened(document)) as one:
        await keeping(one)
        told = [note.message for note in one.app._notifications]
        assert any("recovery" in text for text in told)
        await one.press("down", "d")
        await keeping(one)
        assert len(list(recovery.every(str(document)))) == (
            2 if damage == "newer" else 1
        )


# What is kept


async def test_each_command_is_kept_at_once_and_typing_after_a_pause(document):
    async with desk(opened(document)) as one:
        await keeping(one)
        assert kept() == []
        await one.press("down", "d")
        await keeping(one)
        assert kept(document) == [one.network]
        await one.press("D", "u", "D")
        await keeping(one)
        assert kept(document) == [one.network]
        for title in ("a", "ab", "abc"):
            one.editor.do(Describe("title", title))
        await keeping(one)
        assert kept(document)[0].title == "a"  # the command, though not all of it
        await one.until(lambda: kept(document)[0].title == "abc")
        # The next command does not wait for the pause.
        one.editor.do(Describe("title", "abcd"))
        one.editor.do(REMOVE)
        await keeping(one)
        assert kept(document) == [one.network]


async def test_saving_leaves_nothing_to_recover_and_quitting_no_file(document):
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        await keeping(one)
        await one.press("ctrl+s")
        await one.until(lambda: not one.session.dirty)
        await keeping(one)
        assert kept() == []
        assert len(list(recovery.every())) == 1  # others are told who edits it
        await one.press("q")
    assert list(recovery.every()) == []


@pytest.mark.parametrize(("key", "files"), [("d", 0), ("escape", 1)])
async def test_quitting_without_saving_discards_what_was_kept(document, key, files):
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d", "q")
        await comes(one, Ask)
        await one.press(key)
        await one.quiet()
        assert len(kept()) == files


async def test_another_document_begins_a_file_of_its_own(document, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(OTHER, "utf-8")
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.editor.open(str(other))
        await keeping(one)
        assert list(recovery.every(str(document))) == []
        await one.press("down", "d")
        await keeping(one)
        assert kept(other) == [one.network]


async def test_a_disk_that_keeps_nothing_is_one_warning(document, monkeypatch):
    real = journal.write_private

    def full(*arguments: object, **options: object) -> None:
        raise FileError("cannot write it: the disk is full")

    monkeypatch.setattr(journal, "write_private", full)
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d", "d", "d")
        await keeping(one)
        await one.quiet()
        told = [note.message for note in one.app._notifications]
        warned = [text for text in told if "A crash would lose" in text]
        assert len(warned) == 1 and "the disk is full" in warned[0]
        assert len(one.network.layers) == 9
        monkeypatch.setattr(journal, "write_private", real)
        await one.press("d")
        await keeping(one)
        assert kept(document) == [one.network]


async def test_a_disk_that_does_not_answer_stops_no_key(document, monkeypatch):
    answers, real = threading.Event(), journal.write_private

    def hung(*arguments: object, **options: object) -> None:
        answers.wait(20)
        real(*arguments, **options)

    async with desk(opened(document)) as one:
        await keeping(one)
        monkeypatch.setattr(journal, "write_private", hung)
        await one.press("down", "d", "d", "d")
        assert len(one.network.layers) == 9
        one.app.keep_work()
        assert one.app.lost == "the disk does not answer"
        answers.set()
        await keeping(one)
        assert kept(document) == [one.network]
        one.app.keep_work()
        assert one.app.lost == "" and one.app.kept


# Somebody else


@pytest.fixture
def elsewhere(document, monkeypatch):
    """Let another process edit the document."""
    theirs = opened(document)
    header = recovery.Header(
        str(document), process=process.Process(os.getppid(), "", 0)
    )
    theirs._journal.write(header, "")
    monkeypatch.setattr(recovery, "runs", lambda one: one.pid == os.getppid())
    return document


@pytest.mark.parametrize("key", ["r", "o", "escape"])
async def test_a_document_that_is_open_elsewhere_is_told_of(elsewhere, key):
    async with desk(opened(elsewhere)) as one:
        await comes(one, Ask)
        assert "is open in another editor" in question(one)
        await one.press(key)
        if key == "escape":
            await one.until(lambda: not one.app.is_running)
            return
        await keeping(one)
        await one.press("down", "d", "ctrl+s")
        if key == "o":
            await one.until(lambda: not one.session.dirty)
            return
        await comes(one, SaveAs)
        before = elsewhere.read_text("utf-8")
        await one.press("enter")
        await one.until(lambda: not one.session.dirty)
        assert elsewhere.read_text("utf-8") == before
        assert one.session.path == str(elsewhere.with_name("net-2.json"))
        assert not one.session.guest


@pytest.mark.parametrize("key", ["o", "escape"])
async def test_a_document_that_is_open_elsewhere_is_told_of_before_it_is_opened(
    elsewhere, key
):
    async with desk() as one:
        await keeping_unnamed(one)
        before = one.session
        one.editor.run_worker(one.editor.open(str(elsewhere)))
        await comes(one, Ask)
        await one.press(key)
        await one.quiet()
        if key == "escape":
            assert one.session is before
            return
        await keeping(one)
        assert one.session.path == str(elsewhere)
        assert not isinstance(one.app.screen, Ask)  # once is enough


async def keeping_unnamed(one: Desk) -> None:
    await one.until(lambda: one.editor._kept is one.session)


@pytest.mark.parametrize("change", ["changed", "removed"])
@pytest.mark.parametrize("key", ["o", "a", "escape", "r", "f"])
async def test_a_file_that_others_changed_is_not_overwritten_unasked(
    document, change, key
):
    if change == "removed" and key in "rf":
        return  # there is nothing to reload or to compare with
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        if change == "changed":
            document.write_text(OTHER, "utf-8")
        else:
            document.unlink()
        await one.press("ctrl+s")
        await comes(one, Ask)
        assert f"{change} by another program" in question(one)
        await one.press(key)
        mine = one.network
        match key:
            case "o":
                await one.until(lambda: not one.session.dirty)
                assert opened(document).network == mine
            case "a":
                await comes(one, SaveAs)
            case "r":
                await one.quiet()
                assert one.network.name == "theirs" and not one.session.dirty
                await one.press("u")
                assert len(one.network.layers) == 11
            case "f":
                await comes(one, Difference)
                assert any('"theirs"' in line for line in one.app.screen.lines)
                await one.press("escape")
                await comes(one, Ask)
            case _:
                assert one.session.dirty
        if change == "changed" and key != "o":
            assert document.read_text("utf-8") == OTHER
        if change == "removed" and key != "o":
            assert not document.exists()


async def test_a_changed_file_that_holds_no_network_has_no_difference(document):
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        document.write_text("theirs")
        await one.press("ctrl+s")
        await comes(one, Ask)
        for key in ("f", "r"):
            await one.press(key)
            await one.until(lambda: any("line 1" in text for text in one.told))
            one.told.clear()
        assert one.session.dirty
        assert document.read_text() == "theirs"


# Slow and failing disks


async def test_a_slow_disk_stops_no_key(document, monkeypatch):
    answers, real = threading.Event(), saving.files.write_atomically

    def slow(*arguments: object, **options: object) -> object:
        answers.wait(20)
        return real(*arguments, **options)

    monkeypatch.setattr(saving.files, "write_atomically", slow)
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        wanted = one.network
        await one.press("ctrl+s", "d")
        assert any(text.startswith("Saving ") for text in one.told)
        assert len(one.network.layers) == 10
        assert document.read_text("utf-8") == TEXT
        await one.press("ctrl+s")  # one save follows the other
        assert one.told[-1] == "The save before has not ended yet."
        await one.press("question_mark", "escape")
        await one.press("a")  # the question that waited is given up, not the save
        await one.quiet()
        await one.press("escape")
        answers.set()
        await one.until(lambda: one.session.saved is wanted)
        assert any(text.startswith("Saved ") for text in one.told)
        assert opened(document).network == wanted
        assert one.session.dirty
        await keeping(one)
        assert kept(document) == [one.network]
        await one.press("ctrl+s")
        await one.until(lambda: not one.session.dirty)
        assert len(opened(document).network.layers) == 10


async def test_a_save_that_fails_behind_another_dialog_is_told(document, monkeypatch):
    answers = threading.Event()

    def failing(*arguments: object, **options: object) -> object:
        answers.wait(20)
        raise saving.FileError("the disk is gone")

    monkeypatch.setattr(saving.files, "write_atomically", failing)
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d", "ctrl+s", "a")
        await one.press("escape")
        answers.set()
        await one.until(lambda: "Not saved: the disk is gone." in one.told)
        assert one.session.dirty
        assert len(kept(document)) == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
async def test_a_disk_that_fails_is_answered_by_save_as(
    number, document, tmp_path, monkeypatch
):
    real = os.open

    def failing(name: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT and os.path.dirname(name) == str(tmp_path):
            raise OSError(number, os.strerror(number))
        return real(name, flags, mode)

    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        monkeypatch.setattr(os, "open", failing)
        await one.press("ctrl+s")
        await comes(one, SaveAs)
        assert "cannot write" in one.app.screen._message
        assert document.read_text("utf-8") == TEXT
        assert one.session.dirty
        assert kept(document) == [one.network]
        (tmp_path / "elsewhere").mkdir()
        one.app.screen.query_one("#path").value = str(tmp_path / "elsewhere" / "x.json")
        await one.press("enter")
        await one.until(lambda: not one.session.dirty)
        assert opened(tmp_path / "elsewhere" / "x.json").network == one.network
        assert kept() == []


async def test_leaving_waits_for_a_save_that_is_under_way(document, monkeypatch):
    real = saving.files.write_atomically

    def slow(*arguments: object, **options: object) -> object:
        threading.Event().wait(0.4)
        return real(*arguments, **options)

    monkeypatch.setattr(saving.files, "write_atomically", slow)
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d", "ctrl+s", "q")
        await one.until(lambda: not one.app.is_running)
    assert len(opened(document).network.layers) == 11
    assert list(recovery.every()) == []


async def test_what_is_edited_while_it_is_saved_before_leaving_is_asked_for(
    document, monkeypatch
):
    answers, real = threading.Event(), saving.files.write_atomically

    def slow(*arguments: object, **options: object) -> object:
        answers.wait(20)
        return real(*arguments, **options)

    monkeypatch.setattr(saving.files, "write_atomically", slow)
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d", "q")
        await comes(one, Ask)
        await one.press("s", "d", "d")
        assert len(one.network.layers) == 9
        answers.set()
        await comes(one, Ask)
        assert len(opened(document).network.layers) == 11
        await one.press("s")
        await one.until(lambda: not one.app.is_running)
    assert len(opened(document).network.layers) == 9
    assert list(recovery.every()) == []


async def test_opening_what_is_edited_shows_what_was_saved_before(document):
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        one.editor.run_worker(one.editor.open(str(document)))
        await comes(one, Ask)
        before = one.session
        await one.press("s")
        await one.until(lambda: one.session is not before)
        assert len(one.network.layers) == 11
        assert not one.session.changed_on_disk()
        await one.press("down", "d", "ctrl+s")
        await one.until(lambda: not one.session.dirty)
        assert len(opened(document).network.layers) == 10


async def test_what_is_said_last_of_a_save_is_that_it_was_made(document, monkeypatch):
    real = recent.remember

    def slow(path: str) -> None:
        threading.Event().wait(0.3)
        real(path)

    monkeypatch.setattr(recent, "remember", slow)
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d", "ctrl+s")
        await one.until(lambda: not one.session.dirty)
        await one.pilot.pause(0.5)
        saves = [text for text in one.told if text.startswith("Sav")]
        assert saves[-1].startswith("Saved ")


async def test_reading_from_a_slow_disk_stops_no_key(document, tmp_path, monkeypatch):
    other = tmp_path / "other.json"
    other.write_text(OTHER, "utf-8")
    answers, real = threading.Event(), presets.open_source

    def slow(source: str) -> object:
        answers.wait(20)
        return real(source)

    async with desk(opened(document)) as one:
        await keeping(one)
        monkeypatch.setattr(presets, "open_source", slow)
        one.editor.run_worker(one.editor.open(str(other)))
        await one.until(lambda: any(text.startswith("Reading") for text in one.told))
        await one.press("down", "d")
        assert len(one.network.layers) == 11
        answers.set()
        await comes(one, Ask)  # of the edit
        await one.press("d")
        await one.until(lambda: one.session.path == str(other))
        assert one.network.name == "theirs"


async def test_a_slow_export_stops_no_key(document, tmp_path, monkeypatch):
    answers, real = threading.Event(), saving.files.write_atomically

    def slow(*arguments: object, **options: object) -> object:
        answers.wait(20)
        return real(*arguments, **options)

    target = tmp_path / "net.csv"
    async with desk(opened(document)) as one:
        await keeping(one)
        monkeypatch.setattr(saving.files, "write_atomically", slow)
        await one.press("ctrl+e")
        await comes(one, ExportDialog)
        one.app.screen.dismiss(("csv", str(target)))
        await one.until(lambda: any(text.startswith("Exporting") for text in one.told))
        await one.press("down", "d")
        assert len(one.network.layers) == 11
        assert not target.exists()
        answers.set()
        await one.until(lambda: any(text.startswith("Exported") for text in one.told))
        assert "relu_11" in target.read_text()  # as it was when it was asked for


async def test_saving_as_ones_own_file_asks_for_what_others_wrote(document):
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        document.write_text(OTHER, "utf-8")
        await one.press("S")
        await comes(one, SaveAs)
        await one.press("enter", "enter")
        await comes(one, Ask)
        assert "changed by another program" in question(one)
        assert document.read_text("utf-8") == OTHER


async def test_outputs_that_are_being_saved_are_stopped_by_escape_not_by_edits(
    document, tmp_path, monkeypatch
):
    begun = threading.Event()

    def endless(
        report: object, path: Path, token: threading.Event, given: object
    ) -> None:
        begun.set()
        assert token.wait(20)
        raise Cancelled

    monkeypatch.setattr(previewing, "save_activations", endless)
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("f6")
        await comes(one, SaveAs)
        one.app.screen.query_one("#path").value = str(tmp_path / "a.npz")
        await one.press("enter")
        await one.until(begun.is_set)
        await one.press("down", "d")
        assert len(one.network.layers) == 11
        assert not one.editor._storing.is_set()
        await one.press("escape")
        await one.until(lambda: "Stopped: no outputs were saved." in one.told)
        assert not one.editor.computing


async def test_a_working_folder_that_is_gone_breaks_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    async with desk(Session(network_in(TEXT))) as one:
        folder.rmdir()
        await one.press("down", "d", "ctrl+o")
        await comes(one, OpenDialog)
        await one.press("escape", "ctrl+s")
        await comes(one, SaveAs)
        one.app.screen.query_one("#path").value = "mine.json"
        await one.press("enter")
        await one.until(lambda: not one.session.dirty)
        assert one.session.path == str(tmp_path / "mine.json")
    assert len(opened(tmp_path / "mine.json").network.layers) == 11


async def test_what_the_disk_has_not_confirmed_is_said(document, monkeypatch):
    real = os.fsync

    def folders_fail(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.EIO, "no")
        real(descriptor)

    os.link(document, document.with_name("other.json"))
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d")
        monkeypatch.setattr(os, "fsync", folders_fail)
        await one.press("ctrl+s")
        await one.until(lambda: not one.session.dirty)
        assert "The disk has not confirmed it yet." in one.told[-1]
        assert "Other names of the old file" in one.told[-1]


async def test_a_version_before_that_could_not_be_kept_is_told_of(document):
    document.with_name("net.json.bak").mkdir()
    async with desk(opened(document)) as one:
        await keeping(one)
        await one.press("down", "d", "ctrl+s")
        await one.until(lambda: not one.session.dirty)
        assert one.told[-1].endswith("The version before could not be kept as .bak.")


async def test_stale_temporary_files_are_swept(document):
    names = (".t-00000000.tmp", ".t-11111111.tmp")
    for number, name in enumerate(names):
        path = document.with_name(name)
        path.touch()
        if number == 0:
            os.utime(path, (1_000, 1_000))
    async with desk(opened(document)) as one:
        await one.until(lambda: not document.with_name(names[0]).exists())
        assert document.with_name(names[1]).exists()
