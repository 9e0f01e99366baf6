"""Random numbers that follow from seed, key and position alone, faster than memory.

It never keeps a number, and draws none: any part can be made again by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from tuicnn.preview.kernels.window import Array
from tuicnn.preview.scale import Spread

Bits = NDArray[np.uint32]

_CHUNK = 131_072
"""Numbers that are made at a time: in the cache, and long enough for two threads."""


def mixed(words: Bits) -> Bits:
    """Return words whose every bit depends on all bits that enter (murmur3's end)."""
    words = words ^ (words >> np.uint32(16))
    words *= np.uint32(0x85EBCA6B)
    words ^= words >> np.uint32(13)
    words *= np.uint32(0xC2B2AE35)
    words ^= words >> np.uint32(16)
    return words


def _sequence(key: int, first: int, stop: int) -> Bits:
    steps = np.arange(first, stop, dtype=np.uint32) * np.uint32(0x9E3779B9)
    return mixed(mixed(steps + np.uint32(key & 0xFFFFFFFF)) ^ np.uint32(key >> 32))


class Tensor:
    """One random tensor as a matrix: its first axis, and all others in a row.

    The number at (row, column) is r[column] · m[row] + a[row] modulo 2³², spread evenly
    over an interval: multiply-shift hashing. Two products of vectors cost so little
    that the matrix need never exist as a whole.
    """

    def __init__(
        self, seed: int, key: str, rows: int, columns: int, spread: Spread
    ) -> None:
        digest = blake2b(f"{seed}\0{key}".encode(), digest_size=24).digest()
        keys = [int.from_bytes(digest[at : at + 8], "little") for at in (0, 8, 16)]
        self._key, self._width = keys[0], columns
        self.factors = _sequence(keys[1], 0, rows) | np.uint32(1)
        self.offsets = _sequence(keys[2], 0, rows)
        self.spread = spread

    @cached_property
    def columns(self) -> Bits:
        """What a column brings to its numbers."""
        return _sequence(self._key, 0, self._width)

    def blocks(self, most: int) -> Iterator[Array]:
        """Yield all numbers in their order, at most so many at a time."""
        step = min(most, self._width)
        rows = max(1, most // self._width)
        for first in range(0, len(self.factors), rows):
            height = min(rows, len(self.factors) - first)
            for left in range(0, self._width, step):
                part = _sequence(self._key, left, min(left + step, self._width))
                out = np.empty((height, len(part)), np.float32)
                self.rows(first, out, part)
                yield out

    def rows(self, first: int, out: Array, columns: Bits | None = None) -> None:
        """Write rows first … into (rows, columns).

        Args:
            columns: Some of `columns`, or all in another order, for such a matrix.
        """
        stop = first + len(out)
        taken = self.columns if columns is None else columns
        self._outer(
            self.factors[first:stop, None], self.offsets[first:stop, None], taken, out
        )

    def upright(self, taken: Bits, factors: Bits, offsets: Bits, out: Array) -> None:
        """Write the transpose: a row for each column taken, a column for each row.

        Args:
            taken: Some of `columns`.
            factors: Of the rows that are wanted, out of `factors`.
            offsets: Likewise.
        """
        self._outer(taken[:, None], offsets[None, :], factors, out)

    def _outer(self, a: Bits, added: Bits, b: Bits, out: Array) -> None:
        width = out.shape[1]
        rows = max(1, _CHUNK // max(1, width))
        step = min(width, _CHUNK)
        for top in range(0, len(out), rows):
            part = slice(top, min(top + rows, len(out)))
            for left in range(0, width, step):
                across = slice(left, min(left + step, width))
                where = out[part, across]
                bits = _bits_in(where)
                np.multiply(a[part], b[across], out=bits)
                # An offset goes with a row of the tensor, which may stand upright.
                offset = added[part] if len(added) > 1 else added
                bits += offset[:, across] if offset.shape[1] > 1 else offset
                self._spread_out(bits, where)

    def _spread_out(self, bits: Bits, out: Array) -> None:
        if np.may_share_memory(bits, out):
            # In a row: so NumPy sees that each word is read before it is written over.
            out.reshape(-1)[...] = bits.reshape(-1).view(np.int32)
        else:
            out[...] = bits.view(np.int32)
        out *= np.float32(self.spread.reach / 2**31)
        if self.spread.middle:
            out += np.float32(self.spread.middle)


def _bits_in(out: Array) -> Bits:
    """Return the memory of some numbers as words, or of its own where it has gaps."""
    if out.dtype == np.float32 and out.flags.c_contiguous:
        return out.view(np.uint32)
    return np.empty(out.shape, np.uint32)
