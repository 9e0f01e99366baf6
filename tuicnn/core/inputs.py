"""Which inputs a network takes: the smallest, those that lose no pixel, and any other.

It never holds a rule: closed forms say which sizes there are, and `check` has the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.shapes import AXES, Shape, elements
from tuicnn.core.symbolic import LETTERS, Domain, Sizes, Symbolic, with_letters

if TYPE_CHECKING:
    from tuicnn.core.network import Network
    from tuicnn.core.report import Report, Row

_TRIED: Final = (32, 64, 128, 224, 256, 299, 512, 572, 1024, 4096, 16384, 65536)
"""Sides of the inputs that are tried where the network's own is refused."""

_REGIONS: Final = 64
"""Stretches of sizes below the smallest that are looked into."""

_NEXT: Final = 3
"""Sizes that lose nothing, from the present one on, that are told."""

_LETTER: Final = "n"


@dataclass(frozen=True, slots=True)
class Choice:
    """The sizes that one axis of the input may have, or all axes together.

    Attributes:
        axes: The axes that have this size: ("height",), or all for a square input.
        size: The size around which the others were found.
        sizes: The sizes that every layer takes.
        least: The smallest of them.
        refusal: Why one less is refused, and by which layer; None for 1.
        lossless: The sizes at which, besides, no window leaves out a cell at the end.
        plain: Whether `lossless` is all that is asked; if not, more is, that does not
            come back at a regular step.
        near: Some of those: the nearest below the present size, and the next ones.
        trained: The sizes at which the weights keep their shapes.
        trained_by: The layer whose weights bound these sizes; empty where none does.
    """

    axes: tuple[str, ...]
    size: int
    sizes: Sizes
    least: int
    refusal: Diagnostic | None
    lossless: Sizes
    plain: bool
    near: tuple[int, ...]
    trained: Sizes
    trained_by: str


@dataclass(frozen=True, slots=True)
class ValidInputs:
    """Which inputs a network takes.

    Attributes:
        report: The report of the network as it is.
        base: The input around which the sizes were found: the network's own where it
            is legal; None where none was found.
        axes: One choice for each spatial axis, the others as in `base`.
        square: The choice for all axes alike; None for one axis, or where no square
            input is legal.
        fixing: The first layer whose weights are as many as the input's size asks for;
            None where a network takes any size.
    """

    report: Report
    base: Shape | None
    axes: tuple[Choice, ...]
    square: Choice | None
    fixing: Row | None

    @property
    def smallest(self) -> Shape | None:
        """The smallest legal input, square where there is a square one."""
        if self.base is None:
            return None
        if self.square is not None:
            return (self.base[0], *(self.square.least for _ in self.base[1:]))
        return (self.base[0], *(choice.least for choice in self.axes))


def valid_inputs(report: Report) -> ValidInputs:
    """Return which inputs a network takes.

    Weights are as many as the stack asks for, so that a linear layer takes whatever
    arrives; at which sizes it keeps the weights that it has is told apart.
    """
    network = report.network
    rank = len(network.input) - 1
    base = network.input if _all_reached(report) else _square(network, rank)
    if base is None or rank not in LETTERS:
        return ValidInputs(report, base, (), None, None)
    there = report if base == network.input else check(network.changed(input=base))
    choices = tuple(_choice(network, base, (axis,)) for axis in range(1, rank + 1))
    even = base if len(set(base[1:])) == 1 else _square(network, rank)
    square = None
    if rank > 1 and even is not None:
        square = _choice(network, even, tuple(range(1, rank + 1)))
    return ValidInputs(report, base, choices, square, _fixing(there, choices))


def _all_reached(report: Report) -> bool:
    """Whether every layer takes what arrives, whatever else is wrong."""
    return report.output is not None and all(
        row.output is not None for row in report.rows
    )


def _reached(network: Network, shape: Shape) -> Report | None:
    """Return the report for an input of some shape, if every layer takes it."""
    if elements(shape) > limits.ELEMENTS:
        return None
    report = check(network.changed(input=shape))
    return report if _all_reached(report) else None


def _square(network: Network, rank: int) -> Shape | None:
    """Return an input of equal sides that every layer takes, if one is found."""
    sides = dict.fromkeys((*network.input[1:], *_TRIED)) if rank else ()
    shapes = ((network.input[0], *(side,) * rank) for side in sides)
    return next((one for one in shapes if _reached(network, one)), None)


def _with(shape: Shape, axes: tuple[int, ...], size: int) -> Shape:
    return tuple(size if axis in axes else one for axis, one in enumerate(shape))


def _choice(network: Network, base: Shape, axes: tuple[int, ...]) -> Choice:
    """Return the sizes that some axes may have, the others as they are."""
    size = base[axes[0]]
    found = _opened(network, base, axes)
    least, refusal = _least(network, base, axes, found)
    (sizes,), (lossless,) = found.domain.sizes, found.lossless.sizes
    (trained,) = found.same_tensors.sizes
    names = AXES[len(base) - 1]
    return Choice(
        tuple(names[axis - 1] for axis in axes),
        size,
        sizes,
        least,
        refusal,
        lossless,
        not found.lossless.others,
        tuple(_near(found.lossless, size)),
        trained,
        trained.most_by,
    )


def _opened(network: Network, base: Shape, axes: tuple[int, ...]) -> Symbolic:
    """Return closed forms in which some axes of the input are one letter."""
    names = [_LETTER if axis in axes else None for axis in range(len(base))]
    return with_letters(network.changed(input=base), names)


def _least(
    network: Network, base: Shape, axes: tuple[int, ...], found: Symbolic
) -> tuple[int, Diagnostic | None]:
    """Return the smallest size that every layer takes, and why one less is refused.

    Closed forms hold for the sizes that are treated as this one is; smaller ones may
    be treated otherwise, and be legal, too. So `check` is asked, and it has the word.
    """
    least = base[axes[0]]
    for _ in range(_REGIONS):
        least = next(_admitted(found.domain, found.domain.sizes[0].above(1)), least)
        shapes = (_with(base, axes, one) for one in _untold(found.domain, least))
        below = next((one for one in shapes if _reached(network, one)), None)
        if below is None:
            break
        found = _opened(network, below, axes)
    if least == 1:
        return least, None
    return least, _refusal(check(network.changed(input=_with(base, axes, least - 1))))


def _untold(domain: Domain, least: int) -> Iterable[int]:
    """Return sizes below the least of a domain that it may leave out and be legal.

    A reshape to the shape that arrives is such a case: nothing is left to fit.
    """
    (sizes,) = domain.sizes
    left_out = islice(sizes.below(least - 1), _REGIONS)
    return dict.fromkeys((*range(max(least - 1, 1), least), *left_out))


def _admitted(domain: Domain, sizes: Iterable[int]) -> Iterator[int]:
    """Yield the sizes that a domain of one letter admits, its other conditions too."""
    letter = domain.sizes[0].letter
    return (one for one in sizes if domain.holds({letter: one}))


def _near(domain: Domain, size: int) -> Iterator[int]:
    """Yield the size next below, and the next ones, that a domain admits."""
    (sizes,) = domain.sizes
    yield from islice(_admitted(domain, sizes.below(size - 1)), 1)
    yield from islice(_admitted(domain, sizes.above(size)), _NEXT)


def _refusal(report: Report) -> Diagnostic | None:
    """Return the problem of the first layer that does not take what arrives."""
    refused = {row.path for row in report.rows if row.reached and row.output is None}
    return next(
        (
            one
            for one in report.found
            if one.path in refused and one.severity is Severity.ERROR
        ),
        None,
    )


def _fixing(report: Report, choices: tuple[Choice, ...]) -> Row | None:
    """Return the layer whose weights, or fields, bound the input from above."""
    bounding = [choice.trained_by for choice in choices if choice.trained_by]
    return report.row(bounding[0]) if bounding else None
