"""The pixel ledger against the definition of windows, and against a forward pass."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.random_networks import random_network
from tests.long import long_or
from tests.preview.networks import network, preset
from tuicnn.core.check import check
from tuicnn.core.explain.ledger import explain_ledger
from tuicnn.core.explain.lines import WIDTH
from tuicnn.core.layers import MaxPool2d
from tuicnn.core.ledger import Entry, Ledger, ledger
from tuicnn.core.network import Network
from tuicnn.presets import names
from tuicnn.preview.run import Options, preview

COUNT = long_or(1, 20)
"""How many times more is tried than for CI."""

LOCAL = (
    "conv2d",
    "conv_transpose2d",
    "depthwise_conv2d",
    "max_pool2d",
    "avg_pool2d",
    "lp_pool2d",
    "adaptive_avg_pool2d",
    "upsample",
    "pad",
    "crop",
    "pixel_shuffle",
    "pixel_unshuffle",
    "relu",
    "tanh",
    "channel_shuffle",
    "permute",
)
"""Layers that read cells, and no statistics of whole maps."""


def ledger_of(net: Network) -> Ledger:
    return ledger(check(net))


def entry(found: Ledger, path: str, axis: str = "height") -> Entry:
    (one,) = (one for one in found.entries if (one.path, one.axis) == (path, axis))
    return one


def unreached(net: Network) -> list[set[int]]:
    """Return rows and columns whose values change no output, by trying each.

    A sample for each row and column: it is not a number there, and 1 elsewhere.
    """
    channels, height, width = net.input
    x = np.ones((height + width, channels, height, width), np.float32)
    for row in range(height):
        x[row, :, row, :] = np.nan
    for column in range(width):
        x[height + column, :, :, column] = np.nan
    with np.errstate(all="ignore"):
        made = preview(net, x, Options(exact=True, statistics=False)).output
    spoiled = np.isnan(made.reshape(height + width, -1)).any(axis=1)
    return [
        {row for row in range(height) if not spoiled[row]},
        {column for column in range(width) if not spoiled[height + column]},
    ]


def never(found: Ledger) -> list[set[int]]:
    assert found.never is not None
    return [
        {cell for first, last in one.spans for cell in range(first, last + 1)}
        for one in found.never
    ]


def test_the_last_row_of_224_is_never_read_by_squeezenet() -> None:
    found = ledger_of(preset("squeezenet1-0"))
    assert entry(found, "conv1").dropped == 1
    assert never(found) == [{223}, {223}]
    text = "\n".join(explain_ledger(found))
    assert "Of 224 rows, the last never reaches the output." in text


def test_cells_dropped_deep_down_stand_for_many_pixels() -> None:
    found = ledger_of(preset("conv1d-audio"))
    pool2 = entry(found, "pool2", "length")
    assert (pool2.dropped, pool2.stride, pool2.lost) == (2, 64, 128)
    assert entry(found, "pool4", "length").lost == 128 + 1024
    assert never(found) == [set(range(6848, 8000))]


def test_padding_is_dropped_before_pixels_are() -> None:
    conv1 = entry(ledger_of(preset("resnet18")), "conv1")
    assert (conv1.added, conv1.dropped, conv1.idle) == ((3, 3), 0, 1)
    assert conv1.padded == 6


def test_a_crop_is_counted_in_its_own_cells() -> None:
    layers = [{"name": "c", "type": "crop", "cropping": [[1, 2], [0, 0]]}]
    found = ledger_of(network(layers, [1, 8, 8]))
    assert entry(found, "c").cut == (1, 2)
    assert never(found) == [{0, 6, 7}, set()]


def test_a_stride_larger_than_its_window_skips_rows() -> None:
    conv = {"type": "conv2d", "out_channels": 1, "kernel_size": 1, "stride": 3}
    found = ledger_of(network([conv], [1, 8, 7]))
    assert never(found) == [{1, 2, 4, 5, 7}, {1, 2, 4, 5}]


def test_what_one_branch_drops_another_may_read() -> None:
    pool = {"type": "max_pool2d", "kernel_size": 2}
    up = {"type": "conv2d", "out_channels": 1, "kernel_size": 3, "stride": 2}
    straight = {"type": "parallel", "merge": "concat", "branches": [[pool], [up]]}
    found = ledger_of(network([straight], [1, 7, 7]))
    assert never(found) == [set(), set()]


def test_nothing_reaches_an_output_that_is_not_there() -> None:
    found = ledger_of(network([{"type": "max_pool2d", "kernel_size": 9}], [1, 4, 4]))
    assert found.never is None
    assert "Nothing reaches the output" in "\n".join(explain_ledger(found))


def test_every_cell_of_a_window_layer_is_read_padded_or_dropped() -> None:
    """By the definition: the cells that some place of the window covers."""
    seen = 0
    for seed in range(60 * COUNT):
        report = check(random_network(seed, ("conv2d", "max_pool2d", "avg_pool2d")))
        for one in ledger(report).entries:
            row = report.row(one.path)
            assert row is not None and row.effect is not None
            axis = ("height", "width").index(one.axis)
            window = row.effect.windows[axis]
            assert row.output is not None
            covered = {
                place * window.stride + tap * window.dilation - one.added.before
                for place in range(row.output[axis + 1])
                for tap in range(window.kernel)
            }
            last = max(covered)
            gap = max(0, window.stride - window.extent)
            behind = one.size - 1 - last
            assert one.dropped == (max(0, behind - gap))
            end = one.size - 1 + one.added.after
            assert one.overhang == max(0, last - end)
            assert one.idle == min(max(0, end - last), one.added.after)
            seen += one.dropped > 0
    assert seen


@pytest.mark.parametrize("part", range(4))
def test_what_never_reaches_the_output_changes_no_number_of_it(part: int) -> None:
    some = 0
    for seed in range(part, 80 * COUNT, 4):
        net = random_network(seed, LOCAL)
        found = ledger_of(net)
        tried = unreached(net)
        if found.exact:
            assert never(found) == tried, seed
        else:
            for claimed, seen in zip(never(found), tried, strict=True):
                assert claimed <= seen, seed
        some += any(tried)
    assert some


@pytest.mark.parametrize("name", names())
def test_the_ledger_of_a_preset_is_told_in_lines_that_fit(name: str) -> None:
    found = ledger_of(preset(name))
    assert found.exact
    lines = explain_ledger(found)
    assert max(map(len, lines)) <= WIDTH


def test_cells_between_windows_are_not_said_to_be_kept() -> None:
    pool = MaxPool2d(kernel_size=(2, 1), stride=(3, 1))
    report = check(Network(name="gaps", input=(1, 8, 8), layers=(pool,)))
    text = "\n".join(explain_ledger(ledger(report)))
    assert "none leaves one out at an end" in text
    assert "Of 8 rows, row 2 and row 5 never reach the output." in text
