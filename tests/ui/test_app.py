"""The app itself: keys, signals, settings, faults, the last line of defence."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.documents import preset_text
from tests.ui.waiting import until
from tuicnn.core.edits import Remove
from tuicnn.core.reading import read_text
from tuicnn.errors import UsageError
from tuicnn.files import recovery
from tuicnn.session import EMPTY, Session
from tuicnn.ui.app import Printable, TuicnnApp, binding_ids, declared
from tuicnn.ui.dialogs.add import AddLayer
from tuicnn.ui.dialogs.ask import Ask
from tuicnn.ui.editor import EditorScreen
from tuicnn.ui.run import require_terminal, run_editor


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "net.json"
    path.write_text(preset_text("lenet5"), "utf-8")
    return path


def app_on(source=None):
    return TuicnnApp(Session(EMPTY) if source is None else Session.opened(str(source)))


def first_removed():
    return Remove((("layers", 0),), "it")


@pytest.mark.parametrize("control", ["\x1b]52;c;x\x07", "\x9b2J", "\u2028", "\x00"])
def test_no_control_character_gets_through_the_line_filter(control):
    segments = [Segment(f"a{control}b", Style(bold=True))]
    (found,) = Printable().apply(segments, Color(0, 0, 0))
    assert found.text.isprintable()
    assert found.text[0] == "a" and found.text[-1] == "b"
    assert found.style == Style(bold=True)


def test_every_binding_of_ours_has_an_id_of_its_own_and_says_what_it_does():
    owners = {}
    for kind in (TuicnnApp, EditorScreen, AddLayer, Ask):
        for one in declared(kind):
            assert one.id is not None
            assert one.tooltip or one.system
            owners.setdefault(one.id, set()).add(one.action)
    assert owners
    assert all(len(actions) == 1 for actions in owners.values())
    assert owners.keys() <= binding_ids()


async def test_a_key_can_be_given_to_another_action(folders, document):
    folder = folders / "config" / "tuicnn"
    folder.mkdir()
    text = 'layout = "last"\n[keys]\n"stack.delete" = "f9"\n"stack.dlete" = "f8"\n'
    (folder / "config.toml").write_text(text)
    app = app_on(document)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        count = len(app.session.network.layers)
        await pilot.press("down", "d")
        assert len(app.session.network.layers) == count
        await pilot.press("f9")
        assert len(app.session.network.layers) == count - 1
        assert app.screen.last
        told = [one.message for one in app._notifications]
        assert any("stack.dlete" in one and "stack.delete" in one for one in told)


async def test_the_palette_has_every_action_and_runs_it(document):
    app = app_on(document)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        commands = {one.title: one for one in app.get_system_commands(app.screen)}
        titles = {one.description for one in declared(EditorScreen)}
        assert titles <= commands.keys()
        await pilot.press("down")
        await commands["Delete"].callback()
        await pilot.pause()
        assert len(app.session.network.layers) == 11
        await pilot.press("ctrl+p")
        await pilot.press(*"channels first", "enter")
        await until(pilot, lambda: getattr(app.screen, "last", False))


async def test_a_dialog_keeps_the_key_of_the_palette_to_itself(document):
    app = app_on(document)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("down", "a")
        await pilot.pause()
        assert isinstance(app.screen, AddLayer)
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, AddLayer)


async def test_a_signal_keeps_the_work_and_ends_with_its_status(document):
    app = app_on(document)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.do(first_removed())
        os.kill(os.getpid(), signal.SIGTERM)
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 128 + signal.SIGTERM
    kept = read_text(recovery.read(app.kept).document).network
    assert kept == app.session.network
    assert document.read_text("utf-8") == preset_text("lenet5")


async def test_a_fault_of_ours_keeps_the_work_and_writes_a_log(document, capsys):
    app = app_on(document)
    with pytest.raises(ZeroDivisionError):
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            app.screen.do(first_removed())
            app.screen.call_later(lambda: 1 / 0)
            await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 1
    assert "ZeroDivisionError" in Path(app.log_file).read_text("utf-8")
    assert read_text(recovery.read(app.kept).document).network == app.session.network
    assert "Traceback" not in capsys.readouterr().err


async def test_a_fault_of_the_terminal_is_logged_too_and_never_printed(
    document, capsys
):
    app = app_on(document)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.do(first_removed())
        app.call_later(app.panic, "Traceback of", "somebody's thread")
        async with asyncio.timeout(30):  # a pilot would wait for a screen that is gone
            while app.return_code is None:
                await asyncio.sleep(0.01)
    assert app.return_code == 1
    log = Path(app.log_file).read_text("utf-8")
    assert "Traceback of\nsomebody's thread" in log
    assert read_text(recovery.read(app.kept).document).network == app.session.network
    assert "Traceback" not in capsys.readouterr().err


def test_without_a_terminal_one_line_points_to_the_summary(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    require_terminal()
    monkeypatch.setenv("TERM", "dumb")
    with pytest.raises(UsageError, match="needs a terminal") as caught:
        run_editor("lenet5")
    assert "tuicnn summary" in caught.value.hint
