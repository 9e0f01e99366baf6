"""Hostile text in the editor: no byte of it reaches the terminal as a control."""

from __future__ import annotations

import os
import re
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual._compositor import CompositorUpdate

from tests.documents import text_of
from tests.test_hostile import CONV, DOCUMENTS, OBEYED, POISON
from tests.ui.desk import Desk, key, keys_of
from tuicnn.core.reading import read_text
from tuicnn.session import Session
from tuicnn.ui import clipboard, recent
from tuicnn.ui.app import TuicnnApp
from tuicnn.ui.editor import EditorScreen
from tuicnn.ui.widgets.activations import Activations
from tuicnn.ui.widgets.inspector import Inspector
from tuicnn.ui.widgets.problems import Problems
from tuicnn.ui.widgets.stack import Stack

OWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b\x9b]*\x1b\\\\")
"""What Textual itself writes: colours, the cursor's place, links."""
READABLE = [name for name, text in DOCUMENTS.items() if read_text(text).network]
ALL = text_of(
    (3, 9, 9),
    {"type": POISON},
    {**CONV, POISON: POISON},
    {**CONV, "name": "b", "padding": POISON},
    {"type": "add", "with": [POISON, "a"]},
    {**CONV, "name": "c"},
    **dict.fromkeys(("title", "description", "source"), POISON),
    expect=[POISON],
)
CASES = [("all", (120, 40))]
"""One that holds them all; in the long version each alone, in every layout."""
if os.environ.get("TUICNN_LONG"):
    CASES += [
        (one, size) for one in READABLE for size in ((120, 40), (80, 24), (50, 20))
    ]
OPENING = {"1", "2", "3", "4", "a", "S", "C", "F", "s", "V", "p", "enter", "slash"}
OPENING |= {"ctrl+o", "ctrl+e", "question_mark"}
"""Keys that go to a pane, or open a dialog."""
LEAVING = {"q", "ctrl+q", "escape", "ctrl+c"}


class Terminal:
    """What an app would have written to a terminal."""

    def __init__(self, app: TuicnnApp) -> None:
        self.written: list[str] = []
        display = app._display

        def watched(screen, renderable) -> None:
            if isinstance(renderable, CompositorUpdate):
                self.written.append(renderable.render_segments(app.console))
            display(screen, renderable)

        app._display = watched

    def assert_clean(self, where: object) -> None:
        """Assert that nothing of it came from anybody else, and forget it."""
        text = OWN.sub("", "".join(self.written))

        self.written.clear()
        found = OBEYED.search(text)
        assert not found, (where, text[max(0, found.start() - 60) : found.end() + 9])


@asynccontextmanager
async def watched(session: Session, size: tuple[int, int]):
    app = TuicnnApp(session)
    terminal = Terminal(app)
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot)
        await desk.quiet()
        yield terminal, desk


def poisoned(folder, text: str) -> str:
    """Fill a folder, and the user's own, with hostile names; return a document."""
    for number, one in enumerate((POISON, POISON[::-1], POISON[:9])):
        name = f"{number}{one.replace('/', '')}\udcff\n.json"
        (folder / name).write_text(text, "utf-8")
        recent.remember(str(folder / name))
    clipboard.keep(POISON)
    settings = os.path.join(os.environ["XDG_CONFIG_HOME"], "tuicnn")
    os.makedirs(settings, exist_ok=True)
    with open(os.path.join(settings, "config.toml"), "w", encoding="utf-8") as file:
        quoted = "".join(f"\\U{ord(one):08x}" for one in POISON)
        file.write(f'theme = "{quoted}"\n"{quoted}" = 1\n[keys]\n"{quoted}" = "x"\n')
        file.write(f'"edit.undo" = "{quoted}"\n')
    return str(folder / name)


@pytest.mark.parametrize(("place", "size"), CASES)
async def test_every_key_shows_hostile_documents_without_controls(
    place, size, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    path = poisoned(tmp_path, {**DOCUMENTS, "all": ALL}[place])
    owners = (*EditorScreen.__mro__[:-1], Stack, Problems, Activations, Inspector)
    every = {one for _, one in keys_of(*owners)} - LEAVING
    assert every > OPENING
    keys = sorted(OPENING if place == "all" else every)
    async with watched(Session.opened(path), size) as (terminal, desk):
        app = desk.app
        terminal.assert_clean("start")
        for one in keys:
            app.post_message(key("1"))
            await desk.press(one)
            focused = app.screen.focused
            (focused or app.screen).post_message(events.Paste(f"{POISON}\n{POISON}"))
            await desk.quiet()
            terminal.assert_clean(one)
            for _ in range(3):
                app.post_message(key("escape"))
            assert app.is_running
    assert app._exception is None
