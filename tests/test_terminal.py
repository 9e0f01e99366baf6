"""A session in a real terminal: tmux shows what a person would see."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.long import long_or
from tests.program import ROOT, answer, child, command, environment
from tuicnn.core.reading import read_text
from tuicnn.interop.document import to_document_text
from tuicnn.presets import preset_path

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is missing")

_PATIENCE = 30.0
KEYS = long_or(1_000, 20_000)
"""Keys that come at once, as a paste does where a terminal marks none."""


class Terminal:
    """A shell in a terminal of its own, with folders of its own."""

    def __init__(self, folder: Path, columns: int = 120, lines: int = 40) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.socket = str(folder / "tmux")
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "LANG": "C.UTF-8",
            "PS1": "READY> ",
        }
        given = [f"{name}={value}" for name, value in variables.items()]
        shell = shlex.join(["env", "-i", *given, "TERM=screen-256color", "sh", "-i"])
        size = ["-x", str(columns), "-y", str(lines)]
        self.tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", folder, shell)
        self.sees("READY>")

    def tmux(self, *arguments: object) -> str:
        """Run a command of tmux, on a server that is nobody else's."""
        done = subprocess.run(
            ["tmux", "-S", self.socket, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
            env={**os.environ, "LANG": "C.UTF-8", "TMUX": ""},
        )
        return done.stdout

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def sees(self, *phrases: str) -> str:
        """Wait until phrases stand on the screen."""
        end = time.monotonic() + _PATIENCE
        while True:
            screen = self.screen
            if all(phrase in screen for phrase in phrases):
                return screen
            assert time.monotonic() < end, f"{phrases} never came:\n{screen}"
            time.sleep(0.02)

    def misses(self, phrase: str) -> None:
        """Wait until a phrase is gone."""
        end = time.monotonic() + _PATIENCE
        while phrase in (screen := self.screen):
            assert time.monotonic() < end, f"{phrase} never went:\n{screen}"
            time.sleep(0.02)

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def line(self, text: str) -> None:
        """Type a line into the shell."""
        self.type(text)
        self.press("Enter")

    def edit(self, source: str, streams: str = "", **variables: str) -> None:
        """Run the editor; its status is shown, and its number is in a file."""
        given = [f"{name}={value}" for name, value in variables.items()]
        program = shlex.join(["env", *given, *command(source)])
        inner = f"echo $$ > pid; exec {program} {streams}"
        self.line(f"clear; sh -c '{inner}'; echo \"status=$?.\"")

    def signal(self, name: str) -> None:
        pid = (self.folder / "pid").read_text().strip()
        subprocess.run(["kill", f"-{name}", pid], check=True)

    def is_restored(self, status: int) -> str:
        """Assert that the shell is back, and that the terminal is sane."""
        screen = self.sees(f"status={status}.", "READY>")
        assert "3 problems" not in screen
        for flag in ("alternate_on", "mouse_any_flag", "mouse_sgr_flag"):
            assert self.tmux("display-message", "-p", f"#{{{flag}}}").strip() == "0"
        assert self.tmux("display-message", "-p", "#{cursor_flag}").strip() == "1"
        self.line('clear; stty -a; echo do""ne.')  # not seen before it is done
        sane = self.sees("done.", "READY>").split()
        assert {"echo", "icanon", "isig", "icrnl", "opost"} <= {
            word.strip(";") for word in sane
        }
        return screen


RUN = "import sys; from tuicnn.__main__ import main; sys.exit(main())"
CONTROLLING = f"import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); {RUN}"
"""A session's first process takes the terminal, and is told when that is closed."""


@pytest.fixture
def at_pty(tmp_path):
    """Run the editor at a terminal, and return the other end; none outlives a test."""
    begun = []

    def begin(path: Path, controls: bool = True) -> tuple[int, subprocess.Popen[bytes]]:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), slave)
        home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
        process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLING if controls else RUN, str(path)],
            **streams, env=environment(**home, TERM="xterm"), start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        begun.append(process)
        return master, process

    yield begin
    for one in begun:
        one.kill()
        one.wait()


@pytest.fixture
def terminal(tmp_path):
    found = Terminal(tmp_path)
    yield found
    found.tmux("kill-server")


def copied(folder: Path) -> Path:
    """Return a copy of a preset."""
    path = folder / "mine.json"
    source = preset_path("alexnet")
    assert source is not None
    shutil.copy(source, path)
    return path


def index_of(path: Path, kind: str) -> int:
    """Return the place of the first layer of a type, and how its layers are called."""
    layers = json.loads(path.read_text())["layers"]
    return next(n for n, one in enumerate(layers) if one["type"] == kind)


def test_a_network_is_broken_understood_mended_and_saved(terminal):
    path = copied(terminal.folder)
    before = json.loads(path.read_text())
    terminal.edit("mine.json")
    terminal.sees("mine.json", "1 warning", "3 problems")
    # To what the first dense layer takes, which is not written down.
    at = index_of(path, "linear")
    terminal.press("g", *["j"] * (at + 1), "Enter")
    terminal.sees("fc6 · linear", "shift+↑")
    terminal.press("Up")
    terminal.sees("Inputs that arrive")
    terminal.press("C-u")
    terminal.type("77")
    # The message says what arrives, and the totals count it.
    screen = terminal.sees("✗ 1 error", "● not saved", "77")
    assert "9216" in screen.replace(",", "")
    terminal.press("Escape")
    terminal.sees("a Add")
    terminal.press("u")
    terminal.sees("1 warning")
    terminal.misses("● not saved")
    terminal.press("U")
    terminal.sees("✗ 1 error", "● not saved")
    terminal.press("3", "Home", "f")
    terminal.sees("1 warning")
    terminal.press("1")
    terminal.sees("a Add")
    terminal.press("g", "j", "j", "D")
    terminal.sees("● not saved")
    terminal.press("C-s")
    terminal.sees("Saved")
    terminal.misses("● not saved")
    terminal.press("q")
    terminal.is_restored(0)
    # What was saved is what the core says.
    after = json.loads(path.read_text())
    assert len(after["layers"]) == len(before["layers"]) + 1
    assert after["layers"][2]["type"] == "relu"
    network = read_text(path.read_text()).network
    assert network is not None
    assert to_document_text(network) == path.read_text()
    assert answer("check", str(path))


@pytest.mark.parametrize(
    ("name", "status"), [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)]
)
def test_a_signal_restores_the_terminal_and_keeps_the_work(terminal, name, status):
    path = copied(terminal.folder)
    before = path.read_text()
    terminal.edit("mine.json")
    terminal.sees("mine.json", "1 warning")
    terminal.press("j", "d")
    terminal.sees("● not saved")
    terminal.signal(name)
    screen = terminal.is_restored(status)
    assert "kept in" in " ".join(screen.split())
    assert path.read_text() == before
    kept = list((terminal.state / "tuicnn" / "recovery").glob("*.json"))
    assert len(kept) == 1
    wanted = json.loads(before)["layers"][1:]
    assert json.loads(kept[0].read_text())["document"]["layers"] == wanted


def test_quitting_with_changes_asks_and_escape_stays(terminal):
    copied(terminal.folder)
    terminal.edit("mine.json")
    terminal.sees("1 warning")
    terminal.press("j", "d", "q")
    terminal.sees("Discard changes")
    terminal.press("Escape")
    terminal.misses("Discard changes")
    terminal.press("q")
    terminal.sees("Discard changes")
    terminal.press("d")
    terminal.is_restored(0)
    assert not list((terminal.state / "tuicnn" / "recovery").glob("*.json"))


@pytest.mark.parametrize("streams", ["2> log", "2>&-", "2> /dev/full"])
def test_the_screen_is_seen_wherever_stderr_goes(terminal, streams):
    terminal.edit("lenet5", streams)
    terminal.sees("no problems")
    terminal.press("q")
    terminal.is_restored(0)


def test_a_terminal_without_unicode_gets_signs_that_it_has(terminal):
    terminal.edit("lenet5", PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    screen = terminal.sees("no problems", "confirmed")
    assert screen.isascii()
    assert "\\u" not in screen
    top = next(line for line in screen.splitlines() if "stack" in line)
    assert top.startswith("-1 stack---") and len(top) == 120


@pytest.mark.parametrize("controls", [True, False])
def test_a_terminal_that_is_closed_leaves_the_work_and_the_signals_status(
    at_pty, tmp_path, controls
):
    """Without control over the terminal, no signal says that it is closed."""
    path = copied(tmp_path)
    before = path.read_text()
    state = tmp_path / "state"
    master, process = at_pty(path, controls)
    shown = painted(master, b"", "1 warning")
    os.write(master, b"jd")
    painted(master, shown, "not saved")
    os.close(master)
    assert process.wait(_PATIENCE) == 129
    assert path.read_text() == before
    (kept,) = (state / "tuicnn" / "recovery").glob("*.json")
    wanted = json.loads(before)["layers"][1:]
    assert json.loads(kept.read_text())["document"]["layers"] == wanted


def test_bytes_that_are_no_text_end_nothing(at_pty, tmp_path):
    path = copied(tmp_path)
    master, process = at_pty(path)
    shown = painted(master, b"", "1 warning")
    noise = bytes(range(0x80, 0x100))
    os.write(master, b"\xff\xc3(" + b"\x1b[200~" + noise + b"\x1b[201~" + b"jd")
    painted(master, shown, "not saved")
    os.write(master, b"\x13")  # ctrl+s
    painted(master, b"", "Saved")
    assert len(json.loads(path.read_text())["layers"]) == 22
    os.write(master, b"q")
    assert process.wait(_PATIENCE) == 0


def test_keys_that_come_all_at_once_are_all_taken(at_pty, tmp_path):
    path = copied(tmp_path)
    layers = json.loads(path.read_text())["layers"]
    master, process = at_pty(path)
    painted(master, b"", "1 warning")
    data = b"j" * KEYS + b"kkd" + b"\x13"
    while data:
        readable, writable, _ = select.select([master], [master], [], _PATIENCE)
        if readable:  # a terminal that nobody reads takes no more
            os.read(master, 65_536)
        if writable:
            data = data[os.write(master, data[:1_024]) :]
    painted(master, b"", "Saved", 10 * _PATIENCE)
    del layers[-3]
    assert json.loads(path.read_text())["layers"] == layers
    os.write(master, b"q")
    assert process.wait(_PATIENCE) == 0


def painted(
    master: int, shown: bytes, phrase: str, patience: float = _PATIENCE
) -> bytes:
    """Read what a program paints, until a phrase was."""
    while phrase.encode() not in shown:
        assert select.select([master], [], [], patience)[0], shown[-500:]
        shown += os.read(master, 65_536)
    return shown


def test_a_terminal_that_shows_no_screen_gets_one_line(terminal):
    terminal.line(f"clear; TERM=dumb {shlex.join(command('alexnet'))}; echo st=$?.")
    screen = terminal.sees("st=2.", "READY>")
    assert "`tuicnn summary SOURCE`" in " ".join(screen.split())
    assert "Traceback" not in screen


def test_a_pipe_gets_one_line():
    outcome = child("alexnet")
    assert (outcome.status, outcome.out) == (2, "")
    assert "`tuicnn summary SOURCE`" in outcome.err
    assert "Traceback" not in outcome.err
    assert len(outcome.err.splitlines()) <= 2
