"""How much a test tries: little where everybody waits, much where somebody asks.

`TUICNN_LONG=1` asks for the long versions; README names the command.
"""

import os
from typing import TypeVar

T = TypeVar("T")

LONG = bool(os.environ.get("TUICNN_LONG"))


def long_or(usual: T, long: T) -> T:
    """Return what the long version takes, or what is usual."""
    return long if LONG else usual
