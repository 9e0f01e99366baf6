"""Memory of large arrays goes back to the system when they are gone.

It never allocates.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Final

_MMAP_THRESHOLD: Final = -3
"""`M_MMAP_THRESHOLD` of glibc's malloc.h; see mallopt(3)."""
_LARGE: Final = 2**20
"""Bytes from which an array gets pages of its own."""


@cache
def give_back_large() -> bool:
    """Let no more memory of large arrays be kept for the next ones.

    glibc does so once a large one was freed: in every thread it takes arrays of up to
    32 MiB from a heap, and lets go of free ends from 64 MiB on. An editor makes passes
    by the hundred, in a few threads: it would hold hundreds of MB of nothing.

    Returns:
        Whether the C library knows that wish; others give back by themselves.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _LARGE))
