"""A network at a glance: its figures, and a small picture of its stack.

It never computes a shape or a count, and never draws wider or higher than it is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tuicnn.core.derivation import spelled
from tuicnn.core.numerous import tally
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.wording import bytes_spelled, listed
from tuicnn.interop.oneline import one_line

_BAR: Final = "█"
_LONGEST: Final = 24
"""Cells of the bar of the largest map, where there is room."""
_GAP: Final = "  "
_LABEL: Final = 12
"""Cells of the labels of figures."""


class _Stage(NamedTuple):
    """Layers in a row that let the same shape leave.

    Attributes:
        shape: What leaves; None after an error.
    """

    name: str
    shape: Shape | None


def facts(report: Report, last: bool = False) -> list[tuple[str, str]]:
    """Return what is worth knowing of a network, as labels and values.

    Args:
        last: Whether channels are written last.
    """
    totals = report.totals
    size = bytes_spelled(totals.parameter_bytes)
    return [
        ("shape", _through(report, last)),
        ("layers", spelled(totals.layers)),
        ("parameters", f"{spelled(totals.parameters)} ({size})"),
        ("MACs", spelled(totals.macs)),
        ("problems", _problems(report)),
    ]


def diagram(report: Report, width: int, height: int, last: bool = False) -> list[str]:
    """Return a picture of a network's own list of layers, one stage a line.

    A bar is as long as the logarithm of its map's side. Layers in a row of one shape
    are one stage; of a long stack the middle is left out.

    Args:
        width: Cells that no line exceeds; at least 1.
        height: Lines that are not exceeded; at least 1.
        last: Whether channels are written last.
    """
    if height < 3:
        return [_cut(_through(report, last), width)]
    stages = [_Stage("input", report.network.input), *_joined(report)]
    above, below = _ends(len(stages), height)
    shown = [*stages[:above], *stages[len(stages) - below :]]
    lines = _drawn(shown, width, last)
    hidden = len(stages) - len(shown)
    if hidden:
        lines.insert(above, _cut(f"⋮ {hidden} more", width))
    return lines


def described(report: Report, width: int, height: int, last: bool = False) -> Content:
    """Return what fits a place of title, description, figures and picture.

    Args:
        width: Cells of the place.
        height: Lines of the place.
        last: Whether channels are written last.
    """
    network = report.network
    lines = [Content.styled(one_line(network.title or network.name), "bold")]
    figures = [
        Content.assemble((f"{label:<{_LABEL}}", "dim"), value)
        for label, value in facts(report, last)
    ]
    room = height - len(lines) - len(figures) - 2
    if room > 0 and network.description and width > 1:
        lines += _wrapped(network.description, width, min(4, max(1, room // 3)))
        room -= len(lines) - 1
    lines += [Content(""), *figures] if room > 0 else figures
    if room > 2 and width > 1:
        picture = diagram(report, width, room, last)
        lines += [Content(""), *map(_coloured, picture)]
    return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)


def _wrapped(text: str, width: int, height: int) -> list[Content]:
    """Return the first lines of a text; an ellipsis tells that there are more."""
    lines = Content.styled(one_line(text), "dim").wrap(width)
    if len(lines) > height:
        end = lines[height - 1].truncate(width - 1).rstrip() + "…"
        lines = [*lines[: height - 1], end]
    return lines


def _coloured(line: str) -> Content:
    return Content(line).highlight_regex(f"{_BAR}+", style="$primary")


def _joined(report: Report) -> list[_Stage]:
    """Return the stages of a report, layers of equal shape in a row as one."""
    stages = []
    for shape, group in groupby(report.top_level, key=lambda row: row.output):
        rows = list(group)
        name = one_line(rows[0].name)
        stages.append(_Stage(f"{name} ×{len(rows)}" if len(rows) > 1 else name, shape))
    return stages


def _ends(count: int, height: int) -> tuple[int, int]:
    """Return how many lines to keep above and below those that are left out."""
    if count <= height:
        return count, 0
    kept = height - 1
    return kept - kept // 2, kept // 2


def _drawn(stages: Sequence[_Stage], width: int, last: bool) -> list[str]:
    """Return a line a stage: bar, name, shape, each in its column."""
    shapes = [_spelled(stage.shape, last) for stage in stages]
    widest_shape = max(map(len, shapes))
    widest_name = max(cell_len(stage.name) for stage in stages)
    bar = min(_LONGEST, width // 3)
    room = width - bar - widest_shape - 2 * len(_GAP)
    if room < min(4, widest_name):  # too narrow for three columns
        bar, room = 0, width - widest_shape - len(_GAP)
    if room < 1:
        return [_cut(shape, width) for shape in shapes]
    names = min(room, widest_name)
    sides = _bars([stage.shape for stage in stages], bar)
    return [
        f"{side}{_fitted(stage.name, names)}{_GAP}{shape:>{widest_shape}}"
        for side, stage, shape in zip(sides, stages, shapes, strict=True)
    ]


def _bars(shapes: Sequence[Shape | None], width: int) -> list[str]:
    """Return a centred bar a shape, with the gap behind it; "" if there is no room."""
    if not width:
        return [""] * len(shapes)
    logarithms = [None if shape is None else _log_side(shape) for shape in shapes]
    largest = max((one for one in logarithms if one is not None), default=0.0) or 1.0
    bars = []
    for one in logarithms:
        cells = 0 if one is None else 1 + round((width - 1) * one / largest)
        bars.append((_BAR * cells).center(width) + _GAP)
    return bars


def _log_side(shape: Shape) -> float:
    """Return the logarithm of a map's side, averaged over its axes; 0 of a vector."""
    spatial = shape[1:]
    return sum(map(math.log2, spatial)) / len(spatial) if spatial else 0.0


def _through(report: Report, last: bool) -> str:
    entering = _spelled(report.network.input, last)
    return f"{entering} → {_spelled(report.output, last)}"


def _problems(report: Report) -> str:
    found = listed(tally(report.diagnostics))
    return f"{found}, and more" if report.more else found or "none"


def _spelled(shape: Shape | None, last: bool) -> str:
    if shape is None:
        return "?"
    return spell((*shape[1:], shape[0]) if last and shape else shape)


def _fitted(text: str, cells: int) -> str:
    """Return a text that fills some cells exactly."""
    return set_cell_size(_cut(text, cells), cells)


def _cut(text: str, cells: int) -> str:
    """Return a text that is no wider than some cells; an ellipsis tells of a cut."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - 1)).rstrip() + "…"
