"""What an engine tells of a pass: each node's outcome, and how far it is.

It never runs anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tuicnn.preview.kernels.window import Array
from tuicnn.preview.operation import Shape
from tuicnn.preview.statistics import Statistics

Progress = Callable[[str, float], None]
"""Told a layer's path, and the share of multiplications that are done."""

Observer = Callable[[str, Array], None]
"""Told a layer's path and its output (N, C, *sizes), which it must copy to keep."""


@dataclass(frozen=True)
class Outcome:
    """What one node did.

    Attributes:
        shape: Shape of the array that left, the batch first.
        milliseconds: Time it took.
        statistics: Of its values; None where nobody asked.
        method: How it was computed.
    """

    shape: Shape
    milliseconds: float
    statistics: Statistics | None
    method: str
