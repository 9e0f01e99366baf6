"""Numbers as a list to walk: those of a layer, and what each is made from.

It never derives a number: the core does, and says in what words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tuicnn.core.accounting import each_step, each_summary_step
from tuicnn.core.diagnostics import Severity
from tuicnn.core.explain.lines import section, within
from tuicnn.core.why import Root, Why, input_numbers, name_of, numbers, why, why_lines
from tuicnn.core.why.lines import keeps, number_spelled, sized

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row
    from tuicnn.core.why import Number

Value = int | float | Fraction

_FAR: Final = 1_000
"""Layers that keep a size, and that one step of a walk passes over at most."""
_NAMED: Final = 5
"""Layers that are named of those."""


@dataclass(frozen=True, slots=True)
class Link:
    """One number of a list.

    Attributes:
        number: The number to ask about.
        value: Its value.
        letter: How the formula that it stands in calls it; empty outside of one.
        meaning: What it is, as seen from there.
        kept: Rows between there and the number, which leave it as it is.
    """

    number: Number
    value: Value
    letter: str = ""
    meaning: str = ""
    kept: tuple[int, ...] = ()


def links_of(report: Report, row: Row | None) -> tuple[Link, ...]:
    """Return the numbers of a layer; none where nothing arrives at it.

    Args:
        row: None asks for the network's totals, and for the input's sizes.
    """
    steps = each_summary_step(report) if row is None else each_step(report, row)
    values = {step.quantity: step.value for step in steps}  # all in one go
    found = [
        Link(one, _value(report, one, values), meaning=one.quantity)
        for one in numbers(report, row)
    ]
    if row is None:
        sizes = zip(input_numbers(report), report.network.input, strict=True)
        found += [Link(one, n, meaning=name_of(report, one)) for one, n in sizes]
    return tuple(found)


def _value(report: Report, number: Number, values: Mapping[str, Value]) -> Value:
    known = values.get(number.quantity)
    if known is not None:
        return known
    found = why(report, number)
    assert found is not None, f"{number} is listed, but cannot be asked about"
    return found.value


def links_behind(report: Report, found: Why) -> tuple[Link, ...]:
    """Return what a number is made from; layers that keep a size are passed over."""
    left, links = _FAR, []
    for parent in found.parents:
        number, kept = _maker(report, parent.number, left)
        left -= len(kept)
        links.append(Link(number, parent.value, parent.letter, parent.meaning, kept))
    return tuple(links)


def _maker(report: Report, number: Number, most: int) -> tuple[Number, tuple[int, ...]]:
    """Return the number that another is as it was made, and the rows between them."""
    kept: list[int] = []
    while _may_be_kept(number) and len(kept) < most:
        found = why(report, number)
        if found is None or not keeps(found):
            break
        kept.append(number.place)
        number = next(up.number for up in found.parents if not up.number.letter)
    return number, tuple(kept)


def _may_be_kept(number: Number) -> bool:
    return sized(number) and not number.letter and number.place >= 0


def link_said(report: Report, link: Link) -> tuple[str, bool]:
    """Return what a number is and where it comes from; and whether that is the end."""
    if not link.letter:
        return link.meaning, False
    found = why(report, link.number)
    if found is None or found.root is None:
        made = found is not None and not link.number.letter
        return (found.name if found and made else link.meaning), found is None
    name = link.meaning if link.number.letter or found.field else found.name
    end = "a choice" if found.root is Root.FIELD else found.root.value
    return f"{name} · {end}", True


def link_lines(report: Report, link: Link) -> list[str]:
    """Return why a number is what it is, as lines."""
    found = why(report, link.number)
    if found is None:
        return [link.meaning]
    lines = why_lines(report, found)
    if link.kept:
        lines += ["", *_passed(report, link.kept)]
    if found.root is not None:
        lines += ["", f"The chain ends here: {_end(found)}."]
    return lines


def _passed(report: Report, kept: tuple[int, ...]) -> list[str]:
    names = [report.rows[place].path for place in kept[:_NAMED]]
    more = len(kept) - len(names)
    said = ", ".join(names) + (f" and {more:,} more" if more else "")
    said += f" {'keeps' if len(kept) == 1 else 'keep'} it as it is."
    return section("On the way", within(said))[:-1]


def _end(found: Why) -> str:
    """Return what a chain ends with."""
    if found.root is Root.INPUT:
        return "the input"
    if found.root is Root.FIELD:
        return f"a choice (field {found.field})" if found.field else "a choice"
    return "a definition"


def walked(values: Iterable[Value], width: int) -> str:
    """Return the values of a path as one line; of a long one, its end."""
    line = ""
    for value in reversed(list(values)):
        longer = number_spelled(value) + (f" ← {line}" if line else "")
        if line and len(longer) > width - 4:
            return f"… ← {line}"
        line = longer
    return line


def nothing_said(report: Report, row: Row) -> list[str]:
    """Return why a layer has no numbers, as lines."""
    errors = [one for one in report.diagnostics if one.severity is Severity.ERROR]
    first = next((one for one in errors if one.path == row.path), None)
    title = f"{row.path} cannot be computed"
    if first is None:
        title = f"Nothing arrives at {row.path}"
        first = next(iter(errors), None)
    if first is None:
        return [title]
    where = f"{first.path}: " if first.path not in ("", row.path) else ""
    return [
        title,
        f"  {where}{first.message}",
        *([f"  {first.hint}"] * bool(first.hint)),
    ]
