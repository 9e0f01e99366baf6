"""Breaks the rules one by one, and tells what no test noticed.

    python -m tests.mutation [--module PART] [--seed SEED --count COUNT]

Status 0: all mutants were killed, but those that are named as equivalent.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from random import Random

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import MODULES, Mutant, mutants
from tests.mutation.trial import try_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--module", default="", help="part of a module's path")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, help="how many; left out, all")
    asked = parser.parse_args()
    paths = [path for path in MODULES if asked.module in str(path)]
    chosen = [mutant for path in paths for mutant in mutants(path)]
    if asked.count is not None:
        chosen = Random(asked.seed).sample(chosen, asked.count)
    times: Counter[str] = Counter()

    def told(mutant: Mutant, survived: bool) -> None:
        equivalent = mutant.name in EQUIVALENT
        fate = "equivalent" if survived and equivalent else "survived"
        times[fate if survived else "killed"] += 1
        if survived:
            reason = f"\n    {EQUIVALENT[mutant.name]}" if equivalent else ""
            sys.stdout.write(f"\n{fate}: {mutant}{reason}\n")
            sys.stdout.flush()

    try_all(chosen, told)
    share = times["killed"] / max(1, times.total())
    sys.stdout.write(
        f"\n{times.total():,} mutants: {times['killed']:,} killed ({share:.1%}), "
        f"{times['equivalent']} equivalent, {times['survived']} survived\n"
    )
    return bool(times["survived"])


if __name__ == "__main__":
    sys.exit(main())
