"""Two networks side by side: which layer answers to which, and what differs.

It never judges which one is better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row, Totals


@dataclass(frozen=True, slots=True)
class Pair:
    """A layer of each network that answer to each other; None where there is none."""

    left: Row | None
    right: Row | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two networks, layer by layer and in total."""

    left: Report
    right: Report
    pairs: tuple[Pair, ...]

    @property
    def same_shapes(self) -> bool:
        """Whether the same shape enters and leaves both."""
        return (
            self.left.network.input == self.right.network.input
            and self.left.output == self.right.output
        )

    @property
    def totals(self) -> tuple[Totals, Totals]:
        """The sums of both."""
        return self.left.totals, self.right.totals


def compare(left: Report, right: Report) -> Comparison:
    """Return two networks aligned: by path, then by type where paths differ."""
    from difflib import SequenceMatcher

    ours = [row for row in left.rows if not row.container]
    theirs = [row for row in right.rows if not row.container]
    matcher = SequenceMatcher(
        None,
        [(row.path, row.layer.type) for row in ours],
        [(row.path, row.layer.type) for row in theirs],
        autojunk=False,
    )
    pairs: list[Pair] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs += map(Pair, ours[a:b], theirs[c:d])
        else:
            pairs += _by_type(ours[a:b], theirs[c:d])
    return Comparison(left, right, tuple(pairs))


def counterparts(left: Report, right: Report) -> dict[str, Row]:
    """Return which row of the left network each path of the right one answers to.

    Layers answer as `compare` aligns them, containers to the one of the same path.
    """
    held = {row.path: row for row in left.rows if row.container}
    found = {
        row.path: held[row.path]
        for row in right.rows
        if row.container and row.path in held
    }
    for pair in compare(left, right).pairs:
        if pair.left is not None and pair.right is not None:
            found[pair.right.path] = pair.left
    return found


def _by_type(ours: list[Row], theirs: list[Row]) -> list[Pair]:
    """Return stretches without a common path, aligned by type as far as it goes."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(
        None,
        [row.layer.type for row in ours],
        [row.layer.type for row in theirs],
        autojunk=False,
    )
    pairs: list[Pair] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs += map(Pair, ours[a:b], theirs[c:d])
        else:
            pairs += [Pair(row, None) for row in ours[a:b]]
            pairs += [Pair(None, row) for row in theirs[c:d]]
    return pairs
