"""Who a process is: a number alone is given to another one sooner or later.

It never signals a process, and never reads more of another than its start.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Final, NamedTuple

_BOOT: Final = "/proc/sys/kernel/random/boot_id"
_STATUS: Final = "/proc/{}/stat"


class Process(NamedTuple):
    """A process that runs, or ran.

    Attributes:
        pid: Its number.
        boot: The boot of the machine in which it has that number; empty where the
            system does not tell.
        started: When it started, in ticks since then; 0 where nobody tells.
    """

    pid: int
    boot: str
    started: int


def this_process() -> Process:
    """Return who we are."""
    return Process(os.getpid(), _boot(), _started(os.getpid()))


def runs(process: Process) -> bool:
    """Whether a process is still there, and not another one of its number."""
    if process.boot != _boot() or not _exists(process.pid):
        return False
    return process.started == _started(process.pid)


def _exists(pid: int) -> bool:
    """Whether a process of that number is there; one that we may not look at is."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


@cache
def _boot() -> str:
    try:
        with open(_BOOT, encoding="ascii") as file:
            return file.read(64).strip()
    except (OSError, ValueError):
        return ""


def _started(pid: int) -> int:
    """Return when a process started; 0 where nobody tells."""
    try:
        with open(_STATUS.format(pid), "rb") as file:
            # The name, in brackets, may hold blanks and brackets itself.
            fields = file.read(4096).rpartition(b")")[2].split()
        return int(fields[19])
    except (OSError, ValueError, IndexError):
        return 0
