"""A batch norm worked into the weights of the layer before it.

At inference a batch norm is a factor and an offset for each channel, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tuicnn.core.convert.conversion import Conversion, Recast, Splice
from tuicnn.core.convert.place import Stretch
from tuicnn.core.layers.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    DepthwiseConv2d,
)
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import BatchNorm
from tuicnn.core.proposal import Proposal

_SLIDING = (Conv1d, Conv2d, Conv3d, DepthwiseConv2d, Linear)
_PAINTING = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
_REMARK: Final = (
    "At inference the outputs stay the same: the norm's factor goes into the weights, "
    "its offset into the bias. In training they do not: the norm is gone."
)


def folded(stretch: Stretch) -> Iterator[Conversion]:
    """Yield the batch norms of a list that the layer before can take in."""
    for place, (layer, norm) in enumerate(
        zip(stretch.layers, stretch.layers[1:], strict=False)
    ):
        shapes = stretch.shapes(place)
        if shapes is None or not isinstance(norm, BatchNorm):
            continue
        painting = isinstance(layer, _PAINTING) and layer.groups == 1
        if not painting and not isinstance(layer, _SLIDING):
            continue
        if isinstance(layer, Linear) and len(shapes[1]) > 1:
            continue  # it acts on the last axis, the norm on the first
        if not norm.track_running_stats or not stretch.read_once(place):
            continue
        count = len(stretch.layers)
        order = (*range(place), layer.changed(bias=True), *range(place + 2, count))
        what = f"fold {stretch.path(place + 1)} into {stretch.path(place)}"
        heirs = ((place, place), (place + 1, place))
        splice = Splice(stretch.parent, order, what, heirs, place)
        recast = Recast(place, place, place + 1, 1 if painting else 0)
        path = stretch.path(place)
        yield Conversion("fold-norm", path, Proposal(what, splice), True, _REMARK,
                         splice, (recast,))  # fmt: skip
