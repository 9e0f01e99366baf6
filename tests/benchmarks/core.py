"""How fast the core is, as ratios in one run: `python -m tests.benchmarks.core`.

Times on shared machines differ from run to run; ratios of medians, taken in turns, do
so far less. The peers need the extra `peers`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from tuicnn.core.check import check
from tuicnn.core.layers.activation import Relu
from tuicnn.core.layers.conv import Conv2d
from tuicnn.core.layers.norm import BatchNorm
from tuicnn.core.network import Network
from tuicnn.core.report import Report
from tuicnn.core.solve import Target, parse_target, solve
from tuicnn.presets import open_source

PEER = """
import sys
sys.path.insert(0, ".")
from torchinfo import summary
from tests.peers.models import MODELS
summary(MODELS["resnet152"](), input_size=(1, 3, 224, 224), verbose=1)
"""


def timed(action: Callable[[], object]) -> float:
    """Return the seconds that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turns(actions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median seconds of each action, all taken in turns."""
    for action in actions:
        action()
    taken = [[timed(action) for action in actions] for _ in range(rounds)]
    return [median(column) for column in zip(*taken, strict=True)]


def process(*arguments: str) -> Callable[[], object]:
    """Return the run of a process as an action."""
    return lambda: subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL
    )


def peak_megabytes(*arguments: str) -> float:
    """Return the most memory that a process holds, in MB."""
    script = (
        "import resource, subprocess, sys;"
        f"subprocess.run({[sys.executable, *arguments]!r}, check=True,"
        " stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return int(found.stdout) / 1024


def analysed(network: Network, previous: Report | None = None) -> Report:
    """Check a network and ask for everything there is to know."""
    report = check(network, previous)
    for question in ("totals", "diagnostics", "fields", "peak_activation_bytes"):
        getattr(report, question)
    return report


def preset(name: str) -> Network:
    """Return the network of a preset."""
    network = open_source(name).reading.network
    assert network is not None
    return network


def deep_stack(layers: int) -> Network:
    """Return a plain stack: convolution, batch norm, ReLU, and so on."""
    kinds = (
        lambda: Conv2d(out_channels=64, kernel_size=3, padding=1, bias=False),
        BatchNorm,
        Relu,
    )
    stack = tuple(kinds[number % 3]() for number in range(layers))
    return Network(name="deep", input=(64, 32, 32), layers=stack)


def start_up() -> None:
    """Compare a whole check with importing Pydantic alone."""
    floor, whole = in_turns(
        [
            process("-c", "from pydantic import BaseModel"),
            process("-m", "tuicnn", "check", "alexnet"),
        ],
        15,
    )
    print(f"check alexnet / import pydantic   {whole / floor:6.2f}   (at most 2.5)")


def analysis() -> None:
    """Time the analysis of large networks, and of one edit."""
    resnet = preset("resnet152")
    deep = deep_stack(10_000)
    before = analysed(deep)
    changed = Conv2d(out_channels=64, kernel_size=5, padding=2, bias=False)
    layers = (*deep.layers[:5001], changed, *deep.layers[5002:])
    edited = deep.changed(layers=layers)
    # Each by itself: what one leaves behind, the next would have to collect.
    (once,) = in_turns([lambda: analysed(resnet)], 21)
    (stack,) = in_turns([lambda: analysed(deep)], 11)
    (edit,) = in_turns([lambda: analysed(edited, before)], 21)
    print(f"resnet152, everything           {1000 * once:6.1f} ms (under 10)")
    print(f"10,000 layers, everything       {1000 * stack:6.1f} ms (under 200)")
    found = check(deep_stack(100))
    target = parse_target("double", found, found.rows[99 // 3 * 3])
    assert isinstance(target, Target)
    (ways,) = in_turns([lambda: solve(target)], 11)
    print(f"one of them changed, everything {1000 * edit:6.1f} ms (under 20)")
    print(f"100 layers, ways to twice a size {1000 * ways:5.1f} ms (under 1000)")


def against_torchinfo() -> None:
    """Compare with torchinfo on PyTorch, in one process and as processes."""
    from torchinfo import summary

    from tests.peers.models import MODELS

    model = MODELS["resnet152"]()
    network = preset("resnet152")
    theirs, same, ours = in_turns(
        [
            lambda: summary(model, input_size=(1, 3, 224, 224), verbose=0),
            lambda: check(network).totals,  # what torchinfo tells, and no more
            lambda: analysed(network),
        ],
        9,
    )
    print(f"resnet152, torchinfo / the same   {theirs / same:6.1f}   (at least 50)")
    print(f"resnet152, torchinfo / everything {theirs / ours:6.1f}")
    theirs, ours = in_turns(
        [process("-c", PEER), process("-m", "tuicnn", "summary", "resnet152")], 5
    )
    print(f"the same, whole processes         {theirs / ours:6.1f}   (at least 8)")
    theirs = peak_megabytes("-c", PEER)
    ours = peak_megabytes("-m", "tuicnn", "summary", "resnet152")
    print(f"their memory, ours / theirs       {ours / theirs:6.3f}   (at most 0.2)")


def main() -> None:
    """Run every benchmark from the root of the project."""
    assert Path("presets").is_dir(), "run it from the root of the project"
    print(f"Python {sys.version.split()[0]}")
    start_up()
    analysis()
    against_torchinfo()


if __name__ == "__main__":
    main()
