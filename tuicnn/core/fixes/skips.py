"""Fixes of merges by name: another name, for the merge or for what it names.

It never follows a skip: the report knows what leaves each layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import Replace, SetField
from tuicnn.core.fixes.remedy import Finder, Place, Remedy, together, with_fields
from tuicnn.core.naming import unique
from tuicnn.core.network import effective_names, same_name
from tuicnn.core.tree import list_at
from tuicnn.core.wording import brief, nearest

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.shapes import Shape
    from tuicnn.core.tree import Layers

_CANDIDATES: Final = 5
"""Names of layers above that are tried."""


def _unknown_skip(place: Place) -> Iterator[Remedy]:
    layer, (names, at), wanted = place.layer, _named(place), place.x
    visible = _visible(place)
    close = nearest(names[at], visible)
    fitting = [name for name, shape in visible.items() if wanted and shape == wanted]
    order = [*([close] if close else []), *reversed(fitting), *reversed(visible)]
    for name in list(dict.fromkeys(order))[:_CANDIDATES]:
        renamed = layer.changed(with_=(*names[:at], name, *names[at + 1 :]))
        said = f"merge with {brief(name, 40)}"
        yield place.put(said, renamed, safe=name == close)
    fewer = with_fields(layer, with_=(*names[:at], *names[at + 1 :]))
    if fewer is not None:
        yield place.put(f"leave {brief(names[at], 40)} out", fewer)
    yield place.removed()


def _named(place: Place) -> tuple[tuple[str, ...], int]:
    """Return what a merge names, and the number of the name that is to blame."""
    at = place.problem.pointer[-1]
    assert isinstance(at, int)
    return getattr(place.layer, "with_", ()), at


def _visible(place: Place) -> dict[str, Shape | None]:
    """Return the layers that a merge may name, and what leaves them."""
    found: dict[str, Shape | None] = {}
    pointer = place.pointer
    while len(pointer) > 1:
        parent, at = pointer[:-1], pointer[-1]
        siblings = list_at(place.report.network, parent)
        if siblings is not None and isinstance(at, int):
            names = effective_names(siblings)
            for number in range(at):
                row = place.report.at((*parent, number))
                found.setdefault(names[number], row.output if row else None)
        pointer = parent
    return found


def _ambiguous(place: Place) -> Iterator[Remedy]:
    """Yield new names for each of the layers that a merge may mean."""
    names, at = _named(place)
    key = same_name(names[at])
    pointer = place.pointer
    while len(pointer) > 1:
        parent = pointer[:-1]
        siblings = list_at(place.report.network, parent)
        if siblings is not None:
            called = effective_names(siblings)
            same = [n for n, one in enumerate(called) if same_name(one) == key]
            for number in same[:1]:
                yield from _renamed(place, (*parent, number), siblings, names)
        pointer = parent
    yield place.removed()


def _renamed(
    place: Place, pointer: Pointer, siblings: Layers, names: tuple[str, ...]
) -> Iterator[Remedy]:
    """Yield another name for one of them: the merge means the other one, or it."""
    row = place.report.at(pointer)
    assert row is not None
    taken = [one.layer for one in place.report.rows[:1000]]
    (new,) = unique((row.layer.changed(name=names[0]),), taken, siblings)
    title = f"rename {brief(row.path, 40)} to {new.name}"
    renaming = Replace(pointer, (new,), title)
    yield Remedy(title, renaming)
    back = SetField(place.pointer, "with_", names, "with", place.name)
    yield together(f"{title}, and merge with the other", renaming, back)


FINDERS: dict[Code, Finder] = {
    Code.UNKNOWN_SKIP: _unknown_skip,
    Code.AMBIGUOUS_SKIP: _ambiguous,
}
