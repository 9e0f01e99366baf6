"""Explanations laid out for a pane: narrower than a terminal, titles told apart.

It never explains: the core does.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from textual.content import Content

_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")


def told(lines: Sequence[str], width: int) -> Content:
    """Return an explanation as content, a title above each part."""
    found: list[Content] = []
    for number, line in enumerate(lines):
        title = bool(line) and not line.startswith(" ") and not _last(lines, number)
        parts = map(Content, narrowed(line, width))
        found += [part.stylize("bold") if title else part for part in parts]
    return Content("\n").join(found)


def _last(lines: Sequence[str], number: int) -> bool:
    """Whether what follows a line is no part under it."""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    return not following.startswith(" ")


def narrowed(line: str, width: int) -> Iterator[str]:
    """Yield a line in as many as it takes; what stands in a second column, below."""
    if len(line) <= width:
        yield line
        return
    indent = " " * (len(line) - len(line.lstrip()))
    for number, part in enumerate(_GAP.split(line.strip())):
        first = indent if number == 0 else f"{indent}    "
        yield from textwrap.wrap(
            part,
            width,
            initial_indent=first,
            subsequent_indent=f"{first}  ",
            break_on_hyphens=False,
        )
