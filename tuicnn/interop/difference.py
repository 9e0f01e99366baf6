"""What differs between two versions of a document, line by line.

It never says which is the better one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from tuicnn.core.network import Network
from tuicnn.interop.document import to_document_text

LINES: Final = 1_000
"""Lines that are told at most."""


def difference_lines(
    before: Network, after: Network, names: tuple[str, str]
) -> Iterator[str]:
    """Yield the lines of one document that the other has not, with a line around.

    Args:
        before: Its lines begin with `-`.
        after: Its lines begin with `+`.
        names: What both are called.
    """
    from difflib import unified_diff

    old, new = (to_document_text(one).splitlines() for one in (before, after))
    if old == new:
        yield "They are the same."
        return
    found = unified_diff(old, new, *names, n=1, lineterm="")
    yield from islice(found, LINES)
    if next(found, None) is not None:
        yield f"… and more: only the first {LINES:,} lines are shown."
