"""What is printed for people: no line of prose is wider than a terminal.

Tables may be, where their cells force it, and so may a path that nothing can break.
"""

from __future__ import annotations

import json
from random import Random

import pytest

from tests.breaking import broken
from tests.core.test_diagnostics import EXAMPLES
from tests.documents import PRESETS, as_text, preset_report, text_of
from tests.long import LONG, long_or
from tests.pasted import CASES
from tests.program import Outcome, assert_no_traceback, run
from tuicnn.cli import output
from tuicnn.core.report import Report, Row
from tuicnn.core.why import numbers

WIDTH = 80


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is written be read by a person: pipes have lines of any length."""
    monkeypatch.setattr(output, "read_by_a_person", lambda _: True)


UNBROKEN = 60
"""Characters of a word, such as a path, that is printed whole."""

STUDIES = ("check", "explain", "inputs", "ledger", "symbolic", "budget", "lens",
           "counts", "convert")  # fmt: skip
"""Commands that take a SOURCE and print no table without limit."""

CHOSEN = [
    "alexnet", "resnet50", "unet", "dcgan-generator", "lasagne-mnist", "conv3d-video",
    "shufflenet-v2-x1-0", "matlab-2-6-1",
]  # fmt: skip
NAMES = long_or(CHOSEN, list(PRESETS))


def assert_narrow(outcome: Outcome, *, err_only: bool = False) -> None:
    """Assert that what was printed fits, but for what nothing can break.

    Args:
        err_only: Whether standard output is a document, which is no prose.
    """
    assert_no_traceback(outcome)
    lines = outcome.err.splitlines()
    # A failure is one line, as every program of the shell has it; hints are wrapped.
    lines = [one for one in lines if not one.startswith("tuicnn: ")]
    if not err_only:
        lines += outcome.out.splitlines()
    wide = [line for line in lines if len(line) > WIDTH and not _forced(line)]
    assert not wide, "\n".join(wide)


def _forced(line: str) -> bool:
    return max(map(len, line.split())) > UNBROKEN


def without_table(outcome: Outcome) -> Outcome:
    """Return an outcome without its first table: what stands around a rule."""
    lines = outcome.out.splitlines()
    rules = [at for at, line in enumerate(lines) if line.strip().startswith("─")]
    if not rules:
        return outcome
    end = next((at for at in range(rules[0], len(lines)) if not lines[at]), len(lines))
    left = [*lines[: rules[0] - 1], *lines[end:]]
    return outcome._replace(out="\n".join(left))


def rows_of(report: Report) -> list[Row]:
    """Return a row of each type of layer; some hundred in the long version."""
    if LONG:
        return list(report.rows[:: 1 + len(report.rows) // 100])
    return list({row.layer.type: row for row in reversed(report.rows)}.values())


@pytest.mark.parametrize("command", STUDIES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_told_of_a_preset_fits_a_terminal(command: str, name: str) -> None:
    assert_narrow(run(command, name))


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_around_a_table_fits_a_terminal(name: str) -> None:
    assert_narrow(without_table(run("summary", name)))
    for other in (name, "lenet5"):
        assert_narrow(without_table(run("compare", name, other)))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_told_of_a_layer_and_a_number_fits_a_terminal(name: str) -> None:
    report = preset_report(name)
    for row in rows_of(report):
        for command in ("explain", "lens"):
            assert_narrow(run(command, name, row.path))
    draw = Random(name)
    for row in (None, *rows_of(report)):
        every = numbers(report, row)
        some = draw.sample(every, min(long_or(2, 4), len(every)))
        path = () if row is None else (row.path,)
        for number in some:
            depth = ("--depth", str(draw.choice((0, 1, 3, 99))))
            asked = ("--number", number.quantity, *draw.choice(((), depth)))
            assert_narrow(run("explain", name, *path, *asked))


@pytest.mark.parametrize("name", ["lasagne-mnist", "image-to-map", "two-conv-32"])
def test_what_is_offered_fits_a_terminal(name: str) -> None:
    for target in ("halve", "keep", "[1,100,50]", "_x39x39", "[7]"):
        assert_narrow(run("solve", name, "--target", target))
    assert_narrow(run("budget", name, "--parameters", "500"))
    for kind in ("linear-to-conv", "separate", "pool-to-stride"):
        assert_narrow(run("convert", name, kind))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_told_of_a_pasted_error_fits_a_terminal(case) -> None:
    text = text_of(case.entering, *case.layers)
    assert_narrow(run("explain", "-", "--error", case.words, stdin=text))
    assert_narrow(run("explain", "lenet5", "--error", case.words))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.code.code)
def test_what_is_told_of_each_problem_fits_a_terminal(example) -> None:
    code = example.code.code
    assert_narrow(run("check", "-", stdin=example.text))
    assert_narrow(run("check", "--fix", code, "-", stdin=example.text), err_only=True)
    assert_narrow(run("explain", "-", stdin=example.text))


@pytest.mark.parametrize("seed", range(long_or(8, 400)))
def test_what_is_told_of_a_broken_network_fits_a_terminal(seed: int) -> None:
    text = as_text(broken(Random(seed)))
    for command in STUDIES:
        assert_narrow(run(command, "-", stdin=text))
    assert_narrow(without_table(run("summary", "-", stdin=text)))
    (entry,) = json.loads(run("check", "--json", "-", stdin=text).out)
    for code in {one["code"] for one in entry["diagnostics"]}:
        assert_narrow(run("check", "--fix", code, "-", stdin=text), err_only=True)


def test_an_empty_network_and_long_words_fit_a_terminal() -> None:
    title = "A network whose title goes on and on, as some do " * 4
    name = "a name that is as long as a name may be, with blanks, so to say"
    conv = {"type": "conv2d", "name": name, "out_channels": 8, "kernel_size": 3}
    block = {"type": "block", "name": f"{name}s"[1:], "layers": [conv], "repeat": 2}
    for layers in ((), (conv,), (block,), ({**conv, "stride": 0},)):
        text = text_of((3, 28, 28), *layers, title=title, description=title)
        for command in STUDIES:
            assert_narrow(run(command, "-", stdin=text))
        assert_narrow(without_table(run("summary", "-", stdin=text)))


def test_a_line_that_is_too_wide_is_seen() -> None:
    with pytest.raises(AssertionError):
        assert_narrow(Outcome(0, "word " * 20, ""))
    with pytest.raises(AssertionError):
        assert_narrow(Outcome(0, "", "word " * 20))
    assert_narrow(Outcome(0, "word " * 16, "x" * 90))
