"""The wheel: built, installed in a clean place, and run there."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, folder: Path) -> str:
    """Run a command that must succeed, and return what it printed."""
    done = subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_holds_the_program_and_its_presets(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir"]
    run(*build, tmp_path, ROOT, folder=ROOT)
    wheel = next(tmp_path.glob("*.whl"))
    place = tmp_path / "venv"
    # Its dependencies are those of this environment; tuicnn itself is the wheel's.
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    packages = next(place.glob("lib/python*/site-packages"))
    run(sys.executable, "-m", "zipfile", "-e", wheel, packages, folder=tmp_path)
    ours = next(path for path in map(Path, sys.path) if (path / "pydantic").is_dir())
    (packages / "dependencies.pth").write_text(f"{ours}\n")
    clean = tmp_path / "clean"
    clean.mkdir()
    where = run(
        python, "-I", "-c", "import tuicnn; print(tuicnn.__file__)", folder=clean
    )
    assert Path(where.strip()).is_relative_to(packages)
    shown = run(python, "-I", "-m", "tuicnn", "summary", "alexnet", folder=clean)
    assert "62,378,344" in shown
    listed = run(python, "-I", "-m", "tuicnn", "presets", folder=clean)
    assert len(listed.splitlines()) == 2 + len(list((ROOT / "presets").glob("*.json")))
