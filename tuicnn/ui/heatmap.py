"""Pictures of arrays in cells of text: heat maps, shades, bars.

It never draws on a screen. It imports NumPy: import it where there is an array to draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from tuicnn.ui.pixels import Numbers, Pixels, sampled

Colour = tuple[int, int, int]
"""Red, green and blue, 0 … 255."""

_STOPS: Final = (
    "440154", "481a6c", "472f7d", "414487", "39568c", "31688e", "2a788e", "23888e",
    "1f988b", "22a884", "35b779", "54c568", "7ad151", "a5db36", "d2e21b", "fde725",
)  # fmt: skip
"""From low to high, in steps that look alike, and grow lighter; source: viridis, by
S. van der Walt and N. Smith, who gave it to the public domain."""
_MAP: Final[tuple[Colour, ...]] = tuple(
    (int(stop[:2], 16), int(stop[2:4], 16), int(stop[4:], 16)) for stop in _STOPS
)
NOT_FINITE: Final[Colour] = (255, 64, 64)
"""Of NaN and infinity: red is nowhere in the map."""
_SHADES: Final = " ░▒▓█"
EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
"""From empty to full, from below."""


class Cell(NamedTuple):
    """One character of a picture; None is the colour that is there anyway.

    Attributes:
        character: It takes one column.
        front: Its own colour.
        back: The colour behind it.
        reverse: Whether the two are exchanged.
    """

    character: str
    front: Colour | None = None
    back: Colour | None = None
    reverse: bool = False


class Picture(NamedTuple):
    """Rows of cells, and what they mean, in parts that may stand below one another."""

    rows: list[list[Cell]]
    legend: list[list[Cell]]


def heat(values: Numbers, width: int, height: int) -> Picture:
    """Return a map in half blocks: two pixels a cell, above one another.

    Args:
        values: (H, W).
        width: Columns it may take.
        height: Rows it may take, the legend not counted.
    """
    pixels = sampled(values, width, 2 * height, 1)
    shares = pixels.shares.tolist()
    rows = []
    for top in range(0, len(shares), 2):
        upper = map(colour, shares[top])
        if top + 1 < len(shares):
            lower = map(colour, shares[top + 1])
            cells = [Cell("▀", *pair) for pair in zip(upper, lower, strict=True)]
        else:
            cells = [Cell("▀", one) for one in upper]
        rows.append(cells)
    ramp = [Cell("█", colour(step / 7)) for step in range(8)]
    return Picture(rows, _legend(pixels, ramp, Cell("■", NOT_FINITE)))


def shades(values: Numbers, width: int, height: int) -> Picture:
    """Return a map without colour: one character a cell, darker for less.

    Args:
        values: (H, W).
        width: Columns it may take.
        height: Rows it may take, the legend not counted.
    """
    pixels = sampled(values, width, height, 2)
    rows = [[Cell(_shade(share)) for share in line] for line in pixels.shares]
    return Picture(rows, _legend(pixels, _cells(_SHADES), Cell("?")))


def bars(
    values: Numbers, width: int, height: int, chosen: int | None = None
) -> Picture:
    """Return a row of bars that stand on zero: up for positive, down for negative.

    Args:
        values: (n,).
        width: Columns it may take.
        height: Rows it may take, the legend not counted.
        chosen: Value below which a mark stands, in a row of its own.
    """
    marked = chosen is not None and height > 1
    pixels = sampled(values.reshape(1, -1), width, 1, 1, taller=True)
    line = pixels.values[0]
    rows = _standing(line, max(1, height - marked))
    thick = max(1, len(line) // max(1, values.size))
    if thick > 1:
        for row in rows:  # A gap behind each bar.
            row[thick - 1 :: thick] = _cells(" " * values.size)
    if marked and chosen is not None:
        at = chosen * len(line) // max(1, values.size)
        rows.append(_cells(" " * (at + (thick - 1) // 2) + "▲"))
    return Picture(rows, _legend(pixels, [Cell("…")], Cell("?")))


def colour(share: float) -> Colour:
    """Return the colour of a share, 0 … 1; NaN has its own."""
    if math.isnan(share):
        return NOT_FINITE
    place = min(max(share, 0.0), 1.0) * (len(_MAP) - 1)
    index = min(int(place), len(_MAP) - 2)
    rest = place - index
    below, above = _MAP[index], _MAP[index + 1]
    red, green, blue = (
        round(one + (other - one) * rest)
        for one, other in zip(below, above, strict=True)
    )
    return red, green, blue


def _shade(share: float) -> str:
    if math.isnan(share):
        return "?"
    return _SHADES[min(int(share * len(_SHADES)), len(_SHADES) - 1)]


def _standing(line: Numbers, height: int) -> list[list[Cell]]:
    """Return bars of a row of values; zero lies where it stands among them."""
    known = line[np.isfinite(line)]
    top = max(0.0, float(known.max())) if known.size else 0.0
    bottom = min(0.0, float(known.min())) if known.size else 0.0
    above = height
    if bottom < 0:
        spread = top / 2 - bottom / 2
        above = round(height * (top / 2 / spread)) if spread else 0
        above = min(max(above, 1), height - 1) if top and height > 1 else above
    up = (np.maximum(line, 0) / (top or 1.0) * 8 * above).tolist()
    down = (np.minimum(line, 0) / (bottom or 1.0) * 8 * (height - above)).tolist()
    rows = []
    for row in range(height):
        if row < above:
            rows.append([_up(eighths - 8 * (above - row - 1)) for eighths in up])
        else:
            rows.append([_down(eighths - 8 * (row - above)) for eighths in down])
    return rows


def _up(eighths: float) -> Cell:
    if math.isnan(eighths):
        return Cell("?")
    return Cell(EIGHTHS[min(max(math.ceil(eighths), 0), 8)])


def _down(eighths: float) -> Cell:
    if math.isnan(eighths):
        return Cell("?")
    filled = min(max(math.ceil(eighths), 0), 8)
    return Cell(EIGHTHS[8 - filled], reverse=True) if filled else Cell(" ")


def spelled(value: float, digits: int = 4) -> str:
    """Return a number in a few digits, with a true minus: −0.1235."""
    if math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}".replace("-", "−")


def _legend(pixels: Pixels, ramp: list[Cell], mark: Cell) -> list[list[Cell]]:
    """Return the least, the greatest, what is not finite, and what a pixel is."""
    found: list[list[Cell]] = []
    if not math.isnan(pixels.low):
        ends = [spelled(pixels.low), spelled(pixels.high)]
        if pixels.low == pixels.high:
            found.append(_cells(f"all {ends[0]}"))
        else:
            found.append([*_cells(f"{ends[0]} "), *ramp, *_cells(f" {ends[1]}")])
    for count, name in ((pixels.nans, "NaN"), (pixels.infinities, "∞")):
        if count:
            found.append([mark, *_cells(f" {count:,} {name}")])
    rows, columns = pixels.area
    if rows * columns > 1:
        area = f"{columns}" if rows == 1 else f"{rows}×{columns}"
        found.append(_cells(f"means of {area}"))
    return found


def folded(parts: list[list[Cell]], width: int) -> list[list[Cell]]:
    """Return a legend as rows: parts beside one another while they fit a width."""
    rows: list[list[Cell]] = []
    for part in parts:
        if rows and len(rows[-1]) + 3 + len(part) <= width:
            rows[-1] += [*_cells(" · "), *part]
        else:
            rows.append(list(part))
    return rows


def _cells(text: str) -> list[Cell]:
    return [Cell(character) for character in text]


def runs(cells: list[Cell]) -> Iterator[tuple[str, Cell]]:
    """Return stretches of cells that look alike: their text, and one of them."""
    starts = [0] if cells else []
    starts += [
        at + 1
        for at, (one, other) in enumerate(pairwise(cells))
        if one[1:] != other[1:]
    ]
    for start, stop in pairwise([*starts, len(cells)]):
        text = "".join(cell.character for cell in cells[start:stop])
        yield text, cells[start]
