"""The search: candidates for a target, tried by themselves, checked, and ranked.

It never offers what the core has not checked: each answer reaches its target exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import ValidationError

from tuicnn.core.diagnostics import Refusal
from tuicnn.core.edits import EditRefused
from tuicnn.core.effects import bounded
from tuicnn.core.proposal import consequence
from tuicnn.core.shapes import elements
from tuicnn.core.solve.above import trunk
from tuicnn.core.solve.answer import Answer, Solution
from tuicnn.core.solve.candidate import Candidate, altered, function
from tuicnn.core.solve.nearest import nearby
from tuicnn.core.solve.trials import candidates

if TYPE_CHECKING:
    from tuicnn.core.layer import Shapes
    from tuicnn.core.shapes import Shape
    from tuicnn.core.solve.place import Place
    from tuicnn.core.solve.target import Target

LIMIT: Final = 10
"""Answers that are given if nobody says how many."""
_CHECKED: Final = 40
"""Candidates that are checked as whole networks."""
_ROWS: Final = 60_000
"""Rows that are checked in all, so that a long stack is answered soon, too."""


def solve(target: Target, limit: int = LIMIT, insert: bool = True) -> Solution:
    """Return the edits that reach a target exactly, smallest change first.

    Args:
        target: As `parse_target` returns it.
        limit: The most answers that are wanted.
        insert: Whether layers may be put in; if not, fields alone change.
    """
    if target.reached:
        return Solution(target, (), (f"{target.place.called} has that shape already.",))
    place = target.place
    tried = _tried(place, target.shape, candidates(place, target.shape, insert))
    rows = max(1, len(place.report.rows))
    most = max(limit, min(_CHECKED, _ROWS // rows))
    found = [
        answer
        for turn, one in enumerate(tried[:most])
        if (answer := _checked(place, target.shape, one, turn)) is not None
    ]
    found.sort(key=lambda answer: answer.order)
    if found:
        return Solution(target, tuple(found[:limit]))
    return Solution(target, (), nearby(target, insert))


def _tried(place: Place, y: Shape, every: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates that come to a shape by themselves, each function once."""
    found: dict[object, tuple[tuple[int, ...], Candidate]] = {}
    for turn, one in enumerate(every):
        trial = _trial(place, one)
        if trial is None or trial.output != y:
            continue
        order = (*one.size(place), abs(trial.parameters), turn)
        if trial.does not in found or order < found[trial.does][0]:
            found[trial.does] = (order, one)
    return [one for _, one in sorted(found.values(), key=lambda pair: pair[0])]


class _Trial(NamedTuple):
    """What a candidate makes of the layers that it is about.

    Attributes:
        output: The shape that leaves in the end.
        parameters: Parameters of the new layers, less those of the old ones.
        does: What it does, whatever the words.
    """

    output: Shape
    parameters: int
    does: object


def _trial(place: Place, candidate: Candidate) -> _Trial | None:
    """Return what a candidate makes, looking at no more layers than it must."""
    try:
        return _passed(place, candidate)
    except (Refusal, ValidationError):
        return None


def _passed(place: Place, candidate: Candidate) -> _Trial:
    changed = {row.pointer: altered(row.layer, new) for row, new in candidate.changes}
    rows = trunk(place.report, place.maker, changed)
    x = (rows[0].inputs[0] if rows else place.shape) or ()
    parameters, does = 0, []
    layers = [changed.get(row.pointer, row.layer) for row in rows]
    for layer in (*layers, *candidate.layers):
        effect = bounded(layer.infer(x))
        parameters += _count(effect.parameters)
        does.append(function(layer, effect))
        x = effect.output
    before = sum(_count(row.parameters) for row in rows)
    where = rows[0].index if rows else None
    return _Trial(x, parameters - before, (where, *does))


def _count(shapes: Shapes) -> int:
    return sum(map(elements, shapes.values()))


def _checked(place: Place, y: Shape, candidate: Candidate, turn: int) -> Answer | None:
    """Return a candidate as an answer if the whole network bears it out."""
    proposal = candidate.proposal(place)
    try:
        found = consequence(place.report, proposal.edit)
    except EditRefused:  # the network would be over a limit
        return None
    if place.reached(found.after, len(candidate.layers)) != y:
        return None
    return Answer(proposal, found, *candidate.size(place), turn)
