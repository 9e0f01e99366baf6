"""Convolutions as matrix products: of positions as they are, or of copied windows.

It never holds all windows of a large map: blocks of rows stay in the cache.
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
    Operand,
    Upright,
    by_size,
    longest,
)
from tuicnn.preview.heads.border import border_count, bordered
from tuicnn.preview.kernels import window
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Convolve, Shape

_RATE = 60
"""Multiplications in a nanosecond, roughly, on one core."""
_FEW = 400
"""Positions up to which threads share the output channels, not the positions."""


class Pointwise:
    """A 1×1 convolution: positions times weights, without a copy."""

    name = "matrix product"
    shared = 0
    room = 0

    extra = 0

    def __init__(self, method: Convolve, x: Shape, weight: Shape, threads: int) -> None:
        self.operands: Mapping[str, Operand] = {
            "weight": Upright(method.weight, weight)
        }
        self.channels, self.outputs = x[1], weight[0]
        count = x[0] * math.prod(x[2:])
        self.rows, self.columns = cut(count, self.channels, self.outputs, threads)
        self.block = longest(self.rows) * longest(self.columns)

    def phases(self, job: Job) -> list[Phase]:
        """Return the products of blocks."""
        x = job.inputs[0].reshape(-1, self.channels)
        weight = job.operands["weight"].reshape(self.channels, self.outputs)
        return [product(x, weight, job, self.rows, self.columns)]


def cut(
    count: int, inputs: int, outputs: int, threads: int
) -> tuple[list[slice], list[slice]]:
    """Return the blocks of positions and of outputs of one matrix product."""
    most = max(1, LARGEST // max(1, inputs * outputs))
    if count > _FEW or outputs < 32 * threads:
        fitting = max(64, CACHE // (inputs + outputs))
        each = inputs * outputs / _RATE
        return by_size(count, min(fitting, most), threads, each), [slice(0, outputs)]
    each = count * inputs / _RATE
    across = by_size(outputs, max(16, LARGEST // max(1, count * inputs)), threads, each)
    return [slice(0, count)], across


def product(
    x: Array, weight: Array, job: Job, rows: Sequence[slice], columns: Sequence[slice]
) -> Phase:
    """Return the work of (positions, inputs) × (inputs, outputs), in blocks."""
    table = job.table

    def run(block: int, worker: int) -> None:
        down, across = rows[block // len(columns)], columns[block % len(columns)]
        np.matmul(x[down], weight[:, across], out=table[down, across])
        job.finish(down, across)

    return Phase(len(rows) * len(columns), run)


class Windows:
    """A convolution whose windows are copied, a block of rows at a time."""

    name = "windows"

    extra = 0

    def __init__(self, method: Convolve, x: Shape, weight: Shape, threads: int) -> None:
        self.operands: Mapping[str, Operand] = {
            "weight": Upright(method.weight, weight, method.groups)
        }
        self.method = method
        self.samples, self.channels, self.outputs = x[0], x[1], weight[0]
        self.axes, self.groups = method.windows, method.groups
        self.places = window.places(self.axes)
        self.line = math.prod(self.places[1:])
        self.inner = math.prod(weight[1:])
        count = self.samples * self.line * self.places[0]
        self.border = border_count(method, x)
        # Its edges are copied to and fro.
        self.extra = self.border - math.prod(x) if self.border else 0
        self.few = count <= _FEW and self.groups == 1 and self.outputs >= 32 * threads
        width = self.inner * self.groups
        most = LARGEST // max(1, self.line * self.inner * self.outputs)
        rows = max(1, min(CACHE // max(1, self.line * width), most))
        self.blocks = self._parted(rows, threads)
        rows = longest([part for _, part in self.blocks])
        self.band = 0
        if any(axis.begin or axis.end for axis in self.axes) and method.mode == "zeros":
            self.band = window.band_cells(self.axes, rows) * self.channels
        # A band may begin before the map even where nothing was asked for.
        self.band = -(-self.band // 16) * 16
        self.shared = self.border + (count * width if self.few else 0)
        self.room = self.band + (0 if self.few else rows * self.line * width)
        self.block = rows * self.line * self.outputs
        if self.few:
            self.name = "windows, shared"
            _, self.across = cut(count, self.inner, self.outputs, threads)
            self.block = count * longest(self.across)

    def _parted(self, rows: int, threads: int) -> list[tuple[int, slice]]:
        """Return the blocks: a sample, and at most that many of its rows."""
        each = self.samples * self.line * self.inner * self.outputs / _RATE
        parts = by_size(self.places[0], rows, threads, each)
        return [(sample, part) for sample in range(self.samples) for part in parts]

    def phases(self, job: Job) -> list[Phase]:
        """Return the copies and products of blocks."""
        room = job.shared[: self.border]
        x, axes, before = bordered(self.method, job.inputs[0], room)
        weight = job.operands["weight"].reshape(self.groups, self.inner, -1)
        if self.few:
            return [*before, *self._together(x, axes, weight[0], job)]

        def run(block: int, worker: int) -> None:
            sample, part = self.blocks[block]
            room = job.rooms[worker]
            count = (part.stop - part.start) * self.line
            columns = room[self.band : self.band + count * self.inner * self.groups]
            self._copy(x[sample], axes, part, room, columns)
            first = (sample * self.places[0] + part.start) * self.line
            rows = slice(first, first + count)
            self._multiply(columns, weight, job.table[rows])
            job.finish(rows, ALL)

        return [*before, Phase(len(self.blocks), run)]

    def _copy(
        self,
        sample: Array,
        axes: Sequence[window.Axis],
        part: slice,
        room: Array,
        columns: Array,
    ) -> None:
        rows = part.stop - part.start
        padded = window.band(sample, axes, part.start, part.stop, room)
        seen = window.views(padded, axes, rows)
        if self.groups == 1:
            columns.reshape(seen.shape)[...] = seen
            return
        shares = seen.reshape(*seen.shape[:-1], self.groups, -1)
        shares = np.moveaxis(shares, -2, 0)
        columns.reshape(shares.shape)[...] = shares

    def _multiply(self, columns: Array, weight: Array, out: Array) -> None:
        count = len(out)
        if self.groups == 1:
            np.matmul(columns.reshape(count, -1), weight[0], out=out)
            return
        shares = out.reshape(count, self.groups, -1).transpose(1, 0, 2)
        np.matmul(columns.reshape(self.groups, count, -1), weight, out=shares)

    def _together(
        self, x: Array, axes: Sequence[window.Axis], weight: Array, job: Job
    ) -> list[Phase]:
        """Return the copies of all windows, then products by output channels."""
        table = job.shared[self.border :].reshape(-1, self.inner)

        def copy(block: int, worker: int) -> None:
            sample, part = self.blocks[block]
            first = (sample * self.places[0] + part.start) * self.line
            count = (part.stop - part.start) * self.line
            columns = table[first : first + count]
            self._copy(x[sample], axes, part, job.rooms[worker], columns)

        everything = [slice(0, len(table))]
        return [
            Phase(len(self.blocks), copy),
            product(table, weight, job, everything, self.across),
        ]
