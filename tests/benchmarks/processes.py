"""Whole processes: `tuicnn preview vgg16` beside PyTorch building and running it.

    python -m tests.benchmarks.processes [--rounds 5]

All draw random weights and make one forward pass; time and memory as the system counts
them, medians. PyTorch builds the network twice over: bare, with the weights its layers
draw when they are made, and as torchvision's `vgg16()` does, which then draws them anew
(`_initialize_weights` in torchvision/models/vgg.py).
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
network = vgg()
"""

AGAIN = """
for one in network.modules():
    if isinstance(one, nn.Conv2d):
        nn.init.kaiming_normal_(one.weight, mode="fan_out", nonlinearity="relu")
        nn.init.constant_(one.bias, 0)
    elif isinstance(one, nn.Linear):
        nn.init.normal_(one.weight, 0, 0.01)
        nn.init.constant_(one.bias, 0)
"""

RUN = """
with torch.inference_mode():
    network(torch.randn(1, 3, 224, 224))
"""


def main() -> None:
    """Print seconds and megabytes of both, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    programs = {
        "NumPy": ("-m", "tuicnn", "preview", "vgg16"),
        "PyTorch, bare": ("-c", THEIRS + RUN),
        "PyTorch, as torchvision": ("-c", THEIRS + AGAIN + RUN),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, arguments in programs.items():
            found[name].append(measured(*arguments))
    medians = {
        name: [statistics.median(column) for column in zip(*each, strict=True)]
        for name, each in found.items()
    }
    for name, (seconds, megabytes) in medians.items():
        ours = medians["NumPy"]
        print(
            f"{name:24} {seconds:6.2f} s {megabytes:6.0f} MB   NumPy's share: "
            f"time {ours[0] / seconds:.2f}, memory {ours[1] / megabytes:.2f}"
        )


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
