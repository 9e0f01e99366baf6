"""A schedule with the memory it runs in: its groups, one after the other.

It never prints, and never asks the core.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter
from typing import NamedTuple

import numpy as np

from tuicnn.preview.blas import blas
from tuicnn.preview.crew import Crew, Phase
from tuicnn.preview.group import OUTSIDE, Group, Place
from tuicnn.preview.heads.base import Job
from tuicnn.preview.heads.pure import Pure
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Convolve, Shape
from tuicnn.preview.outcome import Observer, Outcome, Progress
from tuicnn.preview.plan import Node, Plan
from tuicnn.preview.schedule import Schedule
from tuicnn.preview.tail import Tail, folds, normalisation
from tuicnn.preview.weights import Weights


class Ready(NamedTuple):
    """A group whose arrays are settled, so that it can run.

    Attributes:
        group: What it is.
        path: Path of the layer that it begins with.
        phases: The work.
        tail: What follows on each block.
        out: Its output, in PyTorch's order of axes.
    """

    group: Group
    path: str
    phases: Sequence[Phase]
    tail: Tail
    out: Array


class Execution:
    """The memory of a schedule, and its groups, made ready when they are first reached.

    Args:
        threads: How many work together.
        counted: Whether statistics of every layer are wanted.
        hold: Whether it will run again: then weights stay in the form needed, every
            group stays ready, and an input is copied to where the groups expect it.
    """

    def __init__(
        self,
        plan: Plan,
        schedule: Schedule,
        weights: Weights,
        threads: int,
        counted: bool,
        hold: bool,
    ) -> None:
        self.plan, self.schedule, self.weights = plan, schedule, weights
        self.threads, self.counted, self.hold = threads, counted, hold
        # Weights that a person typed are few: their digits shall all count.
        self.dtype = np.dtype(np.float64 if weights.typed else np.float32)
        self.arena = np.empty(schedule.arena, self.dtype)
        self.rooms = [np.empty(schedule.room, self.dtype) for _ in range(threads)]
        self.x = np.empty(plan.input if hold else 0, self.dtype)
        self.ready: dict[int, Ready] = {}
        self.macs = max(1, plan.macs)

    def forward(
        self, x: Array, crew: Crew, progress: Progress | None, observe: Observer | None
    ) -> tuple[Array, list[Outcome]]:
        """Return the output, and what each node did."""
        if self.hold:
            self.x[...] = x
        else:
            self.x = x.astype(self.dtype, copy=False)
        found: dict[int, Outcome] = {}
        done = 0
        self._show(OUTSIDE, observe)
        for number, group in enumerate(self.schedule.groups):
            if progress is not None:
                progress(self._path(group), done / self.macs)
            for node, outcome in self._run(number, group, crew):
                found[node] = outcome
                done += self.plan.nodes[node].operation.macs
            self._show(group.out.buffer, observe)
        return self._output(), self._outcomes(found)

    def physical(self, place: Place, shape: Shape) -> Array:
        """Return a value as it lies in memory."""
        sizes = tuple(shape[axis] for axis in place.order)
        if place.buffer == OUTSIDE:
            return self.x.reshape(sizes)
        return self._stretch(place.buffer, math.prod(sizes)).reshape(sizes)

    def logical(self, place: Place, shape: Shape) -> Array:
        """Return a value in PyTorch's order of axes."""
        array = self.physical(place, shape)
        return array.transpose([place.order.index(axis) for axis in range(array.ndim)])

    def _stretch(self, buffer: int, size: int) -> Array:
        """Return a buffer's numbers."""
        at = self.schedule.offsets[buffer]
        return self.arena[at : at + size]

    def _path(self, group: Group) -> str:
        return self.plan.nodes[group.nodes[0]].path if group.nodes[0] >= 0 else ""

    def _run(
        self, number: int, group: Group, crew: Crew
    ) -> Iterator[tuple[int, Outcome]]:
        """Run one group, and return what its nodes did."""
        started = perf_counter()
        ready = self.ready.get(number)
        if ready is None:
            ready = self._made_ready(group, crew)
            if self.hold:
                self.ready[number] = ready
        tail = ready.tail
        tail.begin()
        # Our threads and BLAS's would take the cores from one another.
        blas().use(1 if group.workers > 1 else self.threads)
        for phase in ready.phases:
            tail.workers = min(group.workers, phase.blocks)
            crew.run(phase, group.workers)
        return self._seen(ready, perf_counter() - started)

    def _seen(self, ready: Ready, seconds: float) -> Iterator[tuple[int, Outcome]]:
        shares = ready.tail.shares(seconds)
        # The head's shape is the array's own; the tail works on the same array.
        shape, method = ready.out.shape, ready.group.head.name
        for node, share, statistics in zip(
            ready.group.nodes, shares, ready.tail.statistics, strict=True
        ):
            if node >= 0:
                counted = statistics if self.counted else None
                yield node, Outcome(shape, 1000 * seconds * share, counted, method)
            method = "in place"

    def _made_ready(self, group: Group, crew: Crew) -> Ready:
        """Return a group with its arrays, its weights in the form its head needs."""
        path = self._path(group)
        tail = Tail(self, group)
        out = self.logical(group.out, group.shape)
        if isinstance(group.head, Pure):
            phases = self._pure(group, group.head, out, tail)
        else:
            operands = self._operands(group, path, crew)
            phases = group.head.phases(self._job(group, path, operands, tail))
        return Ready(group, path, phases, tail, out)

    def _pure(self, group: Group, head: Pure, out: Array, tail: Tail) -> list[Phase]:
        logical = [
            self.logical(place, shape)
            for place, shape in zip(group.inputs, group.shapes, strict=True)
        ]
        weights: Mapping[str, Array] = {}
        if group.nodes[0] >= 0:
            weights = self.weights_of(self.plan.nodes[group.nodes[0]])
        physical = self.physical(group.out, group.shape)
        return [head.run(logical, weights, out), tail.over(physical)]

    def weights_of(self, node: Node) -> dict[str, Array]:
        """Return the weights of a node, by name."""
        operation = node.operation
        return {
            name: self.weights.array(f"{node.path}.{name}")
            for name in (*operation.parameters, *operation.buffers)
        }

    def _operands(self, group: Group, path: str, crew: Crew) -> dict[str, Array]:
        """Return a head's forms of its weights, which all threads write."""
        found = {}
        for name, operand in group.head.operands.items():
            if self.hold:
                array = np.empty(operand.size, self.dtype)
            else:
                array = self._stretch(group.operands[name], operand.size)
            blas().use(1)
            for phase in operand.phases(self.weights, path, array, self.rooms):
                crew.run(phase)
            self._fold(group, array)
            found[name] = array
        return found

    def _job(
        self, group: Group, path: str, operands: Mapping[str, Array], tail: Tail
    ) -> Job:
        shared = self.arena[:0]
        if group.shared != OUTSIDE:
            shared = self._stretch(group.shared, group.head.shared)
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
            self.weights,
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

    def _show(self, buffer: int, observe: Observer | None) -> None:
        """Show the observer every layer whose output lies in a buffer."""
        if observe is None:
            return
        for number, place in sorted(self.schedule.places.items()):
            if place.buffer == buffer and number >= 0 and self.plan.nodes[number].last:
                array = self.logical(place, self.plan.shape(number))
                observe(self.plan.nodes[number].path, array)

    def _output(self) -> Array:
        """Return the network's output, in memory of its own."""
        end = self.plan.end
        place, shape = self.schedule.places[end], self.plan.shape(end)
        return np.array(self.logical(place, shape), order="C")

    def _outcomes(self, found: dict[int, Outcome]) -> list[Outcome]:
        """Return what each node did, those that pass a value on included."""
        entering = Outcome(self.x.shape, 0.0, None, "pass")
        for number in range(len(self.plan.nodes)):
            if number in found:
                continue
            value = self.plan.nodes[number].inputs[0]
            place, shape = self.schedule.places[number], self.plan.shape(number)
            source = found.get(value, entering)
            seen = self.logical(place, shape).shape
            found[number] = Outcome(seen, 0.0, source.statistics, "pass")
        return [found[number] for number in range(len(self.plan.nodes))]
