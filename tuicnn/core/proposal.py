"""Proposals: edits that somebody may want, and all that each of them would change.

It never decides what is worth proposing: fixes, the solver, budgets and conversions do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuicnn.core.check import check
from tuicnn.core.compare import Pair, compare
from tuicnn.core.edits import Changed, Edit
from tuicnn.core.report import Report, Totals
from tuicnn.core.unreadable import with_unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuicnn.core.diagnostics import Diagnostic
    from tuicnn.core.network import Network


@dataclass(frozen=True)
class Together(Edit):
    """One edit or several as one; each is about what those before it leave."""

    edits: tuple[Edit, ...]
    what: str

    @property
    def label(self) -> str:
        """What it is called."""
        return self.what

    def apply(self, network: Network) -> Changed:
        """Return the version after all of them; the cursor is the first one's."""
        found: list[Changed] = []
        for edit in self.edits:
            found.append(edit.apply(network))
            network = found[-1].network
        return Changed(network, found[0].cursor)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit that is offered.

    Attributes:
        title: What it does, in the imperative: "insert flatten", "set padding to 1".
        edit: What is done to the network if somebody takes it.
    """

    title: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a proposal would make of a network.

    Attributes:
        before: The report as it is.
        after: The report as it would be.
    """

    before: Report
    after: Report

    @property
    def difference(self) -> Totals:
        """Totals after less totals before."""
        return self.after.totals.minus(self.before.totals)

    @property
    def changed(self) -> tuple[Pair, ...]:
        """The leaves that are new, gone, or have another output or tensor shape."""
        pairs = compare(self.before, self.after).pairs
        return tuple(pair for pair in pairs if _differs(pair))

    @property
    def solved(self) -> tuple[Diagnostic, ...]:
        """The problems that would be gone."""
        return _missing(self.before.diagnostics, self.after.diagnostics)

    @property
    def raised(self) -> tuple[Diagnostic, ...]:
        """The problems that would be new: what the edit makes, or uncovers."""
        return _missing(self.after.diagnostics, self.before.diagnostics)


def consequence(report: Report, edit: Edit) -> Consequence:
    """Return what an edit would make of a network.

    Raises:
        EditRefused: It cannot be done to this network.
    """
    after = check(edit.apply(report.network).network, report)
    return Consequence(report, with_unreadable(after))


def _differs(pair: Pair) -> bool:
    left, right = pair.left, pair.right
    if left is None or right is None:
        return True
    return (left.layer, left.output, left.parameters) != (
        right.layer,
        right.output,
        right.parameters,
    )


def _missing(
    these: Sequence[Diagnostic], those: Sequence[Diagnostic]
) -> tuple[Diagnostic, ...]:
    """Return the problems among these that are not among those, wherever they stand.

    A layer put in above changes pointers and numbers, not what a problem is: it is
    known by its code and the layer's path.
    """
    known = Counter((one.code, one.path) for one in those)
    found = []
    for one in these:
        if known[one.code, one.path]:
            known[one.code, one.path] -= 1
        else:
            found.append(one)
    return tuple(found)
