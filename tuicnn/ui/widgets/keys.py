"""The footer: the keys of what has the focus, made anew only where they are others.

It never knows a key: bindings do.
"""

from __future__ import annotations

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class Keys(Footer):
    """Textual's footer, without fourteen new widgets after every edit."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._shown: list[tuple[str, str]] = []

    async def recompose(self) -> None:
        """Make the keys anew, and let go of those before."""
        # Textual would hold them for ever: each watches this footer (its issue 6666).
        Reactive._clear_watchers(self)
        await super().recompose()

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show other keys; of the same ones, whether they can be pressed."""
        active = [one for one in screen.active_bindings.values() if one.binding.show]
        shown = [(one.binding.key, one.binding.description) for one in active]
        if shown != self._shown:
            self._shown = shown
            super().bindings_changed(screen)
            return
        enabled = {one.binding.key: one.enabled for one in active}
        for key in self.query(FooterKey):
            if key.key not in enabled:
                continue  # other keys are on their way
            key._disabled = not enabled[key.key]
            key.set_class(key._disabled, "-disabled")
