"""Fixes: each mends what it is offered for, and nothing is worse than before."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.breaking import broken
from tests.cases import NETWORK_REFUSALS, REFUSALS
from tests.core.test_diagnostics import EXAMPLES, Example
from tests.core.test_rules import alone
from tests.documents import PRESETS, preset_report, report_of_text, text_of
from tests.long import long_or
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.edits import Replace
from tuicnn.core.fixes import FINDERS, Fixes, Remedy, fixes_of
from tuicnn.core.fixes.trial import Trial
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
    Code.BLANK_NAME,
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
    renames = problem.code in (
        Code.DUPLICATE_NAME,
        Code.AMBIGUOUS_SKIP,
        Code.BLANK_NAME,
    )
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
    report = alone(case.layer, *case.entering)
    assert check_all(report)[1] == 0


@pytest.mark.parametrize("case", NETWORK_REFUSALS, ids=str)
def test_every_refusal_of_a_structure_has_fixes(case: object) -> None:
    report = check(read_value(case.document).network)
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


COUNT = long_or(250, 5_000)
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


def two_maps(**fields: object) -> Report:
    """Return the report of a convolution above a linear layer that expects 99."""
    conv = {"type": "conv2d", "name": "c", "out_channels": 4, "kernel_size": 3}
    return report_of_text(
        text_of(
            (3, 9, 9),
            conv | fields,
            {"type": "flatten", "name": "f"},
            {"type": "linear", "name": "fc", "in_features": 99, "out_features": 5},
            {"type": "conv1d", "name": "x", "out_channels": 1, "kernel_size": 1},
        )
    )


def remedy(report: Report, path: str, **fields: object) -> Remedy:
    """Return the fix that sets fields of a layer, whatever comes of it."""
    row = report.row(path)
    assert row is not None
    new = row.layer.changed(**fields)
    return Remedy("try", Replace(row.pointer, (new,), "try"))


def test_a_fix_that_leaves_the_problem_is_not_offered() -> None:
    report = two_maps()
    (problem,) = report.diagnostics
    assert Trial(report).of(problem, remedy(report, "fc", in_features=98)) is None
    assert Trial(report).of(problem, remedy(report, "fc", bias=False)) is None


def test_a_fix_that_raises_an_error_above_is_not_offered() -> None:
    report = two_maps()
    (problem,) = report.diagnostics
    assert Trial(report).of(problem, remedy(report, "c", kernel_size=99)) is None
    assert Trial(report).of(problem, remedy(report, "c", in_channels=9)) is None


def test_an_error_that_was_covered_does_not_count() -> None:
    report = two_maps()
    (problem,) = report.diagnostics
    right = remedy(report, "fc", in_features=196)
    outcome = Trial(report).of(problem, right)
    assert outcome is not None
    assert not outcome.risky
    found = [(one.code, one.path) for one in mended(report, right).diagnostics]
    assert (Code.WRONG_RANK, "x") in found


def test_a_fix_that_breaks_an_expectation_is_not_offered() -> None:
    conv = {"type": "conv2d", "name": "c", "out_channels": 4, "kernel_size": 3}
    kept = ["parameters == 120"]  # 112 of c, four of them its bias
    text = text_of((3, 9, 9), conv, {"type": "batch_norm"}, expect=kept)
    (problem,) = report_of_text(text).diagnostics
    assert problem.code is Code.BIAS_BEFORE_NORM
    assert fixes_of(report_of_text(text), problem) == ()


def test_a_fix_that_changes_a_known_shape_is_not_safe() -> None:
    report = two_maps(stride=2, padding="same")
    (note,) = (one for one in report.diagnostics if one.code is Code.SAME_WITH_STRIDE)
    safe, other = (remedy(report, "c", padding=cells) for cells in (1, 3))
    trial = Trial(report)
    kept, changed = trial.of(note, safe), trial.of(note, other)
    assert kept is not None
    assert not kept.risky
    assert changed is None or changed.risky


def test_safe_fixes_stand_first_and_removals_last() -> None:
    report = two_maps()
    (problem,) = report.diagnostics
    found = fixes_of(report, problem)
    assert [one.safe for one in found] == sorted((one.safe for one in found),
                                                 reverse=True)  # fmt: skip
    assert found[0].title == "set in_features to 196"
    deep = report_of_text(text_of((3, 9, 9), {"type": "max_pool2d", "kernel_size": 12}))
    titles = [one.title for one in fixes_of(deep, deep.diagnostics[0])]
    assert titles[-1] == "remove max_pool2d_1"


def test_layers_below_a_layer_that_cannot_be_read_have_their_fixes() -> None:
    wrong = {"type": "relo", "name": "a"}, {"type": "reluu", "name": "b"}
    report = report_of_text(text_of((3, 9, 9), *wrong))
    for problem in report.diagnostics:
        (first, *_) = fixes_of(report, problem)
        assert first.safe
        (left,) = mended(report, first).diagnostics
        assert left.path != problem.path


def test_effort_is_bounded_where_somebody_waits() -> None:
    conv = {"type": "conv2d", "out_channels": 3, "kernel_size": 1}
    layers = [conv, {"type": "batch_norm"}] * 9
    report = report_of_text(text_of((3, 9, 9), *layers))
    fixes = Fixes(report, effort=500)
    offered = [bool(fixes.of(one)) for one in report.diagnostics]
    assert offered == sorted(offered, reverse=True)
    assert 0 < sum(offered) < len(offered)
    assert all(Fixes(report).of(one) for one in report.diagnostics)


def test_values_of_another_layout_are_turned_or_laid_out():
    linear = {"type": "linear", "name": "fc", "out_features": 3}
    given = {"fc.weight": [[1, 2, 3], [4, 5, 6]], "fc.bias": [[7], [8], [9]]}
    report = report_of_text(text_of((2,), linear, parameters=given))
    offered = {
        one.title: one.edit.apply(report.network).network.parameters
        for problem in report.diagnostics
        for one in fixes_of(report, problem)
    }
    bias, turned = given["fc.bias"], ((1, 4), (2, 5), (3, 6))
    as_read = tuple(map(tuple, bias))
    assert offered["exchange rows and columns of fc.weight"] == {
        "fc.weight": turned, "fc.bias": as_read,
    }  # fmt: skip
    assert offered["lay fc.weight out as 3×2"] == {
        "fc.weight": ((1, 2), (3, 4), (5, 6)), "fc.bias": as_read,
    }  # fmt: skip
    assert offered["lay fc.bias out as 3"]["fc.bias"] == (7, 8, 9)
    assert offered["drop the values of fc.bias"].keys() == {"fc.weight"}
