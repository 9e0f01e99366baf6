"""What a framework's message says, and which layer of a network fits it best.

It never reads a message: `torch`, `keras` and `onnx` do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tuicnn.core.layers.structure import Parallel
from tuicnn.core.report import INPUT
from tuicnn.core.shapes import Shape, elements, spell

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Diagnostic
    from tuicnn.core.report import Report, Row


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a message says about the layer that raised it.

    Attributes:
        said: In words, for a layer that it is true of.
        holds: Whether it is true of a row.
        weight: How much it tells; one that counts 3 or more can name a layer alone.
    """

    said: str
    holds: Callable[[Row], bool]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Clue:
    """What a message says.

    Attributes:
        meaning: What it means in plain words.
        remedy: What to do about it, whichever layer it is.
        types: How the types of layers begin that can raise it; empty: any.
        facts: What it says about the layer.
        batch: How many samples went through, if it can be seen.
        sizes: Numbers of the message that a layer may make: what each is.
        impossible: Whether what it complains of is not so, by its own numbers.
    """

    meaning: str
    remedy: str
    types: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    batch: int | None = None
    sizes: dict[int, str] = field(default_factory=dict)
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class Pasted:
    """A message explained.

    Attributes:
        clue: What it says; None where no message of the kind is known.
        row: The layer that raises it; None where the numbers fit none.
        held: What of it is true of that layer.
        missed: What of it is not: the network here differs from the one that ran.
        others: Further layers that fit as well.
        makers: Who makes a number of the message: the number, and the path.
        diagnostic: The error that this layer has here, if it has one.
    """

    clue: Clue | None
    row: Row | None = None
    held: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    makers: tuple[tuple[int, str], ...] = ()
    diagnostic: Diagnostic | None = None


_ENOUGH = 3


def located(report: Report, clue: Clue) -> Pasted:
    """Return a clue with the layer that fits it best, if one fits."""
    if clue.impossible:
        return Pasted(clue)
    ranked: list[tuple[int, Row]] = []
    for row in report.rows:
        if clue.types and not row.layer.type.startswith(clue.types):
            continue
        seen = met(report, row)
        score = sum(fact.weight for fact in clue.facts if fact.holds(seen))
        if score >= _ENOUGH:
            ranked.append((score, row))
    makers = tuple(_makers(report, clue.sizes))
    if not ranked:
        return Pasted(clue, makers=makers)
    best = max(score for score, _ in ranked)
    fitting = [row for score, row in ranked if score == best]
    wrong = {one.path: one for one in reversed(report.diagnostics) if _is_error(one)}
    # Of equals the one that has an error here, or else the first that runs.
    row = next((one for one in fitting if one.path in wrong), fitting[0])
    seen = met(report, row)
    held = tuple(one.said for one in clue.facts if one.holds(seen))
    missed = tuple(one.said for one in clue.facts if not one.holds(seen))
    others = tuple(one.path for one in fitting if one is not row)
    return Pasted(clue, row, held, missed, others, makers, wrong.get(row.path))


def met(report: Report, row: Row) -> Row:
    """Return a row with the shapes that meet in it, where branches end in it."""
    if not isinstance(row.layer, Parallel):
        return row
    shapes = [
        report.network.input if source == INPUT else report.rows[source].output
        for source in row.sources
    ]
    return row._replace(inputs=tuple(shapes))


def _is_error(one: Diagnostic) -> bool:
    return one.severity.value == "error"


def _makers(report: Report, sizes: Iterable[int]) -> Iterable[tuple[int, str]]:
    """Yield each number that a layer makes, with the first layer that makes it."""
    made: dict[int, str] = {}
    shapes = [(row.output, row.path) for row in report.rows]
    shapes.insert(0, (report.network.input, "the input"))
    # A vector of that size is meant rather than a map that holds as much.
    for shape, path in sorted(shapes, key=lambda one: len(one[0] or ()) != 1):
        if shape is not None:
            made.setdefault(elements(shape), path)
    for size in sizes:
        if size in made:
            yield size, made[size]


# Facts that many messages state.


def arrives(shape: Shape) -> Fact:
    """Return that a shape arrives: of one sample, channels first."""
    return Fact(f"{spell(shape)} arrives", lambda row: row.inputs[0] == shape, 4)


def channels_arrive(count: int) -> Fact:
    """Return that so many channels, or features, arrive."""

    def holds(row: Row) -> bool:
        return row.inputs[0] is not None and row.inputs[0][0] == count

    return Fact(f"{count} channels arrive", holds, 3)


def set_to(name: str, value: object, weight: int = 2) -> Fact:
    """Return that a field has a value, by itself or along each axis."""

    def holds(row: Row) -> bool:
        own = getattr(row.layer, name, None)
        return own == value or (
            isinstance(value, tuple) and isinstance(own, int) and set(value) == {own}
        )

    shown = spell(value) if isinstance(value, tuple) else str(value)
    return Fact(f"{name} is {shown}", holds, weight)


def called(name: str) -> Fact:
    """Return that a layer has a name, or that its path ends with it."""
    wanted = name.replace("/", ".").strip(".").lower()

    def holds(row: Row) -> bool:
        path = row.path.lower()
        return path == wanted or path.endswith(f".{wanted}") or row.name == wanted

    return Fact(f"it is called {name}", holds, 3)
