"""Export: formats are those there are, and the path follows the format."""

import pytest
from textual.app import App
from textual.widgets import OptionList, Static

from tests.documents import preset_report, report_of_text, text_of
from tests.ui.waiting import settled
from tuicnn.errors import FileError
from tuicnn.interop.formats import FORMATS, format_of, suffix_of
from tuicnn.ui.dialogs.ask import Line
from tuicnn.ui.dialogs.export import ExportDialog, beginning

SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]
REPORT = preset_report("lenet5")


class Asking(App):
    """An app that asks what to export and keeps the answers."""

    def __init__(self, dialog):
        super().__init__()
        self.dialog = dialog
        self.answers = []

    def on_mount(self):
        self.push_screen(self.dialog, self.answers.append)


def type_in(app, text):
    app.screen.query_one(Line).value = text


def path(app):
    return app.screen.query_one(Line).value


def preview(app):
    return str(app.screen.query_one("#preview", Static).visual)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_suffix_that_names_it(name):
    assert format_of(f"net{suffix_of(name)}") == name


async def test_every_format_can_be_chosen_and_shows_how_it_begins(tmp_path):
    app = Asking(ExportDialog(REPORT, f"{tmp_path}/net.json"))
    async with app.run_test() as pilot:
        for name, write in FORMATS.items():
            await settled(pilot)
            assert path(app) == f"{tmp_path}/net{suffix_of(name)}"
            assert preview(app).split("\n")[0] == write(REPORT).splitlines()[0]
            await pilot.press("down")
        await pilot.press("up", "enter")
        await pilot.pause()
    last = list(FORMATS)[-1]
    assert app.answers == [(last, f"{tmp_path}/net{suffix_of(last)}")]


async def test_a_typed_suffix_chooses_the_format(tmp_path):
    app = Asking(ExportDialog(REPORT, f"{tmp_path}/net"))
    async with app.run_test() as pilot:
        await settled(pilot)
        type_in(app, f"{tmp_path}/x.cs")
        await pilot.press("v")
        await settled(pilot)
        assert app.screen.chosen == "csv"
        assert preview(app).startswith("path,type,")
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [("csv", f"{tmp_path}/x.csv")]


async def test_a_format_is_chosen_by_mouse(tmp_path):
    app = Asking(ExportDialog(REPORT, f"{tmp_path}/net.json"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click(OptionList, offset=(3, 1))
        await settled(pilot)
        await pilot.click("#ok")
        await pilot.pause()
    name = list(FORMATS)[1]
    assert app.answers == [(name, f"{tmp_path}/net{suffix_of(name)}")]


async def test_the_document_itself_is_not_proposed(tmp_path):
    (tmp_path / "net.json").write_text("{}")
    app = Asking(ExportDialog(REPORT, f"{tmp_path}/net.json"))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert path(app) == f"{tmp_path}/net-analysis.json"


async def test_a_file_is_replaced_after_a_second_enter(tmp_path):
    (tmp_path / "a.csv").write_text("")
    app = Asking(ExportDialog(REPORT, f"{tmp_path}/net"))
    async with app.run_test() as pilot:
        await settled(pilot)
        type_in(app, f"{tmp_path}/a.csv")
        await settled(pilot)
        await pilot.press("enter")
        assert not app.answers
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [("csv", f"{tmp_path}/a.csv")]


async def test_nothing_is_returned_for_a_folder_that_is_not_there_nor_after_escape():
    app = Asking(ExportDialog(REPORT, "/nope/net.json"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("enter", "enter")
        assert not app.answers
        await pilot.press("escape")
        await pilot.pause()
    assert app.answers == [None]


def test_a_format_that_refuses_says_why(monkeypatch):
    def refuse(_):
        raise FileError("the network has errors", "mend it first")

    monkeypatch.setitem(FORMATS, "csv", refuse)
    assert beginning(REPORT, "csv") == "the network has errors\nmend it first"


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_is_drawn_with_any_text(size, tmp_path):
    report = report_of_text(
        text_of((3, 8, 8), {"type": "relu"}, title="[/x] \x1b[31m [bold", name="n")
    )
    app = Asking(ExportDialog(report, f"{tmp_path}/[/x]\x1b"))
    async with app.run_test(size=size) as pilot:
        for key in ("down", "down", "up", "tab", "tab"):
            await settled(pilot)
            strips = app.screen._compositor.render_strips()
            assert all(segment.text.isprintable() for row in strips for segment in row)
            await pilot.press(key)
        await pilot.press("escape")
        await pilot.pause()
    assert app.answers == [None]


async def test_a_dialog_that_is_left_at_once_leaves_nothing_behind(tmp_path):
    app = Asking(ExportDialog(preset_report("resnet152"), f"{tmp_path}/net"))
    async with app.run_test() as pilot:
        await pilot.press("down", "escape")
        await settled(pilot)
    assert app.answers == [None]
