"""What a network costs, as sums whose terms are its layers; and limits for them.

It never says how to save anything: `changes` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tuicnn.core.shapes import BYTES_PER_NUMBER

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Totals


class Measure(Enum):
    """What can be counted of a network: its key in JSON, its name, its meaning."""

    PARAMETERS = "parameters", "parameters", "numbers that are learnt"
    MACS = "macs", "MACs", "multiplications by weights, for one sample"
    ACTIVATIONS = (
        "activation_bytes",
        "activation bytes",
        "memory of all outputs, for one sample as float32",
    )

    def __init__(self, key: str, called: str, meaning: str) -> None:
        self.key = key
        self.called = called
        self.meaning = meaning

    def of(self, totals: Totals) -> int:
        """Return how much of it some layers have."""
        match self:
            case Measure.PARAMETERS:
                return totals.parameters
            case Measure.MACS:
                return totals.macs
            case Measure.ACTIVATIONS:
                return totals.activations * BYTES_PER_NUMBER


@dataclass(frozen=True, slots=True)
class Term:
    """One layer's part of a sum.

    Attributes:
        path: The layer.
        index: Its row.
        count: How much of the sum it is; more than 0.
    """

    path: str
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class Sum:
    """A measure of a network, and the layers that it comes from.

    Attributes:
        terms: In the order of execution; layers that add nothing are left out.
    """

    measure: Measure
    total: int
    terms: tuple[Term, ...]

    @property
    def ranked(self) -> tuple[Term, ...]:
        """The terms, the largest first."""
        return tuple(sorted(self.terms, key=lambda term: -term.count))


def sums(report: Report) -> tuple[Sum, ...]:
    """Return parameters, MACs and activation bytes as sums over layers."""
    leaves = [row for row in report.rows if not row.container]
    counted = [(row, report.totals_of(row)) for row in leaves]
    return tuple(
        Sum(
            measure,
            measure.of(report.totals),
            tuple(
                Term(row.path, row.index, count)
                for row, totals in counted
                if (count := measure.of(totals))
            ),
        )
        for measure in Measure
    )


@dataclass(frozen=True, slots=True)
class Budget:
    """What a network may cost at most; None: as much as it likes.

    Attributes:
        parameters: Numbers that are learnt.
        macs: Multiplications by weights, for one sample.
        activations: Bytes of all outputs, for one sample, as float32.
    """

    parameters: int | None = None
    macs: int | None = None
    activations: int | None = None

    @property
    def limits(self) -> Mapping[Measure, int]:
        """The limits that there are."""
        every = {
            Measure.PARAMETERS: self.parameters,
            Measure.MACS: self.macs,
            Measure.ACTIVATIONS: self.activations,
        }
        return {measure: most for measure, most in every.items() if most is not None}

    def exceeded(self, totals: Totals) -> tuple[Measure, ...]:
        """Return the measures that are over their limit."""
        limits = self.limits.items()
        return tuple(measure for measure, most in limits if measure.of(totals) > most)
