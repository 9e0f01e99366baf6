"""The feature map of one channel, with its caption and arrows to the channels beside.

It never chooses a channel: keys, and clicks on the arrows, are its pane's to answer.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tuicnn.ui.passed import Kept
from tuicnn.ui.verdict import caption_of
from tuicnn.ui.widgets.heat import HeatMap


class FeatureMap(Vertical):
    """One channel of a layer's output, or all values of a vector."""

    def compose(self) -> ComposeResult:
        """Make the arrows, the caption and the map."""
        with Horizontal(id="channel"):
            yield Static("◂", id="previous", markup=False)
            yield Static("▸", id="next", markup=False)
            yield Static(id="caption", markup=False)
        yield HeatMap(id="heat")

    def show(self, kept: Kept | None, channel: int, colour: bool, why: str) -> None:
        """Draw a channel.

        Args:
            kept: The values of a layer, where they were kept.
            channel: Which channel, or value of a vector, counted among those.
            colour: Whether it is drawn in colour; else in shades of characters.
            why: What is said where there are no values.
        """
        count = 0 if kept is None else len(kept.values)
        for arrow in ("#previous", "#next"):
            self.query_one(arrow).display = count > 1
        caption = self.query_one("#caption", Static)
        heat = self.query_one(HeatMap)
        heat.colour = colour
        if kept is None or not count:
            caption.update(why)
            heat.values = None
            return
        vector = kept.values.ndim == 1
        caption.update(caption_of(kept, channel))
        heat.chosen = channel if vector else None
        heat.values = kept.values if vector else kept.values[channel]
