"""What became of a forward pass: its trace, and what was kept of one layer's output.

It never makes a pass. It imports NumPy only where values are kept, so that the editor
may import it and still start fast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuicnn.core.network import Network
from tuicnn.core.shapes import Shape

if TYPE_CHECKING:
    from tuicnn.preview.confirm import Confirmation
    from tuicnn.preview.kernels.window import Array
    from tuicnn.preview.run import Trace
    from tuicnn.ui.histogram import Tally

_CHANNELS, _SIDE = 64, 256
WHOLE: Final = _CHANNELS * _SIDE * _SIDE
"""Numbers of an activation that is kept whole."""
_FEATURES: Final = 2**18
"""Numbers of a vector that is kept whole."""


@dataclass(frozen=True, eq=False)
class Kept:
    """The output of one layer, or what of it was kept.

    Attributes:
        path: Path of the layer.
        shape: Shape of the whole output, without the batch.
        values: Its values, (C, *sizes) or (features,).
        steps: Along each axis, one of how many values was kept.
        tally: How many of those that were kept lie where.
    """

    path: str
    shape: Shape
    values: Array
    steps: Shape
    tally: Tally

    def place(self, axis: int, index: int) -> int:
        """Return where a kept index stands in the whole output."""
        return self.steps[axis] // 2 + index * self.steps[axis]

    @property
    def share(self) -> int:
        """One of how many values was kept; 1: all were."""
        return math.prod(self.steps)


@dataclass(frozen=True, eq=False)
class Passed:
    """What became of a forward pass.

    Attributes:
        network: The network that it was made for.
        confirmations: Each row of the core beside what was seen of it.
        trace: What was seen; None where no pass was made.
        failure: Why none was made, as a sentence; else empty.
        kept: The output of the layer that was asked for.
        asked: Path of that layer, whether or not its output could be kept.
        note: Why it was not kept; else empty.
        entered: What went in, as a sentence; empty for random numbers.
    """

    network: Network
    confirmations: tuple[Confirmation, ...] = ()
    trace: Trace | None = None
    failure: str = ""
    kept: Kept | None = None
    asked: str | None = None
    note: str = ""
    entered: str = ""

    @property
    def disagreement(self) -> Confirmation | None:
        """The first row in which prediction and observation differ."""
        return next((one for one in self.confirmations if not one.confirmed), None)

    def confirmation(self, path: str) -> Confirmation | None:
        """Return the row of a path."""
        return next((one for one in self.confirmations if one.path == path), None)


def kept_of(path: str, values: Array) -> Kept:
    """Return a copy of the first sample, or of so much of it as is kept."""
    from tuicnn.ui.histogram import tally

    sample = values[0]
    steps = _steps(sample.shape)
    copy = sample[tuple(slice(step // 2, None, step) for step in steps)].copy()
    return Kept(path, sample.shape, copy, steps, tally(copy))


def _steps(shape: Shape) -> Shape:
    """Return along each axis how many values stand for one, for at most `WHOLE`."""
    if len(shape) == 1:
        return (-(-shape[0] // _FEATURES),)
    if math.prod(shape) <= WHOLE:
        return (1,) * len(shape)
    side = _SIDE * _SIDE if len(shape) == 2 else _SIDE
    most = [shape[0], *(min(size, side) for size in shape[1:])]
    for axis in range(max(1, len(shape) - 2)):  # Channels; of a volume, its depth.
        if math.prod(most) > WHOLE:
            others = math.prod(most) // most[axis]
            room = _CHANNELS if axis == 0 else max(1, WHOLE // others)
            most[axis] = min(most[axis], room)
    return tuple(-(-size // kept) for size, kept in zip(shape, most, strict=True))
