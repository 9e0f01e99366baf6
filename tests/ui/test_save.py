"""Save as: what a path would do, and that nothing is replaced by accident."""

import os

import pytest
from textual.app import App
from textual.widgets import Static

from tuicnn.ui.dialogs.ask import Line
from tuicnn.ui.dialogs.save import SaveAs, target_of

SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]


class Asking(App):
    """An app that asks where to save and keeps the answers."""

    def __init__(self, dialog):
        super().__init__()
        self.dialog = dialog
        self.answers = []

    def on_mount(self):
        self.push_screen(self.dialog, self.answers.append)


def note(app):
    return str(app.screen.query_one("#note", Static).visual)


@pytest.fixture
def old(tmp_path):
    file = tmp_path / "old.json"
    file.write_text("{}")
    return file


def test_a_suffix_is_added_where_there_is_none(tmp_path):
    assert target_of(f"{tmp_path}/net").path == f"{tmp_path}/net.json"
    assert target_of(f"{tmp_path}/net.txt").path == f"{tmp_path}/net.txt"
    assert target_of(f" {tmp_path}/net ", ".md").path == f"{tmp_path}/net.md"


def test_home_and_relative_paths_are_resolved(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert target_of("~/net").path == f"{tmp_path}/net.json"
    monkeypatch.chdir(tmp_path)
    assert target_of("net").path == f"{tmp_path}/net.json"
    assert target_of("../x/../y.json").path == f"{tmp_path.parent}/y.json"


def test_what_would_happen_is_told(tmp_path, old):
    assert target_of(f"{tmp_path}/new").note == f"new file {tmp_path}/new.json"
    assert target_of(str(old)) == (str(old), f"replaces the file {old}", True)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "type the path"),
        ("  ", "type the path"),
        ("{}", "is a folder"),
        ("{}/", "is a folder"),
        ("{}/nope/", "is a folder"),
        ("{}/nope/x.json", "there is no folder"),
        ("{}/old.json/x.json", "there is no folder"),
        ("{}/pipe.json", "is not a file"),
        ("{}/loop.json", "symbolic links"),
        ("{}/" + "x" * 300, "the name is too long"),
        ("{}/a\0b", "no file name can"),
        ("~nobody-of-that-name/x", "there is no folder"),
        ("{}/\x1b/x", "\\x1b"),
    ],
)
def test_what_cannot_be_written_is_told(typed, told, tmp_path, old):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    target = target_of(typed.format(tmp_path))
    assert target.path == ""
    assert told in target.note
    assert target.note.isprintable()


def test_missing_permissions_are_told(tmp_path, old, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, _: path != str(old))
    assert target_of(str(old)).note == f"{old} is read-only"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "no permission to write in" in target_of(f"{tmp_path}/new").note


async def test_a_new_file_is_returned_at_once(tmp_path):
    app = Asking(SaveAs(f"{tmp_path}/ne"))
    async with app.run_test() as pilot:
        await pilot.press("t")
        assert note(app) == f"✓ new file {tmp_path}/net.json"
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [f"{tmp_path}/net.json"]


async def test_a_file_is_replaced_after_a_second_enter(old):
    app = Asking(SaveAs(str(old)))
    async with app.run_test() as pilot:
        assert note(app) == f"! replaces the file {old}"
        await pilot.press("enter")
        assert not app.answers
        assert "press enter again" in note(app)
        await pilot.press("2", "backspace")
        assert note(app) == f"! replaces the file {old}"
        await pilot.press("enter")
        assert not app.answers
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [str(old)]


async def test_a_path_that_cannot_be_written_is_not_returned(tmp_path):
    app = Asking(SaveAs(f"{tmp_path}/nope/x"))
    async with app.run_test() as pilot:
        await pilot.press("enter", "enter")
        assert note(app).startswith("✗ there is no folder")
        assert not app.answers
        await pilot.press("escape")
        await pilot.pause()
    assert app.answers == [None]


@pytest.mark.parametrize("button", ["ok", "cancel"])
async def test_the_mouse_suffices(button, old):
    app = Asking(SaveAs(str(old)))
    async with app.run_test() as pilot:
        await pilot.click(f"#{button}")
        if button == "ok":
            assert not app.answers
            await pilot.pause(0.3)  # a double click does not confirm
            await pilot.click(f"#{button}")
        await pilot.pause()
    assert app.answers == [str(old) if button == "ok" else None]


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_and_any_text_is_drawn(size, tmp_path):
    app = Asking(SaveAs(f"{tmp_path}/[/x]\x1b[31m\n.json", "[/x] \x1b failed [b"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        assert all(segment.text.isprintable() for row in strips for segment in row)
        assert app.screen.query_one(Line).value.endswith("\x1b[31m\n.json")
        await pilot.press("x", "tab", "tab", "shift+tab", "escape")
        await pilot.pause()
    assert app.answers == [None]


async def test_the_message_stands_on_top_where_there_is_one(tmp_path):
    async with Asking(SaveAs(f"{tmp_path}/x", "the disk is full")).run_test() as pilot:
        message = pilot.app.screen.query_one("#message", Static)
        assert str(message.visual) == "the disk is full"
        assert message.display
    async with Asking(SaveAs(f"{tmp_path}/x")).run_test() as pilot:
        assert not pilot.app.screen.query_one("#message", Static).display
