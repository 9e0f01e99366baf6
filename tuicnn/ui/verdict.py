"""What is said of a forward pass: its verdict, a layer's figures, how far it is.

It never draws: a pane does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from tuicnn.core.wording import brief
from tuicnn.ui.columns import oriented
from tuicnn.ui.passed import Kept, Passed

if TYPE_CHECKING:
    from tuicnn.preview.confirm import Confirmation
    from tuicnn.preview.run import Result, Trace


_BAR: Final = 16
"""Columns of the progress bar."""


def verdict(passed: Passed) -> str:
    """Return what a pass showed, its sign first."""
    if passed.failure:
        return f"! {passed.failure}"
    trace = passed.trace
    if trace is None:
        return "No layers yet: there is nothing to confirm."
    rows = [
        one for one in passed.confirmations if not (one.seen and one.seen.container)
    ]
    first = passed.disagreement
    if first is not None:
        wrong = sum(not one.confirmed for one in passed.confirmations)
        found = "1 row disagrees" if wrong == 1 else f"{wrong:,} rows disagree, first"
        text = f"✗ {found}: {brief(str(first), 240)}"
        return f"{text}\nThis is an error of tuicnn, not of the network: report it."
    layers = "layer" if len(rows) == 1 else "layers"
    text = f"✓ confirmed {len(rows):,} of {len(rows):,} {layers} · {time_of(trace)}"
    if passed.entered:
        text += f"\nInput: {brief(passed.entered, 200)}"
    odd = [row for row in trace.rows if row.nans or row.infinities]
    if odd:  # A container stands before the layer that it has them from.
        first_odd = next((row for row in odd if not row.container), odd[0])
        text += f"\n! first NaN or ∞ in {brief(first_odd.path)}"
    return text


def title_of(row: Confirmation, last: bool) -> str:
    """Return a layer's path and shape, and whether they are what was predicted."""
    if not row.confirmed:
        return f"✗ {brief(str(row), 240)}"
    return f"✓ {brief(row.path)} {oriented(row.observed_shape or (), last)}"


def facts(seen: Result, kept: Kept | None) -> tuple[tuple[str, str], ...]:
    """Return what was seen of a layer, as names and values."""
    from tuicnn.ui.heatmap import spelled

    strange = [
        f"{count:,} {name}"
        for count, name in ((seen.nans, "NaN"), (seen.infinities, "∞"))
        if count
    ]
    found = [
        ("mean", spelled(seen.mean)),
        ("std", spelled(seen.std)),
        ("min", spelled(seen.minimum)),
        ("max", spelled(seen.maximum)),
        ("params", f"{seen.parameter_count:,}"),
        ("finite", f"! {' · '.join(strange)}" if strange else "all"),
        ("time", time_of(seen)),
    ]
    if seen.method:
        found.append(("method", seen.method))
    if kept is not None and kept.share > 1:
        found.append(("drawn", f"1 in {kept.share:,}"))
    return tuple(found)


def caption_of(kept: Kept, channel: int) -> str:
    """Return which channel is drawn, and of how many; of a vector: which value."""
    from tuicnn.ui.heatmap import spelled

    place = f"{kept.place(0, channel) + 1:,} of {kept.shape[0]:,}"
    if kept.values.ndim == 1:
        return f"value {place}: {spelled(float(kept.values[channel]), 8)}"
    return f"channel {place}"


def time_of(timed: Result | Trace) -> str:
    """Return how long something took; nothing where that is not known."""
    milliseconds = timed.milliseconds
    if not math.isfinite(milliseconds) or milliseconds < 0:
        return "—"
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.{0 if milliseconds >= 10 else 1}f} ms"


def progress_said(share: float, path: str) -> str:
    """Return a bar, its share in figures, and how to stop."""
    done = round(_BAR * min(max(share, 0.0), 1.0))
    bar = "█" * done + "░" * (_BAR - done)
    at = f" {brief(path, 40)}" if path else ""
    return f"{bar} {100 * share:3.0f} %{at} · esc cancels"
