"""What of a text that is pasted goes into a line, and what is said of the rest.

It never knows where the text comes from: whoever wrote it may be nobody's friend.
"""

from __future__ import annotations

from typing import NamedTuple

from tuicnn.core import limits


class Pasted(NamedTuple):
    """A text that can be taken, and a sentence on what was left out."""

    text: str
    remark: str


def one_line_of(text: str, room: int | None = None) -> Pasted:
    """Return the first line that is not empty, printable and of a bounded length.

    Args:
        room: Characters that there is room for; None: as many as a paste may have.
    """
    most = limits.PASTE if room is None else max(0, min(room, limits.PASTE))
    # What is left out is not looked at: it may be as long as somebody likes.
    head = text[: 2 * limits.PASTE].strip("\r\n")
    lines = head.splitlines() or [""]
    shown = "".join(filter(str.isprintable, lines[0]))
    told = []
    if any(line.strip() for line in lines[1:]):
        told.append("only its first line was taken")
    if len(shown) < len(lines[0]):
        told.append(f"{len(lines[0]) - len(shown):,} control characters were left out")
    if len(shown) > most:
        told.append(f"{most:,} characters were taken, more do not fit")
    return Pasted(shown[:most], f"Pasted: {'; '.join(told)}." if told else "")
