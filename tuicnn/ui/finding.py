"""Finding: a line to type in, and the layers of the stack that have the words.

It never searches: the stack does.
"""

from __future__ import annotations

from textual import events, on
from textual.widgets import Input

from tuicnn.ui.document import DocumentScreen
from tuicnn.ui.widgets.stack import Stack


class FindingScreen(DocumentScreen):
    def find(self) -> None:
        """Ask what shall be found."""
        finding = self.query_one("#find", Input)
        finding.display = True
        self.add_class("-finding")
        self.set_focus(finding)  # now: keys may be on their way

    @on(Input.Changed, "#find")
    def _finding(self, event: Input.Changed) -> None:
        self.query_one(Stack).wanted = event.value.strip()

    @on(Input.Submitted, "#find")
    def _found(self, event: Input.Submitted) -> None:
        stack = self.query_one(Stack)
        self.set_focus(stack)
        # In the stack's own time: it waits for this screen.
        stack.call_later(stack.action_next, 1)

    def on_key(self, event: events.Key) -> None:
        """Let escape end the search, wherever it was begun."""
        finding = self.query_one("#find", Input)
        stack = self.query_one(Stack)
        if event.key != "escape" or self.focused not in (finding, stack):
            return
        if self.has_class("-finding"):
            event.stop()
            finding.value = ""
            finding.display = False
            self.remove_class("-finding")
            self.set_focus(stack)
