"""Exit statuses, signals, and outputs that go away."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import text_of
from tests.program import assert_no_traceback, child, command, environment, run
from tuicnn.cli import boundary
from tuicnn.errors import Exit

WRONG = text_of((3, 9, 9), {"type": "linear", "out_features": 4})


def test_0_is_for_what_is_done_and_valid():
    assert child("check", "lenet5").status == 0


def test_1_is_for_a_network_with_errors():
    for name in ("summary", "check", "explain", "export"):
        assert run(name, "-", stdin=WRONG).status == 1
    assert child("check", "-", stdin=WRONG.encode()).status == 1


def test_2_is_for_wrong_usage_and_for_unreadable_files(tmp_path):
    for arguments in (
        ["no-such-command", "x"],
        ["summary"],
        ["summary", "alexnet", "alexnet"],
        ["check", "--no-such-option", "alexnet"],
        ["explain", "alexnet", "no-such-layer"],
        ["summary", str(tmp_path)],
        ["summary", str(tmp_path / "missing.json")],
        ["summary", ""],
    ):
        outcome = run(*arguments)
        assert outcome.status == 2, arguments
        assert outcome.out == ""
        assert outcome.err.startswith("tuicnn: ")
    assert child("summary").status == 2


def interrupted(*arguments: str, when: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run a child whose standard input stays open, and interrupt it once it waits."""
    shown = "import sys, tuicnn.__main__ as m; sys.argv[0] = 'tuicnn'; "
    if when == b"ready":
        shown += "import tuicnn.files.reading as r; read = r._read_stdin\n"
        shown += "def wait(limit): print('ready', flush=True); return read(limit)\n"
        shown += "r._read_stdin = wait\n"
    running = subprocess.Popen(
        [sys.executable, "-c", f"{shown}\nm.main()", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    return subprocess.CompletedProcess(arguments, running.returncode, out, err)


@pytest.mark.parametrize("name", ["summary", "check", "explain", "export"])
def test_130_is_for_an_interrupt(name):
    done = interrupted(name, "-", when=b"ready")
    assert done.returncode == Exit.INTERRUPTED
    assert done.stdout == b""
    assert done.stderr.strip() == b"tuicnn: interrupted"


def test_an_interrupted_export_leaves_no_file(tmp_path):
    path = tmp_path / "net.json"
    done = interrupted("export", "-", "-o", str(path), when=b"ready")
    assert done.returncode == Exit.INTERRUPTED
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_modules_load_ends_quietly():
    script = (
        "import sys, signal, tuicnn.__main__ as m\n"
        "class Finder:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'tuicnn.cli.boundary': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "m.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env=environment(),
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_a_reader_that_goes_away_is_no_failure_of_ours():
    running = subprocess.Popen(
        command("export", "resnet152"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert running.stdout is not None
    assert running.stdout.readline() == b"{\n"
    running.stdout.close()
    assert running.stderr is not None
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(30) == boundary.SIGPIPE


@pytest.mark.parametrize(
    "arguments", [["presets"], ["export", "resnet152"], ["--help"]]
)
def test_a_full_disk_behind_standard_output_is_told_in_one_line(arguments):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*arguments),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=30,
            check=False,
        )
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line == f"tuicnn: the output cannot be written: {os.strerror(errno.ENOSPC)}"


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_ends_in_no_traceback(redirection):
    words = " ".join(command("summary", "lenet5"))
    done = subprocess.run(
        ["/bin/sh", "-c", f"{words} {redirection}"],
        capture_output=True,
        env=environment(),
        timeout=30,
        check=False,
    )
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
    assert b"Error" not in done.stderr


def test_a_closed_standard_input_is_refused_in_one_line():
    done = subprocess.run(
        ["/bin/sh", "-c", f"{' '.join(command('summary', '-'))} <&-"],
        capture_output=True,
        env=environment(),
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert b"standard input is closed" in done.stderr


def test_an_argument_that_is_no_text_is_refused_in_words():
    for arguments in (
        [b"summary", b"\xff\xfe"],
        [b"\xff", b"x"],
        [b"explain", b"lenet5", b"\xff"],
    ):
        done = subprocess.run(
            [*map(os.fsencode, command()), *arguments],
            capture_output=True,
            env=environment(),
            timeout=30,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith(b"tuicnn: ")
        assert b"Traceback" not in done.stderr


def test_an_argument_with_control_characters_is_shown_without_them():
    for arguments in (
        ["summary", "\x1b]0;x\x07"],
        ["\x1b[2J", "y"],
        ["explain", "lenet5", "\u202ex"],
        ["check", "\x1b[2J", "lenet5"],
        ["check", "--expect", "\x1b[2J", "lenet5"],
        ["export", "lenet5", "-o", "\x1b[2J"],
    ):
        outcome = run(*arguments)
        assert outcome.status in (1, 2)
        assert_no_traceback(outcome)
        for text in outcome.out, outcome.err:
            assert not set(text) & {"\x1b", "\x07", "\u202e"}, arguments
