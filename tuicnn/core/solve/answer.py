"""Answers: ways to a target that the core has checked, and the order they stand in.

It never looks for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tuicnn.core.declared import contradictions
from tuicnn.core.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from tuicnn.core.proposal import Consequence, Proposal
    from tuicnn.core.solve.target import Target

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


class Order(NamedTuple):
    """What answers are sorted by: smallest change first.

    Attributes:
        errors: Errors that would be left in the network.
        steps: How large the change is: a field that is set here counts one; a field of
            a layer above, or a layer that is put in, two.
        warnings: How many more warnings of single layers there would be.
        away: How many layers the uppermost change goes through before it is here.
        parameters: By how much the number of parameters changes, either way.
        macs: By how much the MACs change, either way.
        turn: When it was thought of: of fields, padding and kernel before dilation.
    """

    errors: int
    steps: int
    warnings: int
    away: int
    parameters: int
    macs: int
    turn: int


@dataclass(frozen=True)
class Answer:
    """A way to reach a target.

    Attributes:
        proposal: What is done.
        consequence: What that makes of the network.
        steps: How large the change is, as in `Order`.
        away: How far above the place it begins, as in `Order`.
        turn: When it was thought of.
    """

    proposal: Proposal
    consequence: Consequence
    steps: int
    away: int = 0
    turn: int = 0

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """The errors that would be left, and the warnings that would be new.

        Some warnings need receptive fields, so ask for what is shown only.
        """
        errors = _severe(self.consequence.after.diagnostics, _ERROR)
        return (*errors, *_severe(self.consequence.raised, _WARNING))

    @property
    def order(self) -> Order:
        """What it is sorted by."""
        made = self.consequence
        errors = _severe((*made.after.found, *contradictions(made.after)), _ERROR)
        warnings = len(_severe(made.after.found, _WARNING))
        more = warnings - len(_severe(made.before.found, _WARNING))
        difference = made.difference
        return Order(
            len(errors),
            self.steps,
            max(0, more),
            self.away,
            abs(difference.parameters),
            abs(difference.macs),
            self.turn,
        )


@dataclass(frozen=True)
class Solution:
    """The ways to a target that were found, and words where there are none.

    Attributes:
        target: What was asked.
        answers: The ways, in the order of `Answer.order`.
        why: Why there are none, as sentences; empty where there are some.
    """

    target: Target
    answers: tuple[Answer, ...]
    why: tuple[str, ...] = ()


def _severe(
    problems: tuple[Diagnostic, ...], severity: Severity
) -> tuple[Diagnostic, ...]:
    return tuple(one for one in problems if one.severity is severity)
