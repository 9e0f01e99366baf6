"""The NumPy engine: a plan's groups, one after the other, in one stretch of memory.

It never prints, and never asks the core.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np

from tuicnn.preview.blas import blas
from tuicnn.preview.crew import Crew, Token, default_threads
from tuicnn.preview.heads.base import Job
from tuicnn.preview.heads.rest import Pure
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Convolve, Shape, Touch
from tuicnn.preview.plan import Node, Plan
from tuicnn.preview.schedule import OUTSIDE, Group, Place, Schedule, whole_rows
from tuicnn.preview.statistics import Statistics
from tuicnn.preview.tail import Tail, Vectored, folds, normalisation
from tuicnn.preview.weights import Weights

Progress = Callable[[str, float], None]
"""Told a layer's path, and the share of multiplications that are done."""

Observer = Callable[[str, Array], None]
"""Told a layer's path and its output (N, C, *sizes), which it must copy to keep."""

_OBJECTS = 1_000_000
"""Bytes of Python's own objects: plans, threads, functions."""
_SMALL = 40_000
"""Numbers of smaller arrays that each thread makes."""


@dataclass(frozen=True)
class Outcome:
    """What one node did.

    Attributes:
        shape: Shape of the array that left, the batch first.
        milliseconds: Time it took.
        statistics: Of its values; None where nobody asked.
        method: How it was computed.
    """

    shape: Shape
    milliseconds: float
    statistics: Statistics | None
    method: str


class Engine(Protocol):
    """Something that can run a plan."""

    name: str

    def peak(self) -> int:
        """Return the bytes that a run will hold at most."""
        ...

    def forward(
        self,
        x: Array,
        progress: Progress | None = None,
        token: Token | None = None,
        observe: Observer | None = None,
    ) -> tuple[Array, list[Outcome]]:
        """Return the output (N, …), and what each node did."""
        ...


class NumpyEngine:
    """Runs a plan in NumPy.

    Args:
        plan: What to run.
        weights: Where its weights come from.
        threads: How many work together; None: as many as can run at once.
        exact: Whether methods that round more than a plain product are out.
        statistics: Whether mean and the like of every layer are wanted.
        observed: Whether every layer's output will be looked at.
        hold: Whether weights are kept, in the form needed, for the next run.
    """

    name = "numpy"

    def __init__(
        self,
        plan: Plan,
        weights: Weights,
        *,
        threads: int | None = None,
        exact: bool = False,
        statistics: bool = True,
        observed: bool = False,
        hold: bool = False,
    ) -> None:
        self.plan, self.weights = plan, weights
        # Weights that a person typed are few: their digits shall all count.
        self.dtype = np.dtype(np.float64 if weights.typed else np.float32)
        self.threads = threads or default_threads()
        self.statistics = statistics
        self.schedule = Schedule(
            plan, self.threads, exact, not observed, hold, weights.held
        )
        self._operands: dict[tuple[int, str], Array] = {}
        self._vectored: dict[int, Vectored] = {}
        self._hold = hold
        self._memory: Array | None = None
        self._total = max(1, plan.macs)

    def peak(self) -> int:
        """Return the bytes that a run will hold at most, the caller's input aside."""
        schedule = self.schedule
        numbers = schedule.arena + self.threads * schedule.room
        numbers += math.prod(self.plan.shape(self.plan.end))
        numbers += max(map(self._meanwhile, schedule.groups), default=0)
        if self._hold:
            numbers += sum(
                operand.size
                for group in schedule.groups
                for operand in group.head.operands.values()
            )
        return self.dtype.itemsize * numbers + self.weights.held_bytes + _OBJECTS

    def _meanwhile(self, group: Group) -> int:
        """Return the numbers that a group holds beside what is planned."""
        if isinstance(group.head, Pure):
            return group.head.held + _SMALL
        nodes = [self.plan.nodes[node] for node in group.nodes if node >= 0]
        methods = [node.operation.method for node in nodes]
        copies = max(
            (one.temporaries for one in methods if isinstance(one, Touch)), default=0
        )
        # Statistics of a part of the channels are made of a copy.
        if self.statistics and not whole_rows(group.head):
            copies = max(copies, 1)
        shapes = [
            shape for node in nodes for shape in node.operation.parameters.values()
        ]
        made = max((shape[0] + 3 * math.prod(shape[1:]) for shape in shapes), default=0)
        extra = group.head.extra + 2 * made
        return self.threads * (copies * group.head.block + _SMALL) + extra

    def forward(
        self,
        x: Array,
        progress: Progress | None = None,
        token: Token | None = None,
        observe: Observer | None = None,
    ) -> tuple[Array, list[Outcome]]:
        """Return the output, and what each node did.

        Args:
            x: (N, C, *sizes), as the plan has it.

        Raises:
            Cancelled: The token was set.
        """
        run = _Run(self, x, progress, observe)
        with (
            np.errstate(all="ignore"),
            blas().held(),
            Crew(self.threads, token) as crew,
        ):
            run.show(OUTSIDE)
            for number, group in enumerate(self.schedule.groups):
                run.group(number, group, crew)
        return run.output(), run.outcomes()

    def memory(self) -> Array:
        """Return the arena, kept from run to run if weights are."""
        if self._memory is not None:
            return self._memory
        found = np.empty(self.schedule.arena, self.dtype)
        if self._hold:
            self._memory = found
        return found

    def vectored(self, node: int, make: Callable[[], Vectored]) -> Vectored:
        """Return a node's function of channels, kept from run to run if weights are."""
        found = self._vectored.get(node)
        if found is None:
            found = make()
            if self._hold:
                self._vectored[node] = found
        return found

    def operand(self, number: int, name: str) -> Array | None:
        """Return a form of weights that was kept."""
        return self._operands.get((number, name))

    def keep(self, number: int, name: str, operand: Array) -> None:
        """Keep a form of weights for the next run."""
        self._operands[number, name] = operand


class _Run:
    """One forward pass."""

    def __init__(
        self,
        engine: NumpyEngine,
        x: Array,
        progress: Progress | None,
        observe: Observer | None,
    ) -> None:
        self.engine, self.plan, self.schedule = engine, engine.plan, engine.schedule
        self.weights, self.counted = engine.weights, engine.statistics
        self.vectored = engine.vectored
        self.x = x.astype(engine.dtype, copy=False)
        self.progress, self.observe = progress, observe
        self.arena = engine.memory()
        self.rooms = [
            np.empty(self.schedule.room, engine.dtype) for _ in range(engine.threads)
        ]
        self.found: dict[int, Outcome] = {}
        self.macs = 0

    def physical(self, place: Place, shape: Shape) -> Array:
        """Return a value as it lies in memory."""
        sizes = tuple(shape[axis] for axis in place.order)
        if place.buffer == OUTSIDE:
            return self.x.reshape(sizes)
        return self.stretch(place.buffer, math.prod(sizes)).reshape(sizes)

    def logical(self, place: Place, shape: Shape) -> Array:
        """Return a value in PyTorch's order of axes."""
        array = self.physical(place, shape)
        return array.transpose([place.order.index(axis) for axis in range(array.ndim)])

    def stretch(self, buffer: int, size: int) -> Array:
        """Return a buffer's numbers."""
        at = self.schedule.offsets[buffer]
        return self.arena[at : at + size]

    def group(self, number: int, group: Group, crew: Crew) -> None:
        """Run one group, and note what its nodes did."""
        started = perf_counter()
        path = self._path(group)
        if self.progress is not None:
            self.progress(path, self.macs / self.engine._total)
        tail = Tail(self, group)
        if isinstance(group.head, Pure):
            self._pure(group, group.head, tail, crew)
        else:
            job = self._job(number, group, path, tail, crew)
            # Our threads and BLAS's would take the cores from one another.
            blas().use(1 if group.workers > 1 else self.engine.threads)
            for phase in group.head.phases(job):
                tail.workers = min(group.workers, phase.blocks)
                crew.run(phase, group.workers)
        self._note(group, tail, perf_counter() - started)

    def _path(self, group: Group) -> str:
        return self.plan.nodes[group.nodes[0]].path if group.nodes[0] >= 0 else ""

    def _pure(self, group: Group, head: Pure, tail: Tail, crew: Crew) -> None:
        logical = [
            self.logical(place, shape)
            for place, shape in zip(group.inputs, group.shapes, strict=True)
        ]
        weights: Mapping[str, Array] = {}
        if group.nodes[0] >= 0:
            weights = self.weights_of(self.plan.nodes[group.nodes[0]])
        out = self.logical(group.out, group.shape)
        crew.run(head.run(logical, weights, out), group.workers)
        crew.run(tail.over(self.physical(group.out, group.shape)), group.workers)

    def weights_of(self, node: Node) -> dict[str, Array]:
        operation = node.operation
        return {
            name: self.engine.weights.array(f"{node.path}.{name}")
            for name in (*operation.parameters, *operation.buffers)
        }

    def _job(self, number: int, group: Group, path: str, tail: Tail, crew: Crew) -> Job:
        operands = {}
        for name, operand in group.head.operands.items():
            kept = self.engine.operand(number, name)
            if kept is None:
                if self.engine._hold:
                    kept = np.empty(operand.size, self.arena.dtype)
                    self.engine.keep(number, name, kept)
                else:
                    kept = self.stretch(group.operands[name], operand.size)
                blas().use(1)
                for phase in operand.phases(
                    self.engine.weights, path, kept, self.rooms
                ):
                    crew.run(phase)
                self._fold(group, kept)
            operands[name] = kept
        shared = self.arena[:0]
        if group.shared != OUTSIDE:
            shared = self.stretch(group.shared, group.head.shared)
        inputs = [
            self.physical(place, shape)
            for place, shape in zip(group.inputs, group.shapes, strict=True)
        ]
        out = self.physical(group.out, group.shape)
        tail.open(out)
        return Job(
            inputs,
            out,
            operands,
            shared,
            self.rooms,
            tail.finish,
            self.engine.weights,
            path,
        )

    def _fold(self, group: Group, operand: Array) -> None:
        """Multiply prepared weights by the factor of a normalisation that follows."""
        if not folds(self.plan, group, self.counted):
            return
        head = self.plan.nodes[group.nodes[0]].operation.method
        node = self.plan.nodes[group.nodes[1]]
        factor, _ = normalisation(node, self.weights_of(node))
        # Depthwise weights stand in one group, whatever the convolution's are.
        shares = head.groups if isinstance(head, Convolve) else 1
        if group.head.name == "depthwise sums":
            shares = 1
        table = operand.reshape(shares, -1, len(factor) // shares)
        table *= factor.reshape(shares, 1, -1)

    def _note(self, group: Group, tail: Tail, seconds: float) -> None:
        shares = tail.shares(seconds)
        # The head's shape is the array's own; the tail works on the same array.
        shape = self.logical(group.out, group.shape).shape
        for node, share, statistics in zip(
            group.nodes, shares, tail.statistics, strict=True
        ):
            if node < 0:
                continue
            self.found[node] = Outcome(
                shape,
                1000 * seconds * share,
                statistics if self.engine.statistics else None,
                group.head.name if node == group.nodes[0] else "in place",
            )
            self.macs += self.plan.nodes[node].operation.macs
        self.show(group.out.buffer)

    def show(self, buffer: int) -> None:
        """Show the observer every layer whose output lies in a buffer."""
        if self.observe is None:
            return
        for number, place in sorted(self.schedule.places.items()):
            if place.buffer == buffer and number >= 0 and self.plan.nodes[number].last:
                array = self.logical(place, self.plan.shape(number))
                self.observe(self.plan.nodes[number].path, array)

    def output(self) -> Array:
        """Return the network's output, in memory of its own."""
        end = self.plan.end
        place, shape = self.schedule.places[end], self.plan.shape(end)
        return np.array(self.logical(place, shape), order="C")

    def outcomes(self) -> list[Outcome]:
        """Return what each node did, those that pass a value on included."""
        entering = Outcome(self.x.shape, 0.0, None, "pass")
        for number in range(len(self.plan.nodes)):
            if number in self.found:
                continue
            value = self.plan.nodes[number].inputs[0]
            place, shape = self.schedule.places[number], self.plan.shape(number)
            source = self.found.get(value, entering)
            seen = self.logical(place, shape).shape
            self.found[number] = Outcome(seen, 0.0, source.statistics, "pass")
        return [self.found[number] for number in range(len(self.plan.nodes))]
