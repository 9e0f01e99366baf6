"""Editing for a long time takes no more memory than the versions that can be undone."""

import json
import subprocess
import sys

import pytest

from tests.long import LONG, long_or
from tests.program import ROOT, environment

EDITS = long_or(100, 10_000)
MOST = 20 * 2**20
"""Bytes that a process may grow by."""
KINDS = {"insert", "field", "d", "D", "p", "u", "U"}
"""Keys that a mix of edits has at least; of the short one, the first five."""


@pytest.mark.slow
def test_edits_without_end_take_little_memory(tmp_path):
    folders = {f"XDG_{name}_HOME": str(tmp_path) for name in ("STATE", "CONFIG")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", str(EDITS)],
        cwd=ROOT, env=environment(**folders), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    made = {kind for kind, count in found["made"].items() if count}
    assert len(KINDS & made) >= (len(KINDS) if LONG else 5)
    assert sum(found["made"].values()) >= EDITS
    assert found["versions"] > EDITS / 10
    assert found["after"] - found["before"] < MOST
