"""Where paths begin that are typed, even where the working folder is gone.

It never fails, and never asks whether a place is there.
"""

import os


def here() -> str:
    """Return the working folder; the user's own, where that one was removed."""
    try:
        return os.getcwd()
    except OSError:
        home = os.path.expanduser("~")
        return home if os.path.isabs(home) else os.sep


def absolute(path: str) -> str:
    """Return a path from the root on, without `.` and `..`."""
    return os.path.normpath(os.path.join(here(), path))
