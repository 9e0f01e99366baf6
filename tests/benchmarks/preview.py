"""The NumPy engine beside PyTorch's eager mode: same networks, weights and inputs.

    python -m tests.benchmarks.preview [--rounds 30] [--layers] [network …]

Forward pass alone, as many threads on both sides, alternating in one run, medians.
OpenBLAS's and PyTorch's threads go on spinning for a while after their work: so each
side begins after a pause, and with a pass that is not timed. The benchmark starts
itself anew without the variables that pin OpenBLAS to older kernels.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep

PINNED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
NETWORKS = ("alexnet", "vgg16", "resnet18", "resnet50", "googlenet", "mobilenet-v2")
PAUSE = 0.1
"""Seconds after which no thread of the other side spins any more."""
PRESETS = Path(__file__).parents[2] / "presets"


def main() -> None:
    """Print a line for each network, and the geometric mean of the ratios."""
    if any(name in os.environ for name in PINNED):
        kept = {key: value for key, value in os.environ.items() if key not in PINNED}
        command = [sys.executable, "-m", "tests.benchmarks.preview", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env=kept, check=False).returncode)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--layers", action="store_true")
    compare(parser.parse_args())


def compare(options: argparse.Namespace) -> None:
    import tuicnn.preview  # noqa: F401, I001 - before NumPy, as the program does

    import numpy as np
    import threadpoolctl
    import torch

    from tuicnn.preview.crew import default_threads

    threads = options.threads or default_threads()
    torch.set_num_threads(threads)
    for pool in threadpoolctl.threadpool_info():
        if pool["user_api"] == "blas":
            print(f"OpenBLAS {pool['version']}, kernels {pool['architecture']}")
    print(f"NumPy {np.__version__}, PyTorch {torch.__version__}, {threads} threads")
    ratios = [race(name, options, threads) for name in options.networks]
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    print(f"{'geometric mean of the ratios':40} {mean:6.2f}")


def race(name: str, options: argparse.Namespace, threads: int) -> float:
    ours, theirs, error = contestants(name, threads, options.layers)
    for _ in range(3):
        ours(), theirs()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(options.rounds):
        for found, run in zip(times, (ours, theirs), strict=True):
            sleep(PAUSE)  # else what ran before still warms or spins
            run()
            started = perf_counter()
            run()
            found.append(1000 * (perf_counter() - started))
    mine, other = map(statistics.median, times)
    ratio = mine / other
    print(
        f"{name:14} NumPy {mine:7.1f} ms   PyTorch {other:7.1f} ms   ratio {ratio:5.2f}"
        f"   largest difference {error:.1e}",
        flush=True,
    )
    return ratio


def contestants(
    name: str, threads: int, layers: bool
) -> tuple[Callable[[], object], Callable[[], object], float]:
    import torch

    from tests.preview import twin
    from tuicnn.core.reading import read_value
    from tuicnn.preview.engine import NumpyEngine
    from tuicnn.preview.inputs import random_input
    from tuicnn.preview.plan import plan
    from tuicnn.preview.weights import Weights

    document = json.loads((PRESETS / f"{name}.json").read_text("utf-8"))
    network = read_value(document).network
    assert network is not None
    made = plan(network)
    held = dict(Weights(made).tensors())
    engine = NumpyEngine(
        made, Weights(made, 0, held), threads=threads, statistics=False, hold=True
    )
    x = random_input(made.input)
    tensors = {key: torch.from_numpy(array) for key, array in held.items()}
    given = torch.from_numpy(x)

    def theirs() -> torch.Tensor:
        with torch.inference_mode():
            return twin.sequence(network.layers, given, tensors.__getitem__, "", ())

    def ours() -> object:
        return engine.forward(x)[0]

    difference = abs(engine.forward(x)[0] - theirs().numpy()).max()
    if layers:
        show_layers(engine, x)
    return ours, theirs, float(difference)


def show_layers(engine, x) -> None:
    runs = [engine.forward(x)[1] for _ in range(7)]
    for index, node in enumerate(engine.plan.nodes):
        milliseconds = statistics.median(run[index].milliseconds for run in runs)
        if milliseconds > 0.005:
            macs = node.operation.macs
            rate = 2 * macs / milliseconds / 1e6
            print(
                f"  {node.path:44} {runs[0][index].method:16} {milliseconds:7.3f} ms"
                f" {rate:7.0f} GF/s  {node.operation.output}"
            )


if __name__ == "__main__":
    main()
