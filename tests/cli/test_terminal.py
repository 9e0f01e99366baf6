"""Colour on terminals that want it, plain text everywhere else."""

import os
import pty
import re
import subprocess
import termios

import pytest

from tests.documents import text_of
from tests.program import answer, assert_no_traceback, child, command, environment

ESCAPE = "\x1b"
WARNED = ("check", "alexnet")
WRONG = text_of((3, 9, 9), {"type": "linear", "name": "fc", "out_features": 4})


def on_a_terminal(*arguments: str, columns: int = 80, **variables: str) -> str:
    """Return what a command writes to a terminal of its own."""
    primary, secondary = pty.openpty()
    termios.tcsetwinsize(secondary, (24, columns))
    with subprocess.Popen(
        command(*arguments),
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env=environment(**variables),
    ) as running:
        os.close(secondary)
        read = b""
        while True:
            try:
                read += os.read(primary, 65_536)
            except OSError:  # the last writer has gone
                break
        os.close(primary)
        assert running.wait(30) == 0
    return read.decode().replace("\r\n", "\n")


def test_a_terminal_is_shown_colour():
    text = on_a_terminal(*WARNED, TERM="xterm")
    assert f"{ESCAPE}[33m" in text
    assert "dominant-linear" in text
    assert text.count(f"{ESCAPE}[0m") >= 1


def test_colour_says_nothing_that_the_words_do_not():
    plain = re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal(*WARNED, TERM="xterm"))
    assert plain == on_a_terminal(*WARNED, TERM="xterm", NO_COLOR="1")


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colour_gets_none(variables):
    assert ESCAPE not in on_a_terminal(*WARNED, **{"TERM": "xterm", **variables})


@pytest.mark.parametrize(
    "arguments",
    [["presets"], ["summary", "alexnet"], ["check", "alexnet"], ["explain", "alexnet"],
     ["export", "alexnet"], ["compare", "vgg11", "vgg13"], ["schema"], ["info"],
     ["--help"]],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_a_pipe_gets_plain_text(arguments):
    outcome = child(*arguments, TERM="xterm", COLORTERM="truecolor")
    assert outcome.status == 0
    assert ESCAPE not in outcome.out + outcome.err


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_a_table_fits_its_terminal_as_far_as_its_figures_allow(columns):
    text = on_a_terminal("summary", "alexnet", columns=columns, TERM="xterm")
    table = text.partition("\n\n")[2].partition("\n\n")[0].splitlines()
    widths = {len(line.rstrip()) for line in table}
    unlimited = max(map(len, answer("summary", "alexnet").splitlines()))
    assert max(widths) <= unlimited
    assert "37,752,832" in text
    assert columns < 90 or max(widths) <= columns


@pytest.mark.parametrize(
    "variables",
    [{"LC_ALL": "C"},
     {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
     {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}],
    ids=lambda variables: "".join(variables.values()),
)  # fmt: skip
def test_a_locale_without_unicode_ends_in_no_traceback(variables):
    for arguments in (
        ["summary", "alexnet"],
        ["explain", "alexnet", "fc6"],
        ["check", "alexnet"],
        ["export", "alexnet", "--to", "mermaid"],
        ["--help"],
    ):
        outcome = child(*arguments, **variables)
        assert outcome.status == 0, outcome.err
        assert_no_traceback(outcome)
        assert outcome.out
    outcome = child("check", "-", stdin=WRONG.encode(), **variables)
    assert outcome.status == 1
    assert "linear-on-map" in outcome.out


def test_a_stream_that_cannot_show_a_sign_keeps_the_figures():
    text = child("summary", "alexnet", PYTHONIOENCODING="latin-1").out
    assert "37,752,832" in text
    assert "-------  -----" in text  # the rule under the header
    assert "\\" not in text


def test_a_home_that_is_not_there_is_no_problem(tmp_path):
    outcome = child("info", HOME=str(tmp_path / "nowhere"))
    assert outcome.status == 0
    done = subprocess.run(
        command("summary", "lenet5"),
        capture_output=True,
        env={key: value for key, value in environment().items() if key != "HOME"},
        timeout=30,
        check=False,
    )
    assert done.returncode == 0
