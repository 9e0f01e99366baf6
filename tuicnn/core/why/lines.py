"""A number's reasons as lines for people: one step in full, or the chain of all.

It never asks for more than it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tuicnn.core.derivation import spelled
from tuicnn.core.explain.lines import INDENT, WIDTH, fitted, section, within, wrapped
from tuicnn.core.fieldhelp import help_text
from tuicnn.core.settings import settings
from tuicnn.core.shapes import AXES
from tuicnn.core.sight import MOVED, SEEN
from tuicnn.core.terms import Rounding
from tuicnn.core.why.answer import Parent, Root, Why, chain_of, why
from tuicnn.core.why.number import OUTPUT
from tuicnn.core.wording import listed

if TYPE_CHECKING:
    from tuicnn.core.report import Report
    from tuicnn.core.why.number import Number

_TERMS: Final = 12
"""Terms of a sum that are written out, and letters that are explained."""
_LONG: Final = 300
"""Characters of a formula that are written out."""


def why_lines(report: Report, found: Why) -> list[str]:
    """Return one number with its rule, formula, rounding and parents, as lines."""
    lines = [*wrapped(f"{number_spelled(found.value)} · {found.name}"), ""]
    lines += section(
        f"Rule: {found.rule.name}",
        (*within(found.rule.reason), *_computed(found), *_stated(report, found)),
    )
    lines += section("Made from", _parents(report, found))
    return lines[:-1]


def chain_lines(report: Report, number: Number, depth: int | None = None) -> list[str]:
    """Return a number and all that it comes from, back to the input, as lines.

    Args:
        depth: How far up to go; None: to the input.
    """
    found = list(chain_of(report, number, depth))
    if not found:
        return []
    lines = why_lines(report, found[0][1])
    lines += ["", *section("The chain", _chain(report, [one for _, one in found[1:]]))]
    return lines[:-1]


def _chain(report: Report, found: list[Why]) -> Iterator[str]:
    """Yield the links of a chain, but for layers that keep a size, and twin axes."""
    told: dict[tuple[object, ...], str] = {}
    shown: list[Why] = []
    kept, twins = False, dict[str, None]()
    for one in found:
        if keeps(one):
            kept = True
            continue
        kind, axis = _kind_and_axis(one.number.quantity)
        first = told.setdefault((one.number.place, kind, one.value, one.brief), axis)
        if first == axis:
            shown.append(one)
        else:
            twins[axis] = None
    width = max((len(number_spelled(one.value)) for one in shown), default=0)
    for one in shown:
        yield from _link(report, one, width)
    if twins:
        yield from within(f"{listed(twins).capitalize()}: the same where not shown.")
    if kept:
        yield "Layers that are not named keep these sizes."


def keeps(one: Why) -> bool:
    """Whether a number is plainly that of the layer above."""
    above = [parent for parent in one.parents if not parent.number.letter]
    return sized(one.number) and len(above) == 1 and above[0].value == one.value


def sized(number: Number) -> bool:
    """Whether a number is one that a layer may leave as it is."""
    return number.quantity.startswith((OUTPUT, SEEN, MOVED))


def _kind_and_axis(quantity: str) -> tuple[str, str]:
    """Return a quantity without the name of its spatial axis, and that name."""
    kind, _, axis = quantity.rpartition(" ")
    return (kind, axis) if axis in AXES[1] + AXES[3] else (quantity, "")


def number_spelled(value: int | float | Fraction) -> str:
    """Return any number of a chain as a reader expects it."""
    if isinstance(value, float):
        return f"{value:g}".replace("-", "−")
    return spelled(value)


def _computed(found: Why) -> Iterator[str]:
    """Yield formula, substitution and rounding."""
    if not found.formula:
        return
    value = number_spelled(found.value)
    if len(found.formula) > _LONG:
        yield f"a sum of {len(found.parents):,} terms = {value}"
    elif found.substitution in (found.formula, str(found.value)):
        yield f"{found.formula} = {value}"
    else:
        yield found.formula
        yield f"= {found.substitution}"
        yield f"= {value}"
    yield from map(rounding_line, found.roundings)


def rounding_line(one: Rounding) -> str:
    """Return what a rounding did."""
    if one.exact == one.rounded:
        whole = number_spelled(one.rounded)
        return f"Rounding: {one.written} = {whole} exactly; nothing is lost."
    exact = f"{float(one.exact):.6g}".replace("-", "−")
    way = "down" if one.rounded < one.exact else "up"
    return f"Rounding: {one.written} = {exact}, {way} to {number_spelled(one.rounded)}."


def _stated(report: Report, found: Why) -> Iterator[str]:
    """Yield the field that states a number, and what the field means."""
    if not found.field or found.number.place < 0:
        return
    layer = report.rows[found.number.place].layer
    yield from within(f"{field_said(report, found)}.")
    yield from within(help_text(type(layer), found.field))


def field_said(report: Report, found: Why) -> str:
    """Return which field states a number, and whether somebody set it."""
    row = report.rows[found.number.place]
    name = found.field
    if name not in row.layer.own_fields():
        return f"The field {name} of {row.path}, its default"
    return f"The field {name} of {row.path}"


def _parents(report: Report, found: Why) -> Iterator[str]:
    shown = sorted(found.parents, key=lambda one: -float(one.value))
    shown = list(found.parents) if len(shown) <= _TERMS else shown[:_TERMS]
    letters = max((len(one.letter) for one in shown), default=0)
    width = max((len(number_spelled(one.value)) for one in shown), default=0)
    for one in shown:
        value = number_spelled(one.value)
        yield f"{one.letter:<{letters}} = {value:>{width}}  {_parent(report, one)}"
    if len(found.parents) > len(shown):
        yield f"and {len(found.parents) - len(shown):,} smaller ones"


def _parent(report: Report, one: Parent) -> str:
    """Return what a parent is, and where it stands."""
    above = why(report, one.number)
    if above is None:
        return one.meaning
    if above.root is Root.FIELD and above.field:
        said = field_said(report, above)
        return f"{one.meaning}: {said[0].lower()}{said[1:]}"
    if one.number.letter:
        return one.meaning
    return above.name


def _link(report: Report, one: Why, width: int) -> Iterator[str]:
    """Yield one number of a chain: value, how it came about, what it is."""
    value = number_spelled(one.value).rjust(width)
    said = _placed(report, one)
    plain = one.brief in ("", str(one.value))
    shown = one.brief if len(one.brief) <= _LONG else "a sum over the layers"
    line = f"{value}   {said}" if plain else f"{value} = {shown:<22} {said}"
    if len(line) + len(INDENT) <= WIDTH:
        yield line
        return
    yield from [] if plain else fitted(f"{value} = {shown}")
    room = " " * (width + 3)
    for number, part in enumerate(within(said)):
        yield f"{value}   {part}" if plain and not number else f"{room}{part}"


def _placed(report: Report, one: Why) -> str:
    """Return what a number of a chain is, with what its layer is set to."""
    if one.root is Root.INPUT:
        return f"is the {one.name}"
    if one.root is Root.FIELD:
        return f"{one.name}: {one.field or 'its kind'}, a choice"
    place = one.number.place
    detail = settings(report.rows[place].layer) if place >= 0 else ""
    sized = one.number.quantity.startswith("output ")
    return f"{one.name}: {detail}" if detail and sized else one.name
