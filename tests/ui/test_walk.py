"""Keys at random, on presets and in windows of every size: nothing breaks."""

from __future__ import annotations

from random import Random

import pytest
from textual import events

from tests.documents import preset_text
from tests.long import long_or
from tests.ui.desk import desk, key
from tuicnn.core.reading import read_text
from tuicnn.session import Session
from tuicnn.ui.editor import EditorScreen

KEYS = (
    *"jjjjkkgGhlzZnN vaidDKJ<>bBRr+yxpPuU1234][cCt?sFVweE",
    *"0123456789,.x-",
    *("down up pagedown pageup home end left right enter escape escape escape".split()),
    *("tab shift+tab backspace delete alt+up alt+down shift+up shift+down".split()),
    *("ctrl+d ctrl+u ctrl+z ctrl+y f5 slash space ctrl+o".split()),
)
"""Keys that end nothing and write nothing: no saving, no quitting, no exporting."""
SIZES = [(1, 1), (7, 3), (30, 8), (50, 20), (80, 24), (120, 40), (200, 60)]
STEPS = long_or(120, 10_000)
"""Keys on each preset; the long version is ten thousand in all."""
_MANY = 800
"""Rows from which the walk goes back."""


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "resnet18", "googlenet", "unet"])
async def test_random_keys_break_nothing_and_all_of_it_can_be_undone(name):
    start = read_text(preset_text(name)).network
    random = Random(name)
    async with desk(Session(start)) as one:
        app = one.app
        for step in range(STEPS):
            app.post_message(_any_key(random, one))
            if step % 25 == 0:
                await one.pilot.pause(0)
            if step % 250 == 0:
                await one.pilot.resize_terminal(*random.choice(SIZES))
            assert app.is_running
            assert app._exception is None
        await one.pilot.resize_terminal(120, 40)
        await one.quiet()
        for _ in range(20):
            if not isinstance(app.screen, EditorScreen):
                await one.press("escape")
        assert _all_undone(one.session) == start


def _any_key(random, one):
    """Return a key, or one that goes back from where a walk would never end."""
    pressed = random.choice(KEYS)
    if len(one.session.report.rows) > _MANY:
        pressed = "u"  # pasting what was selected doubles a network each time
    if pressed in ("ctrl+o", "C") and random.random() < 0.9:
        pressed = "escape"
    return key(pressed) if len(pressed) > 1 else events.Key(*_named(pressed))


def _all_undone(session):
    """Return the network before every edit, and assert that redoing brings all back."""
    end, count = session.network, 0
    while session.history.undoes:
        session.undo()
        count += 1
    first = session.network
    for _ in range(count):
        session.redo()
    assert session.network == end
    return first


def _named(character: str) -> tuple[str, str]:
    from textual.keys import _character_to_key

    return _character_to_key(character), character
