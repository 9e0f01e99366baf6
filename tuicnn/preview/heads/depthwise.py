"""Convolutions of each channel by itself: sums over windows, without a matrix.

It never copies windows: cells are read where they lie.
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

_NARROW = 256
"""Channels under which several positions are handled as one long row."""
_LONG = 8192
"""Numbers that such a row has at most."""


class Depthwise:
    """A convolution of each channel by itself."""

    name = "depthwise sums"

    def __init__(self, method: Convolve, x: Shape, weight: Shape, threads: int) -> None:
        self.operands: Mapping[str, Operand] = {
            "weight": Upright(method.weight, weight)
        }
        self.method, self.axes = method, method.windows
        self.samples, self.channels, self.outputs = x[0], x[1], weight[0]
        self.places = window.places(self.axes)
        self.kernel = tuple(weight[2:])
        self.line = math.prod(self.places[1:])
        width, cells = self.line * self.outputs, math.prod(self.kernel)
        most = LARGEST // max(1, width * cells)
        self.blocks = [
            (sample, part)
            for sample in range(self.samples)
            for part in by_size(
                self.places[0], max(1, min(CACHE // 2 // max(1, width), most)), threads
            )
        ]
        rows = longest([part for _, part in self.blocks])
        self.block = rows * width
        self.room = 0
        if any(axis.begin or axis.end for axis in self.axes):
            self.room = window.band_cells(self.axes, rows) * self.channels
        self.times = self._positions() if self.outputs == self.channels else 1
        self.extra = cells * self.outputs * self.times
        self.shared = border_count(method, x)
        if self.shared:
            self.extra += self.shared - math.prod(x)

    def _positions(self) -> int:
        """Return how many positions side by side are one row: neighbours in memory."""
        last = self.axes[-1]
        if len(self.axes) < 2 or last.stride > 1 or self.channels >= _NARROW:
            return 1
        fitting = range(1, max(1, _LONG // self.channels) + 1)
        return max(one for one in fitting if last.places % one == 0)

    def phases(self, job: Job) -> list[Phase]:
        """Return the sums of blocks of rows."""
        x, axes, before = bordered(self.method, job.inputs[0], job.shared)
        each = self.outputs // self.channels
        weight = job.operands["weight"].reshape(-1, self.channels, each)
        factors = [
            np.tile(weight[:, :, one], (1, self.times)).reshape(*self.kernel, -1)
            for one in range(each)
        ]

        def run(block: int, worker: int) -> None:
            sample, part = self.blocks[block]
            rows = part.stop - part.start
            cells = window.band(
                x[sample], axes, part.start, part.stop, job.rooms[worker]
            )
            seen = self._seen(cells, axes, rows)
            out = job.out[sample, part]
            for one, factor in enumerate(factors):
                self._sum(seen, factor, out[..., one::each])
            first = (sample * self.places[0] + part.start) * self.line
            job.finish(slice(first, first + rows * self.line), ALL)

        return [*before, Phase(len(self.blocks), run)]

    def _seen(self, cells: Array, axes: Sequence[window.Axis], rows: int) -> Array:
        """Return every window: (rows, *places, *kernel, C), neighbours as one row."""
        seen = window.views(cells, axes, rows)
        rank = len(axes)
        if self.times == 1:
            return seen
        shape, steps = list(seen.shape), list(seen.strides)
        shape[rank - 1] //= self.times
        steps[rank - 1] *= self.times
        shape[-1] *= self.times
        return np.lib.stride_tricks.as_strided(seen, shape, steps, writeable=False)

    def _sum(self, seen: Array, factor: Array, out: Array) -> None:
        rank = len(self.axes)
        places, cells = "xyz"[:rank], "ijk"[:rank]
        # Only where each input has one output do neighbours lie side by side.
        shaped = out if self.times == 1 else out.reshape(*seen.shape[:rank], -1)
        rule = f"{places}{cells}c,{cells}c->{places}c"
        np.einsum(rule, seen, factor, out=shaped)
