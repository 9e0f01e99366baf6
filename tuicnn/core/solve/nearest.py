"""Words for a target that cannot be reached: why not, and what could be instead.

It never offers an edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from tuicnn.core.diagnostics import Refusal
from tuicnn.core.shapes import axis_names, spell
from tuicnn.core.solve.candidate import altered
from tuicnn.core.solve.settings import settings_for
from tuicnn.core.solve.windows import windows_of

if TYPE_CHECKING:
    from tuicnn.core.report import Row
    from tuicnn.core.shapes import Shape
    from tuicnn.core.solve.target import Target

_TRIED: Final = 64
"""How far around a size that cannot be reached others are tried."""


def nearby(target: Target, insert: bool) -> tuple[str, ...]:
    """Return why no edit reaches a target, as sentences.

    Args:
        insert: Whether layers might have been put in.
    """
    place, y = target.place, target.shape
    row = place.maker
    if row is not None and not row.reached:
        return (f"Nothing arrives at {row.path}, because of an error above.",)
    what = "Neither fields nor layers put in" if insert else "No field"
    found = [f"{what} that tuicnn tries makes exactly {spell(y)} of {place.called}."]
    if place.shape is None and insert:
        found.append("Nothing can be put in behind an error: mend it first.")
    if row is not None:
        found += _sizes(row, y)
    return tuple(found)


def _sizes(row: Row, y: Shape) -> Iterator[str]:
    """Yield the sizes that single fields of a layer reach, axis by axis."""
    x, now = row.inputs[0], row.output
    if x is None or len(x) != len(y) or not windows_of(row.layer, x[1:]):
        return
    for axis, name in enumerate(axis_names(y)[1:], start=1):
        if now is not None and now[axis] == y[axis]:
            continue
        near = _reachable(row, x, y, axis)
        if y[axis] in near:
            continue
        if near:
            said = " or ".join(map(str, near))
            known = f"alone makes a {name} of {said}, not {y[axis]}"
            yield f"One field of {row.path} {known}."
        else:
            yield f"No field of {row.path} alone makes a {name} near {y[axis]}."


def _reachable(row: Row, x: Shape, y: Shape, axis: int) -> list[int]:
    """Return the next sizes below and above one that a layer can make of an axis."""
    wanted = y[axis]
    below = range(wanted, max(0, wanted - _TRIED), -1)
    above = range(wanted, wanted + _TRIED)
    found = set()
    for sizes in below, above:
        size = next((one for one in sizes if _makes(row, x, axis, one)), None)
        if size is not None:
            found.add(size)
    return sorted(found)


def _makes(row: Row, x: Shape, axis: int, size: int) -> bool:
    """Whether a field of a layer makes one size of an axis, the others left alone."""
    kept = row.output or x
    sizes = [range(one, one + 1) for one in kept[1:]]
    sizes[axis - 1] = range(size, size + 1)
    for fields in settings_for(row.layer, x, tuple(sizes), together=False):
        try:
            output = altered(row.layer, fields).infer(x).output
        except (Refusal, ValidationError):
            continue
        if output[axis] == size:
            return True
    return False
