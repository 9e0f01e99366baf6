"""Maps that are padded by values of their own, before a convolution reads them.

Padding by zeros is none of it: that is made block by block.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tuicnn.preview.crew import Phase
from tuicnn.preview.kernels import window
from tuicnn.preview.kernels.window import Array, Axis
from tuicnn.preview.operation import Convolve, Shape


def border_count(method: Convolve, x: Shape) -> int:
    """Return the numbers of the padded map; 0 where none is made."""
    if method.mode == "zeros":
        return 0
    sizes = (axis.size for axis in window.bordered(method.windows))
    return x[0] * x[1] * math.prod(sizes)


def bordered(
    method: Convolve, x: Array, room: Array
) -> tuple[Array, Sequence[Axis], list[Phase]]:
    """Return the map that is to be read, the windows on it, and the work before.

    Args:
        x: (N, *sizes, C).
        room: `border_count` numbers.
    """
    if method.mode == "zeros":
        return x, method.windows, []
    grown = window.bordered(method.windows)
    padded = room.reshape(len(x), *(axis.size for axis in grown), x.shape[-1])

    def pad(block: int, worker: int) -> None:
        window.border(x[block], method.windows, method.mode, padded[block])

    return padded, grown, [Phase(len(x), pad)]
