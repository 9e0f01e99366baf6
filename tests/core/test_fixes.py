"""Fixes: each mends what it is offered for, and nothing is worse than before."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.breaking import broken
from tests.cases import NETWORK_REFUSALS, REFUSALS
from tests.core.test_diagnostics import EXAMPLES, Example
from tests.core.test_rules import alone
from tests.documents import PRESETS, preset_report, report_of_text
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.fixes import FINDERS, Fixes, Remedy, fixes_of
from tuicnn.core.layers.broken import Broken
from tuicnn.core.reading import read_text, read_value
from tuicnn.core.report import Report
from tuicnn.interop.document import to_document_text

WITHOUT = {
    Code.JSON_SYNTAX: "the text is no JSON, so there is no network to edit",
    Code.NOT_A_DOCUMENT: "the text holds no network to edit",
    Code.UNKNOWN_FORMAT: "the text holds no network that this version can edit",
}
"""Codes without a fix, and why."""

RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}

SEEN_ANYWAY = {
    Code.MISSING_KEY, Code.UNKNOWN_KEY, Code.UNKNOWN_TYPE, Code.INVALID_VALUE,
    Code.TOO_LARGE, Code.DUPLICATE_NAME, Code.UNKNOWN_SKIP, Code.AMBIGUOUS_SKIP,
}  # fmt: skip
"""What is told of a layer whether anything reaches it or not."""


def mended(report: Report, remedy: Remedy) -> Report:
    """Return the report after a fix, read back from the document that it leaves."""
    after = remedy.edit.apply(report.network).network
    reading = read_text(to_document_text(after))
    assert reading.network == after
    return check(after).of_text(to_document_text(after), reading.problems)


Places = Counter[tuple[Code, str]]


def places(report: Report, called: dict[str, str] | None = None) -> Places:
    """Return how often each code stands at each path: names stay what they are.

    Args:
        called: What layers were called before a fix that renames one.
    """
    return Counter(
        (one.code, unnumbered(_once(one.path, called or {})))
        for one in report.diagnostics
    )


def _once(path: str, called: dict[str, str]) -> str:
    """Return what a path was; what cannot be read holds layers that have no row."""
    head, tail = path, ""
    while head and head not in called:
        head, _, last = head.rpartition(".")
        tail = f".{last}{tail}"
    return f"{called[head]}{tail}" if head else path


def unnumbered(path: str) -> str:
    """Return the path of a layer, without the number of a repetition."""
    return ".".join(part for part in path.split(".") if not part.isdecimal())


def covered(report: Report) -> set[str]:
    """Return the paths of layers that nothing could be said of for an error above."""
    wrong = {one.path for one in report.diagnostics if one.severity is Severity.ERROR}
    return {
        unnumbered(row.path)
        for row in report.rows
        if row.output is None and row.path not in wrong
        and not isinstance(row.layer, Broken)
    }  # fmt: skip


def assert_better(report: Report, problem: Diagnostic, remedy: Remedy) -> None:
    """Assert that a fix mends its problem, and makes nothing worse."""
    after = mended(report, remedy)
    called = {}
    renames = problem.code in (Code.DUPLICATE_NAME, Code.AMBIGUOUS_SKIP)
    if renames and len(after.rows) == len(report.rows):
        pairs = zip(after.rows, report.rows, strict=True)
        called = {new.path: old.path for new, old in pairs}
    before, now = places(report), places(after, called)
    own = (problem.code, unnumbered(problem.path))
    assert now[own] < before[own], remedy.title
    dark = covered(report)
    raised = now - before
    rank = RANK[problem.severity]
    severe = sum(RANK[one.severity] <= rank for one in report.diagnostics)
    left = sum(RANK[one.severity] <= rank for one in after.diagnostics)
    unread = isinstance(_layer_of(report, problem), Broken)
    refused = getattr(report.row(problem.path), "output", 1) is None
    for (code, path), count in raised.items():
        at_problem = path == own[1] and (
            unread or (refused and code.severity is not Severity.ERROR)
        )
        of_all = not path and bool(dark)
        hidden = code not in SEEN_ANYWAY and (path in dark or at_problem or of_all)
        if code is Code.EXPECTATION_FAILED:
            hidden = bool(dark)
        assert hidden or code.severity is not Severity.ERROR, (remedy.title, code, path)
        left -= count * (hidden and RANK[code.severity] <= rank)
    assert left < severe, remedy.title
    if remedy.safe:
        assert_kept(report, after)


def _layer_of(report: Report, problem: Diagnostic) -> object:
    rows = [row for row in report.rows if problem.pointer[: len(row.pointer)]
            == row.pointer]  # fmt: skip
    return rows[-1].layer if rows else None


def assert_kept(before: Report, after: Report) -> None:
    """Assert that every shape that was known is as it was."""
    assert before.network.input == after.network.input
    shapes = Counter(row.output for row in before.rows if row.output is not None)
    assert not shapes - Counter(row.output for row in after.rows)


def check_all(report: Report) -> tuple[int, int]:
    """Try every fix of every problem; return how many, and how many have none."""
    fixes = Fixes(report)
    offered = bare = 0
    for problem in report.diagnostics:
        found = fixes.of(problem)
        assert len(found) <= 5
        assert len({one.title for one in found}) == len(found)
        for remedy in found:
            assert_better(report, problem, remedy)
        offered += len(found)
        bare += not found and problem.severity is Severity.ERROR
    return offered, bare


@pytest.mark.parametrize("code", Code, ids=lambda one: one.code)
def test_every_code_has_fixes_or_a_reason(code: Code) -> None:
    assert (code in FINDERS) != (code in WITHOUT)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_every_example_has_one_to_five_fixes_that_mend_it(example: Example) -> None:
    if example.code in WITHOUT:
        assert read_text(example.text).network is None
        return
    report = report_of_text(example.text)
    (problem,) = report.diagnostics
    assert 1 <= len(fixes_of(report, problem)) <= 5
    check_all(report)


@pytest.mark.parametrize("case", REFUSALS, ids=str)
def test_every_refusal_of_the_table_has_fixes(case: object) -> None:
    report = alone(case.layer, *case.entering)  # type: ignore[attr-defined]
    assert check_all(report)[1] == 0


@pytest.mark.parametrize("case", NETWORK_REFUSALS, ids=str)
def test_every_refusal_of_a_structure_has_fixes(case: object) -> None:
    report = check(read_value(case.document).network)  # type: ignore[attr-defined]
    assert check_all(report)[1] == 0


@pytest.mark.parametrize("name", PRESETS)
def test_every_fix_for_a_preset_mends_it(name: str) -> None:
    check_all(preset_report(name))


def report_of(wrong: dict[str, object]) -> Report | None:
    """Return the report of a document; None where it holds no network."""
    reading = read_value(wrong)
    if reading.network is None:
        return None
    return check(reading.network).of_text("", reading.problems)


COUNT = 5_000 if "TUICNN_LONG" in os.environ else 250
"""Broken networks that are drawn."""


@pytest.mark.parametrize("seed", range(5))
def test_no_fix_for_a_broken_network_makes_it_worse(seed: int) -> None:
    draw = Random(seed)
    offered = bare = wrong = 0
    for _ in range(COUNT // 5):
        report = report_of(broken(draw))
        if report is not None:
            more, without = check_all(report)
            offered, bare = offered + more, bare + without
            wrong += sum(one.severity is Severity.ERROR for one in report.diagnostics)
    assert offered > COUNT // 5
    assert bare <= wrong // 10, f"{bare} of {wrong} errors have no fix"


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_no_fix_makes_anything_worse_whatever_is_drawn(draw: Random) -> None:
    report = report_of(broken(draw))
    if report is not None:
        check_all(report)
