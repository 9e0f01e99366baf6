"""The open dialog: searched, browsed, typed into, and never brought down by a file."""

import os
import shutil

import pytest
from textual.app import App
from textual.widgets import OptionList

from tests.documents import FOLDER, PRESETS
from tests.ui.waiting import settled
from tuicnn.presets import preset_path
from tuicnn.ui.dialogs.ask import Ask, AskText, Line
from tuicnn.ui.dialogs.export import ExportDialog
from tuicnn.ui.dialogs.open import OpenDialog
from tuicnn.ui.dialogs.save import SaveAs
from tuicnn.ui.openable import (
    Entry,
    glance_at,
    listing_of,
    presets_with,
    recent_with,
)
from tuicnn.ui.widgets.description import Description

SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]


class Asking(App):
    """An app that asks what to open and keeps the answers."""

    def __init__(self, dialog):
        super().__init__()
        self.dialog = dialog
        self.answers = []

    def on_mount(self):
        self.push_screen(self.dialog, self.answers.append)


async def press(pilot, *keys):
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def type_in(pilot, text):
    """Put a text into the line at once: keys are slow."""
    line = pilot.app.screen.query_one(Line)
    line.value = text
    line.cursor_position = len(text)
    await settled(pilot)


@pytest.fixture
def nets(tmp_path):
    """A folder with documents, a folder in it, and what should not be listed."""
    folder = tmp_path / "nets"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    shutil.copy(FOLDER / "lenet5.json", folder / "mine.json")
    shutil.copy(FOLDER / "alexnet.json", folder / "deep" / "inner.json")
    (folder / "notes.txt").write_text("text")
    (folder / ".secret.json").write_text("{}")
    return folder


def cursor(app):
    """Return the label of the entry under the cursor."""
    entry = app.screen._entry
    return None if entry is None else entry.label


def lines(app):
    return [str(one.prompt).strip() for one in app.screen.query_one(OptionList).options]


def description(app):
    return str(app.screen.query_one(Description).render())


def labels(entries):
    return [entry.label for entry in entries]


def test_every_preset_is_there():
    assert labels(presets_with("")) == list(PRESETS)


def test_presets_are_found_by_name_title_and_description():
    assert labels(presets_with("net18 res")) == ["resnet18"]
    assert "lenet5" in labels(presets_with("CHEQUES"))
    assert labels(presets_with("alexnet"))[0] == "alexnet"
    assert presets_with("no such words") == []


def test_recent_files_are_found_by_path():
    recent = ["/work/a.json", "/home/b.json", "/\x1b.json"]
    assert labels(recent_with("", recent)) == ["a.json", "b.json", "\\x1b.json"]
    assert labels(recent_with("WORK", recent)) == ["a.json"]


def test_a_folder_lists_folders_and_documents(nets):
    assert labels(listing_of(str(nets)).entries) == ["..", "deep/", "mine.json"]


def test_the_root_has_no_way_up():
    assert ".." not in labels(listing_of("/").entries)


@pytest.mark.parametrize("name", ["nope", "mine.json", "a\0b", "x" * 300])
def test_a_folder_that_cannot_be_read_says_why(name, nets):
    listing = listing_of(f"{nets}/{name}")
    assert labels(listing.entries) == [".."]
    assert listing.problem.startswith("cannot read")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"{", "The text ends"),
        (b"[]", "Expected an object"),
        (b'{"format": "other"}', "This version reads"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xff\xff", "not UTF-8"),
        (b"[" * 100_000, "line 1"),
        (b" " * (2 * 2**20 + 1), "larger than the limit"),
    ],
)
def test_a_document_that_cannot_be_described_says_why(content, told, tmp_path):
    file = tmp_path / "x\x1b.json"
    file.write_bytes(content)
    glance = glance_at(Entry("file", str(file), "x"))
    assert glance.report is None
    assert told in glance.message
    assert "\x1b" not in glance.message


def test_a_pipe_and_a_missing_file_say_why(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    glance = glance_at(Entry("file", f"{tmp_path}/pipe.json", "x"))
    assert "a named pipe" in glance.message
    glance = glance_at(Entry("file", f"{tmp_path}/gone.json", "x"))
    assert "there is no such file" in glance.message


async def test_the_first_entry_is_described_at_once(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert lines(app)[:4] == [
            "Recent files",
            "no recent files yet",
            "Presets",
            PRESETS[0],
        ]
        assert cursor(app) == "alexnet"
        assert "3×227×227 → 1000" in description(app)
        assert "62,378,344" in description(app)
        assert "█" in description(app)
        await press(pilot, "enter")
    assert app.answers == ["alexnet"]


async def test_a_preset_is_found_by_typing(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await press(pilot, *"lenet5")
        assert cursor(app) == "lenet5"
        assert "LeNet-5" in description(app)
        await press(pilot, "enter")
    assert app.answers == ["lenet5"]


async def test_recent_files_stand_first(nets):
    app = Asking(OpenDialog([f"{nets}/mine.json", "relative"], str(nets)))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert cursor(app) == "mine.json"
        assert "LeNet-5" in description(app)
        await press(pilot, "enter")
    assert app.answers == [f"{nets}/mine.json"]


async def test_tab_goes_from_section_to_section(nets):
    app = Asking(OpenDialog([f"{nets}/mine.json"], str(nets)))
    async with app.run_test() as pilot:
        await settled(pilot)
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab", "shift+tab", "shift+tab"):
            await press(pilot, key)
            seen.append(cursor(app))
    assert seen == ["alexnet", "..", "mine.json", "..", "alexnet", "mine.json"]


async def test_folders_are_gone_into_and_left(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "shift+tab", "down")
        assert cursor(app) == "deep/"
        assert "enter goes into" in description(app)
        await press(pilot, "enter")
        assert cursor(app) == "deeper/"
        await press(pilot, "backspace")
        assert cursor(app) == "deep/"
        await press(pilot, "enter", "up")
        assert cursor(app) == ".."
        await press(pilot, "enter")
        assert cursor(app) == "deep/"
        await press(pilot, "enter", "down")
        assert cursor(app) == "inner.json"
        await press(pilot, "enter")
    assert app.answers == [f"{nets}/deep/inner.json"]


async def test_an_empty_folder_leaves_the_cursor_on_the_way_up(nets):
    app = Asking(OpenDialog([], f"{nets}/deep"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "shift+tab", "down", "enter")
        assert cursor(app) == ".."


async def test_backspace_belongs_to_the_line_while_there_is_something_in_it(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await press(pilot, *"xy", "backspace", "backspace")
        assert lines(app)[-3:] == ["..", "deep/", "mine.json"]
        await press(pilot, "backspace")
        assert "nets/" in lines(app)


async def test_a_typed_path_is_completed_and_opened(nets):
    app = Asking(OpenDialog([], "/"))
    async with app.run_test() as pilot:
        await type_in(pilot, f"{nets}/d")
        assert lines(app) == [str(nets), "deep/"]
        await press(pilot, "tab")
        assert app.screen.query_one(Line).value == f"{nets}/deep/"
        assert cursor(app) == "deeper/"
        await press(pilot, "i", "tab")
        assert app.screen.query_one(Line).value == f"{nets}/deep/inner.json"
        assert "AlexNet" in description(app)
        await press(pilot, "enter")
    assert app.answers == [f"{nets}/deep/inner.json"]


async def test_enter_goes_into_a_folder_of_a_typed_path(nets):
    app = Asking(OpenDialog([], "/"))
    async with app.run_test() as pilot:
        await type_in(pilot, f"{nets}/")
        await press(pilot, "enter")
        assert app.screen.query_one(Line).value == f"{nets}/deep/"
        await press(pilot, *"in", "enter")
    assert app.answers == [f"{nets}/deep/inner.json"]


async def test_a_hidden_folder_is_gone_into_by_its_name(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await type_in(pilot, f"{nets}/.hidden")
        assert lines(app)[1] == "no such file here"
        await press(pilot, "enter")
        assert app.screen.query_one(Line).value == f"{nets}/.hidden/"


async def test_home_and_relative_paths_are_understood(nets, monkeypatch):
    monkeypatch.setenv("HOME", str(nets))
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await press(pilot, *"~/mi")
        assert lines(app) == ["~", "mine.json"]
        await press(pilot, "ctrl+u", *"deep/in", "enter")
    assert app.answers == [f"{nets}/deep/inner.json"]


async def test_any_file_can_be_opened_by_its_path(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await type_in(pilot, f"{nets}/notes.txt")
        assert lines(app)[1] == "no such file here"
        await press(pilot, "enter")
    assert app.answers == [f"{nets}/notes.txt"]


async def test_nothing_is_opened_where_nothing_matches(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await type_in(pilot, "zzzz")
        await press(pilot, "tab", "down", "enter")
        assert lines(app)[0] == "Nothing matches"
        assert description(app) == ""
        assert not app.answers
        await type_in(pilot, "/nope/x")
        await press(pilot, "enter")
        assert "cannot read" in lines(app)[1]
        await press(pilot, "escape")
    assert app.answers == [None]


async def test_a_click_describes_and_another_opens(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click(OptionList, offset=(4, 5))
        await settled(pilot)
        assert cursor(app) == PRESETS[2]
        assert not app.answers
        await pilot.click(OptionList, offset=(4, 5))
        await settled(pilot)
    assert app.answers == [PRESETS[2]]


@pytest.mark.parametrize(("button", "answer"), [("#ok", "alexnet"), ("#cancel", None)])
async def test_the_buttons_answer(button, answer, nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click(button)
        await settled(pilot)
    assert app.answers == [answer]


async def test_a_hostile_folder_is_drawn_without_controls_or_markup(tmp_path):
    folder = tmp_path / "\x1b[31m[bold"
    folder.mkdir()
    for name in (
        "[@click=app.quit]x.json",
        "\x1b]52;c;x\x07.json",
        "a\nb.json",
        "\udcff.json",
    ):
        (folder / name).write_text('{"format": "[/x]\x1b"}')
    (folder / "[red]\x9b").mkdir()
    app = Asking(OpenDialog([f"{folder}/[bold.json"], str(folder), "[/x]\x1b"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "shift+tab")
        for _ in range(7):
            strips = app.screen._compositor.render_strips()
            assert all(segment.text.isprintable() for row in strips for segment in row)
            await press(pilot, "down")
        await press(pilot, "shift+tab", "shift+tab", "down", "enter")
        assert cursor(app) == ".."
        await type_in(pilot, f"{tmp_path}/")
        await press(pilot, "tab")
        assert app.screen.query_one(Line).value == ""


async def test_a_long_section_is_cut_and_searched(tmp_path):
    for number in range(600):
        (tmp_path / f"net{number}.json").touch()
    app = Asking(OpenDialog([], str(tmp_path)))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert lines(app)[-1] == "and 101 more: type to search"
        await press(pilot, *"net599")
        assert cursor(app) == "net599.json"


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_is_drawn_and_answers(size, nets):
    app = Asking(OpenDialog([f"{nets}/mine.json"], str(nets)))
    async with app.run_test(size=size) as pilot:
        keys = ("down", "pagedown", "pageup", "tab", "shift+tab", *"res", "down")
        await press(pilot, *keys, "enter")
    assert preset_path(app.answers[0])


@pytest.mark.parametrize("dialog", [OpenDialog, SaveAs, ExportDialog, Ask, AskText])
def test_every_key_of_a_dialog_can_be_remapped_and_says_what_it_does(dialog):
    for binding in dialog.BINDINGS:
        assert binding.id
        assert binding.tooltip


async def test_the_dialog_bears_resizing(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test(size=(120, 40)) as pilot:
        for size in [(1, 1), (200, 60), (79, 13), (3, 40), (80, 14), (40, 2)]:
            await pilot.resize_terminal(*size)
            await settled(pilot)


async def test_a_dialog_that_is_left_at_once_leaves_nothing_behind(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await pilot.press("down", "down", "escape")
        await settled(pilot)
    assert app.answers == [None]


async def test_what_was_described_is_kept_for_a_while(nets):
    app = Asking(OpenDialog([], str(nets)))
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, *["down"] * 20)
        assert len(app.screen._glances) == 16
