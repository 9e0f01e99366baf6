"""Damaged inputs of every kind that is read: no fault, no hang, bounded memory."""

import os
import subprocess
import sys

import pytest

from tests.long import long_or
from tests.mutated import KINDS
from tests.program import ROOT

COUNT = long_or(400, 100_000)
"""Inputs of each kind."""


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_inputs_are_answered_in_words_in_time_and_within_memory(kind):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.mutated", kind, str(COUNT)],
        capture_output=True,
        cwd=ROOT,
        # Each thread of a linear algebra library reserves memory of its own.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        text=True,
        timeout=long_or(60, 3600),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"{COUNT:,} inputs" in done.stdout
