"""Where to save: a path, and what a file written there would do.

It never writes a file: it returns the path.
"""

from __future__ import annotations

import os
import stat
from typing import ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tuicnn.files import absolute, shown
from tuicnn.files.failures import failure
from tuicnn.ui.dialogs.ask import Dialog, Line, visible

SUFFIX: Final = ".json"


class Target(NamedTuple):
    """A path that was typed, and what writing to it would do.

    Attributes:
        path: Absolute, with its suffix; "" where nothing can be written.
        note: What would happen, or why nothing can.
        replaces: Whether a file is there already.
    """

    path: str
    note: str
    replaces: bool = False


def target_of(typed: str, suffix: str = SUFFIX) -> Target:
    """Return what a typed path names.

    Args:
        typed: May begin with `~`, be relative, and lack its suffix.
        suffix: Added where there is none.
    """
    text = typed.strip()
    if not text:
        return Target("", "type the path of a file")
    path = absolute(os.path.expanduser(text))
    try:
        if text.endswith("/") or os.path.isdir(path):
            return Target("", f"{shown(path)} is a folder: add a file name")
        if not os.path.splitext(path)[1]:
            path += suffix
        return _seen(path)
    except (OSError, ValueError) as error:
        return Target("", failure("write", path, error).message)


def _seen(path: str) -> Target:
    """Look at a path; the file system may refuse that by an OSError."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        return Target("", f"there is no folder {shown(folder)}")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Target("", f"no permission to write in {shown(folder)}")
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return Target(path, f"new file {shown(path)}")
    if not stat.S_ISREG(mode):
        return Target("", f"{shown(path)} is not a file")
    if not os.access(path, os.W_OK):
        return Target("", f"{shown(path)} is read-only")
    return Target(path, f"replaces the file {shown(path)}", replaces=True)


class Destination(Vertical):
    """A line for a path, with a note on what writing there would do."""

    def __init__(self, path: str, suffix: str = SUFFIX) -> None:
        super().__init__()
        self._path = path
        self._suffix = suffix
        self._asked = ""

    def compose(self) -> ComposeResult:
        yield Line(self._path, "path of a file", id="path")
        yield Static(id="note")

    def on_mount(self) -> None:
        self._tell(self.target)

    @property
    def typed(self) -> str:
        """What stands in the line."""
        return self.query_one(Line).value.strip()

    @property
    def target(self) -> Target:
        """What the line names at this moment."""
        return target_of(self.typed, self._suffix)

    def retype(self, suffix: str) -> None:
        """Give the path another suffix."""
        self._suffix = suffix
        stem = os.path.splitext(self.typed)[0]
        if os.path.basename(stem):
            line = self.query_one(Line)
            line.value = stem + suffix
            line.cursor_position = len(line.value)
        self._tell(self.target)

    def confirmed(self) -> str:
        """Return the path if it may be written; one that replaces is asked for twice.

        The note says why nothing is returned.
        """
        target = self.target
        if target.replaces and self._asked != target.path:
            self._asked = target.path
            self._tell(target)
            return ""
        self._tell(target)
        return target.path

    @on(Input.Changed)
    def _changed(self) -> None:
        self._asked = ""
        self._tell(self.target)

    def _tell(self, target: Target) -> None:
        note, sign = target.note, "✓"
        if not target.path:
            sign = "✗"
        elif target.replaces:
            sign = "!"
            if self._asked == target.path:
                note = f"press enter again to replace {shown(target.path)}"
        label = self.query_one("#note", Static)
        label.update(visible(f"{sign} {note}"))
        label.set_class(sign == "✗", "-refused")
        label.set_class(sign == "!", "-replaces")


class SaveAs(Dialog[str]):
    """Asks for a path to save to; returns it absolute, None after escape.

    Args:
        path: What stands in the line at first.
        message: What one should know, such as why saving failed.
        suffix: Added where there is none.
        title: What is saved.
    """

    CSS_PATH = "../styles/save.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            "Cancel",
            id="save.cancel",
            tooltip="Close without saving",
        ),
    ]

    def __init__(
        self,
        path: str,
        message: str = "",
        suffix: str = SUFFIX,
        title: str = "Save as",
    ) -> None:
        super().__init__()
        self._path = path
        self._message = message
        self._suffix = suffix
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(id="save") as frame:
            frame.border_title = visible(self._title)
            message = Static(visible(self._message), id="message")
            message.display = bool(self._message)
            yield message
            yield Destination(self._path, self._suffix)
            with Horizontal(id="answers"):
                yield Button("Save", id="ok")
                yield Button("Cancel", id="cancel")

    @on(Input.Submitted)
    @on(Button.Pressed, "#ok")
    def _answered(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        path = self.query_one(Destination).confirmed()
        if path:
            self.answer(path)
