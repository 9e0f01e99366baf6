"""Winograd's convolutions: tiles of outputs, by fewer products than a plain sum has.

It never runs where `exact` is asked for: it rounds ten times as much as a plain sum.
Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from tuicnn.preview.crew import Phase
from tuicnn.preview.heads.base import ALL, Job, Operand, by_size, longest, split
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Convolve, Shape
from tuicnn.preview.weights import Weights


class Tiling(NamedTuple):
    """The transforms of one size of tiles, both axes at once.

    Attributes:
        side: Outputs on a side of a tile.
        input: From the cells that a tile sees to as many numbers.
        weight: From the nine cells of a kernel to as many.
        output: From their products to the outputs.
    """

    side: int
    input: Array
    weight: Array
    output: Array

    @property
    def seen(self) -> int:
        """Cells on a side of what a tile sees."""
        return self.side + 2

    @property
    def taps(self) -> int:
        """Products that a tile takes for each pair of channels."""
        return self.seen**2

    @property
    def outputs(self) -> int:
        """Outputs of a tile."""
        return self.side**2


def _tiling(
    input_: Sequence[Sequence[float]],
    weight: Sequence[Sequence[float]],
    output: Sequence[Sequence[float]],
) -> Tiling:
    """Return the transforms of both axes: Kronecker products of those of one."""
    both = [np.kron(one, one).astype(np.float32) for one in (input_, weight, output)]
    return Tiling(len(output), *both)


LARGE: Final = _tiling(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
    [
        [1, 1, 1, 1, 1, 0],
        [0, 1, -1, 2, -2, 0],
        [0, 1, 1, 4, 4, 0],
        [0, 1, -1, 8, -8, 1],
    ],
)
"""F(4×4, 3×3): 36 products where a convolution has 144."""

SMALL: Final = _tiling(
    [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    [[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
    [[1, 1, 1, 0], [0, 1, -1, -1]],
)
"""F(2×2, 3×3): 16 products where a convolution has 36."""

_TILES = 800_000
"""Numbers of transformed inputs and products that a worker has in its cache."""


@dataclass(frozen=True)
class Transformed:
    """A weight (O, C, 3, 3) as a matrix (C, O) for each tap.

    Attributes:
        weight: Name of the parameter.
        shape: Its shape.
        tiling: Which tiles it is for.
    """

    weight: str
    shape: Shape
    tiling: Tiling

    @property
    def size(self) -> int:
        """Numbers in it."""
        return self.tiling.taps * self.shape[0] * self.shape[1]

    @property
    def room(self) -> int:
        """Numbers that each thread needs: for some channels, nine matrices and all."""
        return (9 + self.tiling.taps) * self.shape[0] * self._most()

    def _most(self) -> int:
        each = (9 + self.tiling.taps) * self.shape[0]
        return max(1, min(self.shape[1], 400_000 // each))

    def phases(
        self, weights: Weights, path: str, out: Array, rooms: Sequence[Array]
    ) -> list[Phase]:
        """Return the work that writes it."""
        outputs, channels = self.shape[:2]
        taps = self.tiling.taps
        found = out.reshape(taps, channels, outputs)
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
            made = rooms[worker][nine.size :][: taps * count * outputs]
            made = made.reshape(taps, -1)
            np.matmul(self.tiling.weight, nine.reshape(9, -1), out=made)
            found[:, part] = made.reshape(taps, count, outputs)

        return [Phase(len(parts), make)]


class Winograd:
    """A 3×3 convolution of stride 1, in tiles of outputs."""

    name = "winograd"
    shared = 0
    extra = 0

    def __init__(
        self, method: Convolve, x: Shape, weight: Shape, threads: int, tiling: Tiling
    ) -> None:
        self.operands: Mapping[str, Operand] = {
            "weight": Transformed(method.weight, weight, tiling)
        }
        self.axes, self.tiling = method.windows, tiling
        self.samples, self.channels, self.outputs = x[0], x[1], weight[0]
        self.height, self.width = (axis.places for axis in self.axes)
        side, taps = tiling.side, tiling.taps
        self.down, self.across = -(-self.height // side), -(-self.width // side)
        both = taps * (self.channels + self.outputs)
        rows = max(1, _TILES // (both * self.across))
        # Weights that leave the cache are read once for a whole stripe.
        if taps * self.channels * self.outputs > _TILES:
            rows = max(rows, -(-self.down // threads))
            rows = min(rows, max(1, 3 * _TILES // (both * self.across)))
        self.blocks = [
            (sample, part)
            for sample in range(self.samples)
            for part in by_size(self.down, rows, threads)
        ]
        stripe = longest([part for _, part in self.blocks])
        tiles = stripe * self.across
        self.block = tiling.outputs * tiles * self.outputs
        self.cells = (side * stripe + 2) * (side * self.across + 2) * self.channels
        self.products = taps * tiles * self.outputs
        self.inputs = max(taps * tiles * self.channels, self.block)
        # The tiles lie where the products will be, or beyond.
        self.room = self.cells + self.inputs + max(self.inputs, self.products)
        self.room = max(self.room, self.operands["weight"].room)

    def phases(self, job: Job) -> list[Phase]:
        """Return the transforms and products of stripes of tiles."""
        taps = self.tiling.taps
        weight = job.operands["weight"].reshape(taps, self.channels, self.outputs)

        def run(block: int, worker: int) -> None:
            sample, part = self.blocks[block]
            tiles = (part.stop - part.start) * self.across
            room = job.rooms[worker]
            start = self.cells + self.inputs
            seen = room[start : start + taps * tiles * self.channels]
            self._tiles(job.inputs[0][sample], part, room, seen)
            turned = room[self.cells : self.cells + seen.size].reshape(taps, -1)
            np.matmul(self.tiling.input, seen.reshape(taps, -1), out=turned)
            made = room[start : start + taps * tiles * self.outputs]
            made = made.reshape(taps, tiles, self.outputs)
            np.matmul(turned.reshape(taps, tiles, -1), weight, out=made)
            self._write(made, part, job, sample, room[self.cells : start])

        return [Phase(len(self.blocks), run)]

    def _tiles(self, sample: Array, part: slice, room: Array, seen: Array) -> None:
        """Copy the cells that each tile of a stripe sees."""
        side, each = self.tiling.side, self.tiling.seen
        stripe = part.stop - part.start
        rows, columns = side * stripe + 2, side * self.across + 2
        cells = room[: rows * columns * self.channels]
        cells = cells.reshape(rows, columns, self.channels)
        top = side * part.start - self.axes[0].begin
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
        shape = (each, each, stripe, self.across, self.channels)
        seen.reshape(shape)[...] = np.lib.stride_tricks.as_strided(
            cells,
            shape,
            (down, across, side * down, side * across, step),
            writeable=False,
        )

    def _write(
        self, made: Array, part: slice, job: Job, sample: int, spare: Array
    ) -> None:
        """Turn products into outputs, and put each where it belongs."""
        side, stripe = self.tiling.side, part.stop - part.start
        flat = made.reshape(self.tiling.taps, -1)
        turned = spare[: self.tiling.outputs * flat.shape[1]]
        np.matmul(self.tiling.output, flat, out=turned.reshape(-1, flat.shape[1]))
        tiles = turned.reshape(side, side, stripe, self.across, self.outputs)
        first, stop = side * part.start, min(side * part.stop, self.height)
        out = job.out[sample, first:stop]
        if len(out) == side * stripe and self.width == side * self.across:
            where = out.reshape(stripe, side, self.across, side, self.outputs)
            where[...] = tiles.transpose(2, 0, 3, 1, 4)
        else:
            _cut(tiles, out)
        at = (sample * self.height + first) * self.width
        job.finish(slice(at, at + (stop - first) * self.width), ALL)


def _cut(tiles: Array, out: Array) -> None:
    """Copy tiles (side, side, down, across, C), as far as they reach, to a map."""
    side = len(tiles)
    for down in range(side):
        for across in range(side):
            where = out[down::side, across::side]
            where[...] = tiles[down, across, : len(where), : where.shape[1]]
