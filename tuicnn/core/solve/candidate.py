"""Candidates: changes that may reach a target, before the core has checked them.

It never decides whether one is worth showing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuicnn.core.drafts import typed
from tuicnn.core.edits import Edit, Insert, Replace
from tuicnn.core.proposal import Proposal, Together
from tuicnn.core.settings import kind, settings
from tuicnn.core.solve.above import between
from tuicnn.core.wording import listed

if TYPE_CHECKING:
    from tuicnn.core.layer import Effect, LayerSpec
    from tuicnn.core.report import Row
    from tuicnn.core.solve.place import Place
    from tuicnn.core.solve.settings import Fields

Change = tuple["Row", "Fields"]
"""A layer, and fields of it with other values."""


@dataclass(frozen=True)
class Candidate:
    """Fields that change, and layers that are put in behind a place.

    Attributes:
        changes: The layers that change, each once.
        layers: What is put in behind.
    """

    changes: tuple[Change, ...] = ()
    layers: tuple[LayerSpec, ...] = ()

    def size(self, place: Place) -> tuple[int, int]:
        """Return how large the change is, and how far above it begins.

        A field that is set here counts one; a field of a layer above, or a layer that
        is put in, two.
        """
        steps, away = 2 * len(self.layers), 0
        for row, fields in self.changes:
            depth = between(place.report, row, place.maker)
            values = sum(value is not None for value in fields.values())
            steps += values * (2 if depth else 1)
            away = max(away, depth)
        return steps, away

    def also(self, row: Row, fields: Fields) -> Candidate:
        """Return this with further fields of a layer changed."""
        for at, (other, old) in enumerate(self.changes):
            if other.pointer == row.pointer:
                joined = (other, {**old, **fields})
                changes = (*self.changes[:at], joined, *self.changes[at + 1 :])
                return Candidate(changes, self.layers)
        return Candidate((*self.changes, (row, fields)), self.layers)

    def then(self, *layers: LayerSpec) -> Candidate:
        """Return this with further layers behind."""
        return Candidate(self.changes, (*self.layers, *layers))

    def title(self) -> str:
        """Return what it does, in the imperative."""
        phrases = [_setting(row, fields) for row, fields in self.changes]
        if self.layers:
            phrases.append(f"insert {listed(map(_spelled, self.layers))}")
        return ", then ".join(phrases)

    def proposal(self, place: Place) -> Proposal:
        """Return it as an edit that is offered."""
        title = self.title()
        edits: list[Edit] = [
            Replace(row.pointer, (altered(row.layer, fields),), _setting(row, fields))
            for row, fields in self.changes
        ]
        if self.layers:
            edits.append(Insert(place.behind, self.layers))
        return Proposal(
            title, edits[0] if len(edits) == 1 else Together((*edits,), title)
        )


def altered(layer: LayerSpec, fields: Fields) -> LayerSpec:
    """Return a layer with fields set; one that is None is left out."""
    kept = {name: getattr(layer, name) for name in layer.model_fields_set}
    kept.update(fields)
    return type(layer).model_validate(
        {name: value for name, value in kept.items() if fields.get(name, 0) is not None}
    )


def _setting(row: Row, fields: Fields) -> str:
    values = [
        f"{name} to {typed(value)}"
        for name, value in fields.items()
        if value is not None
    ]
    return f"set {listed(values)} in {row.path}"


def _spelled(layer: LayerSpec) -> str:
    detail = settings(layer)
    return f"{kind(layer)} {detail}".rstrip()


def function(layer: LayerSpec, effect: Effect) -> tuple[object, ...]:
    """Return what a layer does: equal for two spellings of the same."""
    return (
        layer.type,
        effect.output,
        tuple(effect.parameters.items()),
        effect.reads,
        tuple(getattr(layer, name, None) for name in ("mode", "padding_mode")),
    )
