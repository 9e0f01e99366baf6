"""Linear layers: of many rows, as a product; of a few, weights that are soon forgotten.

They never transpose a weight: its rows are multiplied as they lie.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tuicnn.preview.crew import Phase
from tuicnn.preview.heads.base import (
    ALL,
    CACHE,
    LARGEST,
    Job,
    Level,
    Operand,
    by_size,
    longest,
)
from tuicnn.preview.heads.convolve import cut, product
from tuicnn.preview.operation import Shape, Weigh


class Table:
    """A linear layer on many rows: its weights are made once, then multiplied."""

    name = "matrix product"
    shared = 0
    room = 0

    extra = 0

    def __init__(self, method: Weigh, x: Shape, threads: int) -> None:
        shape = (method.outputs, method.features)
        self.operands: Mapping[str, Operand] = {"weight": Level("weight", shape)}
        self.method = method
        count = math.prod(x[:-1])
        self.rows, self.columns = cut(count, *shape[::-1], threads)
        self.block = longest(self.rows) * longest(self.columns)

    def phases(self, job: Job) -> list[Phase]:
        """Return the products of blocks."""
        x = job.inputs[0].reshape(-1, self.method.features)
        weight = job.operands["weight"].reshape(-1, self.method.features)
        return [product(x, weight.T, job, self.rows, self.columns)]


class Stream:
    """A linear layer on a few rows: a block of weights is made, used and forgotten."""

    name = "stream"
    shared = 0

    extra = 0

    def __init__(self, method: Weigh, x: Shape, threads: int, ready: bool) -> None:
        self.operands: Mapping[str, Operand] = {}
        self.method = method
        count = math.prod(x[:-1])
        rows = max(1, LARGEST // (count * method.features))
        if not ready:
            rows = max(1, min(CACHE // method.features, rows))
        self.parts = by_size(method.outputs, rows, threads)
        self.block = count * longest(self.parts)
        self.room = 0 if ready else longest(self.parts) * method.features

    def phases(self, job: Job) -> list[Phase]:
        """Return the making and the products of blocks of rows."""
        x = job.inputs[0].reshape(-1, self.method.features)
        key = f"{job.path}.weight"
        held = job.weights.held.get(key)
        tensor = None if held is not None else job.weights.tensor(key)

        def run(block: int, worker: int) -> None:
            part = self.parts[block]
            if held is not None:
                weight = held[part]
            else:
                assert tensor is not None
                weight = job.rooms[worker][: (part.stop - part.start) * x.shape[1]]
                weight = weight.reshape(-1, x.shape[1])
                tensor.rows(part.start, weight)
            if len(x) == 1:
                np.matmul(weight, x[0], out=job.table[0, part])
            else:
                np.matmul(x, weight.T, out=job.table[:, part])
            job.finish(ALL, part)

        return [Phase(len(self.parts), run)]
