"""A line of text that takes its keys in the order in which they were typed.

It never knows what is typed.
"""

from __future__ import annotations

from textual import events
from textual.binding import BindingsMap
from textual.widgets import Input

_OWN = BindingsMap(Input.BINDINGS).key_to_bindings


class OrderedInput(Input):
    async def on_key(self, event: events.Key) -> None:
        """Act on keys that move or delete at once.

        Textual sends them through the app, and letters not: in a burst, as a slow line
        or machine makes it, letters would overtake them.
        """
        for binding in () if event.is_printable else _OWN.get(event.key, ()):
            event.prevent_default().stop()
            await self.run_action(binding.action)
            return
