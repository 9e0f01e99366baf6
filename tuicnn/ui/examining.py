"""Examining: the keys that open studies of the network, and explain a pasted error.

It never answers: dialogs do.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tuicnn.ui.document import DocumentScreen


class ExaminingScreen(DocumentScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "examine", "Examine", id="examine.open", show=False,
                tooltip="Show valid inputs, lost pixels, formulas, shares of the cost, "
                "the layer in frameworks, and counts of other programs"),
        Binding("E", "explain_error", "Paste an error…", id="examine.error", show=False,
                tooltip="Show which layer a framework's shape error is about"),
    ]  # fmt: skip

    _study: int = 0

    async def action_examine(self) -> None:
        """Show studies of the network, and of the layer under the cursor."""
        await self.asking(self._examine())

    async def _examine(self) -> None:
        from tuicnn.ui.dialogs.examine import Examine

        report = self.session.report
        read = await self.app.push_screen_wait(
            Examine(report, report.at(self.cursor), self._study, self.last)
        )
        if read is not None:
            self._study = read

    async def action_explain_error(self) -> None:
        """Ask for an error, and go to the layer that it is about."""
        await self.asking(self._explain_error())

    async def _explain_error(self) -> None:
        from tuicnn.ui.dialogs.error import ErrorDialog

        pointer = await self.app.push_screen_wait(ErrorDialog(self.session.report))
        if pointer is not None:
            self.look(pointer)
