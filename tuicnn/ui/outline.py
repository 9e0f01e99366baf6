"""The stack as lines: each layer of the document once, with what folds hide left out.

It never draws: the stack does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, overload

from tuicnn.core.diagnostics import Diagnostic, Pointer, Severity
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind as kind_of
from tuicnn.core.settings import settings

Kind = Literal["input", "layer", "branch", "empty"]


class Line(NamedTuple):
    """One line of the stack.

    Attributes:
        kind: The input; a layer or container; the head of a branch; or the place of a
            list that holds nothing yet.
        pointer: Of the layer; of the list, for a branch and an empty place; () for the
            input.
        depth: How many containers it stands in, heads of branches counted.
        row: The layer's row: the first, where it is repeated.
        text: What is said of a branch.
    """

    kind: Kind
    pointer: Pointer
    depth: int
    row: Row | None = None
    text: str = ""


class Lines(Sequence[Line]):
    """Lines of a report, made when they are asked for: of a long stack, few are seen.

    Attributes:
        stubs: The lines without their rows, whose indices stand beside them.
    """

    def __init__(self, report: Report, stubs: Sequence[tuple[Line, int]]) -> None:
        self.report, self.stubs = report, stubs

    def __len__(self) -> int:
        return len(self.stubs)

    @overload
    def __getitem__(self, at: int) -> Line: ...

    @overload
    def __getitem__(self, at: slice) -> Lines: ...

    def __getitem__(self, at: int | slice) -> Line | Lines:
        if isinstance(at, slice):
            return Lines(self.report, self.stubs[at])
        line, index = self.stubs[at]
        return line if index < 0 else line._replace(row=self.report.rows[index])


@dataclass(frozen=True)
class Outline:
    """The lines of one report.

    Attributes:
        report: Where they come from.
        lines: In the order of the document.
        folded: Containers whose content is hidden.
        wanted: What every line holds, or something in it.
    """

    report: Report
    lines: Lines
    folded: frozenset[Pointer]
    wanted: str

    @cached_property
    def places(self) -> dict[Pointer, int]:
        """The number of each pointer's line."""
        return {line.pointer: at for at, (line, _) in enumerate(self.lines.stubs)}

    @cached_property
    def problems(self) -> dict[Pointer, Severity]:
        """The worst problem of each layer, by its pointer."""
        found: dict[Pointer, Severity] = {}
        for one in self.report.diagnostics:
            pointer = layer_pointer(self.report, one)
            known = found.get(pointer)
            if known is None or _RANK[one.severity] < _RANK[known]:
                found[pointer] = one.severity
        return found

    def nearest(self, pointer: Pointer) -> int:
        """Return the line of a pointer, or of the fold that hides it."""
        while pointer:
            if pointer in self.places:
                return self.places[pointer]
            pointer = pointer[:-1]
        return 0


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def layer_pointer(report: Report, problem: Diagnostic) -> Pointer:
    """Return the pointer of the layer that a problem is about; () for the document."""
    row = report.row(problem.path)
    if row is not None:
        return row.pointer
    pointer = problem.pointer
    while pointer and not (pointer[0] == "layers" and isinstance(pointer[-1], int)):
        pointer = pointer[:-1]
    return pointer


def outline(
    report: Report,
    folded: Collection[Pointer] = (),
    wanted: str = "",
    previous: Outline | None = None,
    looked_at: Pointer = (),
) -> Outline:
    """Return the lines of a report.

    Args:
        folded: Containers whose content is hidden.
        wanted: Only layers whose name, type or settings hold this text, and what they
            stand in.
        previous: The lines of an earlier version; where layers stand at the same
            places, only their rows are others.
        looked_at: A layer that is listed whatever it holds: it may be a new one.
    """
    hidden = frozenset(folded)
    if previous is not None and not wanted and _as_before(report, hidden, previous):
        same = Outline(report, Lines(report, previous.lines.stubs), hidden, "")
        same.__dict__["places"] = previous.places
        return same
    stubs = [(Line("input", (), 0), -1)]
    _listed(report, ("layers",), 0, len(report.rows), 0, hidden, stubs)
    lines = Lines(report, stubs)
    if wanted:
        lines = _matching(lines, wanted, looked_at)
    return Outline(report, lines, hidden, wanted)


def _as_before(report: Report, folded: frozenset[Pointer], previous: Outline) -> bool:
    """Whether `check` has kept every row's place, as it does where a field changes."""
    rows, earlier = report.rows, previous.report.rows
    return (
        folded == previous.folded
        and not previous.wanted
        and len(rows) == len(earlier)
        and all(
            new.pointer is old.pointer for new, old in zip(rows, earlier, strict=True)
        )
    )


def _listed(
    report: Report,
    pointer: Pointer,
    index: int,
    stop: int,
    depth: int,
    folded: Collection[Pointer],
    stubs: list[tuple[Line, int]],
) -> int:
    """Append the rows of one list, and return the row behind them."""
    first = index
    while index < stop and report.rows[index].pointer[:-1] == pointer:
        row = report.rows[index]
        if index > first and row.pointer[-1] == 0:
            break  # the list begins again: a repetition
        stubs.append((Line("layer", row.pointer, depth), index))
        if row.container and row.pointer not in folded:
            _content(report, row, depth, folded, stubs)
        index = row.stop
    return index


def _content(
    report: Report,
    row: Row,
    depth: int,
    folded: Collection[Pointer],
    stubs: list[tuple[Line, int]],
) -> None:
    layer, at = row.layer, row.index + 1
    if isinstance(layer, Block):
        inner = (*row.pointer, "layers")
        if not layer.layers:
            empty = Line("empty", inner, depth + 1, text="nothing in it yet")
            stubs.append((empty, -1))
        _listed(report, inner, at, row.stop, depth + 1, folded, stubs)
    if isinstance(layer, Parallel):
        for number, branch in enumerate(layer.branches):
            inner = (*row.pointer, "branches", number)
            text = f"branch {number}"
            if not branch:
                text += ": passes its input on"
            stubs.append((Line("branch", inner, depth + 1, text=text), -1))
            at = _listed(report, inner, at, row.stop, depth + 2, folded, stubs)


def _matching(lines: Lines, wanted: str, looked_at: Pointer) -> Lines:
    """Return the lines that hold a text, and the containers around them."""
    text = wanted.casefold()
    kept = {looked_at[:n] for n in range(2, len(looked_at) + 1)}
    for line in lines:
        if line.row is not None and text in described(line.row).casefold():
            kept.update(line.pointer[:n] for n in range(2, len(line.pointer) + 1))
    shown = [
        stub for stub in lines.stubs if stub[0].pointer in kept or not stub[0].pointer
    ]
    return Lines(lines.report, shown)


def described(row: Row) -> str:
    """Return name, type and settings of a row."""
    return f"{row.name} {kind_of(row.layer)} {settings(row.layer)}"
