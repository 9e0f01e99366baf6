"""`tuicnn info`: versions, paths, limits, optional packages."""

import json
import platform

from tests.documents import FOLDER
from tests.program import answer, assert_holds
from tuicnn import __version__
from tuicnn.core import limits
from tuicnn.core.fieldhelp import module_strings


def test_versions_paths_limits_and_optional_packages_are_shown():
    text = answer("info")
    assert_holds(text, "versions", f"tuicnn {__version__}", platform.python_version())
    assert_holds(text, "optional packages", "onnx", "paths", str(FOLDER))
    assert_holds(text, "limits", "8,388,608", "20,000")


def test_the_json_form_holds_every_limit():
    found = json.loads(answer("info", "--json"))
    assert found["versions"]["tuicnn"] == __version__
    values = list(found["limits"].values())
    assert values == [getattr(limits, name) for name in module_strings(limits)]


def test_a_missing_optional_package_is_told_with_the_command_that_installs_it():
    for state in json.loads(answer("info", "--json"))["optional packages"].values():
        assert state[0].isdigit() or state.startswith('missing: pip install "tuicnn[')
