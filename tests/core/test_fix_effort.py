"""How many fixes are tried and offered, and which of them needs no question."""

from __future__ import annotations

import pytest

from tests.documents import report_of_text, text_of
from tuicnn.core.fixes import Fixes

Layer = dict[str, object]

MAP = (4, 9, 9)


def kind(which: str, **fields: object) -> Layer:
    return {"type": which, "name": "x", **fields}


def conv(**fields: object) -> Layer:
    return {"type": "conv2d", "out_channels": 8, "kernel_size": 1, **fields}


@pytest.mark.parametrize("tries", range(4))
def test_what_is_left_of_the_effort_bounds_the_candidates(tries: int) -> None:
    text = text_of(MAP, kind("max_pool2d", kernel_size=12))
    report = report_of_text(text)
    (problem,) = report.diagnostics
    price = 101  # a row, and what each costs besides
    fixes = Fixes(report, effort=price * tries + price - 1)
    assert len(fixes.of(problem)) == tries
    assert fixes.left == price - 1


@pytest.mark.parametrize(("effort", "offered"), [(170, False), (171, True)])
def test_a_layer_that_cannot_be_read_costs_its_entries(
    effort: int, offered: bool
) -> None:
    wrong = {"type": "conv2", "out_channels": 1, "kernel_size": [3, 3]}
    report = report_of_text(text_of(MAP, wrong))
    fixes = Fixes(report, effort=effort)
    assert bool(fixes.of(report.diagnostics[0])) is offered


@pytest.mark.parametrize(
    ("layer", "title"),
    [(conv(in_channels=9), "set in_channels to 4"),
     (kind("conv1d", out_channels=1, kernel_size=1), None)],
)  # fmt: skip
def test_the_safe_fix_is_the_first_if_that_is_safe(
    layer: Layer, title: str | None
) -> None:
    report = report_of_text(text_of(MAP, layer))
    found = Fixes(report).safe(report.diagnostics[0])
    assert (found and found.title) == title


@pytest.mark.parametrize(("pairs", "offered"), [(999, True), (1_000, False)])
def test_no_warning_is_mended_where_problems_are_left_out(
    pairs: int, offered: bool
) -> None:
    layers = [conv(), {"type": "batch_norm"}] * pairs
    report = report_of_text(text_of(MAP, *layers))
    assert len(report.diagnostics) == pairs
    titles = Fixes(report).titles(report.diagnostics[0])
    assert titles == (("remove the bias",) if offered else ())
