"""No hint, and no line of README, names a command that this program does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.test_diagnostics import EXAMPLES
from tests.documents import problems_of
from tests.program import ROOT, refusal
from tests.readme import README
from tuicnn import commands
from tuicnn.commands import command_names, offered
from tuicnn.files import reading
from tuicnn.presets import names

SOURCES = sorted((ROOT / "tuicnn").rglob("*.py"))
NAMED = re.compile(r"(?:`|^|[:$] )tuicnn ([a-z][\w-]*)(?![\w./-])")
"""A command line, as it stands in a hint, in an example, or in a block of README."""
OFFERED = {reading._IMPORT}
"""Hints that are given only where the command is there."""


def texts(path: Path) -> Iterator[str]:
    """Yield the texts that a module may show; docstrings of commands are their help."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def unknown(text: str) -> set[str]:
    """Return the words behind `tuicnn` that are no command, preset or source."""
    found = {word for line in text.splitlines() for word in NAMED.findall(line)}
    return found - {*command_names(), *names()}


@pytest.mark.parametrize("path", SOURCES, ids=lambda one: str(one.relative_to(ROOT)))
def test_a_text_names_only_commands_that_there_are(path: Path) -> None:
    for text in texts(path):
        assert text in OFFERED or not unknown(text), text


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_problem_names_only_commands_that_there_are(example) -> None:
    for problem in problems_of(example.text):
        for text in (problem.message, problem.hint):
            assert not unknown(text)


def test_readme_names_only_commands_that_there_are() -> None:
    text = README.read_text("utf-8")
    assert len(NAMED.findall(text)) > 20
    assert not unknown(text)


def test_the_check_itself_sees_a_command_that_there_is_not() -> None:
    for text in (
        "convert it: `tuicnn import`",
        "`tuicnn frob x`",
        "tuicnn frob",
        "$ tuicnn frob",
    ):
        assert unknown(text), text
    assert not unknown("a newer tuicnn than this; `tuicnn summary SOURCE`, tuicnn/1")


def test_a_hint_comes_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered("`tuicnn frob` does", "else") == "else"
    assert offered("`tuicnn check` does", "else") == "`tuicnn check` does"
    assert offered("no command", "else") == "no command"
    model = b"\x08\x08\x12\x04test"
    for there in (False, True):
        known = (*command_names(), "import") if there else ("check",)
        monkeypatch.setattr(commands, "command_names", lambda known=known: known)
        text = refusal("check", "-", stdin=model)
        assert "is an ONNX model" in text
        assert ("`tuicnn import`" in text) == there
        assert ("name the document instead" in text) != there
