"""The editor's own keys: files, undo, panes, problems, comparing, preview, help."""

from __future__ import annotations

import gc
import json
import math
from pathlib import Path
from weakref import ref

import pytest
from textual import events
from textual.widgets._footer import FooterKey

from tests.ui.desk import (
    MEDIUM,
    NARROW,
    WIDE,
    Desk,
    at,
    desk,
    faulty,
    ids_of,
    keys_of,
    sample,
)
from tuicnn.core.edits import Remove
from tuicnn.core.layers import Block, Conv2d, Relu
from tuicnn.core.network import Network
from tuicnn.session import Session
from tuicnn.ui.dialogs.ask import Ask, AskText, Dialog
from tuicnn.ui.dialogs.export import ExportDialog
from tuicnn.ui.dialogs.help import Help
from tuicnn.ui.dialogs.open import OpenDialog
from tuicnn.ui.dialogs.save import SaveAs
from tuicnn.ui.editor import EditorScreen
from tuicnn.ui.filing import FilingScreen
from tuicnn.ui.previewing import PreviewingScreen
from tuicnn.ui.widgets.activations import Activations

SCENES = {}
OWNERS = (EditorScreen, FilingScreen, PreviewingScreen, Activations)


def scene(name):
    def register(function):
        SCENES[name] = function
        return function

    return register


async def asked(desk: Desk, kind: type):
    await desk.until(lambda: isinstance(desk.app.screen, kind), f"no {kind.__name__}")


async def back(desk: Desk):
    await desk.until(lambda: desk.app.screen is desk.editor)
    await desk.quiet()


async def dismissed(desk: Desk, kind: type):
    await asked(desk, kind)
    await desk.press("escape")
    await back(desk)


# Files


@scene("file.save")
async def save(desk: Desk, key: str):
    path = Path(desk.session.path)
    await desk.look(1)
    await desk.press("d")
    assert desk.editor.dirty
    await desk.press(key)
    await desk.until(lambda: not desk.session.dirty)
    await desk.quiet()
    assert not desk.editor.dirty
    assert [one["name"] for one in json.loads(path.read_text())["layers"]] == [
        "a", "c", "f", "i", "j"
    ]  # fmt: skip


@scene("file.save-as")
async def save_as(desk: Desk, key: str):
    await desk.press(key)
    await dismissed(desk, SaveAs)


@scene("file.open")
async def open_another(desk: Desk, key: str):
    await desk.press(key)
    await dismissed(desk, OpenDialog)


@scene("file.new")
async def new(desk: Desk, key: str):
    await desk.press("j", "d", key)
    await dismissed(desk, Ask)
    assert len(desk.network.layers) == 5
    await desk.press(key)
    await asked(desk, Ask)
    await desk.press("d")
    await desk.until(lambda: not desk.network.layers)
    await back(desk)
    assert desk.shown == [()]


@scene("file.export")
async def export(desk: Desk, key: str):
    await desk.press(key)
    await dismissed(desk, ExportDialog)


@scene("app.quit")
async def leave(desk: Desk, key: str):
    await desk.press("j", "d", key)
    await dismissed(desk, Ask)
    assert desk.app.is_running
    await desk.press("u", key)
    await desk.until(lambda: not desk.app.is_running or desk.app._exit)
    assert not desk.app.return_code


# The forward pass


async def confirmed(desk: Desk):
    await desk.until(lambda: desk.editor.passed is not None)
    await desk.quiet()


@scene("preview.run")
async def preview(desk: Desk, key: str):
    await confirmed(desk)
    desk.editor.passed = None
    await desk.press(key)
    await confirmed(desk)
    assert desk.editor.ticks["a"] is True
    assert all(desk.editor.ticks.values())


def endless() -> Network:
    """Return a network whose forward pass takes far longer than anybody's patience."""
    conv = Conv2d(out_channels=64, kernel_size=3, padding=1)
    heavy = Block(name="heavy", repeat=500, layers=(conv,))
    return Network(name="endless", input=(64, 256, 256), layers=(heavy,))


@scene("preview.cancel")
async def cancel(desk: Desk, key: str):
    await confirmed(desk)
    desk.editor.edit(Session(endless()))
    await desk.quiet()
    desk.app.post_message(_key("f5"))
    await desk.until(lambda: desk.editor._token is not None)
    desk.app.post_message(_key(key))
    await desk.until(lambda: desk.editor._token is None)
    assert desk.editor.passed is None  # it was stopped, and did not end


def _key(name: str):
    from tests.ui.desk import key

    return key(name)


@scene("preview.save")
async def save_activations(desk: Desk, key: str):
    await desk.press(key)
    await asked(desk, SaveAs)
    path = Path(desk.session.path).parent / "out.npz"
    await desk.press("ctrl+u")
    await desk.press("end", "ctrl+u")
    await desk.type(str(path))
    await desk.press("enter")
    await desk.until(path.exists)
    await desk.until(lambda: "Saved the outputs" in " ".join(desk.told))


async def channels(desk: Desk) -> Activations:
    await desk.look(0)
    await confirmed(desk)
    await desk.press("4")
    pane = desk.values
    await desk.until(lambda: pane.kept is not None, "no values came")
    await desk.quiet()
    assert pane.channel == 0
    return pane


@scene("preview.next-channel")
async def next_channel(desk: Desk, key: str):
    pane = await channels(desk)
    await desk.press(key, key)
    assert pane.channel == 2


@scene("preview.previous-channel")
async def previous_channel(desk: Desk, key: str):
    pane = await channels(desk)
    await desk.press("full_stop", "full_stop", key)
    assert pane.channel == 1


@scene("preview.next-ten-channels")
async def ten_on(desk: Desk, key: str):
    pane = await channels(desk)
    await desk.press(key)
    assert pane.channel == min(10, pane._last) > 0


@scene("preview.previous-ten-channels")
async def ten_back(desk: Desk, key: str):
    pane = await channels(desk)
    await desk.press("end", key)
    assert pane.channel == max(0, pane._last - 10)


@scene("preview.last-channel")
async def last_channel(desk: Desk, key: str):
    pane = await channels(desk)
    await desk.press(key)
    assert pane.channel == pane._last == 7


@scene("preview.first-channel")
async def first_channel(desk: Desk, key: str):
    pane = await channels(desk)
    await desk.press("end", key)
    assert pane.channel == 0


# Undo


@scene("edit.undo")
async def undo(desk: Desk, key: str):
    await desk.look(1)
    await desk.press("d", "d", key)
    assert desk.names == ["a", "c", "f", "i", "j"]
    assert desk.told[-1] == "Undone: delete c."
    await desk.press(key)
    assert desk.network == sample()
    assert (desk.cursor, desk.session.dirty) == (at(1), False)
    await desk.press(key)
    assert desk.network == sample()


@scene("edit.redo")
async def redo(desk: Desk, key: str):
    await desk.look(1)
    await desk.press("d", "u", key)
    assert desk.names == ["a", "c", "f", "i", "j"]
    assert desk.told[-1] == "Done again: delete b."


# Panes


@scene("pane.stack")
async def to_stack(desk: Desk, key: str):
    await desk.press("3", key)
    assert desk.focused is desk.stack


@scene("pane.layer")
async def to_layer(desk: Desk, key: str):
    await desk.press(key)
    assert desk.inspector.has_focus


@scene("pane.problems")
async def to_problems(desk: Desk, key: str):
    await desk.press(key)
    assert desk.focused is desk.problems


@scene("pane.preview")
async def to_values(desk: Desk, key: str):
    await desk.press(key)
    assert desk.focused is desk.values


# Problems, comparing, layout, help


@scene("problem.next")
async def next_problem(desk: Desk, key: str):
    desk.editor.edit(Session(faulty()))
    await desk.quiet()
    await desk.press(key)
    assert desk.cursor == at(0)
    await desk.press(key)
    assert desk.cursor == at(2)
    await desk.press(key)
    assert desk.cursor == at(0)


@scene("problem.previous")
async def previous_problem(desk: Desk, key: str):
    desk.editor.edit(Session(faulty()))
    await desk.quiet()
    await desk.press(key)
    assert desk.cursor == at(2)
    await desk.press(key)
    assert desk.cursor == at(0)


@scene("compare.pin")
async def pin(desk: Desk, key: str):
    before = desk.session.report
    await desk.press(key, "j", "d")
    assert desk.editor.baseline is before
    assert desk.stack.baseline is before
    await desk.press(key)
    assert desk.editor.baseline is None


@scene("compare.open")
async def compare(desk: Desk, key: str):
    await desk.press(key)
    await dismissed(desk, OpenDialog)
    assert desk.editor.baseline is None


@scene("view.layout")
async def layout(desk: Desk, key: str):
    await desk.press(key)
    assert desk.editor.last
    assert desk.stack.last
    assert desk.inspector.last
    await desk.press(key)
    assert not desk.stack.last
    assert not desk.session.dirty


@scene("app.help")
async def help_is_shown(desk: Desk, key: str):
    await desk.press(key)
    await dismissed(desk, Help)


@scene("preview.input")
async def given(desk: Desk, key: str):
    count = math.prod(desk.network.input)
    await desk.press(key)
    await desk.until(lambda: isinstance(desk.app.screen, AskText))
    desk.app.post_message(events.Paste(" ".join(["1"] * (count + 1))))
    await desk.press("enter")
    await desk.until(lambda: desk.told)
    assert "numbers are written" in desk.told[-1]
    await desk.press(key)
    await desk.until(lambda: isinstance(desk.app.screen, AskText))
    desk.app.post_message(events.Paste(" ".join(["1"] * count)))
    await desk.press("enter")
    await desk.until(lambda: desk.editor.passed and desk.editor.passed.entered)
    assert desk.editor.passed.entered == f"{count:,} numbers that were typed"
    await desk.press(key, "enter")
    await desk.until(lambda: desk.editor.passed and not desk.editor.passed.entered)


@scene("fix.open")
@scene("solve.open")
@scene("convert.open")
@scene("why.open")
@scene("examine.open")
@scene("examine.error")
async def offered(desk: Desk, key: str):
    await desk.look(0)
    await desk.press(key)
    if desk.told[-1:] != ["There are no problems."]:
        await desk.until(lambda: isinstance(desk.app.screen, Dialog))
        await desk.press("escape")
    assert desk.focused is desk.stack


KEYS = keys_of(*OWNERS)


@pytest.fixture
def saved(tmp_path):
    """Return a session on a file of the sample's."""
    session = Session(sample())
    session.save(str(tmp_path / "sample.json"))
    return session


@pytest.mark.parametrize(("name", "key"), KEYS)
async def test_each_key_does_what_it_says(name, key, saved):
    async with desk(saved) as one:
        await SCENES[name](one, key)


@pytest.mark.parametrize("size", [MEDIUM, NARROW])
@pytest.mark.parametrize(
    "name", [one for one in sorted(SCENES) if one.startswith(("pane.", "problem."))]
)
async def test_panes_are_gone_to_where_there_is_little_room(name, size):
    first = next(key for one, key in keys_of(*OWNERS) if one == name)
    async with desk(size=size) as one:
        await SCENES[name](one, first)
        assert one.focused.is_on_screen
        assert one.focused.region.width > 0


def test_each_binding_of_the_editor_has_a_scene():
    assert set(SCENES) == ids_of(*OWNERS)


# Layouts


@pytest.mark.parametrize(("size", "panes"), [(WIDE, 4), (MEDIUM, 2), (NARROW, 1)])
async def test_as_many_panes_are_shown_as_there_is_room_for(size, panes):
    async with desk(size=size) as one:
        shown = [
            pane
            for pane in (one.stack, one.inspector, one.problems, one.values)
            if pane.display and pane.region.area
        ]
        assert len(shown) == panes
        assert shown[0] is one.stack


async def test_where_nothing_is_seen_no_key_edits():
    async with desk(size=(29, 7)) as one:
        for name in ("u", "ctrl+z", "1", "c", "t"):
            await one.press(name)
        await one.press("j", "d", "D", "x")
        assert one.network == sample()


# Safety

WORSE = "[/x][@click=app.quit]a[/x]"


def hostile() -> Network:
    return Network(
        name="hostile",
        title=WORSE,
        description=WORSE * 9,
        source=WORSE,
        input=(3, 8, 8),
        layers=(Relu(name="[@click=app-quit]"), Relu(name="[bold]{$x}")),
    )


@pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW])
async def test_texts_of_a_document_are_never_markup_nor_controls(size):
    session = Session(hostile(), label=f"{WORSE}\x1b]52;c;x\x07.json")
    async with desk(session, size=size) as one:
        for name in ("1", "2", "3", "4", "c", "t"):
            await one.press(name)
            for strip in one.app.screen._compositor.render_strips():
                for segment in strip:
                    assert segment.control or _plain(segment.text, one.app)
            picture = one.app.export_screenshot()
            assert not {"\x1b", "\x07", "\x9b"} & set(picture)
        assert one.app.is_running


def _plain(text: str, app) -> bool:
    from rich.segment import Segment
    from textual.color import Color

    shown = app._printable.apply([Segment(text)], Color(0, 0, 0))
    return all(part.text.isprintable() for part in shown)


async def test_the_footer_lets_go_of_the_keys_it_has_replaced():
    async with desk() as one:
        for _ in range(5):
            await one.press("enter", "escape")
        gc.collect()
        keys = [it for it in gc.get_objects() if type(it) is FooterKey]
        assert keys
        assert all(it.is_attached for it in keys)


async def test_a_dialog_that_is_gone_lets_go_of_the_lines_it_showed():
    async with desk() as one:
        await one.press("a")
        kept = [ref(it._styles_cache) for it in one.app.screen.walk_children()]
        await one.press("escape", "j", "k")
        gc.collect()
        assert kept
        assert [it for it in kept if it() is not None] == []


async def test_a_pass_that_is_soon_to_begin_is_cancelled_too():
    async with desk() as one:
        await confirmed(one)
        one.editor.do(Remove((at(1),), "b"))
        one.editor.action_cancel()
        await one.pilot.pause(0.6)  # longer than it rests before it begins
        assert one.editor.passed is None
        await one.press("f5")
        await confirmed(one)
