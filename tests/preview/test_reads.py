"""What a layer says it reads, against what moves its outputs when a cell is changed."""

import math

import numpy as np
import pytest

from tests.preview.networks import network
from tests.preview.settings import KINDS, settings
from tuicnn.core.check import check
from tuicnn.preview.run import Options, preview

STATISTICS = ("instance_norm", "group_norm", "layer_norm", "rms_norm", "softmax")
"""They read whole maps, which receptive fields leave out, as the literature does."""
READING = tuple(
    kind for kind in KINDS if kind not in (*STATISTICS, "layer_norm2d", "log_softmax")
)
CELLS = 160
"""The most cells of a map that is tried: each is changed once."""


def moved(layer: dict, sample: list[int]) -> np.ndarray:
    """Return which outputs each cell of a map moves: (*sizes, *output)."""
    sizes = sample[1:]
    stream = np.random.default_rng(0)
    plain = stream.uniform(0.1, 0.5, sample).astype(np.float32)
    cells = list(np.ndindex(*sizes))
    batch = np.repeat(plain[None], len(cells) + 1, axis=0)
    for number, cell in enumerate(cells):
        batch[(number, slice(None), *cell)] = 0.9  # the largest, for what keeps that
    options = Options(memory_limit=2**34)
    output = preview(network([layer], sample), batch, options).output
    differ = np.abs(output[:-1] - output[-1]) > 1e-6
    return differ.reshape(*sizes, *output.shape[1:])


def followed(layer: dict) -> bool:
    """Whether a span is meant to be what is read, to the cell, within the map."""
    if layer.get("padding_mode", "zeros") != "zeros":
        return False  # padding repeats cells of the map
    if layer["type"] == "pad":
        return layer.get("mode", "constant") == "constant"
    return True


def blended(layer: dict) -> bool:
    """Whether a neighbour may be read with no weight: a place is on a cell."""
    return "linear" in layer.get("mode", "") or layer.get("mode") == "bicubic"


CORNERS = {"type": "upsample", "size": 2, "mode": "linear", "align_corners": True}
RARE = {"upsample": [(CORNERS, [1, 5])]}
"""Settings that are seldom drawn."""


def rows(kind: str) -> list[tuple[dict, list[int]]]:
    """Return a few settings of a kind, on small maps."""
    found = [one for one in settings(kind, 60, seed=5) if followed(one[0])]
    small = [one for one in found if math.prod(one[1][1:]) <= CELLS]
    return [*small[:8], *RARE.get(kind, ())]


@pytest.mark.parametrize("kind", READING)
def test_a_layer_reads_the_cells_that_move_its_outputs(kind: str) -> None:
    cases = rows(kind)
    assert cases
    for layer, sample in cases:
        field = check(network([layer], sample)).fields[0]
        assert field is not None
        found = moved(layer, sample)
        rank = len(sample) - 1
        for number, (pattern, size) in enumerate(
            zip(field.patterns, sample[1:], strict=True)
        ):
            along = [axis for axis, one in enumerate(field.axes) if one == number]
            kept = (number, *(rank + axis for axis in along))
            others = tuple(axis for axis in range(found.ndim) if axis not in kept)
            table = found.any(axis=others).reshape(size, -1)
            for cell, reads in enumerate(table.T):
                present = np.flatnonzero(reads)
                span = pattern.span(cell)
                if not len(present):
                    continue
                assert span is not None, (layer, sample)
                hull = (present[0], present[-1])
                assert span[0] <= hull[0] and hull[1] <= span[1], (layer, sample)
                if span[0] >= 0 and span[1] < size and not blended(layer):
                    assert hull == span, (layer, sample)
