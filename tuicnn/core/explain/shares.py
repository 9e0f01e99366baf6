"""A sum as its terms by share, each with a bar.

It never adds anything up: it is told the total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tuicnn.core.derivation import spelled
from tuicnn.core.wording import counted

MOST: Final = 8
"""Terms of a sum that are written out."""
_BAR: Final = 20
"""Columns of a bar that stands for everything."""


def shares(terms: Sequence[tuple[int, str]], total: int) -> Iterator[str]:
    """Yield the largest terms of a sum, and the rest as one.

    Args:
        terms: Counts, each with its name.
        total: What they add up to; more than 0.
    """
    ranked = sorted(terms, key=lambda term: -term[0])
    shown = ranked[:MOST]
    rest = ranked[MOST:]
    if rest:
        left = counted(len(rest), "other layer")
        shown.append((sum(count for count, _ in rest), left))
    width = max(len(spelled(count)) for count, _ in shown)
    for count, name in shown:
        share = f"{_share(100 * count / total):>5} %"
        bar = "█" * round(_BAR * count / total)
        yield f"{spelled(count):>{width}}  {share}  {bar:<{_BAR}}  {name}"


def _share(percentage: float) -> str:
    """Return a percentage that never makes nothing of something."""
    return f"{percentage:.1f}" if not 0 < percentage < 0.05 else "<0.1"
