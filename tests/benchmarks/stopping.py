"""How long a forward pass may go on after it was told to stop, on every preset.

    python -m tests.benchmarks.stopping [--rounds 5] [preset …]

Every thread asks a token between its blocks whether to go on. This one notes how long
each was away: nothing stops later than that. The least of several passes counts, as
other programs only delay. At most 100 ms are wanted; the slowest layer is named.
"""

from __future__ import annotations

import argparse
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from tests.benchmarks.core import preset
from tuicnn.preview.faults import Cancelled
from tuicnn.preview.inputs import random_input
from tuicnn.preview.run import Forward, Options

PRESETS = Path(__file__).parents[2] / "presets"


class Watch:
    """A token that is never set, and notes how long nobody asked it."""

    def __init__(self) -> None:
        self.away: dict[str, float] = defaultdict(float)
        self.layer = "input"
        self._asked: dict[int, float] = {}

    def is_set(self) -> bool:
        """Note the time since this thread asked before."""
        self.ask()
        return False

    def ask(self) -> None:
        """Note the time since this thread asked, or began another layer."""
        now, thread = perf_counter(), threading.get_ident()
        away = now - self._asked.get(thread, now)
        self.away[self.layer] = max(self.away[self.layer], 1000 * away)
        self._asked[thread] = now

    def enter(self, layer: str, share: float) -> None:
        """Note that a layer begins, and that helpers have nothing to do till then."""
        self.ask()
        self._asked = {threading.get_ident(): self._asked[threading.get_ident()]}
        self.layer = layer


def away(made: Forward) -> dict[str, float]:
    """Return for each layer of a pass the longest milliseconds without a question."""
    watch, x = Watch(), random_input(made.plan.input)
    watch.ask()
    made.run(x, watch.enter, watch)
    watch.ask()
    return dict(watch.away)


def stopped(made: Forward) -> float:
    """Return the milliseconds that a pass takes to stop in the middle."""
    x = random_input(made.plan.input)
    token = threading.Event()
    told = 0.0

    def tell(layer: str, share: float) -> None:
        nonlocal told
        if share >= 0.5 and not token.is_set():
            token.set()
            told = perf_counter()

    with suppress(Cancelled):
        made.run(x, tell, token)
    return 1000 * (perf_counter() - told) if told else 0.0


def longest(name: str, rounds: int) -> tuple[float, str, float]:
    """Return a preset's longest time between questions, its layer, and a real stop."""
    made = Forward(preset(name), Options(memory_limit=2**40))
    passes = [away(made) for _ in range(rounds)]
    least = {layer: min(one[layer] for one in passes) for layer in passes[0]}
    layer = max(least, key=least.__getitem__)
    return least[layer], layer, min(stopped(made) for _ in range(rounds))


def main() -> None:
    """Print the longest time of each preset, and of all."""
    names = sorted(path.stem for path in PRESETS.glob("*.json"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("presets", nargs="*", default=names)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    worst = 0.0
    for name in options.presets:
        milliseconds, layer, stop = longest(name, options.rounds)
        worst = max(worst, milliseconds)
        print(
            f"{name:28} at most {milliseconds:6.1f} ms in {layer:44}"
            f" stopped in the middle after {stop:6.1f} ms",
            flush=True,
        )
    print(f"{'longest':28} at most {worst:6.1f} ms   (wanted: at most 100)")


if __name__ == "__main__":
    main()
