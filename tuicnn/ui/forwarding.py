"""The background forward pass: whether it runs by itself, its result, its files.

It never touches a widget. It imports NumPy only when a pass is made, so that the
editor may import it and still start fast.
"""

from __future__ import annotations

import math
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from tuicnn.core.diagnostics import Severity
from tuicnn.core.network import Network
from tuicnn.core.report import INPUT, Report
from tuicnn.core.shapes import Shape
from tuicnn.core.wording import bytes_spelled, short
from tuicnn.preview.faults import Cancelled, LayerFault, PreviewError, TooMuchMemory

if TYPE_CHECKING:
    from tuicnn.preview.confirm import Confirmation
    from tuicnn.preview.inputs import Input
    from tuicnn.preview.kernels.window import Array
    from tuicnn.preview.run import Forward, Trace
    from tuicnn.ui.histogram import Tally

Progress = Callable[[str, float], None]
"""Told a layer's path, and the share of multiplications that are done."""

AUTOMATIC: Final = 5 * 10**9
"""MACs up to which a pass runs by itself after an edit: ResNet-50, about 0.2 s."""
_PARAMETERS: Final = 250_000_000
"""Parameters up to which it does: values are drawn for each."""
_ROWS: Final = 2_000
"""Rows up to which it does: each takes time of its own."""
_ACTIVATIONS: Final = 50_000_000
"""Numbers in all outputs up to which it does."""

_CHANNELS, _SIDE = 64, 256
_KEPT: Final = _CHANNELS * _SIDE * _SIDE
"""Numbers of an activation that is kept whole."""
_FEATURES: Final = 2**18
"""Numbers of a vector that is kept whole."""
_PAUSE: Final = 0.05
"""Seconds between two reports of progress."""


@dataclass(frozen=True, eq=False)
class Kept:
    """The output of one layer, or what of it was kept.

    Attributes:
        path: Path of the layer.
        shape: Shape of the whole output, without the batch.
        values: Its values, (C, *sizes) or (features,).
        steps: Along each axis, one of how many values was kept.
        tally: How many of those that were kept lie where.
    """

    path: str
    shape: Shape
    values: Array
    steps: Shape
    tally: Tally

    def place(self, axis: int, index: int) -> int:
        """Return where a kept index stands in the whole output."""
        return self.steps[axis] // 2 + index * self.steps[axis]

    @property
    def share(self) -> int:
        """One of how many values was kept; 1: all were."""
        return math.prod(self.steps)


@dataclass(frozen=True, eq=False)
class Passed:
    """What became of a forward pass.

    Attributes:
        network: The network that it was made for.
        confirmations: Each row of the core beside what was seen of it.
        trace: What was seen; None where no pass was made.
        failure: Why none was made, as a sentence; else empty.
        kept: The output of the layer that was asked for.
        asked: Path of that layer, whether or not its output could be kept.
        note: Why it was not kept; else empty.
        entered: What went in, as a sentence; empty for random numbers.
    """

    network: Network
    confirmations: tuple[Confirmation, ...] = ()
    trace: Trace | None = None
    failure: str = ""
    kept: Kept | None = None
    asked: str | None = None
    note: str = ""
    entered: str = ""

    @property
    def disagreement(self) -> Confirmation | None:
        """The first row in which prediction and observation differ."""
        return next((one for one in self.confirmations if not one.confirmed), None)

    def confirmation(self, path: str) -> Confirmation | None:
        """Return the row of a path."""
        return next((one for one in self.confirmations if one.path == path), None)


def cost(report: Report) -> int:
    """Return the MACs of a pass of one sample."""
    return report.totals.macs


def automatic(report: Report) -> bool:
    """Return whether a pass is short enough to run by itself after an edit.

    Its memory is not asked for here: `run_pass` never takes more than the preview's
    `default_limit()`, and says so where it would.
    """
    totals = report.totals
    return (
        cost(report) <= AUTOMATIC
        and len(report.rows) <= _ROWS
        and totals.parameters <= _PARAMETERS
        and totals.activations <= _ACTIVATIONS
    )


def invitation(report: Report) -> str:
    """Return what to do for a pass that does not run by itself."""
    return f"press f5 to run: {short(cost(report))} MACs"


def run_pass(
    report: Report,
    token: threading.Event,
    progress: Progress | None = None,
    keep: str | None = None,
    given: Input | None = None,
) -> Passed:
    """Send one sample through a network, and confirm its report.

    Args:
        token: Polled; where it is set, the pass stops.
        progress: Told path and share, from this thread, at most 20 times a second.
        keep: Path of the layer whose output is wanted.
        given: What goes in, where that is no random sample.

    Raises:
        Cancelled: The token was set.
    """
    network = report.network
    if not report.valid:
        return Passed(network, failure=_errors_first(report), asked=keep)
    if not network.layers:
        return Passed(network, asked=keep)
    try:
        return _passed(report, token, progress, keep, given)
    except Cancelled:
        raise
    except PreviewError as error:
        return Passed(network, failure=_sentence(error), asked=keep)


def _passed(
    report: Report,
    token: threading.Event,
    progress: Progress | None,
    keep: str | None,
    given: Input | None,
) -> Passed:
    from tuicnn.preview.confirm import confirm
    from tuicnn.preview.inputs import random_input

    settled, note = _settled(report, keep)
    source = None if keep is None or note else _source(report, keep)
    found: list[Kept] = []

    def observe(path: str, values: Array) -> None:
        if path == source and not found:
            found.append(_kept(keep or "", values))

    x = random_input(settled.plan.input) if given is None else given.array
    if source == "":
        observe("", x)
    trace = settled.run(x, _seldom(progress), token, observe if source else None)
    kept = found[0] if found else None
    confirmations = confirm(report, trace)
    entered = "" if given is None else given.note
    return Passed(report.network, confirmations, trace, "", kept, keep, note, entered)


def _settled(report: Report, keep: str | None) -> tuple[Forward, str]:
    """Return the pass, and why nothing can be kept of it: that takes more memory."""
    from tuicnn.preview.run import Forward, default_limit

    settled = Forward(report.network, observed=keep is not None)
    if keep is None or settled.peak + 4 * _KEPT <= default_limit():
        return settled, ""
    need = bytes_spelled(settled.peak)
    return Forward(report.network), f"To keep its values would need {need} of memory."


def _source(report: Report, path: str) -> str | None:
    """Return the layer whose output leaves a row; empty: the input does."""
    row = report.row(path)
    while row is not None and row.container and row.effect is None:
        source = row.sources[0]
        if source == INPUT:
            return ""
        row = report.rows[source]
    return None if row is None else row.path


def _kept(path: str, values: Array) -> Kept:
    """Return a copy of the first sample, or of so much of it as is kept."""
    from tuicnn.ui.histogram import tally

    sample = values[0]
    steps = _steps(sample.shape)
    copy = sample[tuple(slice(step // 2, None, step) for step in steps)].copy()
    return Kept(path, sample.shape, copy, steps, tally(copy))


def _steps(shape: Shape) -> Shape:
    """Return along each axis how many values stand for one, for at most `_KEPT`."""
    if len(shape) == 1:
        return (-(-shape[0] // _FEATURES),)
    if math.prod(shape) <= _KEPT:
        return (1,) * len(shape)
    side = _SIDE * _SIDE if len(shape) == 2 else _SIDE
    most = [shape[0], *(min(size, side) for size in shape[1:])]
    for axis in range(max(1, len(shape) - 2)):  # Channels; of a volume, its depth.
        if math.prod(most) > _KEPT:
            others = math.prod(most) // most[axis]
            room = _CHANNELS if axis == 0 else max(1, _KEPT // others)
            most[axis] = min(most[axis], room)
    return tuple(-(-size // kept) for size, kept in zip(shape, most, strict=True))


def read_given(text: str, sample: Shape) -> Input:
    """Return the input that somebody names: numbers, or a file with an array or image.

    Raises:
        PreviewError: It cannot be read, or does not fit.
        MissingPackage: It is an image, and pillow is not installed.
    """
    from tuicnn.preview.inputs import read_input
    from tuicnn.preview.typed import typed_input

    found = typed_input(text, sample)
    if found is None:
        found = read_input(Path(text.strip()).expanduser(), sample)
    return found._replace(array=found.array[:1])  # one sample is shown


def save_activations(
    report: Report,
    path: Path,
    token: threading.Event | None = None,
    progress: Progress | None = None,
) -> int:
    """Write every layer's output, (1, C, *sizes), as .npz; return how many there are.

    The file is whole, or not there at all.

    Raises:
        PreviewError: The pass cannot be made, or the file cannot be written.
        Cancelled: The token was set.
    """
    from tuicnn.preview.inputs import random_input
    from tuicnn.preview.run import Forward
    from tuicnn.preview.weightfiles import add_array, write_whole

    if not report.valid:
        raise LayerFault("", _errors_first(report).rstrip("."))
    settled = Forward(report.network, observed=True)
    settled.admit()
    names: list[str] = []

    def write(stream: IO[bytes]) -> None:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:

            def keep(name: str, values: Array) -> None:
                names.append(name)
                add_array(archive, name, values)

            x = random_input(settled.plan.input)
            settled.run(x, _seldom(progress), token, keep)

    write_whole(path, write)
    return len(names)


def _seldom(progress: Progress | None) -> Progress | None:
    """Return a report of progress that is silent for a while after each."""
    if progress is None:
        return None
    due = -math.inf

    def report(path: str, share: float) -> None:
        nonlocal due
        if (now := time.monotonic()) >= due:
            due = now + _PAUSE
            progress(path, share)

    return report


def _errors_first(report: Report) -> str:
    every = report.diagnostics
    count = sum(one.severity is Severity.ERROR for one in every)
    errors = "1 error: it comes" if count == 1 else f"{count:,} errors: they come"
    return f"The network has {errors} first."


def _sentence(error: PreviewError) -> str:
    if isinstance(error, TooMuchMemory):
        return (
            f"The forward pass needs {bytes_spelled(error.need)} of memory; it may "
            f"have {bytes_spelled(error.limit)}. A smaller input needs less."
        )
    return f"{error.message}."
