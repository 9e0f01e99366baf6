"""A few threads that work through blocks together, and can be stopped.

It never knows what a block is.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from queue import SimpleQueue
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from tuicnn.preview.faults import Cancelled


class Token(Protocol):
    """Something that says whether work shall stop; `threading.Event` fits."""

    def is_set(self) -> bool:
        """Whether it shall."""
        ...


class Phase(NamedTuple):
    """Blocks that may be worked on in any order; the next phase waits for all.

    Attributes:
        blocks: How many there are.
        run: Works on one: its number, and the worker's own number.
    """

    blocks: int
    run: Callable[[int, int], None]


def default_threads() -> int:
    """Return how many threads can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class Crew:
    """Worker threads, of which the calling thread is the first."""

    def __init__(self, size: int, token: Token | None = None) -> None:
        self.size = size
        self._token = token
        self._orders: list[SimpleQueue[_Task | None]] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def _hire(self, helpers: int) -> None:
        """Start threads that were not needed before."""
        for number in range(len(self._threads) + 1, helpers + 1):
            orders: SimpleQueue[_Task | None] = SimpleQueue()
            # How NumPy shall take overflows, the caller's context says.
            context = copy_context()
            thread = threading.Thread(
                target=context.run, args=(self._serve, orders, number), daemon=True
            )
            thread.start()
            self._orders.append(orders)
            self._threads.append(thread)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for orders in self._orders:
            orders.put(None)
        for thread in self._threads:
            thread.join()

    @staticmethod
    def _serve(orders: SimpleQueue[_Task | None], number: int) -> None:
        while (task := orders.get()) is not None:
            task.work(number)
            task.done.put(None)

    def run(self, phase: Phase, workers: int | None = None) -> None:
        """Work through the blocks of a phase; raise what a block raises.

        Args:
            workers: How many work on it at most; None: all.

        Raises:
            Cancelled: The token was set meanwhile.
        """
        task = _Task(phase, self._token)
        helpers = max(0, min(workers or self.size, phase.blocks) - 1)
        self._hire(helpers)
        for orders in self._orders[:helpers]:
            orders.put(task)
        try:
            task.work(0)
        finally:
            # Nobody may still write into arrays that are about to be given back.
            task.stop()
            for _ in range(helpers):
                task.done.get()
        if task.error is not None:
            raise task.error


class _Task:
    """One phase, and how far it is."""

    def __init__(self, phase: Phase, token: Token | None) -> None:
        self.phase = phase
        self.token = token
        self.done: SimpleQueue[None] = SimpleQueue()
        self.error: BaseException | None = None
        self._next: Iterator[int] = itertools.count()

    def stop(self) -> None:
        """Let nobody begin another block."""
        self._next = itertools.repeat(self.phase.blocks)

    def work(self, worker: int) -> None:
        """Work on one block after the other until none is left."""
        while (block := next(self._next)) < self.phase.blocks:
            if self.token is not None and self.token.is_set():
                self.error = Cancelled()
                return
            try:
                self.phase.run(block, worker)
            except Exception as error:  # noqa: BLE001 - raised again by `run`
                self.error = error
                self.stop()
                return
