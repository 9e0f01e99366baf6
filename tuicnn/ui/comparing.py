"""Comparing: a version, or another document, that everything is compared with.

It never shows a difference: panes do.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tuicnn.core.check import check
from tuicnn.errors import TuicnnError
from tuicnn.session import Session
from tuicnn.ui.filing import FilingScreen


class ComparingScreen(FilingScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "baseline", "Pin a baseline", id="compare.pin", show=False,
                tooltip="Compare everything with this version, or stop comparing"),
        Binding("C", "compare", "Compare with…", id="compare.open", show=False,
                tooltip="Compare everything with another document"),
    ]  # fmt: skip

    def action_baseline(self) -> None:
        """Compare with this version from now on, or with none."""
        if self.baseline is not None:
            self.baseline = None
            self.tell("No longer compared.")
        else:
            self.baseline = self.session.report
            self.tell("This version is the baseline now.")

    async def action_compare(self) -> None:
        """Compare with another document."""
        await self.asking(self._compare())

    async def _compare(self) -> None:
        source = await self._chosen("Compare with")
        if source is None:
            return
        try:
            other = Session.opened(source)
        except TuicnnError as error:
            self.tell(f"{error.message}.", "error")
            return
        self.baseline = check(other.network)
        self.tell(f"Compared with {other.label}.")
