"""The weights of a forward pass: random ones made when asked, or values that are given.

It never opens a file: `weightfiles` does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np

from tuicnn.core.network import Network, Values
from tuicnn.core.wording import brief
from tuicnn.preview.faults import WeightsFault
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Shape
from tuicnn.preview.plan import Plan
from tuicnn.preview.random import Tensor
from tuicnn.preview.scale import Spread, spreads

_BLOCK = 2**18
"""Numbers of a random tensor that are made at a time where all are wanted in a row."""
COUNTS = ".num_batches_tracked"
"""End of the keys that PyTorch adds for itself: they are allowed, and not read."""
_SHOWN = 20
"""Mismatches that are spelled out."""


class Weights:
    """Where the numbers of every tensor of weights come from.

    Attributes:
        seed: Of the random ones.
        held: Values that are given, by key.
        typed: Whether some stand in the document, in double precision.
        shapes: Of every tensor, by key.
    """

    def __init__(
        self, plan: Plan, seed: int = 0, held: Mapping[str, Array] | None = None
    ) -> None:
        self.seed = seed
        self.held = dict(held or {})
        self.typed = any(one.dtype == np.float64 for one in self.held.values())
        self._spreads: Mapping[str, Spread] = spreads(plan)
        self.shapes: dict[str, Shape] = {key: shape for key, shape, _ in plan.tensors()}

    @property
    def held_bytes(self) -> int:
        """Memory of the values that are given."""
        return sum(array.nbytes for array in self.held.values())

    def tensor(self, key: str) -> Tensor:
        """Return a random tensor, ready to make any part of itself."""
        shape = self.shapes[key]
        # A vector is one row: neighbours in it must not share a factor.
        rows = shape[0] if len(shape) > 1 else 1
        columns = math.prod(shape) // rows
        return Tensor(self.seed, key, rows, columns, self._spreads[key])

    def array(self, key: str) -> Array:
        """Return a whole tensor of weights."""
        if key in self.held:
            return self.held[key]
        found = np.empty(self.shapes[key], np.float32)
        tensor = self.tensor(key)
        tensor.rows(0, found.reshape(len(tensor.factors), -1))
        return found

    def dtype(self, key: str) -> np.dtype[np.generic]:
        """Return the type of a tensor's numbers."""
        held = self.held.get(key)
        return np.dtype(np.float32) if held is None else held.dtype

    def blocks(self, key: str) -> Iterator[Array]:
        """Yield a tensor in its order: a random one is never made as a whole."""
        if key in self.held:
            yield np.ascontiguousarray(self.held[key])
        else:
            yield from self.tensor(key).blocks(_BLOCK)

    def tensors(self) -> Iterator[tuple[str, Array]]:
        """Yield every key and tensor, one at a time."""
        for key in self.shapes:
            yield key, self.array(key)


def from_document(network: Network, plan: Plan) -> dict[str, Array]:
    """Return the values that stand in a document, in double precision.

    Raises:
        WeightsFault: They do not fit its layers.
    """
    given = network.parameters or {}
    found = {}
    ragged = []
    for key, rows in given.items():
        try:
            found[key] = _array(rows)
        except ValueError:
            ragged.append(f"{key}: its rows have different lengths")
    if ragged:
        raise WeightsFault("the key “parameters”", tuple(ragged))
    check(plan, {key: one.shape for key, one in found.items()}, "the key “parameters”")
    return found


def _array(rows: Values) -> Array:
    # All digits that were typed are kept; the engine computes as precisely as that.
    return cast(Array, np.asarray(rows, dtype=np.float64))


def check(
    plan: Plan, shapes: Mapping[str, Shape], where: str, complete: bool = False
) -> None:
    """Refuse weights that do not fit a network; every mismatch is named.

    Args:
        shapes: Shape of each tensor that is given, by key.
        where: Where they come from, for the message.
        complete: Whether none may be missing.
    """
    wanted = {key: shape for key, shape, _ in plan.tensors()}
    lines = [
        f"{key}: expected {_spelled(wanted[key])}, found {_spelled(shape)}"
        for key, shape in shapes.items()
        if key in wanted and tuple(shape) != wanted[key]
    ]
    lines += [
        f"{brief(key)}: no layer has this parameter"
        for key in shapes
        if key not in wanted and not key.endswith(COUNTS)
    ]
    if complete:
        lines += [
            f"{key}: missing, expected {_spelled(shape)}"
            for key, shape in wanted.items()
            if key not in shapes
        ]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"and {len(lines) - _SHOWN:,} more"]
    if lines:
        raise WeightsFault(where, tuple(lines))


def _spelled(shape: Shape) -> str:
    return "×".join(map(str, shape)) if shape else "a single number"
