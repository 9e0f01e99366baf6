"""The editor as a program: a terminal, an exit status, and work that is not lost.

It never imports the screens before a terminal is there.
"""

from __future__ import annotations

import os
import sys

from tuicnn.errors import UsageError
from tuicnn.session import EMPTY, Session


def run_editor(source: str | None) -> int:
    """Open the editor, and return its exit status.

    Args:
        source: A preset's name, a path, or `-`; None for an empty network.

    Raises:
        UsageError: There is no terminal that could show it.
        FileError: The source cannot be read, or holds no network.
    """
    require_terminal()
    session = Session(EMPTY) if source is None else Session.opened(source)
    if "NO_COLOR" in os.environ:
        # Other themes only turn grey: no colour at all takes the terminal's own.
        os.environ.setdefault("TEXTUAL_THEME", "ansi-dark")
    from tuicnn.ui.app import TuicnnApp

    app = TuicnnApp(session)
    try:
        app.run()
    finally:
        if app.return_code:
            app.keep_work()
    if app.kept:
        sys.stderr.write(f"What was not saved is kept in {app.kept}\n")
    return app.return_code or 0


def require_terminal() -> None:
    """Refuse what cannot show a screen."""
    dumb = os.environ.get("TERM", "") == "dumb"
    if dumb or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the editor needs a terminal that can show a screen",
            "`tuicnn summary SOURCE` prints a network anywhere",
        )
