"""What is seen of a document before it is opened.

It never reads one: it is given what was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tuicnn.ui.diagram import described
from tuicnn.ui.dialogs.ask import visible

if TYPE_CHECKING:
    from tuicnn.ui.openable import Glance


class Description(Widget):
    """The document under the cursor: title, figures, and a picture of its stack."""

    last: reactive[bool] = reactive(False)
    """Whether shapes are written channels last."""
    glance: reactive[Glance | None] = reactive(None)
    """What was seen of it; None while nothing is."""

    def render(self) -> Content:
        if self.glance is None:
            return Content("")
        report, message, hint = self.glance
        if report is not None:
            return described(report, *self.content_size, self.last)
        told = Content.styled(visible(hint).plain, "dim")
        return Content("\n\n").join([visible(message), told])
