"""Pure functions of arrays in PyTorch's order, whole or in parts of an axis.

Nothing follows them in the cache: what they write is read anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tuicnn.preview.crew import Phase
from tuicnn.preview.heads.base import ALL, CACHE, Job, Plainly, by_size, longest
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Plain, Shape


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
        self.held = math.prod(output) * method.factor + method.held
        if axis is not None:
            workers = min(threads, len(self.parts))
            self.held = -(-self.held // output[axis]) * longest(self.parts) * workers

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


def relaid(shape: Shape) -> Pure:
    """Return the copy of an array to another order of axes."""
    return Pure(Plain(lambda arrays, weights: arrays[0], None, 0), shape, 1)
