"""Patterns against their definition: sets of cells, put through one another."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuicnn.core.reach import (
    IDENTITY,
    LONGEST,
    Pattern,
    Span,
    aligned,
    binned,
    compose,
    everything,
    loosened,
    moved,
    resampled,
    union,
)

edges = st.integers(-4, 4)
spans = st.one_of(
    st.none(),
    st.builds(lambda first, more: (first, first + more), edges, st.integers(0, 4)),
)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Draw a pattern of any period, some of whose cells may read nothing."""
    period = draw(st.integers(1, 4))
    held = tuple(draw(spans) for _ in range(period))
    return Pattern(period, draw(st.integers(1, 4)), held)


def hull(spans: list[Span | None]) -> Span | None:
    present = [span for span in spans if span is not None]
    if not present:
        return None
    return min(span[0] for span in present), max(span[1] for span in present)


CELLS = range(-9, 30)


def drawn(chance: Random, period: int) -> Pattern:
    """Return a pattern some of whose cells may read nothing."""
    spans: list[Span | None] = []
    for _ in range(period):
        first = chance.randint(-6, 6)
        spans.append((first, first + chance.choice((0, 0, 1, 4, 12))))
        if chance.random() < 0.3:
            spans[-1] = None
    return Pattern(period, chance.randint(1, 4), tuple(spans))


def test_a_window_over_a_pattern_reads_what_its_cells_read() -> None:
    chance = Random(1)
    for number in range(600):
        outer = drawn(chance, number % 4 + 1)
        first, taps = chance.randint(-3, 3), chance.randint(1, 9)
        every, stride = chance.randint(1, 3), chance.randint(1, 3)
        step = Pattern(1, stride, ((first, first + (taps - 1) * every),), every)
        found = compose(outer, step)
        for cell in range(-3, 9):
            read = [stride * cell + first + tap * every for tap in range(taps)]
            assert found.span(cell) == hull([outer.span(one) for one in read])


def test_a_bin_over_a_pattern_reads_what_all_of_its_cells_read() -> None:
    outer = Pattern(3, 1, ((0, 0), (-9, 9), None))
    for size, bins in ((9, 3), (9, 2), (8, 5), (6, 1)):
        step = binned(size, bins)
        found = compose(outer, step)
        for cell in range(bins):
            first, last = step.span(cell) or (0, 0)
            read = [outer.span(one) for one in range(first, last + 1)]
            assert found.span(cell) == hull(read)


def test_a_merge_reads_what_any_branch_reads() -> None:
    chance = Random(2)
    for number in range(600):
        # Branches that move at one stride, as those of a network do.
        first = drawn(chance, number % 4 + 1)
        branches = [first]
        for _ in range(number % 3):
            times = chance.randint(1, 2)
            other = drawn(chance, times * first.period)
            branches.append(other._replace(shift=times * first.shift))
        chance.shuffle(branches)
        found = union(tuple(branches))
        for cell in range(-5, 17):
            assert found.span(cell) == hull([one.span(cell) for one in branches])
        assert union((first, first)) is first


@given(patterns(), patterns())
def test_a_pattern_over_cells_that_move_alike_reads_what_they_read(
    step: Pattern, other: Pattern
) -> None:
    outer = Pattern(1, other.shift, other.spans[:1])
    found = compose(outer, step)
    for cell in CELLS:
        span = step.span(cell)
        ends = [None] if span is None else [outer.span(one) for one in span]
        assert found.span(cell) == hull(ends)


def test_branches_of_different_periods_are_joined() -> None:
    twice = Pattern(2, 1, ((0, 0), (0, 0)))
    third = Pattern(4, 2, ((0, 0), (0, 1), (0, 1), (1, 3)))
    found = union((twice, third))
    assert (found.period, found.shift) == (4, 2)
    assert [found.span(cell) for cell in range(5)] == [
        (0, 0), (0, 1), (0, 1), (1, 3), (2, 2),
    ]  # fmt: skip
    assert union((third, twice)) == found


def test_a_branch_that_sees_everything_sees_for_all() -> None:
    whole = everything(7)
    assert whole.span(0) == whole.span(5) == (0, 6)
    assert (whole.width, whole.stride) == (7, 0)
    assert union((IDENTITY, whole)) is union((whole, IDENTITY)) is whole


@given(patterns())
def test_a_loose_pattern_holds_the_exact_one_and_hardly_more(exact: Pattern) -> None:
    loose = loosened(exact)
    assert loose.period == 1
    assert loose.stride == exact.stride
    present = [cell for cell in range(exact.period) if exact.spans[cell] is not None]
    if not present:
        assert loose.spans == (None,)
        return
    lows, highs = [], []
    for cell in present:
        low, high = exact.spans[cell] or (0, 0)
        lows.append(low - cell * exact.stride)
        highs.append(high - cell * exact.stride)
    (held,) = loose.spans
    assert held == (min(lows).__floor__(), max(highs).__ceil__())


@given(patterns())
def test_a_pattern_looks_at_the_middle_of_what_its_cells_read(one: Pattern) -> None:
    present = [cell for cell in range(one.period) if one.spans[cell] is not None]
    middles = [
        Fraction(sum(one.spans[cell] or (0, 0)), 2) - cell * one.stride
        for cell in present
    ]
    centre = sum(middles, Fraction(0)) / len(middles) if middles else Fraction(0)
    assert one.centre == centre
    assert one.look == (one.stride, 2 * centre)
    widths = [span[1] - span[0] + 1 for span in one.spans if span is not None]
    assert one.width == max(widths, default=0)


def test_branches_are_aligned_that_look_at_one_place() -> None:
    centred = Pattern(1, 1, ((-1, 1),))
    late = Pattern(1, 1, ((0, 2),))
    half = Pattern(2, 1, ((0, 0), (0, 0)))
    assert aligned((IDENTITY, centred))
    assert not aligned((IDENTITY, late))
    assert not aligned((IDENTITY, half))
    assert aligned((IDENTITY, everything(9)))


@given(st.integers(1, 40), st.integers(1, 40))
def test_bins_share_an_axis_out_as_pytorch_does(size: int, bins: int) -> None:
    """aten/src/ATen/native/AdaptivePooling.h."""
    found = binned(size, bins)
    assert found.period <= bins
    for cell in range(2 * bins):
        end = -(-(cell + 1) * size // bins)
        assert found.span(cell) == (cell * size // bins, end - 1)


@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(0, 2), st.integers(0, 2),
    st.fractions(-2, 2, max_denominator=9),
)  # fmt: skip
def test_resampling_reads_the_neighbours_of_the_cell_below(
    size: int, target: int, before: int, after: int, first: Fraction
) -> None:
    found = resampled(Fraction(size, target), first, before, after)
    for cell in range(2 * target):
        below = math.floor(first + Fraction(cell * size, target))
        assert found.span(cell) == (below - before, below + after)


@pytest.mark.parametrize(("size", "period"), [(LONGEST, LONGEST), (LONGEST + 1, 1)])
def test_a_pattern_that_repeats_too_late_holds_what_is_read(
    size: int, period: int
) -> None:
    bins, cells = binned(3, size), resampled(Fraction(3, size), Fraction(0), 1, 2)
    for found in (bins, cells):
        assert found.period == period
        assert found.stride == Fraction(3, size)
        assert found.exact == (period > 1)
    for cell in range(0, size, 7):
        below, end = cell * 3 // size, -(-(cell + 1) * 3 // size)
        span, held = bins.span(cell), cells.span(cell)
        assert span is not None and held is not None
        assert span[0] <= below and end - 1 <= span[1]
        assert held[0] <= below - 1 and below + 2 <= held[1]
        assert span[1] - span[0] <= 3
        assert held[1] - held[0] <= 5
    if period == 1:  # a cell more than is read, for what is rounded
        assert (bins.spans, cells.spans) == (((-1, 1),), ((-2, 2),))
        late = resampled(Fraction(3, size), Fraction(5, 2), 1, 2)
        assert late.spans == ((0, 4),)


def test_patterns_that_repeat_too_late_together_are_composed_loosely() -> None:
    first, other = binned(7, 64), binned(9, 65)
    found = compose(first, other)
    assert (found.period, found.stride) == (1, Fraction(63, 64 * 65))
    joined = union((binned(5, 64), binned(5, 63)))
    assert (joined.period, joined.stride) == (1, Fraction(5, 64))
    half = Pattern(2, 1, ((0, 0), (0, 1)))
    late = Pattern(1, Fraction(1, 2), ((0, 3),))
    assert union((half, late)) == Pattern(1, Fraction(1, 2), ((-1, 3),))
    assert compose(late, half) == Pattern(1, Fraction(1, 4), ((-1, 4),))
    assert compose(half, late) == Pattern(1, Fraction(1, 4), ((-1, 3),))
    for cell in range(64):
        inner, span = other.span(cell), found.span(cell)
        assert inner is not None and span is not None
        wanted = hull([first.span(one) for one in range(inner[0], inner[1] + 1)])
        assert wanted is not None
        assert span[0] <= wanted[0] and wanted[1] <= span[1]


def test_a_pattern_is_exact_up_to_the_longest_period() -> None:
    longest = binned(3, LONGEST)
    assert compose(longest, Pattern(1, 1, ((0, 0),))) == longest
    assert union((longest, resampled(Fraction(3, LONGEST), Fraction(0), 0, 0))).exact
    # Where it is not, what a cell reads is rounded outward.
    half = Pattern(1, Fraction(1, 2), ((0, 1),))
    assert [half.span(cell) for cell in (0, 1, 2)] == [(0, 1), (0, 2), (1, 2)]


def test_padding_moves_and_a_pattern_is_as_short_as_it_can_be() -> None:
    assert moved(3).span(5) == (2, 2)
    twice = compose(Pattern(2, 2, ((0, 0), (1, 1))), Pattern(1, 1, ((0, 0),)))
    assert twice == IDENTITY
    six = Pattern(6, 2, ((0, 0),) * 3 + ((1, 1),) * 3)
    assert compose(six, Pattern(1, 1, ((0, 0),))) == Pattern(3, 1, ((0, 0),) * 3)
    by_three = Pattern(6, 6, ((0, 0), (0, 5), (2, 2), (2, 7), (4, 4), (4, 9)))
    short = Pattern(2, 2, ((0, 0), (0, 5)))
    assert compose(by_three, Pattern(1, 1, ((0, 0),))) == short
    # It steps by one three times, and then by two.
    uneven = Pattern(12, 4, ((0, 0),) * 4 + ((1, 1),) * 4 + ((2, 2),) * 4)
    assert compose(uneven, Pattern(1, 1, ((0, 0),))) == uneven
