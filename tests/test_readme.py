"""README says what the code does, and its examples are what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from textual.theme import BUILTIN_THEMES

from tests.readme import README, written
from tuicnn.cli.boundary import run
from tuicnn.ui.app import binding_ids
from tuicnn.ui.config import config_path, read_config

TEXT = README.read_text()
EXAMPLES = re.findall(r"```console\n\$ (tuicnn [^\n|]+)\n(.*?)```", TEXT, re.DOTALL)


def test_the_tables_of_readme_follow_from_the_code() -> None:
    assert written(TEXT) == TEXT, "run: python -m tests.readme"


def test_the_settings_that_readme_shows_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shown = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    place = Path(config_path())
    place.parent.mkdir(parents=True)
    place.write_text("".join(shown), "utf-8")
    config = read_config(binding_ids, BUILTIN_THEMES)
    assert config.theme
    assert config.layout == "last"
    assert len(config.keys) == 2
    assert not config.warnings


def test_readme_has_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize(("line", "shown"), EXAMPLES, ids=[one[0] for one in EXAMPLES])
def test_an_example_of_readme_is_what_the_program_prints(
    line: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shlex.split(line)[1:])
    printed = capsys.readouterr().out
    for stretch in shown.split("…\n"):  # an ellipsis stands for lines left out
        assert stretch in printed
