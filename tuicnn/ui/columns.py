"""The columns of the stack: what stands in each, and how wide each may be.

It never draws: it returns texts, and names of styles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from tuicnn.core.diagnostics import Severity
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind as kind_of
from tuicnn.core.settings import settings
from tuicnn.core.shapes import Shape, elements, spell
from tuicnn.core.wording import short
from tuicnn.ui.outline import Line

_ROOMY = 64
"""Columns from which numbers are written out."""
_ROOMY_BESIDE_CHANGES = 80
"""The same, where changes stand beside them."""
_CHANGE = 32
"""Columns of the longest change."""
_WORDS = 8
"""Columns from which a change is told in words."""
_ROUNDED = 9
"""Columns of numbers that are rounded."""
_WITH_BAR = 76
"""Columns from which there is room for shares as bars."""
_NARROW = 24
"""Columns of a name up to which it stands alone."""
_LEAST = 10
"""Columns of a name that no indent takes."""
_BAR = 6
_EIGHTHS = " ▏▎▍▌▋▊▉█"

MARKS = {Severity.ERROR: "✗", Severity.WARNING: "▲", Severity.NOTE: "·"}


class Piece(NamedTuple):
    """A text, and the style it is drawn in."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Columns:
    """The widths of all columns; 0 for one that is not there.

    Attributes:
        name: Indent, name, type and settings.
        shape: What leaves.
        count: Parameters.
        bar: Their share.
        change: What differs from the baseline.
        tick: Whether the forward pass has confirmed the row.
    """

    name: int
    shape: int
    count: int
    bar: int
    change: int
    tick: int


def columns(width: int, compared: bool) -> Columns:
    """Return the columns that fit, the marks on the left not counted.

    Args:
        compared: Whether there is a baseline.
    """
    roomy = width >= (_ROOMY_BESIDE_CHANGES if compared else _ROOMY)
    shape, count, tick = (14, 13, 2) if roomy else (13, _ROUNDED, 2)
    if width < 34:  # the shape is what one looks for first
        shape, count, tick = (13 if width >= 20 else 0), 0, 0
    change = 0
    if compared and width >= 34:
        change = 2
    if compared and width >= 50:
        change = min(_CHANGE, width - shape - count - tick - min(15, width // 4))
    bar = _BAR + 1 if width >= _WITH_BAR and not change else 0
    name = max(1, width - shape - count - bar - change - tick)
    return Columns(name, shape, count, bar, change, tick)


def oriented(shape: Shape, last: bool) -> str:
    """Return a shape as text, channels first or last."""
    return spell((*shape[1:], shape[0]) if last and len(shape) > 1 else shape)


def label(line: Line, folded: bool, width: int) -> list[Piece]:
    """Return indent, name, type and settings of a line.

    Args:
        width: Where that is little, the name stands alone: half a word helps nobody.
    """
    indent = " " * min(2 * line.depth, max(0, width - _LEAST))
    row = line.row
    if row is None:
        return [Piece(indent), Piece(line.text, "branch")]
    fold = ("▸ " if folded else "▾ ") if row.container else ""
    pieces = [Piece(indent + fold), Piece(row.name, "name")]
    kind = kind_of(row.layer)
    if width < _NARROW:
        return pieces
    if row.layer.name is not None:
        pieces += [Piece("  "), Piece(kind, "type")]
    detail = settings(row.layer)
    if detail:
        pieces += [Piece("  "), Piece(detail, "settings")]
    return pieces


def entering(report: Report) -> list[Piece]:
    """Return what is said of the input."""
    title = report.network.title or ""
    return [Piece("input", "name"), Piece("  "), Piece(title, "type")]


def output(row: Row, last: bool) -> Piece:
    """Return what leaves a row."""
    if row.output is not None:
        return Piece(oriented(row.output, last), "shape")
    return Piece("unreached", "dim") if not row.reached else Piece("✗ error", "error")


def count(report: Report, row: Row, width: int) -> Piece:
    """Return how many parameters a row has; nothing for none.

    Args:
        width: Of the column; a number that would be cut is rounded instead.
    """
    number = report.totals_of(row).parameters if row.container else own(row)
    if not number:
        return Piece("")
    style = "held" if row.container else "count"
    whole = f"{number:,}"
    roomy = width > _ROUNDED and len(whole) < width
    return Piece(whole if roomy else short(number), style)


def own(row: Row) -> int:
    """Return the parameters of a single layer."""
    return sum(map(elements, row.parameters.values()))


def share(report: Report, row: Row) -> float:
    """Return a layer's share of all parameters; none for a container."""
    total = report.totals.parameters
    return 0.0 if row.container or not total else own(row) / total


def shaded(pieces: list[Piece], part: float) -> list[Piece]:
    """Return a column with a bar behind its text: some of its cells, from the left.

    The first stays free, between it and the column before. Numbers and blanks only:
    each character takes a cell.
    """
    left = round(part * (sum(len(piece.text) for piece in pieces) - 1))
    gap = 1
    found = []
    for piece in pieces:
        found.append(Piece(piece.text[:gap], piece.style))
        text = piece.text[gap:]
        gap -= len(piece.text) - len(text)
        covered, rest = text[:left], text[left:]
        found += [Piece(covered, "share"), Piece(rest, piece.style)]
        left -= len(covered)
    return [piece for piece in found if piece.text]


def bar(report: Report, row: Row) -> Piece:
    """Return a layer's share of all parameters."""
    part = share(report, row)
    eighths = round(8 * _BAR * part)
    if part and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return Piece("█" * full + (_EIGHTHS[rest] if rest else ""), "bar")


def change(
    report: Report,
    row: Row,
    baseline: Report,
    pairs: Mapping[str, Row],
    last: bool,
    width: int,
) -> Piece:
    """Return how a row differs from the baseline's: in whole words, or as a sign."""
    before = pairs.get(row.path)
    if before is None:
        return Piece("new" if width >= 3 else "+", "changed")
    found = _differences(report, row, baseline, before, last)
    if not found:
        return Piece("=", "dim")
    if width < _WORDS:
        return Piece("≠", "changed")
    said = " ".join(found)
    while len(found) > 1 and cell_len(said) > width:
        found.pop()
        said = " ".join([*found, "…"])
    return Piece(said, "changed")


def _differences(
    report: Report, row: Row, baseline: Report, before: Row, last: bool
) -> list[str]:
    found = []
    if before.output != row.output and before.output is not None:
        found.append(f"was {oriented(before.output, last)}")
    one, two = baseline.totals_of(before), report.totals_of(row)
    if two.parameters != one.parameters:
        found.append(f"{_signed(two.parameters - one.parameters)} P")
    if two.macs != one.macs:
        found.append(f"{_signed(two.macs - one.macs)} MACs")
    return found


def _signed(number: int) -> str:
    return f"{'+' if number > 0 else '−'}{short(abs(number))}"


def fitted(pieces: list[Piece], width: int) -> list[Piece]:
    """Return pieces cut or filled to a width in cells."""
    found, left = [], width
    for piece in pieces:
        size = cell_len(piece.text)
        if size > left:
            cut = set_cell_size(piece.text, max(0, left - 1)) + "…" if left > 1 else ""
            found.append(Piece(cut, piece.style))
            return [*found, Piece(" " * (left - cell_len(cut)))]
        found.append(piece)
        left -= size
    return [*found, Piece(" " * left)]


def right(piece: Piece, width: int) -> list[Piece]:
    """Return a piece at the right end of a column, a space before it."""
    if not width:
        return []
    room = width - 1
    size = cell_len(piece.text)
    text = piece.text if size <= room else set_cell_size(piece.text, room - 1) + "…"
    return [Piece(" " * (width - cell_len(text))), Piece(text, piece.style)]
