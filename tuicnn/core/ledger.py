"""The pixel ledger: rows and columns that padding adds, and that flooring leaves out.

It never decides a size: windows and receptive fields tell it what they read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from tuicnn.core.cells import all_of, runs
from tuicnn.core.layers.shaping import Crop, Pad
from tuicnn.core.reach import Span
from tuicnn.core.reaching import reached
from tuicnn.core.report import INPUT
from tuicnn.core.shapes import AXES, TransposedWindow, Window

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row


class Ends(NamedTuple):
    """Cells at the beginning and at the end of an axis."""

    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What one layer adds to one axis, and what it leaves out.

    Attributes:
        path: The layer's path.
        axis: What the axis is called there: height.
        pixels: The axis of the input that it runs along.
        size: Cells that enter.
        added: Cells of padding.
        cut: Cells that are cut off: of what enters (crop, negative padding), or of what
            would leave (transposed convolution).
        dropped: Cells at the end that no window reads, because the stride does not
            divide what is left.
        idle: Cells of padding at the end that no window reads, for the same reason.
        overhang: Cells that the last window of `ceil_mode` stands over the end.
        stride: Pixels of the input from one entering cell to the next.
        padded: Pixels of the input that all `added` on the way to here stand for.
        lost: Pixels of the input that all `dropped` on the way to here stand for.
    """

    path: str
    axis: str
    pixels: int
    size: int
    added: Ends
    cut: Ends
    dropped: int
    idle: int
    overhang: int
    stride: Fraction
    padded: Fraction
    lost: Fraction

    @property
    def even(self) -> bool:
        """Whether nothing is added, cut or left out."""
        kept = not (self.dropped or self.idle or self.overhang)
        return kept and not any((*self.added, *self.cut))

    @property
    def lost_here(self) -> Fraction:
        """Pixels of the input that the cells dropped here stand for."""
        return self.dropped * self.stride


@dataclass(frozen=True, slots=True)
class Never:
    """What of one axis of the input never reaches the output.

    Attributes:
        axis: The axis.
        size: Its cells.
        spans: First and last of each stretch of rows, or columns, none of whose pixels
            has a way to the output.
    """

    axis: str
    size: int
    spans: tuple[Span, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return sum(last - first + 1 for first, last in self.spans)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What happens to the pixels of the input.

    Attributes:
        report: The report of the network.
        entries: For each layer with a window, or edges, an entry for each axis.
        never: What never reaches the output, an entry for each axis; None after an
            error, where there is no output.
        exact: Whether `never` is all of it; if not, interpolation may read less.
    """

    report: Report
    entries: tuple[Entry, ...]
    never: tuple[Never, ...] | None
    exact: bool


def ledger(report: Report) -> Ledger:
    """Return what the layers of a network add to its input, and what they leave out."""
    found = reached(report)
    shape = report.network.input
    names = AXES.get(len(shape) - 1, ())
    never = None
    if found is not None:
        never = tuple(
            Never(name, size, tuple(runs(~cells & all_of(size), size)))
            for name, size, cells in zip(names, shape[1:], found.axes, strict=False)
        )
    return Ledger(report, tuple(_entries(report)), never, found is None or found.exact)


class Sums(NamedTuple):
    """Pixels of one axis of the input that were added, and lost, on one way."""

    padded: Fraction = Fraction(0)
    lost: Fraction = Fraction(0)


def _entries(report: Report) -> Iterator[Entry]:
    rank = len(report.network.input) - 1
    sums: dict[int, tuple[Sums, ...]] = {INPUT: (Sums(),) * rank}
    for index in report.order:
        row = report.rows[index]
        if row.effect is None:
            continue
        # Branches stand side by side: the most that any of them has is told.
        ways = zip(*(sums[source] for source in row.sources), strict=True)
        known = [Sums(*map(max, zip(*way, strict=True))) for way in ways]
        for entry in _of_row(report, row, known):
            known[entry.pixels] = Sums(entry.padded, entry.lost)
            yield entry
        sums[index] = tuple(known)


def _of_row(report: Report, row: Row, known: list[Sums]) -> Iterator[Entry]:
    """Yield the entries of one layer.

    Args:
        known: For each axis of the input, the sums of the way here.
    """
    entering, shape = report.fields[row.sources[0]], row.inputs[0]
    assert entering is not None and shape is not None  # it has an effect
    names = AXES.get(len(shape) - 1, ())
    for axis, counts in enumerate(_counts(row), start=1):
        pixels = entering.axes[axis]
        if pixels is None:
            continue
        stride = entering.stride[pixels]
        yield Entry(
            row.path,
            names[axis - 1],
            pixels,
            shape[axis],
            counts.added,
            counts.cut,
            counts.dropped,
            counts.idle,
            counts.overhang,
            stride,
            known[pixels].padded + sum(counts.added) * stride,
            known[pixels].lost + counts.dropped * stride,
        )


class _Counts(NamedTuple):
    """What one layer does to one axis, in its own cells."""

    added: Ends = Ends()
    cut: Ends = Ends()
    dropped: int = 0
    idle: int = 0
    overhang: int = 0


def _counts(row: Row) -> Iterator[_Counts]:
    """Yield what a layer does to each spatial axis; nothing where it has no window."""
    layer, shape = row.layer, row.inputs[0]
    assert row.effect is not None and shape is not None
    if isinstance(layer, (Pad, Crop)):
        for begin, end in layer.edges(len(shape) - 1):
            ends = Ends(max(begin, 0), max(end, 0))
            cut = Ends(max(-begin, 0), max(-end, 0))
            yield _Counts(ends, cut)
    for window in row.effect.windows:
        if isinstance(window, TransposedWindow):
            yield _Counts(cut=Ends(window.begin, window.end))
        else:
            yield _slid(window)


def _slid(window: Window) -> _Counts:
    last = (window.positions() - 1) * window.stride + window.extent
    beyond = last - (window.size + window.begin + window.end)
    idle = 0 if beyond > 0 else min(-beyond, window.end)
    added = Ends(window.begin, window.end)
    dropped = window.discarded()
    return _Counts(added, Ends(), dropped, idle, max(beyond, 0))


def by_layer(entries: tuple[Entry, ...]) -> Mapping[str, tuple[Entry, ...]]:
    """Return the entries of each layer, in their order."""
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        found[entry.path] = (*found.get(entry.path, ()), entry)
    return found
