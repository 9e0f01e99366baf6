"""Messages that their sender waits for.

Keys may come faster than the document changes: who acts on what is shown must see the
answer to one request before making the next. It never carries an answer itself: that
comes down as new values of reactives.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from textual.widget import Widget

_LONGEST = 2.0
"""Seconds after which nobody will answer any more."""


@dataclass
class Request(Message):
    """Something that is wanted, and an event for when it was dealt with."""

    done: asyncio.Event = field(default_factory=asyncio.Event, kw_only=True)

    async def settled_by(self, sender: Widget) -> None:
        """Post this, and wait until it was dealt with.

        Keys are acted on by the app, which can wait. Sender and screen cannot wait for
        themselves: called by one of them, this only posts.
        """
        answering = (sender.task, sender.screen.task)
        if sender.post_message(self) and asyncio.current_task() not in answering:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST):
                    await self.done.wait()
