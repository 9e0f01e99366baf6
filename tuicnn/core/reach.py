"""What the cells of one axis read of another: exact intervals, composed layer by layer.

It never knows a layer or a network: layers say what they read, `receptive` composes.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Final, NamedTuple

from tuicnn.core.shapes import TransposedWindow, Window

Span = tuple[int, int]
"""First and last cell, both included."""


class Pattern(NamedTuple):
    """Which cells each output cell of an axis reads.

    The pattern repeats: output o = period·q + r reads the cells of `spans[r]`, moved by
    shift·q. A convolution has period 1; upsampling by 3 has period 3 and shift 1. A
    cell that reads nothing has the span None.

    Attributes:
        period: Outputs after which the pattern repeats.
        shift: Cells by which it has moved then; a fraction where the period would be
            longer than `LONGEST`, and spans are upper bounds.
        spans: What the outputs of one period read.
        every: Distance between the cells read within a span, of a layer's own reading.
    """

    period: int
    shift: int | Fraction
    spans: tuple[Span | None, ...]
    every: int = 1

    @property
    def exact(self) -> bool:
        """Whether the spans are what is read; if not, they hold it."""
        return isinstance(self.shift, int)

    @property
    def stride(self) -> Fraction:
        """How far the reading moves per output cell; 0 where it does not move."""
        return Fraction(self.shift) / self.period

    @property
    def width(self) -> int:
        """How many cells the widest span covers."""
        return max((hi - lo + 1 for lo, hi in filter(None, self.spans)), default=0)

    @property
    def centre(self) -> Fraction:
        """Where output cell 0 looks, averaged over the period."""
        present = [(r, span) for r, span in enumerate(self.spans) if span is not None]
        if not present:
            return Fraction(0)
        cells = sum(first + last for _, (first, last) in present)
        phases = sum(r for r, _ in present)
        return (Fraction(cells, 2) - phases * self.stride) / len(present)

    @property
    def look(self) -> tuple[int | Fraction, int | Fraction]:
        """Stride and twice the centre: what branches must agree on."""
        if self.period == 1 and self.spans[0] is not None:  # integers will do
            return self.shift, sum(self.spans[0])
        return self.stride, 2 * self.centre

    def span(self, cell: int) -> Span | None:
        """Return what one output cell reads."""
        turn, phase = divmod(cell, self.period)
        span = self.spans[phase]
        if span is None:
            return None
        moved = self.shift * turn
        return floor(span[0] + moved), ceil(span[1] + moved)


LONGEST: Final = 1_024
"""Outputs after which a pattern must repeat to be followed exactly."""

IDENTITY: Final = Pattern(1, 1, ((0, 0),))
"""Each cell reads the cell in its own place."""

WHOLE: Final = "whole"
"""Each cell reads every cell of the axis."""


def everything(size: int) -> Pattern:
    """Return the pattern in which each cell reads an axis of `size` cells whole."""
    return Pattern(1, 0, ((0, size - 1),))


def sliding(window: Window) -> Pattern:
    """Return what a convolution or a pool reads."""
    first = -window.begin
    last = first + window.extent - 1
    return Pattern(1, window.stride, ((first, last),), window.dilation)


def painting(window: TransposedWindow) -> Pattern:
    """Return what a transposed convolution reads: stride outputs per input cell."""

    def span(output: int) -> Span | None:
        # Cell j of the kernel paints output place − d·j, if a window stands there.
        places = range(
            output + window.begin,
            output + window.begin - window.extent,
            -window.dilation,
        )
        read = [place // window.stride for place in places if not place % window.stride]
        return (read[-1], read[0]) if read else None

    found = _reduced(window.stride, 1, tuple(map(span, range(window.stride))))
    every = window.dilation // gcd(window.dilation, window.stride)
    return found._replace(every=every)


def moved(begin: int) -> Pattern:
    """Return what padding (or, negative, cropping) at the beginning reads."""
    return Pattern(1, 1, ((-begin, -begin),))


def binned(size: int, bins: int) -> Pattern:
    """Return what adaptive pooling reads: bin j covers ⌊j·i/o⌋ to ⌈(j + 1)·i/o⌉ − 1.

    Source: aten/src/ATen/native/AdaptivePooling.h.
    """
    size, bins = int(size), int(bins)  # of the sizes that are here, not of others
    common = gcd(size, bins)
    period = bins // common
    if period > LONGEST:
        return Pattern(1, Fraction(size, bins), ((-1, ceil(Fraction(size, bins))),))
    spans = tuple(
        (j * size // bins, -(-(j + 1) * size // bins) - 1) for j in range(period)
    )
    return Pattern(period, size // common, spans)


def resampled(scale: Fraction, first: Fraction, before: int, after: int) -> Pattern:
    """Return what resampling reads: output o looks at the place first + scale·o.

    Args:
        scale: Cells from one place to the next.
        first: The place of output 0, from the middle of cell 0.
        before: Neighbours read before the cell at, or below, a place.
        after: Neighbours read behind it.
    """
    period = scale.denominator
    if period > LONGEST:
        below = floor(first)
        return Pattern(1, scale, ((below - before - 1, below + after),))
    cells = [floor(first + scale * output) for output in range(period)]
    spans = tuple((cell - before, cell + after) for cell in cells)
    return Pattern(period, scale.numerator, spans)


def compose(outer: Pattern, step: Pattern) -> Pattern:
    """Return what a layer's outputs read of the input, through what enters the layer.

    Args:
        outer: What the cells that enter the layer read of the network's input.
        step: What the layer's outputs read of the cells that enter it.
    """
    if outer.period == 1 and step.period == 1:  # nearly always: no search needed
        return _composed(outer, step)
    if not isinstance(outer.shift, int) or not isinstance(step.shift, int):
        return compose(loosened(outer), loosened(step))
    common = gcd(outer.period, step.shift) if step.shift else outer.period
    period = step.period * (outer.period // common)
    if period > LONGEST:
        return compose(loosened(outer), loosened(step))
    shift = outer.shift * (step.shift // common)
    spans = tuple(_hull(outer, step.span(cell), step.every) for cell in range(period))
    return _reduced(period, shift, spans)


def _composed(outer: Pattern, step: Pattern) -> Pattern:
    """Return two patterns of period 1 as one."""
    inner, reading = outer.spans[0], step.spans[0]
    shift = outer.shift * step.shift
    if inner is None or reading is None:
        return Pattern(1, shift, (None,))
    first = inner[0] + outer.shift * reading[0]
    last = inner[1] + outer.shift * reading[1]
    return Pattern(1, shift, ((floor(first), ceil(last)),))


def union(patterns: tuple[Pattern, ...]) -> Pattern:
    """Return what a merge reads: the union of what its branches read.

    Branches that move at different strides are joined over the first one's stride;
    `aligned` tells.
    """
    for pattern in patterns:
        if pattern.shift == 0:
            return pattern
    first = patterns[0]
    if all(pattern == first for pattern in patterns):
        return first
    if all(one.period == 1 and one.shift == first.shift for one in patterns):
        return Pattern(1, first.shift, (_joined([one.spans[0] for one in patterns]),))
    period = lcm(*(pattern.period for pattern in patterns))
    if period > LONGEST or not all(pattern.exact for pattern in patterns):
        loose = [loosened(pattern).spans[0] for pattern in patterns]
        return Pattern(1, first.stride, (_joined(loose),))
    spans = tuple(
        _joined([pattern.span(cell) for pattern in patterns]) for cell in range(period)
    )
    return _reduced(period, int(first.shift * (period // first.period)), spans)


def loosened(pattern: Pattern) -> Pattern:
    """Return a pattern of period 1 that holds another: what it reads, and more."""
    if pattern.period == 1:
        return pattern
    stride = pattern.stride
    moved, over = stride.numerator, stride.denominator  # integers are far faster
    held = [
        ((span[0] * over - moved * r) // over, -((moved * r - span[1] * over) // over))
        for r, span in enumerate(pattern.spans)
        if span is not None
    ]
    return Pattern(1, stride, (_joined(list(held)),))


def aligned(patterns: tuple[Pattern, ...]) -> bool:
    """Whether branches look at the same place at the same stride."""
    return len({pattern.look for pattern in patterns if pattern.shift}) <= 1


def _hull(outer: Pattern, span: Span | None, every: int) -> Span | None:
    if span is None:
        return None
    first, last = span
    if outer.period == 1 or first == last:
        edges = [outer.span(first), outer.span(last)]
    else:  # the outermost cells may read nothing, or less than their neighbours
        reach = outer.period * every
        near = range(first, min(last, first + reach) + 1, every)
        far = range(last, max(first, last - reach) - 1, -every)
        edges = [outer.span(cell) for cell in (*near, *far)]
    return _joined(edges)


def _joined(spans: list[Span | None]) -> Span | None:
    present = [span for span in spans if span is not None]
    if not present:
        return None
    return min(lo for lo, _ in present), max(hi for _, hi in present)


def _reduced(period: int, shift: int, spans: tuple[Span | None, ...]) -> Pattern:
    """Return the same pattern with the shortest period."""
    pattern = Pattern(period, shift, spans)
    common = gcd(period, shift)
    for divisor in range(common, 1, -1):
        if common % divisor:
            continue
        short = period // divisor
        candidate = Pattern(short, shift // divisor, spans[:short])
        if all(candidate.span(cell) == spans[cell] for cell in range(period)):
            return candidate
    return pattern
