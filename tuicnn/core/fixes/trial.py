"""Whether a fix mends its problem and makes nothing worse: it is tried.

It never offers a fix itself. A fix makes things worse if it raises an error, unless on
a layer that nothing had reached before; or if, those aside, there are not fewer
problems as severe as the one it mends, or more severe. A layer that could not be read
is one of those that nothing was known of.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.edits import EditRefused
from tuicnn.core.fixes.follow import Following, follow
from tuicnn.core.fixes.remedy import Remedy, layer_place
from tuicnn.core.layers.broken import Broken
from tuicnn.core.proposal import consequence
from tuicnn.core.tree import layer_at
from tuicnn.core.unreadable import unreadable

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.report import Report, Row

_COVERED: Final = frozenset((Code.UNKNOWN_PARAMETER, Code.EXPECTATION_FAILED))
"""Problems of the document that cannot be seen before every layer is reached."""

_SHAPELESS: Final = frozenset(
    (
        Code.MISSING_KEY,
        Code.UNKNOWN_KEY,
        Code.UNKNOWN_TYPE,
        Code.INVALID_VALUE,
        Code.TOO_LARGE,
        Code.DUPLICATE_NAME,
        Code.UNKNOWN_SKIP,
        Code.AMBIGUOUS_SKIP,
        Code.BLANK_NAME,
    )
)
"""Problems of layers that are seen whether anything reaches them or not."""

_RANK: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}

_Key = tuple[Code, "Pointer | None"]


class Outcome(NamedTuple):
    """What came of a fix that may be offered; of two, the lesser one changes less.

    Attributes:
        risky: Whether a shape that was known is another, or a warning was raised.
        gone: Whether a layer is gone, and none stands for it.
        exposed: How many errors came to light in the layer itself.
        touched: How many layers are new, gone or changed.
    """

    risky: bool
    gone: bool
    exposed: int
    touched: int


@dataclass(frozen=True)
class Trial:
    """A network as it is, against which fixes are tried."""

    report: Report

    @cached_property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Every problem, those of reading included."""
        every = (*unreadable(self.report.network), *self.report.diagnostics)
        known = {(one.code, one.pointer, one.message): one for one in every}
        return tuple(known.values())

    @cached_property
    def _count(self) -> Counter[_Key]:
        return Counter(_key(one, self.report) for one in self.problems)

    @cached_property
    def _dark(self) -> frozenset[str]:
        """The paths of rows that could not be looked at, for an error above."""
        wrong = {one.path for one in self.problems if one.severity is Severity.ERROR}
        return frozenset(
            row.path
            for row in self.report.rows
            if row.output is None
            and row.path not in wrong
            and not isinstance(row.layer, Broken)
        )

    @cached_property
    def _dark_places(self) -> frozenset[Pointer]:
        return frozenset(
            row.pointer for row in self.report.rows if row.path in self._dark
        )

    def of(self, problem: Diagnostic, remedy: Remedy) -> Outcome | None:
        """Return what comes of a fix; None if it must not be offered."""
        try:
            after = consequence(self.report, remedy.edit).after
        except EditRefused:
            return None
        following = follow(self.report.network, after.network)
        found = [
            (one, _origin(_key(one, after), following)) for one in after.diagnostics
        ]
        own = _key(problem, self.report)
        if Counter(key for _, key in found)[own] >= self._count[own]:
            return None
        raised, uncovered = self._raised(found, own, after)
        if any(one.severity is Severity.ERROR for one in raised):
            return None
        rank = _RANK[problem.severity]
        left = sum(_RANK[one.severity] <= rank for one, _ in found)
        hidden = sum(_RANK[one.severity] <= rank for one in uncovered)
        if left - hidden >= sum(_RANK[one.severity] <= rank for one in self.problems):
            return None
        exposed = sum(
            one.severity is Severity.ERROR and layer_place(one.pointer) == own[1]
            for one in uncovered
        )
        risky = bool(raised) or bool(exposed) or not self._kept(after, following)
        return Outcome(risky, following.gone, exposed, following.touched)

    def _raised(
        self, found: list[tuple[Diagnostic, _Key]], own: _Key, after: Report
    ) -> tuple[list[Diagnostic], list[Diagnostic]]:
        """Return the problems that are new, and those that came to light."""
        known = self._count.copy()
        raised, uncovered = [], []
        for one, key in found:
            if known[key]:
                known[key] -= 1
            elif self._hidden(one, key[1], own[1], after):
                uncovered.append(one)
            else:
                raised.append(one)
        return raised, uncovered

    def _hidden(
        self,
        one: Diagnostic,
        place: Pointer | None,
        own: Pointer | None,
        after: Report,
    ) -> bool:
        """Whether a problem stands where nothing could be seen before."""
        if place == ():
            return one.code in _COVERED and bool(self._dark) and self._stays(one, after)
        if place is None or one.code in _SHAPELESS:
            return False
        layer = layer_at(self.report.network, place)
        if place == own:
            # Of a layer that was refused, no warning could be told.
            if isinstance(layer, Broken):
                return True
            row = self.report.row(one.path) or self.report.at(place)
            lost = row is not None and row.output is None
            return lost and one.severity is not Severity.ERROR
        row = self.report.row(one.path)
        if row is not None and row.pointer == place:
            return row.path in self._dark
        return place in self._dark_places

    def _stays(self, one: Diagnostic, after: Report) -> bool:
        """Whether the layer that a key of `parameters` names is there as before."""
        path = str(one.pointer[-1]).rpartition(".")[0]
        return (self.report.row(path) is None) == (after.row(path) is None)

    def _kept(self, after: Report, following: Following) -> bool:
        """Whether every shape that was known is as it was."""
        if after.network.input != self.report.network.input:
            return False
        shapes = {row.pointer: row.output for row in self._lit}
        seen = {
            old: row.output
            for row in after.rows
            if (old := following.origin.get(row.pointer)) in shapes
        }
        return seen == shapes

    @cached_property
    def _lit(self) -> list[Row]:
        """The rows from which something leaves, the last repetition of each last."""
        return [row for row in self.report.rows if row.output is not None]


def _key(one: Diagnostic, report: Report) -> _Key:
    """Return what a problem is known by: its code, and the layer that has it."""
    if one.code is Code.PARAMETER_SHAPE:
        row = report.row(one.path)
        return one.code, () if row is None else row.pointer
    return one.code, layer_place(one.pointer)


def _origin(key: _Key, following: Following) -> _Key:
    """Return a problem's key with the place that its layer had before."""
    code, place = key
    return code, following.back(place) if place else place
