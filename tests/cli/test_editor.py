"""`tuicnn [SOURCE]`: the editor is opened on what was named, whatever it is called."""

from __future__ import annotations

import pytest

from tests.documents import preset_text
from tests.program import assert_holds, refusal, run
from tuicnn.ui import run as module


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Note what the editor would be opened on."""
    found: list[str | None] = []

    def run_editor(source: str | None) -> int:
        found.append(source)
        return 0

    monkeypatch.setattr(module, "run_editor", run_editor)
    return found


@pytest.mark.parametrize(
    ("arguments", "source"),
    [
        ((), None),
        (("--",), None),
        (("lenet5",), "lenet5"),
        (("--", "lenet5"), "lenet5"),
        (("--", "-o.json"), "-o.json"),
        (("--", "--help"), "--help"),
        (("--", "--"), "--"),
        (("-",), "-"),
        (("--", "-"), "-"),
    ],
)
def test_it_opens_what_is_named(arguments, source, opened) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.err) == (0, "")
    assert opened == [source]


def test_a_file_whose_name_looks_like_an_option_is_read(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-o.json").write_text(preset_text("lenet5"), "utf-8")
    assert "needs a terminal" in refusal("--", "-o.json")  # it was read before
    assert "no file called --version" in refusal("--", "--version")
    assert run("summary", "--", "-o.json").status == 0


def test_an_option_that_is_none_points_to_help_that_there_is() -> None:
    for arguments in (("-o.json",), ("-x", "lenet5"), ("lenet5", "-x")):
        assert_holds(refusal(*arguments), "`tuicnn --help`")


def test_commands_keep_what_ends_their_options(opened) -> None:
    assert run("--", "summary", "lenet5").status == 0
    assert opened == []


def test_more_than_one_source_is_told(opened) -> None:
    assert "opens one SOURCE, and 2 were given" in refusal("lenet5", "vgg16")
    assert "opens one SOURCE, and 3 were given" in refusal("--", "lenet5", "-x", "-y")
    assert opened == []
