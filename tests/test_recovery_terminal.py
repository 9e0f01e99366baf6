"""The editor in a real terminal, killed, stopped, broken, without a home."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.documents import preset_text
from tests.faults import LONG
from tests.home import known_to_the_system
from tests.program import ROOT, command, environment
from tests.test_terminal import Terminal
from tuicnn.errors import Exit

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is missing")

SESSIONS = 100 if LONG else 2
"""Editing sessions that are killed."""
EXPORTS = 40 if LONG else 6
"""Exports that are interrupted."""


@pytest.fixture
def terminal(tmp_path):
    found = Terminal(tmp_path)
    yield found
    found.tmux("kill-server")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "mine.json"
    path.write_text(preset_text("two-conv-32"), "utf-8")
    return path


def layers(path: Path) -> int:
    return len(json.loads(path.read_text("utf-8"))["layers"])


def kept(terminal: Terminal) -> list[int]:
    """Return how many layers each recovery file holds, if any."""
    found = (terminal.state / "tuicnn" / "recovery").glob("*.json")
    documents = [json.loads(one.read_bytes())["document"] for one in found]
    return [len(one["layers"]) for one in documents if one]


def edit(terminal: Terminal) -> None:
    terminal.edit("mine.json")
    terminal.sees("mine.json", "a Add")


def test_a_killed_session_loses_its_last_command_at_most(terminal, document) -> None:
    draw, start = Random(8), layers(document)
    text = document.read_text("utf-8")
    for _ in range(SESSIONS):
        edit(terminal)
        terminal.press("j")
        typed = draw.randrange(1, 50)
        for _ in range(typed):
            terminal.type("D")
            time.sleep(draw.choice([0, 0, 0.01, 0.05]))
        if draw.random() < 0.5:
            time.sleep(draw.uniform(0, 0.2))
        screen = terminal.screen
        terminal.signal("KILL")
        terminal.sees("status=137.")
        found = re.search(r"(\d+) layers ·", screen)
        assert found is not None, screen
        shown = int(found[1])
        terminal.tmux("respawn-pane", "-k")  # nobody has restored this terminal
        terminal.sees("READY>")
        if shown <= start + 1:  # that one command may be lost
            shutil.rmtree(terminal.state)
            continue
        terminal.edit("mine.json")
        terminal.sees("An earlier session ended")
        terminal.press("r")
        terminal.sees("● not saved")
        terminal.press("C-s")
        terminal.sees("Saved")
        terminal.misses("● not saved")
        assert start + typed >= layers(document) >= shown - 1
        terminal.press("q")
        terminal.sees("status=0.")
        assert kept(terminal) == []
        document.write_text(text, "utf-8")


@pytest.mark.parametrize("by", ["a signal", "the palette"])
def test_a_session_that_is_stopped_goes_on_where_it_was(terminal, document, by) -> None:
    edit(terminal)
    terminal.press("j", "d")
    before = terminal.sees("● not saved", "11 layers" if layers(document) > 11 else "")
    if by == "a signal":
        terminal.signal("TSTP")
    else:
        terminal.press("C-p")
        terminal.sees("Search")
        terminal.type("suspend")
        terminal.sees("Go to the shell")
        terminal.press("Down", "Enter")
    terminal.sees("Stopped")
    terminal.line('clear; echo still" "here')
    terminal.sees("still here")
    terminal.line('fg; echo "status=$?."')
    terminal.sees("● not saved", "a Add")
    terminal.misses("still here")
    terminal.misses("Go to the shell")
    assert terminal.screen.splitlines()[0] == before.splitlines()[0]
    terminal.press("u")
    terminal.misses("● not saved")
    terminal.press("q")
    terminal.is_restored(0)


BROKEN = """
import sys
from tuicnn.ui.editor import EditorScreen
from tuicnn.ui.run import run_editor

def action_baseline(self):
    secret = "a local variable"
    return 1 / 0

EditorScreen.action_baseline = action_baseline
sys.exit(run_editor("mine.json"))
"""


def test_a_fault_of_ours_keeps_the_work_first(terminal, document) -> None:
    (terminal.folder / "broken.py").write_text(BROKEN, "utf-8")
    program = shlex.join([sys.executable, "broken.py"])
    terminal.line(f'clear; {program}; echo "status=$?."')
    terminal.sees("mine.json", "a Add")
    terminal.press("j", "d")
    terminal.sees("● not saved")
    terminal.press("c")
    screen = terminal.is_restored(1)
    said = " ".join(screen.split())
    assert "it failed, and that is its fault" in said
    assert "kept in" in said and "tuicnn recover" in said
    assert "Traceback" not in said and "a local variable" not in said
    assert kept(terminal) == [layers(document) - 1]
    log = (terminal.state / "tuicnn" / "crash.log").read_text("utf-8")
    assert "ZeroDivisionError" in log and "a local variable" not in log


@pytest.mark.parametrize("home", ["HOME=/dev/null", "HOME=relative", "HOME=/proc"])
def test_without_a_home_it_runs_and_warns_once(terminal, document, home) -> None:
    known = terminal.folder / "known"  # a relative home is none: the system is asked
    stub = known_to_the_system(terminal.folder / "stub", known)
    variables = f"-u XDG_STATE_HOME -u XDG_CONFIG_HOME {home} PYTHONPATH={stub}:{ROOT}"
    program = shlex.join(command("mine.json"))
    terminal.line(f'clear; env {variables} {program}; echo "status=$?."')
    terminal.sees("a Add")  # the name alone stands in the command, too
    if home != "HOME=relative":
        terminal.sees("A crash would lose")
    terminal.press("j", "d", "C-s")
    terminal.sees("Saved")
    terminal.press("q")
    terminal.is_restored(0)
    assert not (terminal.folder / "~").exists()
    assert not (terminal.folder / "relative").exists()
    recent = known / ".local" / "state" / "tuicnn" / "recent.json"
    assert recent.exists() == (home == "HOME=relative")


def test_a_second_editor_is_told_and_asks_before_it_overwrites(
    terminal, document
) -> None:
    (terminal.folder / "second").mkdir()
    other = Terminal(terminal.folder / "second")
    try:
        edit(terminal)
        deadline = time.monotonic() + 30
        while not list((terminal.state / "tuicnn" / "recovery").glob("*.json")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        run = shlex.join(command(str(document)))
        other.line(f"clear; XDG_STATE_HOME={terminal.state} {run}; echo st=$?.")
        other.sees("is open in another editor")
        other.press("o")
        other.misses("is open in another editor")
        other.press("j", "d", "C-s")
        other.sees("Saved")
        terminal.press("j", "d", "C-s")
        terminal.sees("changed by another program")
        terminal.press("f")
        terminal.sees("They are the same.")
        terminal.press("Escape")
        terminal.press("Escape")
        other.press("q")
        other.sees("st=0.")
    finally:
        other.tmux("kill-server")


def test_an_interrupted_export_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    draw = Random(3)
    for _ in range(EXPORTS):
        with subprocess.Popen(
            command("export", "resnet152", "-o", "out.json"),
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.DEVNULL,
        ) as child:
            time.sleep(draw.uniform(0.5, 1.5))
            child.send_signal(signal.SIGINT)
            status = child.wait(timeout=30)
        assert status in (0, Exit.INTERRUPTED, -signal.SIGINT)
        found = os.listdir(tmp_path)
        assert found in ([], ["out.json"])
        for name in found:
            json.loads((tmp_path / name).read_bytes())
            (tmp_path / name).unlink()
