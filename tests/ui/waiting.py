"""Waiting for what comes, never for a time: a loaded machine takes longer."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from textual._wait import wait_for_idle
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot

_PATIENCE = 30.0
"""Seconds until what did not come counts as not coming."""


async def until(pilot: Pilot[Any], true: Callable[[], object], what: str = "") -> None:
    """Wait until something is true.

    Raises:
        AssertionError: It never came true.
    """
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, what or "it never came true"
        await pilot.pause(0.01)


def waiting(app: App[Any]) -> bool:
    """Return whether a message waits anywhere."""
    return any(one.message_queue_size for one in _pumps(app))


def _pumps(app: App[Any]) -> Iterator[MessagePump]:
    yield app
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


async def idle(app: App[Any], least: float, most: float) -> None:
    """Wait until nothing works, as Textual's pilot does, and no message waits.

    Textual's own waits for the processor alone, a second at most: where others use it,
    a key may still be on its way.
    """
    end = time.monotonic() + _PATIENCE
    await wait_for_idle(least, most)
    while waiting(app) and app.is_running and time.monotonic() < end:
        await asyncio.sleep(0.002)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no worker is at work any more."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
