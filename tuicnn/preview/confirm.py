"""What was predicted beside what was seen, row by row.

It never computes either: it is given the core's report and a trace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tuicnn.core.report import Report, Row
from tuicnn.preview.run import Result, Trace


@dataclass(frozen=True)
class Confirmation:
    """One row of the core beside one of the forward pass.

    Attributes:
        path: Path of the layer.
        predicted_shape: Shape that the core says leaves; None: it has no such row.
        observed_shape: Shape of the array that left; None: it was never reached.
        predicted_count: Learnt numbers that the core counts.
        observed_count: Learnt numbers in the arrays of weights.
        seen: All that was seen of it.
    """

    path: str
    predicted_shape: tuple[int, ...] | None
    observed_shape: tuple[int, ...] | None
    predicted_count: int | None
    observed_count: int | None
    seen: Result | None

    @property
    def confirmed(self) -> bool:
        """Whether prediction and observation agree."""
        return (
            self.observed_shape is not None
            and self.predicted_shape == self.observed_shape
            and self.predicted_count == self.observed_count
        )

    def __str__(self) -> str:
        if self.confirmed:
            return f"{self.path}: confirmed"
        parts = []
        if self.predicted_shape != self.observed_shape:
            parts.append(
                f"predicted {_spelled(self.predicted_shape)}, observed "
                f"{_spelled(self.observed_shape)}"
            )
        if self.predicted_count != self.observed_count:
            parts.append(
                f"predicted {self.predicted_count} parameters, observed "
                f"{self.observed_count}"
            )
        return f"{self.path}: {'; '.join(parts)}"


def confirm(report: Report, trace: Trace) -> tuple[Confirmation, ...]:
    """Return every row of the core with what the forward pass saw of it.

    Rows that only the forward pass has stand at the end.
    """
    seen = {row.path: row for row in trace.rows}
    found = [_beside(report, row, seen.pop(row.path, None)) for row in report.rows]
    for path, result in seen.items():
        shape, count = result.output_shape, result.parameter_count
        found.append(Confirmation(path, None, shape, None, count, result))
    return tuple(found)


def disagreements(confirmations: tuple[Confirmation, ...]) -> tuple[Confirmation, ...]:
    """Return the rows in which prediction and observation differ."""
    return tuple(row for row in confirmations if not row.confirmed)


def _beside(report: Report, row: Row, seen: Result | None) -> Confirmation:
    inside = report.rows[row.index : row.stop]
    predicted = sum(math.prod(one) for r in inside for one in r.parameters.values())
    return Confirmation(
        row.path,
        row.output,
        None if seen is None else seen.output_shape,
        predicted,
        None if seen is None else seen.parameter_count,
        seen,
    )


def _spelled(shape: tuple[int, ...] | None) -> str:
    return "nothing" if shape is None else "×".join(map(str, shape))
