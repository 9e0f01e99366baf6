"""Files of arrays, whoever writes them: what may stand where they shall be, and how."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.files.test_special import special_files
from tests.program import assert_no_traceback, run
from tests.test_faults import ARRAYS, SMALL
from tests.ui.desk import NARROW, desk, sample
from tests.ui.waiting import until
from tuicnn.core.check import check
from tuicnn.core.reading import read_text
from tuicnn.errors import TuicnnError
from tuicnn.preview.run import Forward
from tuicnn.ui.dialogs.save import SaveAs
from tuicnn.ui.forwarding import save_activations
from tuicnn.ui.widgets.activations import Activations

OLD = b"what stood there before"
THERE = "is there already\n  --force overwrites it"


def by_command(name: str) -> Callable[[str | Path], str]:
    """Return what writes a file, and returns why that failed; empty: it did not."""

    def write(path: str | Path) -> str:
        outcome = run(*ARRAYS[name], str(path), "--force", stdin=SMALL)
        assert_no_traceback(outcome)
        assert outcome.status in (0, 2)
        return outcome.err if outcome.status else ""

    return write


def by_editor(path: str | Path) -> str:
    report = check(read_text(SMALL).network)
    try:
        save_activations(report, Path(path))
    except TuicnnError as error:
        return error.message
    return ""


WRITERS = {name: by_command(name) for name in ARRAYS} | {"editor.npz": by_editor}
EVERY = pytest.mark.parametrize("name", WRITERS)


def test_every_writer_says_the_same_and_nothing_is_written_by_another_routine():
    sources = (Path(__file__).parents[1] / "tuicnn").rglob("*.py")
    texts = {path.name: path.read_text("utf-8") for path in sources}
    opening = {one for one, text in texts.items() if "O_CREAT" in text}
    assert opening == {"temporary.py"}
    assert not [one for one, text in texts.items() if "import tempfile" in text]


@EVERY
def test_a_new_file_has_the_mode_that_the_umask_leaves(name, tmp_path):
    before = os.umask(0o027)
    try:
        assert WRITERS[name](tmp_path / name) == ""
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == [name]


@EVERY
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666])
def test_an_old_file_keeps_its_mode_and_is_kept_itself(name, mode, tmp_path):
    file = tmp_path / name
    file.write_bytes(OLD)
    file.chmod(mode)
    assert WRITERS[name](file) == ""
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert (tmp_path / f"{name}.bak").read_bytes() == OLD
    assert file.read_bytes() != OLD


@EVERY
def test_links_stay_links(name, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target, dangling = elsewhere / name, elsewhere / f"new-{name}"
    target.write_bytes(OLD)
    for place in (target, dangling):
        link = tmp_path / place.name
        link.symlink_to(place)
        assert WRITERS[name](link) == ""
        assert link.is_symlink()
        assert place.read_bytes() != OLD
    os.link(target, elsewhere / f"other-{name}")
    kept = target.read_bytes()
    assert WRITERS[name](target) == ""
    assert (elsewhere / f"other-{name}").read_bytes() == kept


def special(folder: Path, name: str) -> dict[str, str]:
    """Return what is no file and has a writer's suffix, with what is said of it."""
    suffix = Path(name).suffix
    found = {}
    for path, kind in special_files(folder).items():
        named = folder / f"{kind.replace(' ', '-')}{suffix}"
        named.symlink_to(path)
        found[str(named)] = kind
    (folder / f"loop{suffix}").symlink_to(folder / f"loop{suffix}")
    found[str(folder / f"loop{suffix}")] = "circle"
    found[str(folder / "none" / name)] = "there is no folder"
    found[str(folder / "pipe" / name)] = "a part of the path"
    found[str(folder / ("x" * 256 + suffix))] = "too long"
    return found


@EVERY
def test_what_is_no_file_is_refused_and_left_as_it_is(name, tmp_path):
    every = special(tmp_path, name)
    before = {one: one.lstat().st_mode for one in tmp_path.iterdir()}
    for path, said in every.items():
        text = WRITERS[name](path).lower()
        assert said in text or "is a directory" in text, (path, text)
    assert {one: one.lstat().st_mode for one in tmp_path.iterdir()} == before


@EVERY
@pytest.mark.parametrize(
    "stem", ["x" * 200, "long", "\udcff", "a\nb", "\x1b[2J", "[b]", "-x"]
)
def test_any_name_that_the_system_takes_is_taken(name, stem, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    suffix = Path(name).suffix
    stem = "x" * (255 - len(suffix)) if stem == "long" else stem
    assert WRITERS[name](f"./{stem}{suffix}") == ""
    assert os.listdir() == [f"{stem}{suffix}"]


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_what_is_there_is_refused_without_force_before_anything(
    name, kind, tmp_path, monkeypatch
):
    file = tmp_path / name
    if kind == "file":
        file.write_bytes(OLD)
    else:
        file.symlink_to("nowhere")
    with monkeypatch.context() as patched:
        patched.setattr(Forward, "run", None)  # nothing is computed
        outcome = run(*ARRAYS[name], str(file), stdin=SMALL)
    assert outcome.status == 2
    assert THERE in outcome.err
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ARRAYS)
def test_what_came_meanwhile_is_not_overwritten(name, tmp_path, monkeypatch):
    file, real = tmp_path / name, os.fsync

    def others_write(descriptor: int) -> None:
        file.write_bytes(OLD)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", others_write)
    outcome = run(*ARRAYS[name], str(file), stdin=SMALL)
    assert THERE in outcome.err
    assert file.read_bytes() == OLD
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ARRAYS)
def test_what_was_written_is_told_beside_the_result(name, tmp_path):
    file = tmp_path / name
    file.write_bytes(OLD)
    outcome = run(*ARRAYS[name], str(file), "--force", stdin=SMALL)
    assert f"wrote {file}\nthe version before is {file}.bak" in outcome.err
    assert str(file) not in outcome.out


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_are_not_written_to_standard_output(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run(*ARRAYS[name], "-", "--force", stdin=SMALL)
    assert outcome.status == 2
    assert "arrays are not written to standard output" in outcome.err
    assert os.listdir() == []


# The editor asks


@pytest.fixture
def state(tmp_path, monkeypatch):
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))


async def test_the_editor_asks_before_it_overwrites(state, tmp_path):
    file = tmp_path / "outputs.npz"
    file.write_bytes(OLD)
    async with desk(sample(), NARROW) as one:
        one.editor.query_one(Activations).note = ""
        await one.press("f6")
        await until(one.pilot, lambda: isinstance(one.app.screen, SaveAs))
        await one.press("end", "ctrl+u")
        await one.type(str(file.with_suffix("")))  # the suffix follows
        await one.press("enter")
        assert isinstance(one.app.screen, SaveAs)
        assert file.read_bytes() == OLD
        await one.press("enter")
        await one.until(
            lambda: any("outputs of 9 layers to" in text for text in one.told)
        )
    assert len(np.load(file).files) == 9
    assert file.with_name("outputs.npz.bak").read_bytes() == OLD


async def test_the_editor_tells_what_the_disk_has_not_confirmed(
    state, tmp_path, monkeypatch
):
    monkeypatch.setattr("tuicnn.files.writing._sync_folder", lambda _: False)
    async with desk(sample(), NARROW) as one:
        report, token = one.session.report, threading.Event()
        one.editor._write_activations(report, tmp_path / "a.npz", token, None)
        await one.until(lambda: one.told)
        missing = tmp_path / "none" / "a.npz"
        one.editor._write_activations(report, missing, token, None)
        await one.until(lambda: len(one.told) == 2)
    assert one.told[0] == (
        f"Saved the outputs of 9 layers to {tmp_path / 'a.npz'}. "
        "The disk has not confirmed it yet."
    )
    assert "there is no folder" in one.told[1]
