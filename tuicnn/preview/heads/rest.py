"""Heads of everything that is no convolution: sums, pools, merges and pure functions.

It never multiplies by a convolution's weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from tuicnn.preview.crew import Phase
from tuicnn.preview.heads.base import (
    ALL,
    CACHE,
    LARGEST,
    Job,
    Level,
    Operand,
    Plainly,
    by_size,
    longest,
)
from tuicnn.preview.heads.convolve import cut, product
from tuicnn.preview.kernels import merge, window
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import (
    Concat,
    Merge,
    Paint,
    Plain,
    Rows,
    Shape,
    Share,
    Weigh,
)


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


class Painting:
    """A transposed convolution: every cell of the kernel paints all patches at once."""

    name = "patches"
    shared = 0

    extra = 0

    def __init__(self, method: Paint, x: Shape, weight: Shape, threads: int) -> None:
        self.operands: Mapping[str, Operand] = {"weight": Level("weight", weight)}
        self.method, self.channels = method, x[1]
        self.each, self.kernel = weight[1], math.prod(weight[2:])
        self.cells = math.prod(x[2:])
        most = max(8, CACHE * 2 // self.cells)
        parts = by_size(self.each, most, threads)
        self.blocks = [
            (sample, group, part)
            for sample in range(x[0])
            for group in range(method.groups)
            for part in parts
        ]
        self.room = self.cells * longest(parts)
        self.block = math.prod(axis.size for axis in method.windows) * longest(parts)
        self.inputs = self.channels // method.groups

    def phases(self, job: Job) -> list[Phase]:
        """Return the products and sums of blocks of output channels."""
        weight = job.operands["weight"].reshape(
            self.method.groups, self.inputs, self.kernel, self.each
        )

        def run(block: int, worker: int) -> None:
            sample, group, part = self.blocks[block]
            x = job.inputs[0][sample].reshape(-1, self.method.groups, self.inputs)
            first = group * self.each
            across = slice(first + part.start, first + part.stop)
            out = job.out[sample][..., across]
            self._paint(x[:, group], weight[group, ..., part], out, job.rooms[worker])
            count = math.prod(job.out.shape[1:-1])
            job.finish(slice(sample * count, (sample + 1) * count), across)

        return [Phase(len(self.blocks), run)]

    def _paint(self, x: Array, weight: Array, out: Array, room: Array) -> None:
        axes = self.method.windows
        out[...] = 0
        patch = room[: self.cells * out.shape[-1]].reshape(self.cells, -1)
        places = window.places(axes)
        number = -1
        done: tuple[int, ...] = ()
        for tap in window.taps(axes, 0, axes[0].places):
            index = 0
            for axis, at in zip(axes, tap.cell, strict=True):
                index = index * axis.kernel + at
            if index != number or not done:
                np.matmul(x, weight[:, index], out=patch)
            number, done = index, tap.cell
            where = out[tap.seen]
            np.add(where, patch.reshape(*places, -1)[tap.out], out=where)


class RowBlocks(Plainly):
    """An operation that makes rows of one sample from rows."""

    def __init__(self, method: Rows, output: Shape, threads: int) -> None:
        super().__init__("rows")
        self.method = method
        self.rows, self.line = output[2], math.prod(output[3:])
        most = max(1, CACHE // 3 // max(1, self.line * output[1]))
        self.blocks = [
            (sample, part)
            for sample in range(output[0])
            for part in by_size(
                self.rows, most, threads, self.line * output[1] * method.reach / 4
            )
        ]
        rows = longest([part for _, part in self.blocks])
        self.block = rows * self.line * output[1]

    def phases(self, job: Job) -> list[Phase]:
        """Return the rows, in blocks."""

        def run(block: int, worker: int) -> None:
            sample, part = self.blocks[block]
            self.method.make(job.inputs[0][sample], part.start, job.out[sample, part])
            first = sample * self.rows * self.line
            rows = slice(first + part.start * self.line, first + part.stop * self.line)
            job.finish(rows, ALL)

        return [Phase(len(self.blocks), run)]


class Copy(Plainly):
    """The input as it is, or a share of its channels; what follows touches it."""

    def __init__(self, x: Shape, threads: int, taken: Share | None = None) -> None:
        super().__init__("in place" if taken is None else "copy")
        self.taken = slice(None) if taken is None else slice(taken.first, taken.stop)
        width = x[1] if len(x) > 1 else 1
        count = math.prod(x) // max(1, width)
        self.parts = by_size(
            count, max(1, CACHE // 4 // max(1, width)), threads, width / 3
        )
        self.block = longest(self.parts) * width

    def phases(self, job: Job) -> list[Phase]:
        """Return the copies of blocks; none where the output is the input."""
        x, out = job.inputs[0], job.out
        same = x.__array_interface__["data"] == out.__array_interface__["data"]
        # Where the axes lie otherwise than was thought, rows are still rows.
        source = x.reshape(-1, x.shape[-1])

        def run(block: int, worker: int) -> None:
            part = self._scaled(block, len(source))
            if not same:
                job.table[part] = source[part, self.taken]
            job.finish(part, ALL)

        return [Phase(len(self.parts), run)]

    def _scaled(self, block: int, count: int) -> slice:
        parts = len(self.parts)
        return slice(count * block // parts, count * (block + 1) // parts)


class Merging(Plainly):
    """Several arrays of one shape, or gates of one number a channel, become one."""

    def __init__(self, method: Merge, output: Shape, threads: int) -> None:
        super().__init__("merge")
        self.kind = method.kind
        self.count = math.prod(output[2:])
        most = max(1, CACHE // 4 // output[1])
        self.blocks = [
            slice(sample * self.count + part.start, sample * self.count + part.stop)
            for sample in range(output[0])
            for part in by_size(self.count, most, threads, output[0] * output[1] / 3)
        ]
        self.block = longest(self.blocks) * output[1]

    def phases(self, job: Job) -> list[Phase]:
        """Return the merges of blocks of positions."""
        width = job.out.shape[-1]
        tables = [one.reshape(-1, width) for one in job.inputs]

        def run(block: int, worker: int) -> None:
            rows = self.blocks[block]
            out = job.table[rows]
            parts = [self._part(table, rows, len(job.table)) for table in tables]
            merge.merge_all(self.kind, parts, out)
            job.finish(rows, ALL)

        return [Phase(len(self.blocks), run)]

    def _part(self, table: Array, rows: slice, count: int) -> Array:
        if len(table) == count:
            return table[rows]
        sample = rows.start // self.count
        return table[sample : sample + 1]


class Lining(Plainly):
    """Arrays are copied beside one another, along their channels."""

    def __init__(self, method: Concat, output: Shape, threads: int) -> None:
        super().__init__("copy")
        count = output[0] * math.prod(output[2:])
        self.blocks = by_size(
            count, max(1, CACHE // 2 // output[1]), threads, output[1] / 3
        )
        self.block = longest(self.blocks) * output[1]

    def phases(self, job: Job) -> list[Phase]:
        """Return the copies of blocks of positions."""
        tables = [one.reshape(-1, one.shape[-1]) for one in job.inputs]

        def run(block: int, worker: int) -> None:
            rows, at = self.blocks[block], 0
            for table in tables:
                width = table.shape[1]
                job.table[rows, at : at + width] = table[rows]
                at += width
            job.finish(rows, ALL)

        return [Phase(len(self.blocks), run)]


class Pure(Plainly):
    """A pure function of arrays in PyTorch's order, perhaps of parts of an axis."""

    def __init__(self, method: Plain, output: Shape, threads: int) -> None:
        super().__init__("function")
        self.method = method
        self.parts = [ALL]
        axis = method.axis
        if axis is not None:
            each = max(1, math.prod(output) // output[axis])
            most = max(1, CACHE // each)
            self.parts = by_size(output[axis], most, threads)
        share = math.prod(output)
        if axis is not None:
            workers = min(threads, len(self.parts))
            share = share // output[axis] * longest(self.parts) * workers
        self.held = share * method.factor

    def run(
        self, logical: Sequence[Array], weights: Mapping[str, Array], out: Array
    ) -> Phase:
        """Return the work on whole arrays, or on parts of an axis."""
        axis = self.method.axis

        def run(block: int, worker: int) -> None:
            if axis is None:
                out[...] = self.method.compute(logical, weights)
                return
            part = (ALL,) * axis + (self.parts[block],)
            arrays = [one[part] for one in logical]
            out[part] = self.method.compute(arrays, self._own(weights, block))

        return Phase(len(self.parts), run)

    def _own(self, weights: Mapping[str, Array], block: int) -> Mapping[str, Array]:
        """Return the weights of a part: those of its channels, where each has some."""
        if not self.method.channelwise:
            return weights
        return {name: one[self.parts[block]] for name, one in weights.items()}

    def phases(self, job: Job) -> list[Phase]:
        """Return nothing: it works on logical arrays."""
        raise NotImplementedError
