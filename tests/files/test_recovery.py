"""Recovery files: private, apart from the document, one for each session."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path
from random import Random

import pytest

from tests.files.support import OLD, refused
from tuicnn.errors import FileError
from tuicnn.files import recovery
from tuicnn.files.journal import Journal
from tuicnn.files.process import Process, runs, this_process
from tuicnn.files.recovery import (
    BYTES,
    Header,
    Kept,
    NewerError,
    every,
    folder,
    key_of,
    put_aside,
    read,
    spelled,
)

TEXT = '{\n"format": "tuicnn/1", "layers": [ ]\n}\n'


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a state folder of its own."""
    place = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(place))
    return place


def mode(path: str) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def written(document: str | None, text: str = TEXT, revision: int = 1) -> str:
    return Journal(document).write(Header(document, "ab", revision), text)


def planted(data: bytes, name: str = "0123456789abcdef.json") -> str:
    """Put a file where recovery files stand."""
    os.makedirs(folder(), exist_ok=True)
    path = os.path.join(folder(), name)
    Path(path).write_bytes(data)
    return path


def test_what_is_kept_is_read_as_it_was(document: Path, state: Path) -> None:
    name = str(document)
    path = written(name)
    assert Path(path).is_relative_to(state)
    assert os.path.basename(path) == f"{key_of(name)}.json"
    kept = read(path)
    assert kept.document == TEXT.strip()
    assert kept.header.path == name
    assert kept.header.process == this_process()
    assert kept.name == key_of(name)
    assert document.read_bytes() == OLD
    # The whole file is JSON, for any other tool.
    whole = json.loads(Path(path).read_bytes())
    assert whole["document"] == json.loads(TEXT)
    assert whole["format"] == "tuicnn-recovery/1"


@pytest.mark.parametrize(
    "path", [None, "/a b.json", '/é\udcff\n\x1b"%41\\.json', "/" + "x" * 255]
)
def test_any_name_of_a_document_is_read_as_it_was(path: str | None) -> None:
    header = Header(path, "", 7, restored=("a", "b"))
    name = planted(spelled(header, "").encode())
    assert read(name) == Kept(name, header, "")
    assert Path(name).read_bytes().isascii()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_kept_is_private(document: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        journal = Journal(str(document))
        for revision in (1, 2):
            path = journal.write(Header(str(document), "", revision), TEXT)
            assert mode(path) == 0o600
            assert mode(os.path.dirname(path)) == 0o700
            os.chmod(os.path.dirname(path), 0o755)
            Journal(None).write(Header(None), TEXT)
            assert mode(os.path.dirname(path)) == 0o700
    finally:
        os.umask(before)


def test_each_document_has_a_key_of_its_own_by_whatever_name(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = document.with_name("link.json")
    link.symlink_to(document)
    monkeypatch.chdir(document.parent)
    found = {key_of(str(one)) for one in (document, link, "./net.json")}
    assert len(found) == 1
    others = ("other.json", "é\udcff.json", "x" * 255, None)
    assert len(found.union(map(key_of, others))) == 5


def test_no_session_writes_over_the_file_of_another(document: Path) -> None:
    paths = {written(str(document), f'"{n}"') for n in range(4)}
    paths |= {written(None, f'"u{n}"') for n in range(4)}
    assert len(paths) == 8
    assert {read(one).document for one in paths} == {
        *(f'"{n}"' for n in range(4)),
        *(f'"u{n}"' for n in range(4)),
    }
    assert set(every()) == paths
    assert set(every(str(document))) | set(every(unnamed=True)) == paths
    assert len(list(every(unnamed=True))) == 4


def test_an_older_version_never_replaces_a_later_one(document: Path) -> None:
    journal = Journal(str(document))
    path = journal.write(Header(str(document), "", 5), '"five"')
    assert journal.write(Header(str(document), "", 4), '"four"') == path
    assert read(path).document == '"five"'
    journal.remove(4)
    assert os.path.exists(path)
    journal.remove(5)
    assert not os.path.exists(path)
    assert journal.write(Header(str(document), "", 5), '"late"') == ""
    assert os.listdir(folder()) == []
    assert journal.write(Header(str(document), "", 6), '"six"') == path


def test_a_file_that_was_cleared_away_comes_back(document: Path) -> None:
    journal = Journal(str(document))
    path = journal.write(Header(str(document), "", 1), "1")
    os.unlink(path)
    assert journal.write(Header(str(document), "", 2), "2") == path
    assert read(path).document == "2"


@pytest.mark.parametrize("sessions", [1, 2])
def test_a_link_that_was_planted_is_never_written_through(
    document: Path, sessions: int
) -> None:
    os.makedirs(folder())
    trap = os.path.join(folder(), f"{key_of(str(document))}.json")
    os.symlink(document, trap)
    journals = [Journal(str(document)) for _ in range(sessions)]
    for revision in (1, 2):
        for journal in journals:
            path = journal.write(Header(str(document), "", revision), TEXT)
            assert path != trap and os.path.isfile(path)
    assert document.read_bytes() == OLD
    assert "is a symbolic link" in refused(read, trap)
    assert os.path.islink(put_aside(trap))
    # Planted in the place of a file that is in use, it is replaced.
    os.unlink(path)
    os.symlink(document, path)
    journals[-1].write(Header(str(document), "", 3), TEXT)
    assert not os.path.islink(path)
    assert document.read_bytes() == OLD


@pytest.mark.parametrize("home", ["file", "relative", ""])
def test_a_state_folder_that_cannot_be_is_told(
    home: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if home == "file":
        state.write_bytes(OLD)
        wanted = "a part of the path is a file"
    else:
        monkeypatch.setenv("XDG_STATE_HOME", home)
        monkeypatch.setenv("HOME", "")

        def nobody(_: str) -> Path:
            raise RuntimeError("no home")

        monkeypatch.setattr(recovery, "user_state_path", nobody)
        wanted = "no home folder"
    assert wanted in refused(written, None)
    assert list(every()) == []
    recovery.remove_restored(("0123456789abcdef.json",))


def test_a_state_folder_that_is_not_absolute_is_not_used(monkeypatch) -> None:
    monkeypatch.setattr(recovery, "user_state_path", lambda name: Path("state") / name)
    assert "no home folder" in refused(written, None)


@pytest.mark.parametrize(
    ("call", "number", "words"),
    [
        ("mkdir", errno.EACCES, "permission is denied"),
        ("mkdir", errno.EROFS, "read-only"),
        ("open", errno.EACCES, "permission is denied"),
        ("fsync", errno.ENOSPC, "disk is full"),
        ("replace", errno.EIO, "disk reports an error"),
    ],
)
def test_a_disk_that_refuses_is_told_and_leaves_nothing(
    call: str, number: int, words: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permissions stop no root user, so the system's answer is played.
    def failing(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing)
        patched.setattr(os, "link", failing)  # else it is not replaced
        assert words in refused(written, None)
    assert not [one for one in state.rglob("*") if one.is_file()]


def test_a_file_system_without_links_or_modes_keeps_it_all_the_same(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*arguments: object, **options: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    os.makedirs(folder())
    for name in ("chmod", "fchmod", "link"):
        monkeypatch.setattr(os, name, forbidden)
    paths = {written(str(document), f'"{n}"') for n in range(3)}
    assert {read(one).document for one in paths} == {'"0"', '"1"', '"2"'}


def test_no_name_is_taken_from_a_session_where_links_fail(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = os.path.join(folder(), f"{key_of(str(document))}.json")

    def failing(source: str, target: str) -> None:
        if target == first:
            planted(b"theirs", os.path.basename(first))
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", failing)
    assert written(str(document)) != first
    assert Path(first).read_bytes() == b"theirs"


def test_a_name_that_another_session_takes_meanwhile_is_left_to_it(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, first = os.link, os.path.join(folder(), f"{key_of(str(document))}.json")

    def late(source: str, target: str) -> None:
        if target == first:
            planted(b"theirs", os.path.basename(first))
        real(source, target)

    monkeypatch.setattr(os, "link", late)
    assert written(str(document)) != first
    assert Path(first).read_bytes() == b"theirs"
    assert len(os.listdir(folder())) == 2


# What others wrote

WHOLE = spelled(Header("/net.json", "ab", 3), TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "null", "[]\n", "{}\n", WHOLE[:-1], WHOLE[:-3], WHOLE[:50],
        WHOLE.replace("tuicnn-recovery", "else"),
        WHOLE.replace("recovery/1", "recovery/x"),
        WHOLE.replace('"base": "ab"', '"base": 1'),
        WHOLE.replace('"revision": 3', '"revision": "3"'),
        WHOLE.replace('"pid"', '"p"'),
        WHOLE.replace('"restored": []', '"restored": [1]'),
        WHOLE.replace("/net.json", "net.json"),
        WHOLE.replace("/net.json", "/net%00.json"),
        WHOLE.replace('"document"', '"documents"'),
        WHOLE.replace("ab", "\ud800"), "[" * 100_000, "1" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_recovery_file_is_told(text: str) -> None:
    path = planted(text.encode(errors="surrogatepass"))
    assert "is no recovery file" in refused(read, path)


def test_what_a_newer_version_wrote_is_told_and_stays() -> None:
    path = planted(WHOLE.replace("recovery/1", "recovery/2").encode())
    with pytest.raises(NewerError, match="newer"):
        read(path)


@pytest.mark.parametrize("excess", [0, 1])
def test_a_recovery_file_may_be_as_large_as_the_limit(excess: int) -> None:
    size = BYTES - len(spelled(Header("/net.json"), '""')) + excess
    path = planted(spelled(Header("/net.json"), f'"{"x" * size}"').encode())
    if excess:
        assert "larger than the limit" in refused(read, path)
    else:
        assert len(read(path).document) == size + 2


def test_any_damage_is_told_or_does_not_matter() -> None:
    draw, data = Random(6), WHOLE.encode()
    for _ in range(500):
        damaged = bytearray(data)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(len(data))] = draw.randrange(256)
        path = planted(bytes(damaged[: draw.choice([None, draw.randrange(len(data))])]))
        try:
            found = read(path)
        except FileError as error:
            assert error.message.isprintable()
        else:
            assert isinstance(found.document, str)


def test_other_files_in_the_folder_are_nobodys() -> None:
    mine = planted(b"{}")
    names = (
        "x.json",
        "0123456789abcdef.json.aside",
        ".t-00000000.tmp",
        "unnamed-1.json",
    )
    for name in names:
        planted(b"", name)
    assert list(every()) == [mine]
    recovery.remove_restored((*names, "../x.json"))
    assert len(os.listdir(folder())) == 5


def test_what_is_put_aside_has_a_name_of_its_own(monkeypatch) -> None:
    found = [put_aside(planted(b"%d" % n)) for n in range(3)]
    assert [Path(one).read_bytes() for one in found] == [b"0", b"1", b"2"]
    path = planted(b"x")

    def failing(*_: object) -> None:
        raise OSError(errno.EACCES, "no")

    monkeypatch.setattr(os, "rename", failing)
    assert put_aside(path) == path


# Processes


def test_a_process_is_known_by_more_than_its_number() -> None:
    mine = this_process()
    assert runs(mine)
    assert mine.boot and mine.started
    assert not runs(mine._replace(boot="another"))
    assert not runs(mine._replace(started=mine.started + 1))
    for pid in (0, -1, 2**22 + 1, 2**70):
        assert not runs(mine._replace(pid=pid))


def test_a_process_that_we_may_not_look_at_is_there(monkeypatch) -> None:
    def forbidden(pid: int, signal: int) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(os, "kill", forbidden)
    assert runs(this_process())


def test_where_the_system_tells_nothing_a_number_must_do(monkeypatch) -> None:
    from tuicnn.files import process

    monkeypatch.setattr(process, "_BOOT", "/no/such/file")
    monkeypatch.setattr(process, "_STATUS", "/no/such/{}")
    process._boot.cache_clear()
    assert this_process() == Process(os.getpid(), "", 0)
    assert runs(Process(os.getpid(), "", 0))
    assert not runs(Process(2**22 + 1, "", 0))
    process._boot.cache_clear()


def test_our_own_files_are_not_alive_and_those_of_others_are(document: Path) -> None:
    mine = read(written(str(document)))
    assert not mine.alive
    parent = os.getppid()
    from tuicnn.files.process import _started

    theirs = Process(parent, this_process().boot, _started(parent))
    assert Kept("", Header(None, process=theirs), "").alive
    gone = theirs._replace(started=theirs.started + 1)
    assert not Kept("", Header(None, process=gone), "").alive
