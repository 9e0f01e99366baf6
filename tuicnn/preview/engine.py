"""Engines: what can run a plan, and the one that does so in NumPy.

They never print, and never ask the core.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from tuicnn.preview.blas import blas
from tuicnn.preview.crew import Crew, Token, default_threads
from tuicnn.preview.execution import Execution
from tuicnn.preview.group import Group, whole_rows
from tuicnn.preview.heads.pure import Pure
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Touch
from tuicnn.preview.outcome import Observer, Outcome, Progress
from tuicnn.preview.plan import Plan
from tuicnn.preview.schedule import Schedule
from tuicnn.preview.weights import Weights

_OBJECTS, _NODE = 500, 4_500
"""Bytes of Python's own objects: of a pass, and of each node."""
_SMALL = 20_000
"""Numbers of smaller arrays that each thread makes."""


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
        hold: Whether memory and weights, in the form needed, are kept for the next run.
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
        self.threads = threads or default_threads()
        self.statistics, self.hold = statistics, hold
        self.schedule = Schedule(
            plan, self.threads, exact, not observed, hold, weights.held
        )
        self._kept: Execution | None = None

    def peak(self) -> int:
        """Return the bytes that a run will hold at most, the caller's input aside."""
        schedule, plan = self.schedule, self.plan
        numbers = schedule.arena + self.threads * schedule.room
        numbers += math.prod(plan.shape(plan.end))
        numbers += max(map(self._meanwhile, schedule.groups), default=0)
        if self.hold:
            numbers += math.prod(plan.input) + sum(map(self._held, schedule.groups))
        objects = _OBJECTS + _NODE * len(plan.nodes)
        size = 8 if self.weights.typed else 4
        return size * numbers + self.weights.held_bytes + objects

    def _held(self, group: Group) -> int:
        """Return the numbers that stay, of a group, for the next run."""
        operands = sum(operand.size for operand in group.head.operands.values())
        return operands + self._made(group)

    def _made(self, group: Group) -> int:
        """Return the numbers of weights that are made beside the operands."""
        return max(
            (
                shape[0] + 3 * math.prod(shape[1:])
                for node in group.nodes
                if node >= 0
                for shape in self.plan.nodes[node].operation.parameters.values()
            ),
            default=0,
        )

    def _meanwhile(self, group: Group) -> int:
        """Return the numbers that a group holds beside what is planned."""
        if isinstance(group.head, Pure):
            return group.head.held + min(_SMALL, group.head.held)
        nodes = [self.plan.nodes[node] for node in group.nodes if node >= 0]
        methods = [node.operation.method for node in nodes]
        copies = max(
            (one.temporaries for one in methods if isinstance(one, Touch)), default=0
        )
        # Statistics of a part of the channels are made of a copy.
        if self.statistics and not whole_rows(group.head):
            copies = max(copies, 1)
        extra = group.head.extra + 2 * self._made(group)
        small = min(_SMALL, 2 * group.head.block)
        return group.workers * copies * group.head.block + self.threads * small + extra

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
        execution = self._kept or self._execution()
        with (
            np.errstate(all="ignore"),
            blas().held(),
            Crew(self.threads, token) as crew,
        ):
            return execution.forward(x, crew, progress, observe)

    def _execution(self) -> Execution:
        found = Execution(
            self.plan,
            self.schedule,
            self.weights,
            self.threads,
            self.statistics,
            self.hold,
        )
        if self.hold:
            self._kept = found
        return found
