"""A fix that is offered, and the place that it is for.

It never decides whether a fix mends anything: `trial` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tuicnn.core.drafts import MISSING, changed, label
from tuicnn.core.edits import Edit, Insert, Replace
from tuicnn.core.fieldproblems import shown
from tuicnn.core.layers.broken import Broken
from tuicnn.core.network import effective_names
from tuicnn.core.proposal import Proposal, Together
from tuicnn.core.report import INPUT
from tuicnn.core.tree import layer_at, list_at
from tuicnn.core.wording import brief, listed

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Diagnostic, Pointer
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class Remedy(Proposal):
    """A fix that mends a problem and makes nothing worse.

    Attributes:
        safe: Whether it may be applied without a question: it says what was meant
            already (the size that arrives, the word that was misspelt, the nearest
            value that is legal, nothing instead of what has no effect), and every
            output shape that was known stays as it was.
    """

    safe: bool = False


def layer_place(pointer: Pointer) -> Pointer:
    """Return the part of a place in a document that names a layer; () if none does."""
    for stop in range(len(pointer), 1, -1):
        listed = pointer[stop - 2] == "layers" or pointer[stop - 3 : stop - 2] == (
            "branches",
        )
        if listed and isinstance(pointer[stop - 1], int) and pointer[0] == "layers":
            return pointer[:stop]
    return ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is.

    Attributes:
        pointer: The layer's; of a layer within one that cannot be read, that one's.
        layer: The layer; None where the problem is the document's.
        row: Its row, of the repetition that has the problem.
    """

    report: Report
    problem: Diagnostic
    pointer: Pointer
    layer: LayerSpec | None
    row: Row | None

    @property
    def x(self) -> Shape | None:
        """The shape that arrives, if it is known."""
        return self.row.inputs[0] if self.row is not None and self.row.inputs else None

    @property
    def name(self) -> str:
        """What the layer is called in its list."""
        siblings = list_at(self.report.network, self.pointer[:-1]) or ()
        at = self.pointer[-1]
        assert isinstance(at, int)
        return brief(effective_names(siblings)[at], 40)

    def put(self, title: str, *layers: LayerSpec, safe: bool = False) -> Remedy:
        """Return the fix that puts layers in the layer's place."""
        return Remedy(title, Replace(self.pointer, layers, title), safe)

    def before(self, title: str, *layers: LayerSpec, safe: bool = False) -> Remedy:
        """Return the fix that inserts layers before the layer."""
        assert self.layer is not None
        return self.put(title, *layers, self.layer, safe=safe)

    def removed(self) -> Remedy:
        """Return the fix that takes the layer out."""
        return self.put(f"remove {self.name}")

    def sets(self, **fields: object) -> Iterator[Remedy]:
        """Yield the fix that sets fields, if the layer takes these values."""
        new = with_fields(self.layer, **fields)
        if new is not None and self.layer is not None and new != self.layer:
            yield self.put(f"set {said(self.layer, fields)}", new)

    def states(self, **fields: object) -> Iterator[Remedy]:
        """Yield the same fix, as one that says what was meant already."""
        for one in self.sets(**fields):
            yield Remedy(one.title, one.edit, safe=True)

    def without(self, field: str, safe: bool = False) -> Iterator[Remedy]:
        """Yield the fix that leaves a field out, if the layer can do without."""
        if self.layer is None or isinstance(self.layer, Broken):
            return
        new = changed(self.layer, field, MISSING)
        if not isinstance(new, str) and new != self.layer:
            yield self.put(f"leave {label(type(new), field)} out", new, safe=safe)

    def elsewhere(self, row: Row, **fields: object) -> Iterator[Remedy]:
        """Yield the fix that sets fields of another layer, if it takes them."""
        new = with_fields(row.layer, **fields)
        if new is not None and new != row.layer:
            first, *more = fields
            rest = {name: fields[name] for name in more}
            title = (
                f"set {label(type(new), first)} of {brief(row.path, 40)} to "
                f"{shown(fields[first])}"
            )
            if rest:
                title += f", {said(row.layer, rest)}"
            yield Remedy(title, Replace(row.pointer, (new,), title))

    def source(self) -> Row | None:
        """Return the row that what arrives comes from; None if it is the input."""
        if self.row is None or not self.row.sources or self.row.sources[0] == INPUT:
            return None
        return self.report.rows[self.row.sources[0]]


Finder = Callable[[Place], Iterator[Remedy]]
"""Yields what may mend a kind of problem, the likeliest first."""


def place_of(report: Report, problem: Diagnostic) -> Place:
    """Return where a problem is."""
    pointer = layer_place(problem.pointer)
    while pointer and layer_at(report.network, pointer) is None:
        pointer = layer_place(pointer[:-1])
    layer = layer_at(report.network, pointer) if pointer else None
    row = report.row(problem.path)
    if row is None or row.pointer != pointer:
        row = report.at(pointer)
    return Place(report, problem, pointer, layer, row)


def with_fields(layer: LayerSpec | None, **fields: object) -> LayerSpec | None:
    """Return a layer with other values, or None where it does not take them."""
    if layer is None or isinstance(layer, Broken):
        return None
    try:
        return layer.changed(**fields)
    except ValidationError:
        return None


def said(layer: LayerSpec, fields: dict[str, object]) -> str:
    """Return fields and their values in words: padding to 1 and stride to 2."""
    return listed(
        f"{label(type(layer), name)} to {shown(value)}"
        for name, value in fields.items()
    )


def inserted(title: str, at: Pointer, *layers: LayerSpec) -> Remedy:
    """Return the fix that inserts layers at a place of a list."""
    return Remedy(title, Together((Insert(at, layers),), title))


def together(title: str, *edits: Edit) -> Remedy:
    """Return the fix that is several edits."""
    return Remedy(title, Together(edits, title))
