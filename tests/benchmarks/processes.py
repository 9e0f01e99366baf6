"""Whole processes: `tuicnn preview vgg16` beside PyTorch building and running it.

    python -m tests.benchmarks.processes [--rounds 5] [preset]

Both draw random weights and make one forward pass; time and memory as the system counts
them, medians.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]

THEIRS = """
import torch
from torch import nn
def vgg():
    layers, channels = [], 3
    later = (*(256,) * 3, 0, *(512,) * 3, 0, *(512,) * 3, 0)
    for width in (64, 64, 0, 128, 128, 0, *later):
        if width:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
        else:
            layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(25088, 4096)]
    layers += [nn.ReLU(inplace=True), nn.Dropout()]
    layers += [nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, 1000)).eval()
with torch.inference_mode():
    vgg()(torch.randn(1, 3, 224, 224))
"""


def main() -> None:
    """Print seconds and megabytes of both, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset", nargs="?", default="vgg16")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(measured("-m", "tuicnn", "preview", options.preset))
        theirs.append(measured("-c", THEIRS))
    seconds = [statistics.median(one for one, _ in found) for found in (ours, theirs)]
    memory = [statistics.median(one for _, one in found) for found in (ours, theirs)]
    print(f"seconds    NumPy {seconds[0]:7.2f}   PyTorch {seconds[1]:7.2f}", end="")
    print(f"   ratio {seconds[0] / seconds[1]:.2f}")
    print(f"megabytes  NumPy {memory[0]:7.0f}   PyTorch {memory[1]:7.0f}", end="")
    print(f"   ratio {memory[0] / memory[1]:.2f}")


def measured(*arguments: str) -> tuple[float, float]:
    """Return the seconds and megabytes of a process of its own."""
    pinned = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    kept = {key: value for key, value in os.environ.items() if key not in pinned}
    started = perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=kept, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a process ended with status {process.returncode}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1024**2 if sys.platform == "darwin" else 1024
    assert isinstance(usage, resource.struct_rusage)
    return perf_counter() - started, usage.ru_maxrss / unit


if __name__ == "__main__":
    main()
