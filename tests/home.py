"""A home of the tests' own: whoever runs them finds nothing of theirs in it.

It never touches the user's real one: neither this process nor a child of it does.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

STUB = """
import pwd

found = pwd.getpwuid


def getpwuid(user):
    entry = list(found(user))
    entry[5] = {home!r}
    return pwd.struct_passwd(entry)


pwd.getpwuid = getpwuid
"""
"""What Python runs at its start in place of asking the system for the user's home."""


def move_in() -> Path:
    """Point the home of this process, and of its children, at a temporary folder."""
    home = Path(tempfile.mkdtemp(prefix="tuicnn-home-"))
    atexit.register(_move_out, home, os.getpid())
    os.environ["HOME"] = str(home)
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        os.environ.pop(f"XDG_{name}_HOME", None)  # they follow the home
    return home


def _move_out(home: Path, process: int) -> None:
    if os.getpid() == process:  # and not a fork of it
        shutil.rmtree(home, ignore_errors=True)


def known_to_the_system(folder: Path, home: Path) -> Path:
    """Return a folder for PYTHONPATH with which the system knows another home."""
    folder.mkdir(parents=True)
    text = STUB.format(home=str(home))
    (folder / "sitecustomize.py").write_text(text, "utf-8")
    return folder
