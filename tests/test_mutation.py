"""A rule that is broken is noticed by some test; README tells the share."""

import re
import subprocess
import sys

from tests.long import LONG, long_or
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import MODULES, mutants
from tests.program import ROOT

LEAST = 0.95
"""Share of all mutants that tests must kill."""


def test_rules_that_are_broken_are_noticed() -> None:
    asked = [] if LONG else ["--seed", "6", "--count", "12"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutation", *asked],
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=long_or(280, 4 * 3600),
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-3000:]
    found = re.search(r"mutants: [\d,]+ killed \(([\d.]+)%\)", done.stdout)
    assert found is not None
    assert float(found.group(1)) >= 100 * LEAST or not LONG


def test_every_mutant_named_as_equivalent_is_one_that_there_is() -> None:
    names = [mutant.name for path in MODULES for mutant in mutants(path)]
    assert set(EQUIVALENT) <= set(names)
    assert len(names) == len(set(names))
