"""A line of text that takes keys in their order, and of a paste what fits.

It never knows what is typed.
"""

from __future__ import annotations

from textual import events
from textual.binding import BindingsMap
from textual.widgets import Input

from tuicnn.ui.pasted import Pasted, one_line_of

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

    def on_paste(self, event: events.Paste) -> None:
        """Take what fits of the first line, and say what was left out.

        Textual would drop a paste that is too long in silence.
        """
        event.prevent_default().stop()
        self._take(event.text)

    def action_paste(self) -> None:
        """Take in the same way what was copied within the program."""
        self._take(self.app.clipboard)

    def _take(self, text: str) -> None:
        start, end = sorted(self.selection)
        room = None if not self.max_length else self.max_length - len(self.value)
        found = self.taken(text, None if room is None else room + end - start)
        self.replace(found.text, start, end)
        if found.remark:
            self.notify(found.remark, severity="warning", markup=False)

    def taken(self, text: str, room: int | None) -> Pasted:
        """Return what of a paste goes into the line.

        Args:
            room: Characters that it still takes; None: no matter how many.
        """
        return one_line_of(text, room)
