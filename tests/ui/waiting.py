"""Waiting for what comes, never for a time: a loaded machine takes longer."""

import time
from collections.abc import Callable
from typing import Any

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


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no worker is at work any more."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
