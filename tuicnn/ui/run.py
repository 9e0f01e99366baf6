"""The editor as a program: a terminal, an exit status, and work that is not lost.

It never imports the screens before a terminal is there.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TextIO

from tuicnn import files
from tuicnn.errors import UsageError
from tuicnn.plain import CELLS
from tuicnn.session import EMPTY, Session


def run_editor(source: str | None) -> int:
    """Open the editor, and return its exit status.

    Args:
        source: A preset's name, a path, or `-`; None for an empty network.

    Raises:
        UsageError: There is no terminal that could show it.
        FileError: The source cannot be read, or holds no network.
    """
    piped = source == files.STDIN
    session = Session(EMPTY) if source is None else Session.opened(source)
    require_terminal(piped)
    if piped:
        _listen_to_terminal()
    if "NO_COLOR" in os.environ:
        # Other themes only turn grey: no colour at all takes the terminal's own.
        os.environ.setdefault("TEXTUAL_THEME", "ansi-dark")
    _draw_on_terminal()
    from tuicnn.ui.app import TuicnnApp

    app = TuicnnApp(session)
    collect_seldom()
    try:
        app.run()
    finally:
        if app.return_code:
            app.keep_work()
    _say(_farewell(app.log_file, app.kept, app.lost))
    return app.return_code or 0


def _say(lines: list[str]) -> None:
    """Write lines where the screen was, if that is still there."""
    try:
        sys.stderr.writelines(f"{line}\n" for line in lines)
        sys.stderr.flush()
    except OSError:
        # What waits to be written would fail once more at exit, and change the status.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def collect_seldom() -> None:
    """Look for garbage seldom: one look at a long stack takes longer than a key may.

    Each edit leaves some 3,000 objects that hold one another: layouts of Textual's.
    Twenty first looks gather so many that the second one takes 35 ms, and the memory
    that they took is not given back.
    """
    gc.freeze()
    gc.set_threshold(20_000, 5, 5)


def _farewell(log: str, kept: str, lost: str) -> list[str]:
    """Return what must be said when the screen is gone."""
    found = []
    if log:
        found.append(f"tuicnn: it failed, and that is its fault; details: {log}")
    if kept:
        found.append(f"tuicnn: what was not saved is kept in {kept}")
        found.append("  `tuicnn recover` lists it; the editor offers it")
    if lost:
        found.append(f"tuicnn: what was not saved could not be kept: {lost}")
    return found


def require_terminal(piped: bool = False) -> None:
    """Refuse what cannot show a screen.

    Args:
        piped: Whether the document comes from standard input, so that keys cannot.

    Raises:
        UsageError: There is no terminal, or a dumb one.
    """
    streams = [sys.stdout] if piped else [sys.stdin, sys.stdout]
    dumb = os.environ.get("TERM", "") == "dumb"
    if dumb or not all(map(_is_terminal, streams)):
        raise _no_terminal()


def _no_terminal() -> UsageError:
    return UsageError(
        "the editor needs a terminal that can show a screen",
        "`tuicnn summary SOURCE` prints a network anywhere",
    )


def _draw_on_terminal() -> None:
    """Let the screen go where it is seen, and be plain where the locale has no signs.

    Textual draws on stderr, which may be a file (`2>log`) or closed; where its writer
    fails, all waits for it without end.
    """
    if not _is_terminal(sys.__stderr__):
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]  # only Textual reads it
    if isinstance(sys.__stderr__, io.TextIOWrapper):
        sys.__stderr__.reconfigure(errors=CELLS)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, ValueError):  # closed, or something else in its place
        return False


def _listen_to_terminal() -> None:
    """Let keys come from the terminal, where a document came through the pipe."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise _no_terminal() from error
    os.dup2(terminal, 0)
    os.close(terminal)
