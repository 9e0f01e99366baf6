"""The app: theme, keys, signals, and the last line of defence. Screens do the rest.

It never knows a network.
"""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.segment import Segment
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.dom import DOMNode
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from tuicnn.core import limits
from tuicnn.core.controls import narrowed
from tuicnn.errors import TuicnnError
from tuicnn.files import crash
from tuicnn.session import Session
from tuicnn.ui.aside import Recorder
from tuicnn.ui.caches import forget_widgets
from tuicnn.ui.config import read_config
from tuicnn.ui.editor import EditorScreen

_PATIENCE = 0.8
"""Seconds in which the disk must have taken what is kept at the end."""
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class Printable(LineFilter):
    """Lets no control character through, wherever it comes from."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without control characters, as wide as before."""
        return [
            segment
            if segment.control or segment.text.isprintable()
            else Segment(narrowed(segment.text), segment.style)
            for segment in segments
        ]


class TuicnnApp(App[None]):
    TITLE = "tuicnn"
    CSS_PATH = "styles/app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupted", "How to quit", id="app.interrupt", show=False,
                tooltip="Say how to quit", system=True),
    ]  # fmt: skip

    def __init__(self, session: Session, note: str = "") -> None:
        forget_widgets()
        super().__init__()
        self.session = session
        self.kept = ""
        self.lost = ""
        self.recorder = Recorder(self._not_kept)
        self._told = False
        self.log_file = ""
        self._note = note
        self._printable = Printable()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of every line, ours last."""
        return [*super().get_line_filters(), self._printable]

    def on_mount(self) -> None:
        """Read the settings, listen for signals, and show the editor."""
        screen = EditorScreen(self.session, self._note)
        config = read_config(binding_ids, list(self.available_themes))
        if config.theme is not None:
            self.theme = config.theme
        self.set_keymap(dict(config.keys))
        screen.set_reactive(EditorScreen.last, config.layout == "last")
        self._listen()
        self.push_screen(screen)
        for warning in config.warnings:
            self.notify(warning, severity="warning", markup=False, timeout=15)

    def _listen(self) -> None:
        """Let signals end the app as a person would want: nothing lost."""
        loop = asyncio.get_running_loop()
        for name in _ENDING:
            number = getattr(signal, name, None)
            if number is not None:
                with suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.add_signal_handler(number, self._end, int(number))

    def hung_up(self) -> None:
        """End the app: its terminal is gone, and nobody sent a signal."""
        self._end(signal.SIGHUP)

    def _end(self, number: int) -> None:
        self.keep_work()
        self.exit(return_code=128 + number)

    def exit(
        self,
        result: None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """End the app; a pass that runs would keep it waiting."""
        for screen in self.screen_stack:
            if isinstance(screen, EditorScreen):
                screen.action_cancel()
        super().exit(result, return_code, message)

    def copy_to_clipboard(self, text: str) -> None:
        """Keep a text, and give it to the terminal unless it is too long for one."""
        if len(text) <= limits.PASTE:
            super().copy_to_clipboard(text)
            return
        self._clipboard = text
        self.notify(
            f"Copied for this program alone: more than {limits.PASTE:,} characters are "
            "too many for the terminal's clipboard.",
            severity="warning",
            markup=False,
        )

    def keep_work(self) -> None:
        """Write what is not saved to a recovery file; `kept` says which.

        A disk that does not answer is not waited for: `lost` says so.
        """
        session, recorder = self.editing, self.recorder
        if not session.dirty:
            session.release()
            return
        recorder.submit(session.entry())
        answered = recorder.finished(_PATIENCE)
        self.kept = recorder.kept if answered else ""
        error = recorder.error
        reason = error.message if error else "the disk does not answer"
        self.lost = "" if self.kept else reason

    def _not_kept(self, error: TuicnnError) -> None:
        with suppress(RuntimeError):  # the app has ended meanwhile
            self.call_later(self._warn_of, error)

    def _warn_of(self, error: TuicnnError) -> None:
        """Say once that a crash would lose what is not saved."""
        if not self._told:
            self._told = True
            text = f"A crash would lose what is not saved: {error.message}."
            self.notify(text, severity="warning", markup=False, timeout=15)

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver of a terminal, or ours in its place."""
        found = super().get_driver_class()
        if found.__module__ != "textual.drivers.linux_driver":
            return found
        from tuicnn.ui.terminal import Terminal

        return Terminal

    def _fatal_error(self) -> None:
        # Textual would print the traceback with all locals, names of files included.
        self._crash(traceback.format_exc())

    def panic(self, *renderables: RenderableType) -> None:
        """End the app for a fault of its own; Textual would print what it is given."""
        lines = self.console.render_lines(Group(*renderables), pad=False)
        self._crash("\n".join("".join(one.text for one in line) for line in lines))

    def _crash(self, details: str) -> None:
        self._return_code = 1
        self.keep_work()
        self.log_file = crash.log(details)
        self._close_messages_no_wait()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the palette's key to dialogs, which have their own use for it."""
        if action == "command_palette":
            return not isinstance(self.screen, ModalScreen)
        return super().check_action(action, parameters)

    @property
    def editing(self) -> Session:
        """The session that is being edited now."""
        for screen in self.screen_stack if self.is_running else ():
            if isinstance(screen, EditorScreen):
                self.session = screen.session
        return self.session

    async def action_quit(self) -> None:
        """Quit as the editor does: not before asking, if something would be lost."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, EditorScreen):
                await screen.action_quit()
                return
        self.exit()

    def action_interrupted(self) -> None:
        """Say how to quit: one key too many must not end anything."""
        self.notify("Press q to quit, esc to stop the preview.", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterator[SystemCommand]:
        """Yield every action of the screen and its panes, with its key."""
        nodes: list[DOMNode] = [screen, *screen.query(Widget)]
        seen: set[str] = set()
        for node in nodes:
            for one in declared(type(node)):
                if one.id is None or one.id in seen or not one.tooltip:
                    continue
                seen.add(one.id)
                key = self.get_key_display(one)
                yield SystemCommand(
                    one.description, f"{one.tooltip}  ({key})", _running(node, one)
                )
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)
        driver = self._driver
        if driver is not None and driver.can_suspend:
            yield SystemCommand(
                "Suspend", "Go to the shell; `fg` comes back", self._suspend
            )

    async def _suspend(self) -> None:
        """Stop as soon as the palette is gone."""
        self.call_later(self.action_suspend_process)


def _running(node: DOMNode, binding: Binding) -> Callable[[], Awaitable[None]]:
    """Return what runs an action where it belongs."""

    async def run() -> None:
        if isinstance(node, Widget) and node.focusable:
            node.focus()
        await node.app.run_action(binding.action, default_namespace=node)

    return run


def declared(kind: type[DOMNode]) -> list[Binding]:
    """Return the bindings that the project's classes declare, a base class's first."""
    found: list[Binding] = []
    for owner in reversed(kind.__mro__):
        if owner.__module__.startswith("tuicnn.") and "BINDINGS" in vars(owner):
            found += Binding.make_bindings(vars(owner)["BINDINGS"])
    return found


def binding_ids() -> set[str]:
    """Return the ids of every binding: what a keymap may name."""
    dialogs = import_module("tuicnn.ui.dialogs")
    for module in iter_modules(dialogs.__path__):  # so that all classes are there
        import_module(f"{dialogs.__name__}.{module.name}")
    found: set[str] = set()
    pending: list[type] = [DOMNode]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        found |= {one.id for one in declared(kind) if one.id}
    return found
