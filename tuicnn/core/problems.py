"""The problems of one pass over the network, each with its position.

They never judge: a layer has refused, or noted, and here it is said where.
"""

from __future__ import annotations

from collections.abc import Iterable

from tuicnn.core import limits
from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import (
    Code,
    Diagnostic,
    Note,
    Pointer,
    Refusal,
    Severity,
)
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import compatible, same_name
from tuicnn.core.report import Row
from tuicnn.core.shapes import elements, spell


class Problems:
    """What was found so far, each problem once.

    Attributes:
        found: By code and place in the document, in the order of the pass.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[Code, Pointer], Diagnostic] = {}
        # One more than are told, so that it is known that there are more; no number of
        # warnings takes an error its place.
        self._room = dict.fromkeys(Severity, limits.DIAGNOSTICS + 1)

    def refuse(
        self,
        refusal: Refusal,
        path: str,
        place: Pointer,
        within: Pointer,
        made: Iterable[Row],
    ) -> None:
        """Add what a layer refuses.

        Args:
            within: The place in the layer; empty: the field that is to blame.
            made: The rows above, the last first.
        """
        field = refusal.field
        pointer = within or ((field,) if field else ())
        hint = refusal.hint
        if refusal.declared is not None:
            hint = f"{_passed_over(refusal.declared, made)}{hint}"
        self._add(
            Diagnostic(
                refusal.code,
                path,
                field,
                (*place, *pointer),
                refusal.message,
                hint,
                refusal.fixes,
            )
        )

    def note(self, notes: tuple[Note, ...], path: str, place: Pointer) -> None:
        """Add what a layer notes."""
        for note in notes:
            self._add(noted(note, path, place))

    def duplicate(
        self, layer: LayerSpec, name: str, first: str, path: str, place: Pointer
    ) -> None:
        """Add that a layer has the name of an earlier one, whose path is `first`."""
        what = f"{first} and {path} have the same name"
        if first == path:
            what = f"Two layers of this list are called {name}"
        self._add(
            Diagnostic(
                Code.DUPLICATE_NAME,
                path,
                "name" if layer.name else None,
                (*place, *(("name",) if layer.name else ())),
                f"{what}.",
                f"{_why_the_same(first.rpartition('.')[2], name)} Rename one of them.",
            )
        )

    def _add(self, diagnostic: Diagnostic) -> None:
        # What is wrong in each repetition of a block is said once.
        key = (diagnostic.code, diagnostic.pointer)
        if key not in self.found and self._room[diagnostic.severity]:
            self._room[diagnostic.severity] -= 1
            self.found[key] = diagnostic


def _passed_over(declared: int, made: Iterable[Row]) -> str:
    """Return which earlier map has the size that was declared, and what took it."""
    for after in made:
        before = after.inputs[0]
        if before is None or after.output is None or elements(before) != declared:
            continue
        if elements(after.output) != declared:
            return (
                f"{spelled(declared)} is {spell(before)}, which enters "
                f"{after.path}; {after.path} was passed over: it makes that "
                f"{spell(after.output)}. "
            )
    return ""


def _why_the_same(first: str, second: str) -> str:
    """Return by which rule two names are one."""
    if first == second:
        return "Each layer of a list needs a name of its own."
    how, form = "in compatibility form (NFKC)", same_name(first)
    if compatible(first) == compatible(second):
        form = compatible(first)
    elif first.casefold() == second.casefold():
        how = "without case"
    else:
        how = f"without case, and {how}"
    return f"Names are compared {how}: both are “{form}”."


def noted(note: Note, path: str, place: Pointer) -> Diagnostic:
    """Return a layer's note as a diagnostic with its position."""
    field = (note.field,) if note.field else ()
    pointer = (*place, *field)
    return Diagnostic(
        note.code, path, note.field, pointer, note.message, note.hint, note.fixes
    )
