"""More problems than are told: that is said, errors come first, nothing is valid."""

from __future__ import annotations

import json

import pytest

from tests.documents import report_of_text, text_of
from tests.program import run
from tests.ui.desk import desk
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Severity
from tuicnn.core.layers import Conv2d
from tuicnn.core.network import Network
from tuicnn.core.numerous import number_of, tally
from tuicnn.core.reading import read_text
from tuicnn.core.unreadable import with_unreadable
from tuicnn.interop.markdown import to_markdown
from tuicnn.ui.diagram import described

FEW = 5
LARGE = (8, 4096, 4096)
UNKNOWN = {"type": "nothing"}
WARNED = {"type": "conv2d", "out_channels": 8, "kernel_size": 1, "stride": 2}
"""It leaves cells between unread."""
WRONG = {"type": "conv1d", "out_channels": 8, "kernel_size": 1}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let five problems be told, so that a test need not make a thousand."""
    monkeypatch.setattr(limits, "DIAGNOSTICS", FEW)


def gaps(count: int) -> tuple[Conv2d, ...]:
    return (Conv2d(out_channels=8, kernel_size=1, stride=2),) * count


def unread(count: int) -> str:
    return text_of((3, 9, 9), *[UNKNOWN] * count, {"type": "relu"})


def warned(count: int, *behind: dict[str, object]) -> str:
    return text_of(LARGE, *[WARNED] * count, *behind)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("make", [unread, warned])
@pytest.mark.parametrize(("count", "shown"), [(4, "4"), (5, "5"), (6, "5+"), (9, "5+")])
def test_it_is_known_that_there_are_more(make, count, shown) -> None:
    report = report_of_text(make(count))
    assert len(report.diagnostics) == min(count, FEW)
    assert report.more == (count > FEW)
    severity = Severity.ERROR if make is unread else Severity.WARNING
    assert number_of(report) == number_of(report, severity) == shown
    assert report.valid == (make is warned)


@pytest.mark.usefixtures("few")
def test_no_number_of_warnings_hides_an_error() -> None:
    report = report_of_text(warned(9, WRONG))
    assert not report.valid
    assert report.more
    assert tally(report.diagnostics) == ["1 error", "4 warnings"]
    assert number_of(report, Severity.ERROR) == "1"
    assert number_of(report, Severity.WARNING) == "4+"
    assert report.diagnostics[-1].code is Code.WRONG_RANK  # in the document's order


@pytest.mark.usefixtures("few")
def test_a_mended_problem_uncovers_the_next() -> None:
    layers = gaps(FEW + 2)
    network = Network(name="n", input=LARGE, layers=layers)
    report = check(network)
    for mended in range(1, len(layers) + 1):
        # The same shape leaves: nothing below is looked at again if all is known.
        wide = layers[0].changed(kernel_size=2)
        network = network.changed(layers=(*[wide] * mended, *layers[mended:]))
        report = check(network, report)
        assert report.diagnostics == check(network).diagnostics
        assert len(report.diagnostics) == min(FEW, len(layers) - mended)
        assert report.more == (len(layers) - mended > FEW)


@pytest.mark.usefixtures("few")
def test_a_network_that_is_edited_says_so_too() -> None:
    network = read_text(unread(FEW + 1)).network
    assert network is not None
    assert with_unreadable(check(network)).more
    assert not with_unreadable(check(network.changed(layers=network.layers[1:]))).more


@pytest.mark.usefixtures("few")
def test_every_text_that_counts_them_says_so() -> None:
    report = report_of_text(unread(FEW + 1))
    assert to_markdown(report).endswith(
        "These are the first 5 problems; there are more.\n"
    )
    assert "5 errors, and more" in described(report, 80, 24).plain
    for command in ("summary", "explain", "export"):
        err = run(command, "-", stdin=unread(FEW + 1)).err
        assert "more than 5 problems; `tuicnn check` lists the first" in err
        assert "more than" not in run(command, "-", stdin=unread(FEW)).err


def test_check_counts_no_further_than_it_tells() -> None:
    told = "the first 1,000 problems; there are more (1,000 errors told)"
    for more, words in ((0, "1,000 errors"), (1, told), (99_000, told)):
        outcome = run("check", "-", stdin=unread(limits.DIAGNOSTICS + more))
        assert outcome.status == 1
        assert outcome.err.endswith(f": {words}\n")


def test_check_says_so_beside_the_json() -> None:
    outcome = run("check", "--json", "-", stdin=unread(limits.DIAGNOSTICS + 1))
    (entry,) = json.loads(outcome.out)
    assert len(entry["diagnostics"]) == limits.DIAGNOSTICS
    assert entry.keys() == {"source", "valid", "diagnostics"}
    assert outcome.err.endswith("the first 1,000 problems; there are more\n")
    assert run("check", "--json", "-", stdin=unread(1)).err == ""


@pytest.mark.usefixtures("few")
async def test_the_editor_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuicnn.ui.widgets.problems._SHOWN", 3)
    for count, title, state, last in (
        (FEW + 1, "3 problems (5+)", "▲ 5+ warnings", "and more than 2 others"),
        (FEW, "3 problems (5)", "▲ 5 warnings", "and 2 others"),
    ):
        network = Network(name="n", input=LARGE, layers=gaps(count))
        async with desk(network) as one:
            assert one.problems.border_title == title
            assert state in one.app.export_screenshot().replace("&#160;", " ")
            option = one.problems.get_option_at_index(3)
            assert str(option.prompt).startswith(last)
