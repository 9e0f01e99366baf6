"""What the forward pass saw of the selected layer: numbers, histogram, feature map.

It never makes a pass: where another layer's values are wanted, it asks for one.
"""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer
from textual.widgets import Static

from tuicnn.core.wording import brief
from tuicnn.ui.passed import Kept, Passed
from tuicnn.ui.verdict import facts, progress_said, title_of, verdict
from tuicnn.ui.widgets.facts import Facts
from tuicnn.ui.widgets.featuremap import FeatureMap
from tuicnn.ui.widgets.histogram import Histogram

_NOTHING: Final = (
    "No forward pass yet. Press f5 to send a random input through every layer: it "
    "confirms each shape and parameter count, and shows the values."
)
_PATIENCE: Final = 0.1
"""Seconds that a layer stays selected before its values are asked for."""
_REST: Final = 0.05
"""Seconds that a layer stays selected before it is shown: keys come first."""


class Activations(VerticalScroll):
    """The preview of the selected layer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("full_stop", "channel(1)", "Next channel", id="preview.next-channel",
                tooltip="Show the feature map of the next channel"),
        Binding("comma", "channel(-1)", "Previous channel",
                id="preview.previous-channel",
                tooltip="Show the feature map of the previous channel"),
        Binding("greater_than_sign", "channel(10)", "10 channels on", show=False,
                id="preview.next-ten-channels", tooltip="Go ten channels on"),
        Binding("less_than_sign", "channel(-10)", "10 channels back", show=False,
                id="preview.previous-ten-channels", tooltip="Go ten channels back"),
        Binding("home", "end_channel(False)", "First channel", show=False,
                id="preview.first-channel",
                tooltip="Show the feature map of the first channel"),
        Binding("end", "end_channel(True)", "Last channel", show=False,
                id="preview.last-channel",
                tooltip="Show the feature map of the last channel"),
    ]  # fmt: skip

    passed: var[Passed | None] = var(None, init=False)
    """What became of the last forward pass; None: there was none."""

    path: var[str] = var("", init=False)
    """Path of the selected layer."""

    last: var[bool] = var(False, init=False)
    """Whether shapes are written channels last."""

    busy: var[float | None] = var(None, init=False)
    """Share of the running pass that is done, 0 … 1; None: none is running."""

    busy_with: var[str] = var("", init=False)
    """Path of the layer that the running pass is at."""

    note: var[str] = var("", init=False)
    """A line to the user, such as what a pass would cost."""

    channel: var[int] = var(0, init=False)
    """Channel that is drawn, counted among those that were kept."""

    colour: var[bool] = var(True, init=False)
    """Whether maps are drawn in colour; else in shades of characters."""

    class Wanted(Message):
        """The values of another layer are wanted: a pass that keeps them.

        Attributes:
            activations: The pane that wants them.
            path: Path of the layer.
        """

        def __init__(self, activations: Activations, path: str) -> None:
            super().__init__()
            self.activations = activations
            self.path = path

        @property
        def control(self) -> Activations:
            """The pane that wants them."""
            return self.activations

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._composed = False
        self._asking: Timer | None = None
        self._resting: Timer | None = None
        self._steps = False

    def compose(self) -> ComposeResult:
        """Make the lines of text, the numbers, and the two pictures."""
        yield Static(id="state", markup=False)
        yield Static(id="note", markup=False)
        yield Static(id="progress", markup=False)
        with Container(id="body"):
            with Vertical(id="facts"):
                yield Static(id="layer", markup=False)
                yield Facts(id="statistics")
                yield Histogram(id="histogram")
            yield FeatureMap(id="map")

    def on_mount(self) -> None:
        """Show what was set before there was anything to show it in."""
        self._composed = True
        if self.app.no_color:
            self.colour = False
        self._show_state()
        self._show_progress()
        self._show_layer()

    @property
    def kept(self) -> Kept | None:
        """The values of the selected layer, where the last pass kept them."""
        kept = None if self.passed is None else self.passed.kept
        return kept if kept is not None and kept.path == self.path else None

    @property
    def _last(self) -> int:
        """The last channel that was kept; -1: there is none."""
        return -1 if self.kept is None else len(self.kept.values) - 1

    def watch_passed(self) -> None:
        """Show what became of a pass."""
        self._show_state()
        self._show_layer()

    def watch_path(self) -> None:
        """Show another layer, from its first channel, once the cursor rests."""
        self.set_reactive(Activations.channel, 0)
        if self._resting is not None:
            self._resting.stop()
        if self._composed:
            self._resting = self.set_timer(_REST, self._show_path)

    def _show_path(self) -> None:
        self._show_layer()
        self.scroll_home(animate=False)

    def watch_last(self) -> None:
        """Write the shape the other way."""
        self._show_layer()

    def watch_note(self) -> None:
        """Show the line to the user."""
        self._show_state()

    def watch_busy(self) -> None:
        """Show how far the running pass is, and ask again when it has ended."""
        self._show_progress()
        self._ask_soon()

    def watch_busy_with(self) -> None:
        """Show where the running pass is."""
        self._show_progress()

    def watch_channel(self) -> None:
        """Draw another channel."""
        self._show_channel()

    def watch_colour(self) -> None:
        """Draw in colour, or not."""
        self._show_channel()

    def validate_channel(self, channel: int) -> int:
        """Return the nearest channel that there is."""
        return max(0, min(channel, self._last))

    def on_resize(self, event: events.Resize) -> None:
        """Put the map beside the numbers where that makes it larger."""
        width, height = event.size
        self.set_class(width >= 46 and width >= 2 * height, "-wide")
        self._ask_soon()

    def on_show(self) -> None:
        """Ask for values that nobody needed while the pane was hidden."""
        self._ask_soon()

    @on(events.Click, "#previous")
    def _step_back(self) -> None:
        self.action_channel(-1)

    @on(events.Click, "#next")
    def _step_on(self) -> None:
        self.action_channel(1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out steps between channels where there is no map."""
        if action in ("channel", "end_channel") and self._last < 1:
            return None
        return True

    def action_channel(self, step: int) -> None:
        """Draw a channel so many places on."""
        self.channel += step

    def action_end_channel(self, last: bool) -> None:
        """Draw the first channel, or the last."""
        self.channel = self._last if last else 0

    def _ask_soon(self) -> None:
        """Ask for the selected layer's values, unless it changes again soon."""
        if self._asking is not None:
            self._asking.stop()
            self._asking = None
        if self._composed and self._wanting():
            self._asking = self.set_timer(_PATIENCE, self._ask)

    def _wanting(self) -> bool:
        passed = self.passed
        return (
            passed is not None
            and passed.trace is not None
            and passed.asked != self.path
            and passed.confirmation(self.path) is not None
            and self.busy is None
        )

    def _ask(self) -> None:
        if self._wanting() and self.is_on_screen:
            self.post_message(self.Wanted(self, self.path))

    def _show_state(self) -> None:
        if not self._composed:
            return
        passed = self.passed
        state = self.query_one("#state", Static)
        state.update(_NOTHING if passed is None else verdict(passed))
        refuted = passed is not None and bool(passed.failure or passed.disagreement)
        made = passed is not None and passed.trace is not None
        state.set_class(refuted, "-refuted")
        state.set_class(made and not refuted, "-confirmed")
        state.set_class(passed is None, "-empty")
        state.display = passed is not None or not self.note
        note = self.query_one("#note", Static)
        note.update(brief(self.note, 240))
        note.display = bool(self.note)

    def _show_progress(self) -> None:
        if not self._composed:
            return
        line = self.query_one("#progress", Static)
        line.display = self.busy is not None
        if self.busy is not None:
            line.update(progress_said(self.busy, self.busy_with))

    def _show_layer(self) -> None:
        if not self._composed:
            return
        passed, kept = self.passed, self.kept
        row = None if passed is None else passed.confirmation(self.path)
        self.query_one("#body").display = passed is not None and bool(passed.trace)
        title = (
            "Select a layer to see its values."
            if row is None
            else title_of(row, self.last)
        )
        self.query_one("#layer", Static).update(title)
        seen = None if row is None else row.seen
        self.query_one(Facts).pairs = () if seen is None else facts(seen, kept)
        self.query_one(Histogram).tally = None if kept is None else kept.tally
        self.set_reactive(Activations.channel, self.validate_channel(self.channel))
        self._show_channel()
        self._ask_soon()
        if self._steps != (self._last > 0):  # the footer is made anew: not every time
            self._steps = self._last > 0
            self.refresh_bindings()

    def _show_channel(self) -> None:
        if not self._composed:
            return
        drawn = self.query_one(FeatureMap)
        drawn.show(self.kept, self.channel, self.colour, self._why_no_map())

    def _why_no_map(self) -> str:
        passed = self.passed
        if passed is None or passed.confirmation(self.path) is None:
            return ""
        if passed.asked == self.path:
            return passed.note
        return "Its values come with the next pass."
