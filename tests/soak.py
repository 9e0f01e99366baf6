"""Edits a network for a long time, by keys, and says how much memory that took.

    python -m tests.soak EDITS

It prints an object of JSON: edits before the first look at the memory and after it, how
many of each kind of key made them, and the bytes in use at both looks. The folders of
the user are taken from the environment.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from random import Random

from tests.documents import preset_text
from tests.program import resident
from tests.ui.desk import NARROW, Desk, desk, key
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.session import Session
from tuicnn.ui.editor import EditorScreen
from tuicnn.ui.run import collect_seldom

WARM = 0.1
"""Share of the edits that are made before the first look, beside the others."""
LEAST = 200
"""Edits that are made then at least: all is loaded, and what Textual keeps is full."""
LAYERS = 24
"""Rows from which layers are deleted."""
ACTIONS = "aiDDDDDpppxddddddddddeeeJJKKbBRruuuuuuuuUUUU"
KINDS = ("relu", "conv", "batch", "max", "dropout", "flatten", "dense")
FIELDS = ("plus", "minus", "1", "2", "3", "backspace", "down", "up")


async def main(edits: int) -> None:
    collect_seldom()  # as the editor does
    start = read_text(preset_text("lenet5")).network
    async with desk(Session(start), size=NARROW) as one:
        soak = Soak(one)
        await soak.edit(max(LEAST, round(WARM * edits)))
        warm, before = soak.made.total(), await soak.resident()
        soak.made.clear()
        await soak.edit(edits)
        after = await soak.resident()
        assert one.app._exception is None
        undone = soak.undone()
        assert undone[-1] == start
    found = {"warm": warm, "made": soak.made, "before": before, "after": after}
    sys.stdout.write(json.dumps(found | {"versions": len(undone)}))


class Soak:
    """Somebody who edits at random, the same every time.

    Attributes:
        made: How often each action has changed the network.
    """

    def __init__(self, one: Desk) -> None:
        self.one = one
        self.random = Random("soak")
        self.made: Counter[str] = Counter()

    async def edit(self, count: int) -> None:
        """Act until the network has changed so often."""
        end = self.made.total() + count
        while self.made.total() < end:
            await self._act()
            assert self.one.app.is_running

    async def _act(self) -> None:
        if not isinstance(self.one.app.screen, EditorScreen):
            await self._press("dialog", "escape")
        elif self.one.field:
            for _ in range(self.random.randrange(40)):
                await self._press("field", self.random.choice(FIELDS))
            await self._press("field", "escape")
        elif self.one.focused is not self.one.stack:
            await self._press("cursor", "1")
        else:
            await self._in_stack()

    async def _in_stack(self) -> None:
        await self._press("cursor", *self.random.choices("jk", k=2))
        many = len(self.one.session.report.rows) > LAYERS
        action = "d" if many else self.random.choice(ACTIONS)
        if action in "ai":
            await self._press("dialog", action)
            await self._press("insert", *self.random.choice(KINDS), "enter")
        elif action == "e":
            await self._press("field", "enter")
        elif action == "r":
            await self._press("dialog", "r")
            await self._press("repeat", self.random.choice("123"), "enter")
        else:
            await self._press(action, action)

    async def _press(self, action: str, *keys: str) -> None:
        """Press keys, and let the app do what they ask for."""
        before = self.one.network
        for one in keys:
            self.one.app.post_message(key(one))
        waiting = True
        while waiting:
            await asyncio.sleep(0.001)  # the app works meanwhile
            screens = self.one.app.screen_stack
            waiting = any(it.message_queue_size for it in (self.one.app, *screens))
        self.made[action] += self.one.network is not before

    async def resident(self) -> int:
        """Return the bytes that this process holds, the network being the first."""
        session = self.one.session
        count = 0
        while session.history.undoes:
            session.undo()
            count += 1
        self.one.editor._show()
        await self.one.quiet()
        await self.one.pilot.pause(1)  # the forward pass ends
        found = resident()
        for _ in range(count):
            session.redo()
        self.one.editor._show()
        await self.one.quiet()
        return found

    def undone(self) -> list[Network]:
        """Undo everything, and return each version."""
        session = self.one.session
        found = [session.network]
        while session.history.undoes:
            session.undo()
            found.append(session.network)
        return found


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
