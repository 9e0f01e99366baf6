"""Completion in the shell: commands, presets, layer paths, formats."""

import shlex

import pytest

from tests.documents import PRESETS, text_of
from tests.program import child
from tuicnn.commands import command_names


def completed(line: str, stdin: bytes = b"") -> list[str]:
    """Return what a bash would offer for the last word of a line."""
    words = shlex.split(line)
    last = len(words) if line.endswith(" ") else len(words) - 1
    outcome = child(
        stdin=stdin,
        _TUICNN_COMPLETE="bash_complete",
        COMP_WORDS=line,
        COMP_CWORD=str(last),
    )
    assert outcome.status == 0
    assert outcome.err == ""
    return [found.partition(",")[2] for found in outcome.out.splitlines() if found]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell):
    outcome = child(_TUICNN_COMPLETE=f"{shell}_source", PATH="/usr/bin:/bin")
    assert outcome.status == 0
    assert f"_TUICNN_COMPLETE={shell}_complete" in outcome.out


def test_commands_are_completed():
    assert completed("tuicnn ex") == ["explain", "export", "ex"]
    assert set(command_names()) <= set(completed("tuicnn "))


@pytest.mark.parametrize("start", ["tuicnn", "tuicnn summary", "tuicnn check nin",
                                   "tuicnn compare nin"])  # fmt: skip
def test_presets_are_completed_where_a_source_stands(start):
    wanted = [name for name in PRESETS if name.startswith("mobile")]
    assert [name for name in completed(f"{start} mobile") if name in PRESETS] == wanted


def test_the_paths_of_layers_are_completed():
    assert completed("tuicnn explain alexnet fc") == ["fc6", "fc7", "fc8"]
    inner = completed("tuicnn explain resnet50 stage2.first.residual.1.")
    assert [path.rpartition(".")[2] for path in inner] == ["shortcut", "shortcut_bn"]


def test_paths_are_not_completed_for_what_cannot_be_read():
    assert completed("tuicnn explain no-such-preset fc") == []
    assert completed("tuicnn explain - fc", stdin=text_of((1,)).encode()) == []


def test_the_formats_of_an_export_are_completed():
    assert completed("tuicnn export alexnet --to m") == ["markdown", "mermaid"]
