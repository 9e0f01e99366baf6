"""What every head has: the memory it asks for, and the phases of its work.

It never allocates anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np

from tuicnn.preview.crew import Phase
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Shape
from tuicnn.preview.weights import Weights

Finish = Callable[[slice, slice], None]
"""Completes rows (positions) and columns (channels) of the output while in cache."""

CACHE = 300_000
"""Numbers in a block that shall stay in a core's second cache of 2 MB."""

LARGEST = 250_000_000
"""Multiplications in a block: a few milliseconds, so that stopping is quick."""


@dataclass
class Job:
    """The memory in which a head works.

    Attributes:
        inputs: As they lie in memory: (N, *sizes, C), or (N, …) where `wants` is plain.
        out: Likewise; all of it must be written.
        operands: The head's own forms of its weights, as numbers in a row.
        shared: Numbers that all threads may use.
        rooms: Numbers for each thread.
        finish: To be called once for each part of `out` that is ready.
        weights: Where weights come from.
        path: Path of the layer.
    """

    inputs: Sequence[Array]
    out: Array
    operands: Mapping[str, Array]
    shared: Array
    rooms: Sequence[Array]
    finish: Finish
    weights: Weights
    path: str

    @property
    def table(self) -> Array:
        """The output as rows of channels."""
        return self.out.reshape(-1, self.out.shape[-1])


class Operand(Protocol):
    """A form of some weights that a head multiplies with."""

    @property
    def size(self) -> int:
        """Numbers in it."""
        ...

    @property
    def room(self) -> int:
        """Numbers that each thread needs to make it."""
        ...

    def phases(
        self, weights: Weights, path: str, out: Array, rooms: Sequence[Array]
    ) -> list[Phase]:
        """Return the work that writes it."""
        ...


class Head(Protocol):
    """A way to compute one operation."""

    name: str
    """What it is called in reports."""

    operands: Mapping[str, Operand]
    shared: int
    room: int
    block: int
    """Numbers in the largest part of the output that is completed at once."""
    extra: int
    """Numbers that it holds beside what it asked for."""

    def phases(self, job: Job) -> list[Phase]:
        """Return the work, in blocks."""
        ...


@dataclass(frozen=True)
class Upright:
    """A weight (O, I, *kernel) as (groups, kernel · I, O / groups): one row an input.

    Attributes:
        weight: Name of the parameter.
        shape: Its shape.
        groups: Shares of the channels.
    """

    weight: str
    shape: Shape
    groups: int = 1
    room: int = 0

    @property
    def size(self) -> int:
        """Numbers in it."""
        return math.prod(self.shape)

    def phases(
        self, weights: Weights, path: str, out: Array, rooms: Sequence[Array]
    ) -> list[Phase]:
        """Return the work that writes it: random rows as they are, or a transpose."""
        outputs, inner = self.shape[0], self.shape[1]
        kernel = math.prod(self.shape[2:])
        rows, each = kernel * inner, outputs // self.groups
        key = f"{path}.{self.weight}"
        found = out.reshape(self.groups, rows, each)
        if key in weights.held:
            given = weights.held[key].reshape(self.groups, each, inner, kernel)

            def copy(block: int, worker: int) -> None:
                group, part = _place(block, parts, rows)
                for row in range(part.start, part.stop):
                    found[group, row] = given[group, :, row % inner, row // inner]

            parts = split(rows, max(1, min(rows, 8)))
            return [Phase(self.groups * len(parts), copy)]
        tensor = weights.tensor(key)
        order = tensor.columns.reshape(inner, kernel).T.ravel()
        factors = tensor.factors.reshape(self.groups, each)
        offsets = tensor.offsets.reshape(self.groups, each)

        def make(block: int, worker: int) -> None:
            group, part = _place(block, parts, rows)
            tensor.upright(
                order[part], factors[group], offsets[group], found[group, part]
            )

        parts = split(rows, max(1, rows * each // 200_000))
        return [Phase(self.groups * len(parts), make)]


def _place(block: int, parts: Sequence[slice], rows: int) -> tuple[int, slice]:
    return block // len(parts), parts[block % len(parts)]


@dataclass(frozen=True)
class Level:
    """A weight (A, B, *kernel) as (A, kernel · B): its rows, channels last.

    Attributes:
        weight: Name of the parameter.
        shape: Its shape.
    """

    weight: str
    shape: Shape
    room: int = 0

    @property
    def size(self) -> int:
        """Numbers in it."""
        return math.prod(self.shape)

    def phases(
        self, weights: Weights, path: str, out: Array, rooms: Sequence[Array]
    ) -> list[Phase]:
        """Return the work that writes it."""
        count, inner = self.shape[:2]
        kernel = math.prod(self.shape[2:])
        found = out.reshape(count, kernel * inner)
        parts = split(count, max(1, self.size // 200_000))
        key = f"{path}.{self.weight}"
        if key in weights.held:
            given = weights.held[key].reshape(count, inner, kernel)

            def copy(block: int, worker: int) -> None:
                part = parts[block]
                moved = np.swapaxes(given[part], 1, 2)
                found[part].reshape(moved.shape)[...] = moved

            return [Phase(len(parts), copy)]
        tensor = weights.tensor(key)
        order = tensor.columns.reshape(inner, kernel).T.ravel()

        def make(block: int, worker: int) -> None:
            tensor.rows(parts[block].start, found[parts[block]], order)

        return [Phase(len(parts), make)]


@dataclass
class Plainly:
    """Shared defaults of heads without weights."""

    name: str = "blocks"
    operands: Mapping[str, Operand] = field(default_factory=dict)
    shared: int = 0
    room: int = 0
    block: int = 0
    extra: int = 0


def longest(parts: Sequence[slice]) -> int:
    """Return the length of the longest slice."""
    return max((part.stop - part.start for part in parts), default=0)


def split(count: int, parts: int, least: int = 1) -> list[slice]:
    """Return `count` things as about so many slices, none under `least` long."""
    parts = max(1, min(parts, count // max(1, least)))
    bounds = [count * number // parts for number in range(parts + 1)]
    return [slice(a, b) for a, b in pairwise(bounds)]


_WORTHWHILE = 150_000
"""Nanoseconds of work from which a second thread is worth waking."""


def by_size(count: int, most: int, threads: int, each: float = 1e9) -> list[slice]:
    """Return slices of at most `most`, their number a multiple of the threads'.

    Args:
        each: Nanoseconds that one thing takes; little work is left to one thread.
    """
    if count * each < _WORTHWHILE:
        threads = 1
    parts = -(-count // max(1, most))
    parts = -(-parts // threads) * threads
    return split(count, parts)


ALL = slice(None)
