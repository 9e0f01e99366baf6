"""No test, and nothing that a test starts, works in the home of who runs it."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs

from tests.home import known_to_the_system
from tests.program import child, environment

REAL = Path(pwd.getpwuid(os.getuid()).pw_dir)
PLACES = {
    "configuration": platformdirs.user_config_dir,
    "state": platformdirs.user_state_dir,
}


def is_harmless(path: str) -> bool:
    """Whether a path is below a temporary folder, and not in the real home."""
    place = Path(path)
    temporary = place.is_relative_to(tempfile.gettempdir())
    return temporary and not (place.is_relative_to(REAL) and Path("/") != REAL)


def test_tests_have_a_home_of_their_own() -> None:
    assert is_harmless(os.path.expanduser("~"))
    for place in PLACES.values():
        assert is_harmless(place("tuicnn"))


def test_children_have_it_too() -> None:
    for variables in ({}, dict(os.environ)):
        paths = json.loads(child("info", "--json", **variables).out)["paths"]
        assert all(is_harmless(paths[name]) for name in PLACES), paths


def test_where_the_system_is_asked_the_answer_is_another_home(tmp_path: Path) -> None:
    stub = known_to_the_system(tmp_path / "stub", tmp_path / "known")
    given = environment(HOME="relative")
    given["PYTHONPATH"] = f"{stub}{os.pathsep}{given['PYTHONPATH']}"
    text = "import platformdirs; print(platformdirs.user_state_dir('tuicnn'))"
    done = subprocess.run(
        [sys.executable, "-c", text], env=given, capture_output=True, check=True
    )
    assert done.stdout.decode().strip().startswith(str(tmp_path / "known"))
