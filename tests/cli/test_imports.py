"""What the command line does not pay for: packages that only other parts need."""

import subprocess
import sys

import pytest

from tests.program import environment
from tuicnn.commands import command_names

HEAVY = ("numpy", "textual", "rich", "threadpoolctl", "onnx", "torch", "asyncio")


def imported(statements: str) -> set[str]:
    """Return which heavy packages a process has imported after some statements."""
    script = f"{statements}\nimport sys\nprint(*({HEAVY!r} & sys.modules.keys()))"
    script = script.replace(repr(HEAVY), f"set({HEAVY!r})")
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env=environment(),
        timeout=30,
        check=True,
    )
    return set(done.stdout.decode().splitlines()[-1].split())


def test_the_check_itself_sees_an_import():
    assert imported("import asyncio") == {"asyncio"}


@pytest.mark.parametrize("module", ["tuicnn", "tuicnn.core", "tuicnn.core.check",
                                    "tuicnn.core.explain", "tuicnn.presets",
                                    "tuicnn.files", "tuicnn.session",
                                    "tuicnn.cli.boundary", "tuicnn.cli.editor",
                                    "tuicnn.cli.group"])  # fmt: skip
def test_a_module_below_the_screen_imports_no_heavy_package(module):
    assert imported(f"import {module}") == set()


@pytest.mark.parametrize("name", ["presets", "summary", "check", "explain", "export",
                                  "compare", "schema", "info", "budget",
                                  "counts", "lens"])  # fmt: skip
def test_a_command_imports_no_heavy_package(name):
    assert name in command_names()
    module = f"import tuicnn.cli.boundary, tuicnn.cli.commands.{name}"
    assert imported(module) == set()


@pytest.mark.parametrize(
    "words",
    [["summary", "alexnet"], ["check", "alexnet"], ["explain", "alexnet", "fc6"],
     ["export", "alexnet"], ["compare", "vgg11", "vgg13"], ["presets"], ["schema"],
     ["info"], ["budget", "lenet5", "--macs", "9e4"], ["counts", "lenet5"],
     ["lens", "lenet5"]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_run_of_a_command_imports_no_heavy_package(words):
    assert imported(f"from tuicnn.cli.boundary import run; run({words!r})") == set()
