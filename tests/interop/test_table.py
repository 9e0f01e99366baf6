"""The CSV: one row a layer, exact, and nothing that a spreadsheet evaluates."""

from __future__ import annotations

import csv
import io

import pytest

from tests.interop.networks import (
    PRESETS,
    broken_off,
    empty,
    hostile,
    preset,
    report_of,
    unreadable,
)
from tuicnn.core.report import Report
from tuicnn.interop.table import HEADER, to_csv


def rows(report: Report) -> list[dict[str, str]]:
    text = to_csv(report)
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_holds_exact_numbers():
    assert rows(preset("lasagne-mnist"))[0] == {
        "path": "conv1",
        "type": "conv2d",
        "settings": "32 · 5×5",
        "depth": "0",
        "container": "false",
        "input_shapes": "1x28x28",
        "output_shape": "32x24x24",
        "parameter_count": "832",
        "macs": "460800",
        "activation_bytes": "73728",
        "receptive_field": "5x5",
        "effective_stride": "1x1",
    }


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_leaves_sum_to_the_totals(path):
    report = preset(path.stem)
    leaves = [row for row in rows(report) if row["container"] == "false"]
    counted = sum(int(row["parameter_count"]) for row in leaves)
    assert counted == report.totals.parameters
    assert sum(int(row["macs"]) for row in leaves) == report.totals.macs


def test_no_hostile_text_begins_a_formula():
    report = hostile()
    found = rows(report)
    assert len(found) == len(report.rows)
    for row in found:
        for column in ("path", "type", "settings"):
            assert not row[column].startswith(("=", "+", "-", "@", "＝"))
    paths = {row["path"] for row in found}
    assert {"'=1+1", "'+cmd", "'-2", "'@SUM(A1)", "'＝1+1", "n0 --> n1"} <= paths


def test_a_stride_below_one_is_a_decimal():
    found = rows(report_of({"type": "upsample", "scale_factor": 2}))
    assert found[0]["effective_stride"] == "0.5x0.5"


def test_what_cannot_be_known_is_empty():
    below = next(row for row in rows(broken_off()) if row["path"] == "below")
    unknown = ("input_shapes", "output_shape", "receptive_field", "effective_stride")
    assert [below[column] for column in unknown] == [""] * 4
    assert below["macs"] == "0"


def test_an_empty_network_is_a_header():
    assert to_csv(empty()) == ",".join(HEADER) + "\r\n"


def test_layers_that_could_not_be_read_have_rows():
    assert [row["type"] for row in rows(unreadable())][1] == "conv9d"
