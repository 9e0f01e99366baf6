"""A fix that is offered, and the place that it is for.

It never decides whether a fix mends anything: `trial` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tuicnn.core.drafts import MISSING, changed, label
from tuicnn.core.edits import Edit, Replace
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
    from tuicnn.core.tree import Layers


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
        found: The layer; None where the problem is the document's.
        row: Its row, of the repetition that has the problem.
    """

    report: Report
    problem: Diagnostic
    pointer: Pointer
    found: LayerSpec | None
    row: Row | None

    @property
    def layer(self) -> LayerSpec:
        """The layer, where the problem is a layer's."""
        assert self.found is not None
        return self.found

    @property
    def met(self) -> tuple[LayerSpec, Shape]:
        """The layer and the shape that it meets, where its rule found the problem."""
        assert self.x is not None
        return self.layer, self.x

    @property
    def field(self) -> str:
        """The field to blame, of a problem that always names one."""
        assert self.problem.field is not None
        return self.problem.field

    @property
    def output(self) -> Shape:
        """The shape that leaves, of a problem that does not stop the layer."""
        assert self.row is not None and self.row.output is not None
        return self.row.output

    @property
    def spot(self) -> tuple[Layers, int]:
        """The list that the layer stands in, and its place there."""
        siblings, at = list_at(self.report.network, self.pointer[:-1]), self.pointer[-1]
        assert siblings is not None and isinstance(at, int)
        return siblings, at

    @property
    def x(self) -> Shape | None:
        """The shape that arrives, if it is known."""
        return self.row.inputs[0] if self.row is not None and self.row.inputs else None

    @property
    def name(self) -> str:
        """What the layer is called in its list."""
        siblings, at = self.spot
        return brief(effective_names(siblings)[at], 40)

    def put(self, title: str, *layers: LayerSpec, safe: bool = False) -> Remedy:
        """Return the fix that puts layers in the layer's place."""
        return Remedy(title, Replace(self.pointer, layers, title), safe)

    def before(self, title: str, *layers: LayerSpec, safe: bool = False) -> Remedy:
        """Return the fix that inserts layers before the layer."""
        return self.put(title, *layers, self.layer, safe=safe)

    def removed(self) -> Remedy:
        """Return the fix that takes the layer out."""
        return self.put(f"remove {self.name}")

    def sets(self, **fields: object) -> Iterator[Remedy]:
        """Yield the fix that sets fields, if the layer takes these values."""
        new = with_fields(self.layer, **fields)
        if new is not None and new != self.layer:
            yield self.put(f"set {said(self.layer, fields)}", new)

    def states(self, **fields: object) -> Iterator[Remedy]:
        """Yield the same fix, as one that says what was meant already."""
        for one in self.sets(**fields):
            yield Remedy(one.title, one.edit, safe=True)

    def without(self, field: str, safe: bool = False) -> Iterator[Remedy]:
        """Yield the fix that leaves a field out, if the layer can do without."""
        if isinstance(self.layer, Broken):
            return
        new = changed(self.layer, field, MISSING)
        if not isinstance(new, str) and new != self.layer:
            yield self.put(f"leave {label(type(new), field)} out", new, safe=safe)

    def elsewhere(self, row: Row, field: str, value: int) -> Iterator[Remedy]:
        """Yield the fix that sets a field of another layer, if it takes the value."""
        new = with_fields(row.layer, **{field: value})
        if new is not None:
            title = f"set {field} of {brief(row.path, 40)} to {value}"
            yield Remedy(title, Replace(row.pointer, (new,), title))

    def source(self) -> Row | None:
        """Return the row that what arrives comes from; None if it is the input."""
        if self.row is None or not self.row.sources or self.row.sources[0] == INPUT:
            return None
        return self.report.rows[self.row.sources[0]]

    def before_dropouts(self) -> Row | None:
        """Return the row that what arrives comes from, dropouts passed over."""
        row = self.source()
        while row is not None and row.layer.type.startswith("dropout"):
            above = row.sources[0]
            row = None if above == INPUT else self.report.rows[above]
        return row


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


def with_fields(layer: LayerSpec, **fields: object) -> LayerSpec | None:
    """Return a layer with other values, or None where it does not take them."""
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


def together(title: str, *edits: Edit) -> Remedy:
    """Return the fix that is several edits."""
    return Remedy(title, Together(edits, title))
