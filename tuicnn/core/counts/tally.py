"""What a counter makes of a layer: parts beside multiplications, each with a reason.

It never knows a counter: each has a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tuicnn.core.shapes import Shape, elements

if TYPE_CHECKING:
    from tuicnn.core.layer import Effect
    from tuicnn.core.report import Row


@dataclass(frozen=True, slots=True)
class Part:
    """What a counter counts otherwise, at one layer.

    Attributes:
        reason: Why, in a few words.
        count: How much more than multiplications by weights; less, if negative. None
            where the counter fails, or where no rule is known.
    """

    reason: str
    count: int | None


class Seen(NamedTuple):
    """A layer that something arrives at, as counters see it."""

    row: Row
    entering: Shape
    effect: Effect

    @property
    def inputs(self) -> int:
        """Numbers that enter."""
        return elements(self.entering)

    @property
    def outputs(self) -> int:
        """Numbers that leave."""
        return elements(self.effect.output)

    @property
    def rank(self) -> int:
        """Spatial axes of what enters."""
        return len(self.entering) - 1

    @property
    def biases(self) -> int:
        """Additions of a bias: one for each output."""
        return self.outputs if "bias" in self.effect.parameters else 0

    @property
    def learnt(self) -> int:
        """Numbers that are learnt."""
        return sum(map(elements, self.effect.parameters.values()))


Rule = Callable[[Seen], Iterator[Part]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that counts.

    Attributes:
        name: What it is called.
        version: The version whose rules these are.
        unit: What it calls what it counts.
        rule: What it counts beside multiplications by weights.
    """

    name: str
    version: str
    unit: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Difference:
    """What a counter counts otherwise, in a whole network.

    Attributes:
        reason: Why.
        count: How much more; None where the counter has no figure.
        paths: The layers it comes from.
    """

    reason: str
    count: int | None
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A network as one program counts it.

    Attributes:
        macs: Multiplications by weights, as this program counts them.
        differences: What leads from there to the other's figure.
    """

    tool: Tool
    macs: int
    differences: tuple[Difference, ...]

    @property
    def total(self) -> int:
        """The figure of the program; of what it can count, where it cannot all."""
        return self.macs + sum(one.count or 0 for one in self.differences)

    @property
    def complete(self) -> bool:
        """Whether there is a figure for every layer."""
        return all(one.count is not None for one in self.differences)
