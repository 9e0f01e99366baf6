"""A group of operations that run together, and the places of what it reads and writes.

It never decides which operations go together, nor where a value lies: `schedule` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tuicnn.preview.heads.base import Head
from tuicnn.preview.operation import Shape

Order = tuple[int, ...]
"""The logical axis at each place in memory, outermost first."""

OUTSIDE = -1
"""The buffer of the input: it is the caller's, and only read."""


def last(rank: int) -> Order:
    """Return the order with the channels last."""
    return (0, *range(2, rank), 1) if rank > 1 else (0,)


def plain(rank: int) -> Order:
    """Return PyTorch's order."""
    return tuple(range(rank))


def alike(a: Order, b: Order, shape: Shape) -> bool:
    """Whether two orders put the numbers at the same places: axes of 1 do not count."""
    return [one for one in a if shape[one] > 1] == [one for one in b if shape[one] > 1]


def settled(order: Order, shape: Shape) -> Order:
    """Return one name for orders that are alike: the channels last, where they are."""
    lasting = last(len(shape))
    return lasting if alike(order, lasting, shape) else order


@dataclass(frozen=True)
class Place:
    """Where a value lies: which buffer, and in which order its axes are."""

    buffer: int
    order: Order


@dataclass
class Group:
    """A head, and what is done to its blocks while they are in the cache.

    Attributes:
        nodes: The operations; −1 stands for a mere change of layout.
        head: How the first is computed.
        inputs: Where its inputs lie.
        shapes: Their shapes.
        others: Where a merge in the tail finds what it merges with, by node.
        out: Where the output goes.
        shape: Shape of the output.
        operands: Buffers of the head's forms of its weights.
        shared: Buffer that all threads use.
        workers: How many threads work on its blocks; 1: BLAS has all of them.
    """

    nodes: list[int]
    head: Head
    inputs: list[Place]
    shapes: list[Shape]
    out: Place
    shape: Shape
    others: dict[int, list[Place]] = field(default_factory=dict)
    operands: dict[str, int] = field(default_factory=dict)
    shared: int = OUTSIDE
    workers: int = 1


@dataclass
class Buffer:
    """A stretch of memory, and the groups that need it."""

    size: int
    first: int
    last: int


def whole_rows(head: Head) -> bool:
    """Whether a head completes all channels of a position at once."""
    return (
        head.name not in ("patches", "stream", "windows, shared")
        and not getattr(head, "columns", [0, 0][:1])[1:]
    )
