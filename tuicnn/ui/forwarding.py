"""The background forward pass: whether it runs by itself, how it is made, its files.

It never touches a widget. It imports NumPy only when a pass is made, so that the
editor may import it and still start fast.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuicnn.core.diagnostics import Severity
from tuicnn.core.numerous import number_of
from tuicnn.core.report import INPUT, Report
from tuicnn.core.shapes import Shape
from tuicnn.core.wording import bytes_spelled, short
from tuicnn.files import WriteResult, write_streamed
from tuicnn.preview.faults import Cancelled, LayerFault, PreviewError, TooMuchMemory
from tuicnn.ui.passed import WHOLE, Kept, Passed, kept_of

if TYPE_CHECKING:
    from tuicnn.preview.inputs import Input
    from tuicnn.preview.kernels.window import Array
    from tuicnn.preview.outcome import Observer
    from tuicnn.preview.run import Forward

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

_PAUSE: Final = 0.05
"""Seconds between two reports of progress."""


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
            found.append(kept_of(keep or "", values))

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
    from tuicnn.preview.run import default_limit

    settled = _forward(report, observed=keep is not None)
    if keep is None or settled.peak + 4 * WHOLE <= default_limit():
        return settled, ""
    need = bytes_spelled(settled.peak)
    return _forward(report), f"To keep its values would need {need} of memory."


def _forward(report: Report, observed: bool = False) -> Forward:
    from tuicnn.preview.allocator import give_back_large
    from tuicnn.preview.run import Forward

    give_back_large()
    return Forward(report.network, observed=observed)


def _source(report: Report, path: str) -> str | None:
    """Return the layer whose output leaves a row; empty: the input does."""
    row = report.row(path)
    while row is not None and row.container and row.effect is None:
        source = row.sources[0]
        if source == INPUT:
            return ""
        row = report.rows[source]
    return None if row is None else row.path


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
        found = read_input(Path(os.path.expanduser(text.strip())), sample)
    return found._replace(array=found.array[:1])  # one sample is shown


def save_activations(
    report: Report,
    path: Path,
    token: threading.Event | None = None,
    given: Input | None = None,
) -> tuple[int, WriteResult]:
    """Write every layer's output, (1, C, *sizes), as .npz; the version before is kept.

    Args:
        token: Polled; where it is set, the pass stops, and nothing is written.
        given: What goes in, where that is no random sample.

    Returns:
        How many outputs there are, and what came of the write.

    Raises:
        PreviewError: The pass cannot be made.
        FileError: The file cannot be written; the old one is as it was.
        Cancelled: The token was set.
    """
    from tuicnn.preview.inputs import random_input
    from tuicnn.preview.storing import write_outputs

    if not report.valid:
        raise LayerFault("", _errors_first(report).rstrip("."))
    settled = _forward(report, observed=True)
    settled.admit()
    names: list[str] = []

    def run(keep: Observer) -> None:
        def observe(name: str, values: Array) -> None:
            names.append(name)
            keep(name, values)

        x = random_input(settled.plan.input) if given is None else given.array
        settled.run(x, token=token, observe=observe)

    result = write_streamed(path, lambda to: write_outputs(to, run), backup=True)
    return len(names), result


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
    count = number_of(report, Severity.ERROR)
    errors = "1 error: it comes" if count == "1" else f"{count} errors: they come"
    return f"The network has {errors} first."


def _sentence(error: PreviewError) -> str:
    if isinstance(error, TooMuchMemory):
        return (
            f"The forward pass needs {bytes_spelled(error.need)} of memory; it may "
            f"have {bytes_spelled(error.limit)}. A smaller input needs less."
        )
    return f"{error.message}."
