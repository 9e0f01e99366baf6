"""Layers that move numbers without changing them, and those that add or drop some.

None has a parameter.
"""

from tuicnn.core.layers.shaping.axes import (
    Flatten,
    Permute,
    Reshape,
    Unflatten,
)
from tuicnn.core.layers.shaping.edges import (
    Crop,
    Pad,
)
from tuicnn.core.layers.shaping.resize import (
    Upsample,
)
from tuicnn.core.layers.shaping.shuffle import (
    ChannelShuffle,
    PixelShuffle,
    PixelUnshuffle,
)

__all__ = [
    "ChannelShuffle",
    "Crop",
    "Flatten",
    "Pad",
    "Permute",
    "PixelShuffle",
    "PixelUnshuffle",
    "Reshape",
    "Unflatten",
    "Upsample",
]
