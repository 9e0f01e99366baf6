"""Winograd's F(4×4, 3×3): 36 products where a convolution has 144.

It never runs where `exact` is asked for: it rounds ten times as much as a plain sum.
Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tuicnn.preview.crew import Phase
from tuicnn.preview.heads.base import ALL, Job, Operand, by_size, longest, split
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Convolve, Shape
from tuicnn.preview.weights import Weights

_INPUT = np.array(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
    np.float64,
)
_WEIGHT = np.array(
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
    np.float64,
)
_OUTPUT = np.array(
    [
        [1, 1, 1, 1, 1, 0],
        [0, 1, -1, 2, -2, 0],
        [0, 1, 1, 4, 4, 0],
        [0, 1, -1, 8, -8, 1],
    ],
    np.float64,
)
# Both axes at once: Kronecker products turn a transform into one matrix product.
INPUT = np.kron(_INPUT, _INPUT).astype(np.float32)
WEIGHT = np.kron(_WEIGHT, _WEIGHT).astype(np.float32)
OUTPUT = np.kron(_OUTPUT, _OUTPUT).astype(np.float32)

_TILES = 400_000
"""Numbers of transformed inputs and products that a worker has in its cache."""


@dataclass(frozen=True)
class Transformed:
    """A weight (O, C, 3, 3) as 36 matrices (C, O).

    Attributes:
        weight: Name of the parameter.
        shape: Its shape.
    """

    weight: str
    shape: Shape

    @property
    def size(self) -> int:
        """Numbers in it."""
        return 36 * self.shape[0] * self.shape[1]

    @property
    def room(self) -> int:
        """Numbers that each thread needs: nine matrices of some channels, and 36."""
        return 45 * self.shape[0] * self._most()

    def _most(self) -> int:
        return max(1, min(self.shape[1], 400_000 // (45 * self.shape[0])))

    def phases(
        self, weights: Weights, path: str, out: Array, rooms: Sequence[Array]
    ) -> list[Phase]:
        """Return the work that writes it."""
        outputs, channels = self.shape[:2]
        found = out.reshape(36, channels, outputs)
        key = f"{path}.{self.weight}"
        held = weights.held.get(key)
        tensor = None if held is not None else weights.tensor(key)
        parts = split(channels, -(-channels // self._most()))

        def make(block: int, worker: int) -> None:
            part = parts[block]
            count = part.stop - part.start
            nine = rooms[worker][: 9 * count * outputs].reshape(9, count, outputs)
            for tap in range(9):
                if held is not None:
                    nine[tap] = held[:, part, tap // 3, tap % 3].T
                else:
                    assert tensor is not None
                    taken = tensor.columns[part.start * 9 + tap : part.stop * 9 : 9]
                    tensor.upright(taken, tensor.factors, tensor.offsets, nine[tap])
            made = rooms[worker][nine.size : 5 * nine.size].reshape(36, -1)
            np.matmul(WEIGHT, nine.reshape(9, -1), out=made)
            found[:, part] = made.reshape(36, count, outputs)

        return [Phase(len(parts), make)]


class Winograd:
    """A 3×3 convolution of stride 1, in tiles of 4×4 outputs."""

    name = "winograd"

    extra = 0

    def __init__(self, method: Convolve, x: Shape, weight: Shape, threads: int) -> None:
        self.operands: Mapping[str, Operand] = {
            "weight": Transformed(method.weight, weight)
        }
        self.axes = method.windows
        self.samples, self.channels, self.outputs = x[0], x[1], weight[0]
        self.height, self.width = (axis.places for axis in self.axes)
        self.down, self.across = -(-self.height // 4), -(-self.width // 4)
        both = 36 * (self.channels + self.outputs)
        rows = max(1, _TILES // (both * self.across))
        # Weights that leave the cache are read once for a whole stripe.
        if 36 * self.channels * self.outputs > _TILES:
            rows = max(rows, -(-self.down // threads))
            rows = min(rows, max(1, 6 * _TILES // (both * self.across)))
        self.blocks = [
            (sample, part)
            for sample in range(self.samples)
            for part in by_size(self.down, rows, threads)
        ]
        stripe = longest([part for _, part in self.blocks])
        tiles = stripe * self.across
        self.block = 16 * tiles * self.outputs
        self.cells = (4 * stripe + 2) * (4 * self.across + 2) * self.channels
        self.products = 36 * tiles * self.outputs
        self.inputs = max(36 * tiles * self.channels, 16 * tiles * self.outputs)
        # The tiles lie where the products will be, or beyond.
        self.room = self.cells + self.inputs + max(self.inputs, self.products)
        self.room = max(self.room, self.operands["weight"].room)
        self.shared = 0

    def phases(self, job: Job) -> list[Phase]:
        """Return the transforms and products of stripes of tiles."""
        weight = job.operands["weight"].reshape(36, self.channels, self.outputs)

        def run(block: int, worker: int) -> None:
            sample, part = self.blocks[block]
            stripe = part.stop - part.start
            tiles = stripe * self.across
            room = job.rooms[worker]
            start = self.cells + self.inputs
            seen = room[start : start + 36 * tiles * self.channels]
            self._tiles(job.inputs[0][sample], part, room, seen)
            turned = room[self.cells : self.cells + seen.size]
            np.matmul(INPUT, seen.reshape(36, -1), out=turned.reshape(36, -1))
            made = room[start : start + 36 * tiles * self.outputs]
            made = made.reshape(36, tiles, self.outputs)
            np.matmul(turned.reshape(36, tiles, -1), weight, out=made)
            self._write(made, part, stripe, job, sample, room[self.cells : start])

        return [Phase(len(self.blocks), run)]

    def _tiles(self, sample: Array, part: slice, room: Array, seen: Array) -> None:
        """Copy the 6×6 cells that each tile of a stripe sees."""
        stripe = part.stop - part.start
        rows, columns = 4 * stripe + 2, 4 * self.across + 2
        cells = room[: rows * columns * self.channels]
        cells = cells.reshape(rows, columns, self.channels)
        top = 4 * part.start - self.axes[0].begin
        left = -self.axes[1].begin
        low, high = max(top, 0), min(top + rows, sample.shape[0])
        near, far = max(left, 0), min(left + columns, sample.shape[1])
        cells[: low - top] = 0
        cells[high - top :] = 0
        cells[:, : near - left] = 0
        cells[:, far - left :] = 0
        cells[low - top : high - top, near - left : far - left] = sample[
            low:high, near:far
        ]
        down, across, step = cells.strides
        seen.reshape(6, 6, stripe, self.across, self.channels)[...] = (
            np.lib.stride_tricks.as_strided(
                cells,
                (6, 6, stripe, self.across, self.channels),
                (down, across, 4 * down, 4 * across, step),
                writeable=False,
            )
        )

    def _write(
        self,
        made: Array,
        part: slice,
        stripe: int,
        job: Job,
        sample: int,
        spare: Array,
    ) -> None:
        """Turn products into outputs, and put each where it belongs."""
        flat = made.reshape(36, -1)
        turned = spare[: 16 * flat.shape[1]]
        np.matmul(OUTPUT, flat, out=turned.reshape(16, -1))
        tiles = turned.reshape(4, 4, stripe, self.across, self.outputs)
        first, stop = 4 * part.start, min(4 * part.stop, self.height)
        out = job.out[sample, first:stop]
        if len(out) == 4 * stripe and self.width == 4 * self.across:
            where = out.reshape(stripe, 4, self.across, 4, self.outputs)
            where[...] = tiles.transpose(2, 0, 3, 1, 4)
        else:
            _cut(tiles, out)
        at = (sample * self.height + first) * self.width
        job.finish(slice(at, at + (stop - first) * self.width), ALL)


def _cut(tiles: Array, out: Array) -> None:
    """Copy tiles (4, 4, down, across, C), as far as they reach, to places of a map."""
    for down in range(4):
        for across in range(4):
            where = out[down::4, across::4]
            where[...] = tiles[down, across, : len(where), : where.shape[1]]
