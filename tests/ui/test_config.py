"""The settings: read strictly, with a warning for all that is wrong."""

import os

import pytest

from tuicnn.core import limits
from tuicnn.ui.config import Config, config_path, read_config

IDS = ("stack.add", "stack.delete", "open.up")
THEMES = ("textual-dark", "ansi-dark", "nord")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tuicnn").mkdir()
    return tmp_path / "tuicnn"


def read(folder, text):
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "config.toml").write_bytes(content)
    return read_config(lambda: IDS, THEMES)


def warning(folder, text):
    config = read(folder, text)
    assert len(config.warnings) == 1, config.warnings
    assert config.warnings[0].isprintable()
    return config.warnings[0]


def test_it_stands_in_the_folder_of_settings(folder):
    assert config_path() == str(folder / "config.toml")


def test_no_file_and_an_empty_file_set_nothing(folder):
    assert read_config(lambda: IDS, THEMES) == Config()
    assert read(folder, "") == Config()


def test_a_byte_order_mark_is_no_setting(folder):
    assert read(folder, b'\xef\xbb\xbflayout = "last"') == Config(layout="last")


def test_everything_can_be_set(folder):
    config = read(
        folder,
        'theme = "nord"\nlayout = "last"\n[keys]\n'
        '"stack.add" = "a, plus"\n"open.up" = "ctrl+u"\n',
    )
    assert config.theme == "nord"
    assert config.layout == "last"
    assert config.keys == {"stack.add": "a,plus", "open.up": "ctrl+u"}
    assert config.warnings == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('them = "nord"', "there is no setting “them”; did you mean theme?"),
        ('theme = "nrod"', "there is no theme “nrod”; did you mean nord?"),
        ('theme = "zzzz"', "there is no theme “zzzz”"),
        ("theme = 3", "theme takes the name of a theme, not 3"),
        ('layout = "lst"', 'layout takes "first" or "last", not “lst”'),
        ("layout = true", 'layout takes "first" or "last", not True'),
        ("layout = []", 'layout takes "first" or "last", not []'),
        ('keys = "a"', "keys takes a table [keys], not “a”"),
        ('[keys]\n"stack.ad" = "a"', "no action “stack.ad”; did you mean stack.add?"),
        ('[keys]\nstack.add = "a"', "no action “stack”"),
        ('[keys]\n"stack.add" = 1', "keys.stack.add takes keys such as"),
        ('[keys]\n"stack.add" = ""', "keys.stack.add takes keys such as"),
        ('[keys]\n"stack.add" = "a,,b"', "keys.stack.add takes keys such as"),
        ('[keys]\n"stack.add" = "ctrl + s"', "keys.stack.add takes keys such as"),
        ('[keys]\n"stack.add" = "\\u001b"', "keys.stack.add takes keys such as"),
        ("theme =", "line 1"),
        ('layout = "last"\nlayout = "last"', "line 2"),
        (b'layout = "last"\n\n# \xff', "line 3"),
        ("a = " + "[" * 30_000, ""),
        ("# " + "x" * 70_000, "larger than the limit"),
        ('"\\u001b[31m" = 1', "there is no setting “�[31m”"),
    ],
)
def test_what_is_wrong_is_a_warning(text, told, folder):
    assert told in warning(folder, text)


@pytest.mark.parametrize(("more", "larger"), [(-1, False), (0, False), (1, True)])
def test_the_file_is_as_large_as_the_limit(folder, more, larger):
    config = read(folder, 'layout = "last" #'.ljust(limits.SETTINGS_BYTES + more))
    assert bool(config.warnings) == larger
    assert config.layout == ("first" if larger else "last")


def test_a_wrong_setting_leaves_the_others(folder):
    config = read(folder, 'theme = 1\nlayout = "last"\n[keys]\n"open.up" = "u"\nx = 1')
    assert (config.theme, config.layout) == (None, "last")
    assert config.keys == {"open.up": "u"}
    assert len(config.warnings) == 2


def test_the_number_of_warnings_is_bounded(folder):
    config = read(folder, "\n".join(f"setting{n} = 1" for n in range(100)))
    assert len(config.warnings) == 21
    assert config.warnings[-1].endswith("and 80 more")


def test_a_folder_and_a_pipe_in_its_place_are_told(folder):
    (folder / "config.toml").mkdir()
    assert "is a folder" in read_config(lambda: IDS, THEMES).warnings[0]
    (folder / "config.toml").rmdir()
    os.mkfifo(folder / "config.toml")
    assert "is a named pipe" in read_config(lambda: IDS, THEMES).warnings[0]
