"""Pydantic without plugins: none is looked for, and what Pydantic needs is there."""

import subprocess
import sys

import pytest

from tests.program import environment

RUN = "from tuicnn.cli.boundary import run; run(['check', 'alexnet', '--json'])"
LEFT_OUT = "from tuicnn.plugins import leave_out; leave_out()"


def done(*statements: str, **variables: str) -> str:
    """Return the last line that a new process prints."""
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(statements)],
        capture_output=True,
        env={**environment(), **variables},
        timeout=60,
        check=True,
    )
    return run.stdout.decode().splitlines()[-1]


def test_a_command_loads_nothing_to_look_for_plugins_with():
    asked = "import sys; print('importlib.metadata' in sys.modules)"
    assert done(RUN, asked) == "False"
    assert done("import importlib.metadata", RUN, asked) == "True"


@pytest.mark.parametrize("switch", ["some-plugin", "1"])
def test_who_sets_pydantic_s_switch_is_left_alone(switch):
    asked = "import sys; print('importlib.metadata' in sys.modules)"
    assert done(RUN, asked, PYDANTIC_DISABLE_PLUGINS=switch) == "True"


def test_a_version_that_wants_more_of_the_module_gets_its_own():
    wanted = "from pydantic.plugin._loader import PYDANTIC_ENTRY_POINT_GROUP as name"
    assert done(LEFT_OUT, wanted, "print(name)") == "pydantic"
    absent = "print(hasattr(sys.modules['pydantic.plugin._loader'], '__path__'))"
    assert done("import sys", LEFT_OUT, absent) == "False"


def test_a_loader_that_is_there_stays():
    asked = "from pydantic.plugin import _loader; print(_loader.__file__ is not None)"
    assert done("import pydantic.plugin._loader", LEFT_OUT, asked) == "True"


def test_models_are_built_and_checked_as_ever():
    used = (
        "from tuicnn.core.layers import layer_types",
        "print(layer_types()['conv2d'](out_channels=3, kernel_size=2).kernel_size)",
    )
    assert done(LEFT_OUT, *used) == "2"
