"""Pictures of arrays: their sizes, colours, and what is not finite."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tuicnn.ui.heatmap import (
    NOT_FINITE,
    bars,
    colour,
    folded,
    heat,
    runs,
    shades,
    spelled,
)
from tuicnn.ui.histogram import histogram, tally
from tuicnn.ui.pixels import sampled

ROOM = st.integers(1, 30)
VALUES = st.floats(width=32) | st.sampled_from([0.0, 1.0, math.nan, math.inf])
MAPS = npst.arrays(np.float32, npst.array_shapes(min_dims=2, max_dims=2, max_side=40),
                   elements=VALUES)  # fmt: skip
WIDE = npst.arrays(np.float64, npst.array_shapes(min_dims=1, max_dims=2, max_side=9),
                   elements=st.floats())  # fmt: skip


def legend(picture) -> str:
    return "".join(cell.character for row in folded(picture.legend, 99) for cell in row)


def text(row) -> str:
    return "".join(cell.character for cell in row)


@given(MAPS, ROOM, ROOM)
def test_maps_fit_their_room(values, width, height):
    for draw in (heat, shades):
        rows = draw(values, width, height).rows
        assert 1 <= len(rows) <= height
        assert len({len(row) for row in rows}) == 1
        assert 1 <= len(rows[0]) <= width


@given(WIDE, ROOM, ROOM)
def test_any_number_is_drawn_without_a_complaint(values, width, height):
    flat = values.reshape(-1)
    heat(np.atleast_2d(values), width, height)
    shades(np.atleast_2d(values), width, height)
    assert len(bars(flat, width, height, len(flat) - 1).rows) == height
    histogram(tally(values), width, width, height)


@given(MAPS, ROOM, ROOM)
def test_what_is_not_finite_is_counted(values, width, height):
    pixels = sampled(values, width, height, 1)
    assert pixels.nans == np.isnan(values).sum()
    assert pixels.infinities == np.isinf(values).sum()
    strange = pixels.nans + pixels.infinities
    assert bool(np.isnan(pixels.values).any()) == bool(strange)


def test_two_rows_share_a_cell():
    picture = heat(np.array([[0.0], [1.0]]), 1, 1)
    assert picture.rows == [[("▀", colour(0), colour(1), False)]]


def test_an_odd_last_row_has_nothing_behind_it():
    values = np.arange(3.0).reshape(3, 1)
    assert heat(values, 1, 2).rows[1][0] == ("▀", colour(1), None, False)


def test_a_small_map_is_drawn_larger_and_square():
    pixels = sampled(np.eye(3), 20, 14, 1)
    assert pixels.values.shape == (12, 12)
    assert np.array_equal(pixels.values[::4, ::4], np.eye(3))


def test_one_value_does_not_fill_the_screen():
    assert sampled(np.ones((1, 1)), 200, 100, 1).values.shape == (8, 8)


def test_a_large_map_shows_means_and_says_so():
    values = np.arange(16.0).reshape(4, 4)
    pixels = sampled(values, 2, 2, 1)
    assert pixels.values.tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert legend(heat(values, 2, 1)) == "2.5 ████████ 12.5 · means of 2×2"


def test_a_constant_map_says_its_value():
    assert legend(heat(np.full((4, 4), -0.25), 9, 9)) == "all −0.25"
    assert heat(np.full((4, 4), 7.0), 4, 2).rows[0][0].front == colour(0.5)


def test_nan_and_infinity_have_a_colour_a_sign_and_a_count():
    values = np.array([[math.nan, math.inf], [0.0, 1.0]])
    picture = heat(values, 2, 1)
    assert [cell.front for cell in picture.rows[0]] == [NOT_FINITE, NOT_FINITE]
    assert legend(picture) == "0 ████████ 1 · ■ 1 NaN · ■ 1 ∞"
    plain = shades(values, 4, 2)
    assert "?" in text(plain.rows[0])
    assert legend(plain) == "0  ░▒▓█ 1 · ? 1 NaN · ? 1 ∞"


def test_a_map_of_nothing_finite_has_no_ends():
    assert legend(heat(np.full((2, 2), math.nan), 4, 4)) == "■ 4 NaN"


def test_shades_grow_darker_for_less():
    assert text(shades(np.arange(5.0).reshape(1, 5), 5, 1).rows[0]) == " ░▒▓█"


def test_the_map_grows_lighter_throughout():
    light = [
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in (colour(step / 100) for step in range(101))
    ]
    assert all(one < other for one, other in pairwise(light))


def test_bars_stand_on_zero():
    rows = bars(np.array([2.0, -2.0, 0.0]), 3, 2).rows
    assert [[(c.character, c.reverse) for c in row] for row in rows] == [
        [("█", False), (" ", False), (" ", False)],
        [(" ", False), (" ", True), (" ", False)],
    ]


def test_wide_bars_stand_apart():
    assert text(bars(np.ones(3), 9, 1).rows[0]) == "██ ██ ██ "


def test_a_mark_stands_below_the_chosen_bar():
    picture = bars(np.array([1.0, 2.0, 3.0]), 9, 4, chosen=2)
    assert text(picture.rows[-1]).index("▲") == 7


def test_a_mark_stands_below_the_pixel_of_a_chosen_value():
    picture = bars(np.arange(1000.0), 10, 4, chosen=999)
    assert text(picture.rows[-1]).index("▲") == 9


@given(WIDE, ROOM, ROOM, st.integers(1, 40))
def test_a_histogram_has_the_size_that_is_asked_for(values, width, height, bins):
    rows = histogram(tally(values), bins, width, height)
    assert len(rows) in (1, height)
    assert {len(row) for row in rows} == {width}


def test_a_histogram_names_its_ends_and_zero():
    rows = histogram(tally(np.linspace(-1, 1, 100)), 20, 20, 3)
    assert rows == ["█" * 20, "█" * 20, "−1        0        1"]


def test_a_rare_value_is_seen_in_a_histogram():
    values = np.array([0.0] * 10_000 + [1.0])
    assert histogram(tally(values), 10, 10, 3) == [
        "█         ",
        "█        ▁",
        "0        1",
    ]


def test_a_histogram_of_one_value_has_one_bar():
    assert histogram(tally(np.full(9, 0.5)), 5, 5, 2) == ["  █  ", " 0.5 "]


def test_a_histogram_of_nothing_finite_says_so():
    assert histogram(tally(np.array([math.nan])), 30, 15, 4) == ["no finite value"]


def test_no_room_gives_nothing():
    assert histogram(tally(np.ones(3)), 1, 0, 4) == []
    assert heat(np.ones((3, 3)), 0, 4).rows == []


@pytest.mark.parametrize(
    ("value", "said"),
    [(-0.12345, "−0.1235"), (0.0, "0"), (1e-7, "1e−07"), (math.nan, "—"),
     (math.inf, "∞"), (-math.inf, "−∞")],
)  # fmt: skip
def test_numbers_have_four_digits_and_a_true_minus(value, said):
    assert spelled(value) == said


def test_a_legend_folds_between_its_parts():
    picture = heat(np.arange(64.0).reshape(8, 8), 4, 2)
    rows = folded(picture.legend, 20)
    assert [text(row) for row in rows] == ["4.5 ████████ 58.5", "means of 2×2"]


def test_runs_are_joined_where_cells_look_alike():
    row = heat(np.array([[0.0, 0.0, 1.0]]), 3, 1).rows[0]
    assert [found for found, _ in runs(row)] == ["▀▀", "▀"]
    assert list(runs([])) == []
