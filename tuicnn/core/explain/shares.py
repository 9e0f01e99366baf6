"""A sum as its terms by share, each with a bar.

It never adds anything up: it is told the total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tuicnn.core.derivation import spelled

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
        shown.append((sum(count for count, _ in rest), f"{len(rest)} other layers"))
    width = max(len(spelled(count)) for count, _ in shown)
    for count, name in shown:
        share = f"{100 * count / total:5.1f} %"
        bar = "█" * round(_BAR * count / total)
        yield f"{spelled(count):>{width}}  {share}  {bar:<{_BAR}}  {name}"
