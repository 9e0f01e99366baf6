"""Heads that write rows of positions: pools, merges and copies.

They never read a weight.
"""

from __future__ import annotations

import math

from tuicnn.preview.crew import Phase
from tuicnn.preview.heads.base import ALL, CACHE, Job, Plainly, by_size, longest
from tuicnn.preview.kernels import merge
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Concat, Merge, Rows, Shape, Share


class RowBlocks(Plainly):
    """An operation that makes rows of one sample from rows."""

    def __init__(self, method: Rows, output: Shape, threads: int) -> None:
        super().__init__("rows")
        self.method = method
        self.rows, self.line = output[2], math.prod(output[3:])
        most = max(1, CACHE // 2 // max(method.room, self.line * output[1]))
        self.blocks = [
            (sample, part)
            for sample in range(output[0])
            for part in by_size(
                self.rows, most, threads, self.line * output[1] * method.reach / 4
            )
        ]
        rows = longest([part for _, part in self.blocks])
        self.block = rows * self.line * output[1]
        self.room = rows * method.room

    def phases(self, job: Job) -> list[Phase]:
        """Return the rows, in blocks."""

        def run(block: int, worker: int) -> None:
            sample, part = self.blocks[block]
            out, room = job.out[sample, part], job.rooms[worker]
            self.method.make(job.inputs[0][sample], part.start, out, room)
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
            rows = self._rows(block, len(job.table))
            out = job.table[rows]
            parts = [self._part(table, rows, len(job.table)) for table in tables]
            merge.merge_all(self.kind, parts, out)
            job.finish(rows, ALL)

        return [Phase(len(self.blocks), run)]

    def _rows(self, block: int, count: int) -> slice:
        """Return the rows of a block, which are others where channels lie first."""
        rows, whole = self.blocks[block], self.blocks[-1].stop
        return slice(count * rows.start // whole, count * rows.stop // whole)

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
