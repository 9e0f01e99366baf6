"""A list of options that takes keys where there is no room to show it, too.

It never knows what is listed.
"""

from __future__ import annotations

from textual.widgets import OptionList


class Options(OptionList):
    """A list whose pages are those it has drawn; Textual's fails where it has none."""

    def action_page_up(self) -> None:
        """Go up a page; to the first where nothing is drawn."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]  # as Textual has it
        else:
            self.action_first()

    def action_page_down(self) -> None:
        """Go down a page; to the last where nothing is drawn."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]  # as Textual has it
        else:
            self.action_last()
