"""Transposed convolutions: every input cell paints a patch of the output.

They never hold all patches: one cell of the kernel is painted at a time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tuicnn.preview.crew import Phase
from tuicnn.preview.heads.base import CACHE, Job, Level, Operand, by_size, longest
from tuicnn.preview.kernels import window
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Paint, Shape


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
