"""Tells which lines and branches of the promised parts no test reaches.

    python -m tests.covered [TESTS…]

Status 0: of the core, of what reads and writes files, and of the session, each line and
branch was reached, but those that `tests/uncovered.py` names with a reason. A test that
fails, as those of time and memory may while lines are counted, is told and no more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.program import ROOT
from tests.uncovered import NAMED

PARTS = ("core/*", "files/*", "session.py", "recovering.py", "saving.py")


def main(tests: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = measured(Path(folder), tests or ["-n", "auto"])
    left = [one for name in report["files"] for one in missing(name, report["files"])]
    texts = {(path, text) for path, _, text in left}
    named = {(path, text) for path, lines in NAMED.items() for text in lines}
    for path, line, text in left:
        if (path, text) not in named:
            sys.stdout.write(f"{path}:{line}: {text}\n")
    for path, text in sorted(named - texts):
        sys.stdout.write(f"{path}: reached, though it is named: {text}\n")
    totals = report["totals"]
    sys.stdout.write(
        f"{totals['num_statements']:,} lines, {totals['num_branches']:,} branches: "
        f"{totals['percent_covered']:.2f} % reached, {len(texts & named)} named, "
        f"{len(texts - named)} neither\n"
    )
    return texts != named


def measured(folder: Path, tests: list[str]) -> dict[str, Any]:
    """Return what Coverage reports of a run of tests, and of all that they start."""
    report = folder / "report.json"
    parts = ",".join(str(ROOT / "tuicnn" / part) for part in PARTS)
    for words in (
        ("run", "-m", "pytest", "-q", *tests),
        ("combine", "-q"),
        ("json", "-q", f"--include={parts}", "-o", str(report)),
    ):
        subprocess.run(
            [sys.executable, "-m", "coverage", *words], cwd=ROOT,
            check="pytest" not in words,
            env=os.environ | {"COVERAGE_FILE": str(folder / "data")},
        )  # fmt: skip
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


def missing(name: str, files: dict[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Yield path, number and text of each line not reached, or never left one way."""
    source = (ROOT / name).read_text("utf-8").splitlines()
    starts = {abs(start) for start, _ in files[name]["missing_branches"]}
    for line in sorted(starts.union(files[name]["missing_lines"])):
        yield name, line, source[line - 1].strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
