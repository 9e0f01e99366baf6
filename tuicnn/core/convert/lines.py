"""Conversions as lines for people: what there is, what one changes, what it keeps.

It never makes a conversion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tuicnn.core.convert.kinds import KINDS, Done, Kind, first_conversions
from tuicnn.core.derivation import spelled
from tuicnn.core.explain.lines import section, within, wrapped
from tuicnn.core.proposal import Consequence
from tuicnn.core.settings import kind as type_of
from tuicnn.core.settings import settings
from tuicnn.core.shapes import spell

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

_SHOWN: Final = 12
"""Layers, and places, that are listed."""
_DEEP: Final = 2_000
"""Rows from which on a network is deep."""


def kinds_lines(report: Report) -> list[str]:
    """Return the kinds of conversion, with where the network has room for each."""
    # Each is tried on the whole network: in a deep one, only the first are.
    most = 1 + (_SHOWN if len(report.rows) < _DEEP else 1)
    lines = [
        "Ways to write layers otherwise, each with where there is room for it.",
        "`tuicnn convert SOURCE KIND` shows what one of them would change.",
        "",
    ]
    for kind in KINDS:
        found = first_conversions(report, kind, most)
        lines += [kind.name, *wrapped(kind.what, "  ")]
        if not found:
            lines += ["  no layer here", ""]
            continue
        shown = ", ".join(one.path for one in found[: most - 1])
        rest = " and others" if len(found) == most else ""
        lines += [*wrapped(f"here: {shown}{rest}", "  "), ""]
    return lines[:-1]


def converted_lines(done: Sequence[Done], kind: Kind) -> list[str]:
    """Return what some conversions of a kind make of a network."""
    before, after = done[0].before, done[-1].after
    titles = [title for one in done for title in one.conversion.titles]
    rest = [f"and {len(titles) - _SHOWN} more"] if len(titles) > _SHOWN else []
    lines = [*wrapped(f"{kind.what[0].upper()}{kind.what[1:]}."), ""]
    lines += section("What is done", (*titles[:_SHOWN], *rest))
    lines += section("What it means", within(done[0].conversion.remark))
    lines += section("What changes", _changes(before, after))
    lines += section("In all", _totals(before, after))
    return lines[:-1]


def _changes(before: Report, after: Report) -> Iterator[str]:
    pairs = Consequence(before, after).changed
    for pair in pairs[:_SHOWN]:
        if pair.left is not None:
            yield f"− {_layer(pair.left)}"
        if pair.right is not None:
            yield f"+ {_layer(pair.right)}"
    if len(pairs) > _SHOWN:
        yield f"and {len(pairs) - _SHOWN} more"


def _layer(row: Row) -> str:
    detail = settings(row.layer)
    leaving = "?" if row.output is None else spell(row.output)
    called = f"{row.path} · {type_of(row.layer)}{' ' if detail else ''}{detail}"
    return f"{called} → {leaving}"


def _totals(before: Report, after: Report) -> Iterator[str]:
    old, new = before.totals, after.totals
    for name, one, other in (
        ("output", _shape(before), _shape(after)),
        ("parameters", spelled(old.parameters), spelled(new.parameters)),
        ("MACs", spelled(old.macs), spelled(new.macs)),
    ):
        yield (
            f"{name}: {one}, as before" if one == other else f"{name}: {one} → {other}"
        )


def _shape(report: Report) -> str:
    return "?" if report.output is None else spell(report.output)
