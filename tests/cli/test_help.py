"""Help of every command: examples first, and each of them true."""

import re
import shlex

import pytest

from tests.program import answer, child, run
from tuicnn import __version__
from tuicnn.commands import command_names

COMMANDS = command_names()
FILE = re.compile(r"\.(json|md|csv|npy|npz|png|safetensors|onnx|svg|py)$")
OF_ISSUE = {"presets", "summary", "check", "explain", "export", "compare", "schema"}


def examples(text: str) -> list[str]:
    """Return the command lines that a help page begins with."""
    head, found, _ = text.partition("\nUsage:")
    assert found
    return re.findall(r"^  (tuicnn .+)$", head, re.MULTILINE)


def test_every_command_of_the_format_is_there():
    assert {*OF_ISSUE, "info"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_begins_with_examples_of_it(name):
    text = answer(name, "--help")
    assert text.startswith("Examples:\n")
    lines = examples(text)
    assert lines
    for line in lines:
        assert shlex.split(line)[:2] == ["tuicnn", name]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_in_its_help_what_it_does_and_takes(name):
    usage, *_ = answer(name, "--help").partition("Usage:")[2].splitlines()
    assert usage.startswith(f" tuicnn {name}")
    assert f"  {name}  " in answer("--help")


def test_the_help_of_the_program_begins_with_examples_and_lists_each_command():
    text = answer("--help")
    assert text.startswith("Examples:\n")
    assert examples(text)
    for name in COMMANDS:
        assert re.search(rf"^  {name} +[A-Z].+\.$", text, re.MULTILINE)
    assert answer("-h") == text


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_examples_that_name_no_file_of_the_user_work(name):
    for line in examples(answer(*filter(None, [name]), "--help")):
        words = shlex.split(line.partition(" > ")[0])
        opens_the_editor = words[1] not in COMMANDS
        if not opens_the_editor and not any(FILE.search(word) for word in words):
            outcome = run(*words[1:])
            assert outcome.status == 0, line
            assert outcome.out


def test_help_fits_an_ordinary_terminal():
    for name in ["", *COMMANDS]:
        text = answer(*filter(None, [name]), "--help")
        assert max(map(len, text.splitlines())) <= 80


def test_the_version_is_that_of_the_package():
    assert answer("--version") == f"tuicnn {__version__}\n"


def test_the_package_runs_as_a_module():
    assert child("--version").out == f"tuicnn {__version__}\n"
