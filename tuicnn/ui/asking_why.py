"""Why: the key that asks where the numbers of a layer come from.

It never answers: a dialog does.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tuicnn.ui.document import DocumentScreen


class WhyScreen(DocumentScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "why", "Why?", id="why.open",
                tooltip="Show where each number of the layer comes from"),
    ]  # fmt: skip

    async def action_why(self) -> None:
        """Ask about the numbers of the layer under the cursor."""
        await self.asking(self._why())

    async def _why(self) -> None:
        from tuicnn.ui.dialogs.why import WhyDialog

        dialog = WhyDialog(self.session.report, self.cursor, self.last)
        pointer = await self.app.push_screen_wait(dialog)
        if pointer is not None:
            self.look(pointer)
