"""What is said of files: a save that was made, and what went wrong.

It never touches a widget or a disk.
"""

from __future__ import annotations

from tuicnn.errors import TuicnnError
from tuicnn.files import shown
from tuicnn.saving import Written


def outcome(written: Written) -> str:
    """Return what there is to say of a save."""
    found = [f"Saved {shown(written.result.path)}."]
    if not written.verified:
        found.append("Another program has changed it since.")
    return " ".join((*found, *written.result.remarks))


def said(error: TuicnnError) -> str:
    """Return what went wrong, and what to do about it, in one line."""
    return f"{error.message}; {error.hint}" if error.hint else error.message


def stem_of(name: str) -> str:
    """Return a network's name as the name of a file, without a suffix."""
    kept = "".join(one if one.isalnum() or one in "-_" else "-" for one in name)
    return kept.strip("-") or "network"
