"""Windows of every size and the mouse at random: nothing breaks, and all is undone."""

from __future__ import annotations

from random import Random

import pytest
from textual import events

from tests.documents import preset_text
from tests.long import long_or
from tests.ui.desk import desk, key, sample
from tuicnn.core.reading import read_text
from tuicnn.session import Session
from tuicnn.ui.editor import EditorScreen

SIZES = long_or(8, 500)
"""Sizes that a window takes one after the other."""
MOVES = long_or(60, 10_000)
"""Events of the mouse on each preset."""
EDGES = ((0, 0), (1, 1), (2, 1), (3, 3), (1, 300), (1000, 1), (29, 7), (30, 8),
         (59, 20), (60, 20), (99, 30), (100, 30), (1000, 300))  # fmt: skip
OPENING = ("a", "ctrl+o", "S", "ctrl+e", "question_mark", "slash", "s", "2", "3", "4")
KINDS = (events.MouseDown, events.MouseUp, events.MouseMove, events.Click,
         events.MouseScrollDown, events.MouseScrollUp, events.MouseScrollLeft,
         events.MouseScrollRight)  # fmt: skip


async def test_a_window_takes_every_size_with_whatever_is_open():
    random = Random(500)
    async with desk(sample()) as one:
        for number in range(SIZES):
            size = random.choice(EDGES)
            if random.random() < 0.6:
                size = (random.randrange(300), random.randrange(100))
            if number % 5 == 0:
                one.app.post_message(key(random.choice(OPENING)))
            elif number % 5 == 4:
                one.app.post_message(key("escape"))
            await one.pilot.resize_terminal(*size)
            assert one.app.is_running, size
        assert one.app._exception is None
        await one.pilot.resize_terminal(120, 40)
        await one.press("escape", "escape", "escape")
        assert isinstance(one.app.screen, EditorScreen)
        assert one.network == sample()


@pytest.mark.parametrize(
    "name", long_or(["lenet5"], ["lenet5", "alexnet", "resnet18", "googlenet", "unet"])
)
async def test_the_mouse_at_random_breaks_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it may well save
    start = read_text(preset_text(name)).network
    random = Random(name)
    async with desk(Session(start)) as one:
        for step in range(MOVES):
            one.app.post_message(_anything(random, *one.app.size))
            if random.random() < 0.05:
                one.app.post_message(key(random.choice(OPENING)))
            if random.random() < 0.05:
                one.app.post_message(key("escape"))
            if step % 10 == 0:
                await one.pilot.pause(0)
            if step % 500 == 499:
                await one.pilot.resize_terminal(*random.choice(EDGES[2:]))
            assert one.app.is_running, step
        await one.pilot.pause()
        assert one.app._exception is None
        while one.session.history.undoes:
            one.session.undo()
        if one.session.label == start.name:  # else another one was opened
            assert one.network == start


def _anything(random: Random, width: int, height: int) -> events.Event:
    """Return something that the mouse may do, inside of the window and out."""
    kind = random.choice(KINDS)
    more = {"chain": random.choice((1, 1, 2, 3))} if kind is events.Click else {}
    x, y = random.randrange(-2, width + 3), random.randrange(-2, height + 3)
    if random.random() < 0.02:
        return events.AppBlur() if random.random() < 0.5 else events.AppFocus()
    return kind(
        None, x, y, random.randrange(-3, 4), random.randrange(-3, 4),
        random.choice((0, 1, 2, 3)), random.random() < 0.1, False,
        random.random() < 0.1, x, y, None, **more,
    )  # fmt: skip
