"""What follows a head on each block of its output, before the block leaves the cache.

It never decides what follows: the schedule did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from time import perf_counter
from typing import Protocol

import numpy as np

from tuicnn.preview.crew import Phase
from tuicnn.preview.group import Group, Place
from tuicnn.preview.heads.base import CACHE
from tuicnn.preview.kernels.merge import merge_into
from tuicnn.preview.kernels.norm import scale_and_shift
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Convolve, Merge, Paint, Shape, Touch, Weigh
from tuicnn.preview.plan import Node, Plan
from tuicnn.preview.statistics import Statistics
from tuicnn.preview.weights import Weights

Stage = Callable[[Array, slice, slice], None]


class Running(Protocol):
    """What a tail must know of the pass it belongs to."""

    plan: Plan
    weights: Weights
    counted: bool

    def physical(self, place: Place, shape: Shape) -> Array:
        """Return a value as it lies in memory."""
        ...

    def weights_of(self, node: Node) -> Mapping[str, Array]:
        """Return the weights of a node, by name."""
        ...


class Tail:
    """What is done to each block of a head's output before it leaves the cache."""

    def __init__(self, run: Running, group: Group) -> None:
        self.run, self.nodes = run, group.nodes
        self.workers = 1
        self.lock = Lock()
        self.group = group
        self.stages: list[list[Stage]] = []
        self.begin()

    def begin(self) -> None:
        """Forget what was counted and timed: another pass begins."""
        self.statistics = [Statistics() for _ in self.nodes]
        self.seconds = [0.0] * len(self.nodes)

    def open(self, out: Array) -> None:
        """Prepare the stages of every node for an output."""
        self.table = out.reshape(-1, out.shape[-1])
        for position, number in enumerate(self.nodes):
            self.stages.append(self._stages(position, number, out))

    def _stages(self, position: int, number: int, out: Array) -> list[Stage]:
        if number < 0:
            return []
        node = self.run.plan.nodes[number]
        method = node.operation.method
        if position < 2 and folds(self.run.plan, self.group, self.run.counted):
            return [] if position == 0 else [self._folded(out)]
        if isinstance(method, (Convolve, Paint, Weigh)):
            if not method.bias or not node.last:
                return []
            bias = self.run.weights.array(f"{node.path}.bias")
            return [Vectored(_add, (bias,), self._wide(out)).stage]
        if isinstance(method, Touch):
            return [self._touch(node, method, out)]
        if isinstance(method, Merge) and position > 0:
            others = [
                self.run.physical(place, self.group.shape).reshape(self.table.shape)
                for place in self.group.others[number]
            ]
            return [Merged(method.kind, others).stage]
        return []

    def _folded(self, out: Array) -> Stage:
        """Return what is left of a normalisation whose factor is in the weights."""
        convolution, norm = (self.run.plan.nodes[one] for one in self.nodes[:2])
        factor, offset = normalisation(norm, self.run.weights_of(norm))
        if "bias" in convolution.operation.parameters:
            bias = self.run.weights.array(f"{convolution.path}.bias")
            offset = offset + bias * factor
        return Vectored(_add, (offset,), self._wide(out)).stage

    def _wide(self, out: Array) -> int:
        return out.shape[-2] if out.ndim > 2 else 1

    def _touch(self, node: Node, method: Touch, out: Array) -> Stage:
        if method.vectors is None:
            apply = method.apply

            def stage(block: Array, rows: slice, columns: slice) -> None:
                apply(block)

            return stage
        vectors = method.vectors(self.run.weights_of(node))
        return Vectored(
            method.apply, vectors, 1 if method.rows else self._wide(out)
        ).stage

    def finish(self, rows: slice, columns: slice) -> None:
        """Do everything that follows to one block of the output."""
        block = self.table[rows, columns]
        counted = self.run.counted
        for position, stages in enumerate(self.stages):
            started = perf_counter()
            for stage in stages:
                stage(block, rows, columns)
            if counted:
                found = Statistics()
                found.add(block)
                with self.lock:
                    self.statistics[position].join(found)
            self.seconds[position] += perf_counter() - started

    def over(self, out: Array) -> Phase:
        """Return the statistics of an array that is complete."""
        flat = out.reshape(-1)
        parts = -(-flat.size // CACHE) if self.run.counted else 0

        def count(block: int, worker: int) -> None:
            found = Statistics()
            found.add(flat[block * CACHE : (block + 1) * CACHE])
            with self.lock:
                self.statistics[0].join(found)

        return Phase(parts, count)

    def shares(self, seconds: float) -> list[float]:
        """Return which share of the group's time each node took.

        What the threads did not spend on stages is the head's.

        Args:
            seconds: The group's time; as many threads as it had spent it.
        """
        spent = max(seconds * self.workers, sum(self.seconds), 1e-9)
        found = [one / spent for one in self.seconds]
        found[0] += 1 - sum(found)
        return found


def folds(plan: Plan, group: Group, counted: bool) -> bool:
    """Whether a convolution's weights can take up the factor of a normalisation.

    Then the array between the two never exists, so nobody may want its statistics.
    """
    if counted or len(group.nodes) < 2 or group.nodes[0] < 0:
        return False
    head, follower = (plan.nodes[one].operation.method for one in group.nodes[:2])
    return (
        isinstance(head, Convolve)
        and isinstance(follower, Touch)
        and follower.apply is scale_and_shift
    )


def normalisation(node: Node, weights: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return factor and offset of each channel of a normalisation."""
    method = node.operation.method
    assert isinstance(method, Touch) and method.vectors is not None
    factor, offset = method.vectors(weights)
    return factor, offset


def _add(block: Array, vector: Array) -> None:
    block += vector


class Vectored:
    """A function of blocks and of one number for each channel.

    Long rows are handled at once: the vectors are repeated for several positions.
    """

    def __init__(
        self, apply: Callable[..., None], vectors: tuple[Array, ...], positions: int
    ) -> None:
        self.apply, self.vectors = apply, vectors
        self.times = 1
        if vectors and len(vectors[0]) < 512:
            most = 2048 // len(vectors[0])
            self.times = max(
                one for one in range(1, max(1, most) + 1) if positions % one == 0
            )
        self.long = tuple(np.tile(one, self.times) for one in vectors)

    def stage(self, block: Array, rows: slice, columns: slice) -> None:
        """Apply the function to a block of rows and columns."""
        whole = block.flags.c_contiguous and len(block) % self.times == 0
        if self.times > 1 and whole:
            self.apply(block.reshape(-1, block.shape[1] * self.times), *self.long)
            return
        self.apply(block, *(one[columns] for one in self.vectors))


class Merged:
    """A merge with arrays that lie beside the output."""

    def __init__(self, kind: str, others: list[Array]) -> None:
        self.kind, self.others = kind, others

    def stage(self, block: Array, rows: slice, columns: slice) -> None:
        """Merge a block with the same block of the others."""
        merge_into(self.kind, block, [one[rows, columns] for one in self.others])
