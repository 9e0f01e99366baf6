"""A forward pass for the command line: weights, input, progress, what it confirmed.

It never decides whether a row is confirmed: `confirm` does. What reads and writes files
is imported when a file is named: most passes name none.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

import click

from tuicnn.cli.arrays import write_arrays
from tuicnn.cli.output import narrate, safe
from tuicnn.core.report import Report
from tuicnn.preview.confirm import Confirmation, confirm
from tuicnn.preview.inputs import random_input, read_input
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.run import Forward, Options, Trace

_PATIENCE = 0.5
"""Seconds before a bar is shown."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of a forward pass."""

    seed: int = 0
    batch: int = 1
    exact: bool = False
    memory_limit: int | None = None
    input: Path | None = None
    weights: Path | None = None
    save_weights: Path | None = None
    activations: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A forward pass beside what the core predicted."""

    trace: Trace
    confirmations: tuple[Confirmation, ...]

    @property
    def confirmed(self) -> bool:
        """Whether every row agrees."""
        return all(one.confirmed for one in self.confirmations)

    def entry(self) -> dict[str, object]:
        """Return the `preview` object of the analysis."""
        return {
            "engine": self.trace.engine,
            "seed": self.trace.seed,
            "batch": self.trace.batch,
            "confirmed": self.confirmed,
            "layers": [_layer_entry(one) for one in self.confirmations],
        }


def forward(report: Report, wishes: Wishes) -> Outcome:
    """Make a forward pass and return it beside the report.

    Raises:
        TuicnnError: It cannot be made: memory, weights, input.
        Cancelled: The user interrupted it.
    """
    given = None
    batch = wishes.batch
    if wishes.input is not None or wishes.weights is not None:
        Forward(report.network, _options(wishes, batch)).admit()  # before it is read
    if wishes.input is not None:
        given = read_input(wishes.input, report.network.input, batch)
        batch = given.array.shape[0]
        narrate(given.note)
    settled = _settled(report, _options(wishes, batch), wishes)
    keep_weights = _keeping(settled, wishes)
    settled.admit()
    x = random_input(settled.plan.input, wishes.seed) if given is None else given.array
    with _stopped_by_interrupt() as token, _bar() as progress:
        if wishes.activations is None:
            trace = settled.run(x, progress, token)
        else:
            trace = _recorded(settled, x, wishes.activations, wishes, progress, token)
    keep_weights()
    return Outcome(trace, confirm(report, trace))


def save_output(path: Path, outcome: Outcome, force: bool) -> None:
    """Write the last layer's values, (N, …), as a .npy file; whole or not at all."""
    from tuicnn.preview.storing import write_array

    values = outcome.trace.output
    write_arrays(path, lambda stream: write_array(stream, values), force)


def _keeping(settled: Forward, wishes: Wishes) -> Callable[[], None]:
    """Return what writes the weights, if that is wanted; refuse what is too large."""
    path = wishes.save_weights
    if path is None:
        return lambda: None
    from tuicnn.preview.storing import weights_writer

    fill = weights_writer(path, settled.weights)
    return lambda: write_arrays(path, fill, wishes.force)


def _options(wishes: Wishes, batch: int) -> Options:
    return Options(
        wishes.seed, batch, exact=wishes.exact, memory_limit=wishes.memory_limit
    )


def _settled(report: Report, options: Options, wishes: Wishes) -> Forward:
    observed = wishes.activations is not None
    settled = Forward(report.network, options, observed=observed)
    if wishes.weights is None:
        return settled
    from tuicnn.preview.weightfiles import load

    held = load(wishes.weights, settled.plan)
    return Forward(report.network, options, held, observed=observed)


def _recorded(
    settled: Forward,
    x: Array,
    path: Path,
    wishes: Wishes,
    progress: _Bar | None,
    token: threading.Event,
) -> Trace:
    """Make the pass and write each layer's values to an archive, as they come."""
    from tuicnn.preview.storing import write_outputs

    made: list[Trace] = []

    def fill(stream: IO[bytes]) -> None:
        made.append(
            write_outputs(stream, lambda keep: settled.run(x, progress, token, keep))
        )

    write_arrays(path, fill, wishes.force)
    return made[0]


@contextmanager
def _stopped_by_interrupt() -> Iterator[threading.Event]:
    """Let Ctrl-C set a token: threads stop at their next block, files are removed."""
    token = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        token.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield token
    finally:
        signal.signal(signal.SIGINT, before)


class _Bar:
    """A bar on stderr that appears only where there is something to wait for."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.shown = False

    def __call__(self, path: str, share: float) -> None:
        if time.monotonic() - self.started < _PATIENCE:
            return
        self.shown = True
        filled = round(24 * share)
        bar = "█" * filled + "░" * (24 - filled)
        click.echo(
            f"\r\x1b[K{bar} {100 * share:3.0f} %  {safe(path)[:48]}", nl=False, err=True
        )

    def clear(self) -> None:
        """Leave the line as it was."""
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)


@contextmanager
def _bar() -> Iterator[_Bar | None]:
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.clear()


def _layer_entry(one: Confirmation) -> dict[str, object]:
    seen = one.seen
    entry: dict[str, object] = {
        "path": one.path,
        "output_shape": None
        if one.observed_shape is None
        else list(one.observed_shape),
        "parameter_count": one.observed_count,
        "confirmed": one.confirmed,
    }
    if seen is None:
        return entry
    numbers = {
        "milliseconds": seen.milliseconds,
        "mean": seen.mean,
        "std": seen.std,
        "minimum": seen.minimum,
        "maximum": seen.maximum,
    }
    # JSON has no NaN: a statistic of no finite value is null.
    entry |= {
        name: float(f"{value:.6g}") if math.isfinite(value) else None
        for name, value in numbers.items()
    }
    return entry | {
        "nans": seen.nans,
        "infinities": seen.infinities,
        "method": seen.method,
    }
