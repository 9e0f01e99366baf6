"""Nothing is lost: whatever fails, and whenever the program is killed."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import pytest

from tests.changes import conv, network
from tests.faults import LONG, Disk
from tests.program import ROOT, environment
from tuicnn import recovering
from tuicnn.core.edits import Describe
from tuicnn.core.layers import Relu
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.errors import FileError
from tuicnn.files import recovery, sweep
from tuicnn.interop.document import to_document_text
from tuicnn.session import Session

OLD = network(conv("conv"), Relu())
TITLE = Describe("title", "another")
KILLS = 1_000 if LONG else 40
"""Saves that are killed."""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Give a test a small document."""
    file = tmp_path / "documents" / "net.json"
    file.parent.mkdir()
    file.write_text(to_document_text(OLD), "utf-8")
    return str(file)


def restart(path: str) -> Session:
    """Return a session on the old document, nothing else being there."""
    folder = os.path.dirname(path)
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    for file in recovery.every():
        os.unlink(file)
    Path(path).write_text(to_document_text(OLD), "utf-8")
    return Session.opened(path)


def in_file(path: str) -> Network:
    found = read_text(Path(path).read_text("utf-8")).network
    assert found is not None
    return found


def kept() -> list[Network | None]:
    texts = [recovery.read(one).document for one in recovery.every()]
    return [read_text(text).network for text in texts if text]


def assert_swept(path: str) -> None:
    """Assert that a sweep leaves no temporary file anywhere."""
    for folder in (os.path.dirname(path), recovery.folder()):
        sweep(folder, before=2**40)
        with contextlib.suppress(FileNotFoundError):
            assert not [one for one in os.listdir(folder) if one.startswith(".t-")]
    assert set(os.listdir(os.path.dirname(path))) <= {"net.json", "net.json.bak"}


FAULTS = [
    pytest.param((number, continuous), id=f"{errno.errorcode[number]}-{word}")
    for number in (errno.EIO, errno.ENOSPC)
    for continuous, word in ((False, "once"), (True, "from then on"))
]


@pytest.fixture(params=FAULTS)
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> object:
    """Give a test a disk, and whether it goes on failing."""
    number, continuous = request.param
    return Disk(monkeypatch, OSError(number, os.strerror(number))), continuous


# The n-th call fails


def test_a_save_leaves_the_old_or_the_new_whichever_call_fails(disk, path) -> None:
    failing, continuous = disk
    outcomes = set()
    session = restart(path)
    session.do(TITLE)
    session.keep()
    for _ in failing.fails(continuous):
        try:
            session.save()
            raised = False
        except FileError as error:
            raised = True
            assert "disk" in error.message
        failing.sound()
        assert session.dirty == raised
        assert in_file(path) == (OLD if raised else session.network)
        assert kept() in ([session.network], [] if not raised else None)
        assert_swept(path)
        outcomes.add((raised, bool(kept())))
        # Whatever failed, the next save succeeds.
        session.save()
        assert in_file(path) == session.network and not session.dirty
        session = restart(path)
        session.do(TITLE)
        session.keep()
    assert {(True, True), (False, False)} <= outcomes


def test_what_is_kept_is_the_old_or_the_new_whichever_call_fails(disk, path) -> None:
    failing, continuous = disk
    for first in (False, True):  # the first version of a session, and a later one
        session = restart(path)
        if not first:
            session.do(Describe("title", "before"))
            session.keep()
        before = kept()
        session.do(TITLE)
        failed = 0
        for _ in failing.fails(continuous):
            try:
                session.keep()
                wanted = [session.network]
            except FileError:
                wanted = before
                failed += 1
            failing.sound()
            assert kept() == wanted
            assert in_file(path) == OLD and session.dirty
            assert_swept(path)
            session = restart(path)
            if not first:
                session.do(Describe("title", "before"))
                session.keep()
            session.do(TITLE)
        assert failed


def test_what_is_restored_is_there_twice_before_once(disk, path) -> None:
    failing, continuous = disk
    failed = 0
    session = restart(path)
    session.do(TITLE)
    session.keep()
    for _ in failing.fails(continuous):
        try:
            (left,) = recovering.look(path).left
            recovering.restore(left)
            raised = False
        except (FileError, ValueError):  # ValueError: there was none to be seen
            raised = True
            failed += 1
        failing.sound()
        assert in_file(path) in (OLD, session.network)
        assert in_file(path) == session.network or kept() == [session.network]
        assert raised or in_file(path) == session.network
        assert_swept(path)
        # Once the disk is sound, it is found and restored.
        for left in recovering.look(path).left:
            recovering.restore(left)
        assert in_file(path) == session.network
        assert recovering.look(path).left == ()
        session = restart(path)
        session.do(TITLE)
        session.keep()
    assert failed


# Killed


def test_a_killed_session_loses_nothing_that_was_kept(path: str) -> None:
    draw, folder, seen = Random(9), os.path.dirname(path), set()
    texts: set[bytes] = set()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.saver", path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(XDG_STATE_HOME=os.environ["XDG_STATE_HOME"]),
        cwd=ROOT,
    ) as saver:
        assert saver.stdin is not None and saver.stdout is not None
        for _ in range(KILLS):
            saver.stdin.write(b"go\n")
            saver.stdin.flush()
            pid, last = 0, 0
            while not pid:
                word, *rest = saver.stdout.readline().split()
                pid = int(rest[0]) if rest else 0
                last = last if rest else int(word)
            if draw.random() < 0.9:  # else it may be killed before it begins
                line = saver.stdout.readline()
                last = int(line)
            time.sleep(draw.uniform(0, 0.030))  # killed at any moment of its work
            os.kill(pid, signal.SIGKILL)
            while (line := saver.stdout.readline().strip()) != b"ended":
                last = int(line)
            found = [int(in_file(path).title or 0)]
            found += [int(one.title or 0) for one in kept() if one is not None]
            assert max(found) >= last
            if os.path.exists(f"{path}.bak"):
                assert read_text(Path(f"{path}.bak").read_text("utf-8")).network
            seen |= {name[:3] for name in os.listdir(folder)}
            texts.add(Path(path).read_bytes())
        saver.stdin.close()
        assert saver.wait() == 0
    assert_swept(path)
    assert len(texts) > KILLS / 10  # they were killed at work


# The system refuses


def test_a_file_size_limit_leaves_the_document_unsaved_and_kept(path: str) -> None:
    session = Session.opened(path)
    session.do(Describe("description", "x" * 4_000))
    session.keep()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(FileError, match="size limit"):
            session.save()
        with pytest.raises(FileError, match="size limit"):
            session.keep()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert session.dirty and in_file(path) == OLD
    assert kept() == [session.network]
    assert_swept(path)
    session.save()
    assert kept() == []


MOUNTED = """
import os, subprocess, sys
from tuicnn.core.edits import Describe
from tuicnn.errors import FileError
from tuicnn.session import Session

folder, elsewhere = sys.argv[1:]
path = f"{folder}/net.json"
with open(path, "w") as file:
    file.write(open(elsewhere).read())
os.environ["XDG_STATE_HOME"] = f"{folder}/state"
session = Session.opened(path)
session.do(Describe("description", "x" * 4000))
session.keep()
with open(f"{folder}/filler", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(512))
    except OSError:
        pass
old = open(path).read()
session.do(Describe("title", "full"))

def refused(work, words):
    try:
        work()
    except FileError as error:
        assert words in error.message, error.message
    else:
        raise SystemExit(f"it is not refused: {words}")
    assert session.dirty
    assert open(path).read() == old
    assert not [one for one in os.listdir(folder) if one.startswith(".t-")]

refused(session.save, "the disk is full")
refused(session.keep, "the disk is full")
found = Session.opened(path).look_around().left
assert found[0].network.description == "x" * 4000
os.unlink(f"{folder}/filler")
mount = ["mount", "-o", "remount,ro", folder]
assert subprocess.run(mount).returncode == 0
refused(session.save, "read-only")
refused(session.keep, "read-only")
session.save(elsewhere)
assert not session.dirty
print("done")
"""


def namespace() -> list[str]:
    """Return what gives a command mounts of its own; nothing where that is denied."""
    for wanted in (["unshare", "-rm"], ["unshare", "-m"]):
        if (
            shutil.which("unshare")
            and not subprocess.run(
                [*wanted, "true"], capture_output=True, check=False
            ).returncode
        ):
            return wanted
    return []


@pytest.mark.skipif(not namespace(), reason="this system lets nobody mount a disk")
def test_a_full_and_a_read_only_disk_leave_the_old_document(
    tmp_path: Path, path: str
) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    mount = f'mount -t tmpfs -o size=64k none "{folder}"'
    script = f'{mount} && exec "$0" -c "$1" "{folder}" "{path}"'
    done = subprocess.run(
        [*namespace(), "sh", "-c", script, sys.executable, MOUNTED],
        capture_output=True,
        text=True,
        env={**environment(), "PATH": os.environ["PATH"]},
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
    assert in_file(path).title == "full"


FORBIDDEN = """
import os, sys
from tuicnn.core.edits import Describe
from tuicnn.errors import FileError
from tuicnn.session import Session

folder = sys.argv[1]
os.environ["XDG_STATE_HOME"] = f"{folder}/warm"
warm = Session.opened("lenet5")  # so that nothing need be imported later
warm.do(Describe("title", "x"))
warm.keep()
warm.save(f"{folder}/warm.json")
os.environ["XDG_STATE_HOME"] = f"{folder}/closed/state"
sessions = [Session.opened(f"{folder}/{name}/net.json") for name in ("closed", "open")]
if not os.getuid():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for session, words in zip(sessions, ("permission is denied", "it is read-only")):
    session.do(Describe("title", "x"))
    for work in (session.save, session.keep):
        try:
            work()
        except FileError as error:
            wanted = words if work == session.save else "permission is denied"
            assert wanted in error.message, error.message
        else:
            raise SystemExit("it is not refused")
    session.save(f"{folder}/open/{words[:2]}.json")
    assert not session.dirty
print("done")
"""


def test_a_folder_or_a_file_that_is_read_only_is_answered_by_save_as() -> None:
    # Where no folder above is closed to others, as pytest's own are.
    folder = Path(tempfile.gettempdir(), f"tuicnn-{os.getpid()}-{time.time_ns()}")
    try:
        for name, mode in (("closed", 0o555), ("open", 0o777)):
            (folder / name).mkdir(parents=True)
            file = folder / name / "net.json"
            file.write_text(to_document_text(OLD), "utf-8")
            file.chmod(0o444 if name == "open" else 0o666)
            (folder / name).chmod(mode)
        folder.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", FORBIDDEN, str(folder)],
            capture_output=True,
            text=True,
            env=environment(),
            check=False,
            timeout=60,
        )
        assert (done.stdout, done.stderr) == ("done\n", "")
        for name in ("closed", "open"):
            assert in_file(str(folder / name / "net.json")) == OLD
    finally:
        (folder / "closed").chmod(0o755)
        shutil.rmtree(folder)


ONCE = """
import sys
from tuicnn.core.edits import Describe
from tuicnn.errors import FileError
from tuicnn.session import Session

session = Session.opened(sys.argv[1])
session.do(Describe("title", "new"))
session.keep()
try:
    result = session.save()
    print("saved", result.durable)
except FileError as error:
    print("refused", session.dirty)
"""


def traced(path: str, call: str, log: str, *inject: str) -> str:
    """Save once under strace, and return what is said of it."""
    trace = ["strace", "-f", "-o", log, "-e", f"trace={call}", *inject]
    done = subprocess.run(
        [*trace, sys.executable, "-c", ONCE, path],
        capture_output=True,
        text=True,
        check=False,
        env=environment(XDG_STATE_HOME=os.environ["XDG_STATE_HOME"]),
    )
    return done.stdout.strip()


if LONG:  # it needs strace, which is not everywhere

    @pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO", "error=ENOSPC"])
    @pytest.mark.parametrize("call", ["fsync", "rename", "link", "write", "openat"])
    def test_a_system_call_that_fails_leaves_the_old_or_the_new(
        call: str, fault: str, path: str, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        restart(path)
        assert traced(path, call, str(log)) == "saved True"
        # Python's own start makes hundreds: the last ones are ours.
        total = sum(f" {call}(" in line for line in log.read_text().splitlines())
        assert total
        seen = set()
        for when in range(max(1, total - 30), total + 2):
            restart(path)
            inject = f"inject={call}:{fault}:when={when}"
            said = traced(path, call, os.devnull, "-e", inject)
            title = in_file(path).title
            assert title in (OLD.title, "new")
            if "saved" in said:
                assert title == "new"
            if "refused" in said:
                assert (title, said) == (OLD.title, "refused True")
            for one in kept():
                assert one is not None and one.title == "new"
            assert_swept(path)
            seen.add((title, said))
        # Without links there is no .bak, and the recovery file has its name otherwise.
        harmless = call == "link" and fault != "signal=KILL"
        assert seen == {("new", "saved True")} if harmless else len(seen) > 1
