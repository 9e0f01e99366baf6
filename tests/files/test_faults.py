"""Writing on a disk that fails, and by a process that is killed."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.files.support import NEW, OLD, refused
from tuicnn.files import sweep, write_atomically


class Disk:
    """Counts the calls that reach the disk, and lets one of them fail."""

    CALLS = ("open", "write", "fsync", "close", "replace", "link", "unlink", "fchmod")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        self.error = error
        self.fails_at = 0
        self.calls: list[str] = []
        for name in self.CALLS:
            monkeypatch.setattr(os, name, self.wrapped(name, getattr(os, name)))

    def wrapped(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            self.calls.append(name)
            failing = len(self.calls) == self.fails_at
            if failing and name != "close":
                raise self.error
            result = real(*arguments, **options)
            if failing:  # A close that fails has closed nonetheless.
                raise self.error
            return result

        return call

    def restart(self, fails_at: int) -> None:
        self.fails_at = fails_at
        self.calls.clear()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_fails_at_any_call_leaves_the_old_or_the_new(
    number, document, monkeypatch
):
    disk = Disk(monkeypatch, OSError(number, os.strerror(number)))
    write_atomically(document, NEW)
    sound = list(disk.calls)
    assert {"open", "write", "fsync", "close", "replace"} <= set(sound)
    replaced = sound.index("replace") + 1
    for fails_at in range(1, len(sound) + 1):
        document.write_bytes(OLD)
        disk.restart(fails_at)
        if fails_at <= replaced:
            assert "disk" in refused(write_atomically, document, NEW)
            assert document.read_bytes() == OLD
        else:
            result = write_atomically(document, NEW)
            assert result.durable == (sound[fails_at - 1] == "unlink")
            assert document.read_bytes() == NEW
        assert os.listdir(document.parent) == [document.name]


def test_an_interrupt_at_any_call_leaves_the_old_or_the_new(document, monkeypatch):
    disk = Disk(monkeypatch, KeyboardInterrupt())
    write_atomically(document, NEW)
    for fails_at in range(1, len(disk.calls) + 1):
        document.write_bytes(OLD)
        disk.restart(fails_at)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(document, NEW)
        assert document.read_bytes() in (OLD, NEW)
        assert os.listdir(document.parent) == [document.name]


def test_a_file_size_limit_leaves_the_old_file(document):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        message = refused(write_atomically, document, bytes(2_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "size limit" in message
    assert document.read_bytes() == OLD
    assert os.listdir(document.parent) == [document.name]


WRITER = """
import sys
from tuicnn.files import write_atomically
print("ready", flush=True)
while True:
    for letter in b"ab":
        write_atomically(sys.argv[1], bytes([letter]) * 100_000)
"""


def test_a_killed_writer_leaves_one_of_the_contents_it_wrote(document):
    document.write_bytes(b"a" * 100_000)
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(document)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            for _ in range(200):
                content = document.read_bytes()
                assert content in (b"a" * 100_000, b"b" * 100_000)
            writer.kill()
            assert writer.wait() == -signal.SIGKILL
        assert document.read_bytes() in (b"a" * 100_000, b"b" * 100_000)
    sweep(document.parent, before=2**40)
    assert os.listdir(document.parent) == [document.name]
