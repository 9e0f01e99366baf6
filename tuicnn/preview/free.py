"""The memory that this process can still have: the machine's, and its container's.

It never allocates, and never fails: where nobody says, it knows of no bound.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/")
_MOUNT: Final = "sys/fs/cgroup"


def free_memory(root: Path = _ROOT) -> int | None:
    """Return the bytes that are free; None where nobody says.

    Args:
        root: Where `proc` and `sys` are found.
    """
    bounds = [*_machine(root), *_containers(root)]
    return max(0, min(bounds)) if bounds else None


def _machine(root: Path) -> Iterator[int]:
    for line in _text(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield from _numbers(line.split()[1:2], 1024)
            return
    try:
        pages, size = os.sysconf("SC_AVPHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return
    if pages > 0 and size > 0:
        yield pages * size


def _containers(root: Path) -> Iterator[int]:
    """Yield what each control group around this process still grants."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        kinds, _, path = rest.partition(":")
        if kinds == "":
            names, top = ("memory.max", "memory.current"), root / _MOUNT
        elif "memory" in kinds.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
            top = root / _MOUNT / "memory"
        else:
            continue
        parts = [one for one in path.split("/") if one not in ("", "..")]
        for count in range(len(parts) + 1):  # a group is bound by those around it, too
            group = top.joinpath(*parts[:count])
            limit, used = (_text(group / name).split()[:1] for name in names)
            found = [*_numbers(limit), *_numbers(used)]
            if len(found) == 2:
                yield found[0] - found[1]


def _numbers(words: list[str], unit: int = 1) -> Iterator[int]:
    yield from (int(word) * unit for word in words if word.isdecimal())


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""
