"""Receptive fields where outputs see unequally much, nothing, or hardly known cells."""

from __future__ import annotations

import pytest

from tests.arithmetic import assert_true
from tests.interop.networks import report_of
from tuicnn.core.sight import MOVED, SEEN, sight

Layer = dict[str, object]

# 2,000 cells in 1,031 bins: the pattern never repeats, and is known from above only.
BINS: Layer = {"type": "adaptive_avg_pool1d", "output_size": 1031}
CONV: Layer = {"type": "conv1d", "out_channels": 1, "kernel_size": 3, "padding": 1}
APART: tuple[Layer, ...] = (  # every other cell reads nothing: take those alone
    {"type": "conv_transpose1d", "out_channels": 1, "kernel_size": 1, "stride": 2},
    {"type": "crop", "cropping": [[1, 0]]},
    {"type": "max_pool1d", "kernel_size": 1, "stride": 2},
)


@pytest.mark.parametrize(
    ("layers", "seen", "moved"),
    [
        # A bin is known to lie between the cell before its place and the second behind.
        ([BINS], "2 − (−1) + 1", "2000/1031"),
        ([BINS, CONV], "4 − (−3) + 1", "2000/1031"),
        (
            [{"type": "parallel", "merge": "add", "branches": [[CONV, BINS], [BINS]]}],
            "3 − (−2) + 1",
            "2000/1031",
        ),
        (APART, "0", "1/2·2"),
    ],
    ids=["bins", "behind bins", "merged bins", "nothing"],
)
def test_what_is_seen_is_told_where_no_rule_says_it(
    layers: list[Layer], seen: str, moved: str
) -> None:
    report = report_of(*layers, entering=(1, 2000))
    row = next(
        row for row in reversed(report.rows) if row.index == report.end or row.container
    )
    field, stride = sight(report, row)
    assert (field.quantity, stride.quantity) == (f"{SEEN}length", f"{MOVED}length")
    assert field.substitution == seen
    assert stride.substitution == moved
    assert_true(field)
    assert (field.value,) == report.fields[row.index].size
    assert (stride.value,) == report.fields[row.index].stride
