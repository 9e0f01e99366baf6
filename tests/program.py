"""The program, run in this process or in one of its own, and what came of it."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from unittest.mock import patch

from tuicnn.cli import boundary

ROOT = Path(__file__).parents[1]


class Outcome(NamedTuple):
    """What a run left behind.

    Attributes:
        status: The exit status; negative for a signal, as `subprocess` has it.
        out: Standard output.
        err: Standard error.
    """

    status: int
    out: str
    err: str


def run(*arguments: str, stdin: str | bytes = "") -> Outcome:
    """Run the command line in this process, which takes milliseconds."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    source = SimpleNamespace(buffer=io.BytesIO(data), closed=False)
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", source):
        status = boundary.run(arguments)
    for stream in (out, err):
        stream.flush()
    texts = (stream.buffer.getvalue().decode() for stream in (out, err))
    return Outcome(int(status), *texts)


def environment(**more: str) -> dict[str, str]:
    """Return what a child process needs to run this checkout, and nothing else."""
    needed = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "HOME": os.path.expanduser("~"),
    }
    return {**needed, **more}


def command(*arguments: str) -> list[str]:
    """Return the command line of a process of its own."""
    return [sys.executable, "-m", "tuicnn", *arguments]


def child(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, **variables: str
) -> Outcome:
    """Run the command line as a process of its own."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**variables),
        timeout=60,
        check=False,
    )
    streams = (
        one.decode("utf-8", "surrogateescape") for one in (done.stdout, done.stderr)
    )
    return Outcome(done.returncode, *streams)


def answer(*arguments: str, stdin: str | bytes = "") -> str:
    """Assert that a command succeeds, and return what it prints."""
    outcome = run(*arguments, stdin=stdin)
    assert outcome.status == 0, outcome.err
    return outcome.out


def refusal(*arguments: str, stdin: str | bytes = "") -> str:
    """Assert that a command line is refused in words, and return them."""
    outcome = run(*arguments, stdin=stdin)
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.startswith("tuicnn: ")
    assert_no_traceback(outcome)
    return outcome.err


def assert_no_traceback(outcome: Outcome) -> None:
    """Assert that no exception reached the user."""
    for text in outcome.out, outcome.err:
        assert "Traceback" not in text
        assert "Error(" not in text


def assert_holds(text: str, *phrases: str) -> None:
    """Assert that phrases stand in a text, one after the other, blanks aside."""
    words = " ".join(text.split())
    place = 0
    for phrase in phrases:
        found = words.find(" ".join(phrase.split()), place)
        assert found >= 0, f"{phrase!r} is not in:\n{text}"
        place = found + 1


def resident() -> int:
    """Return the bytes of memory that this process holds, garbage not counted."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGESIZE")
