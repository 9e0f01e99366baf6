"""Names that a skip can reach: those of its own list, and of the lists around it.

It never knows what a value holds but its shape.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tuicnn.core.diagnostics import Code, Refusal
from tuicnn.core.network import same_name
from tuicnn.core.shapes import Shape
from tuicnn.core.wording import brief, nearest

_SEARCHED: Final = 40
"""Names among which the one that was meant is looked for."""


class Value(NamedTuple):
    """A tensor on its way: its shape (None: unreached), and the row it comes from."""

    shape: Shape | None
    source: int
    path: str


class Scope:
    """The named values of one list, and of the lists around it."""

    def __init__(self, outer: Scope | None) -> None:
        self.outer = outer
        self.values: dict[str, Value] = {}

    def find(self, name: str) -> list[Value]:
        """Return every value of that name that can be seen, nearest first."""
        key = same_name(name)
        found = []
        scope: Scope | None = self
        while scope is not None:
            if key in scope.values:
                found.append(scope.values[key])
            scope = scope.outer
        return found

    def names(self) -> list[str]:
        """Return the names that can be seen from here."""
        own = list(self.values)
        return own + (self.outer.names() if self.outer else [])


def unresolved(name: str, found: list[Value], scope: Scope) -> Refusal:
    """Return the refusal of a name that means nothing here, or too much."""
    if found:
        paths = " and ".join(value.path for value in found)
        return Refusal(
            Code.AMBIGUOUS_SKIP,
            f"“{brief(name)}” is the name of {paths}.",
            field="with",
            hint="Rename one of them, so that the skip has one meaning.",
        )
    close = nearest(name, scope.names()[:_SEARCHED])
    hint = "Only layers above this one, in this list or around it, can be named."
    return Refusal(
        Code.UNKNOWN_SKIP,
        f"No layer above is called “{brief(name)}”.",
        field="with",
        hint=f"Did you mean {close}? {hint}" if close else hint,
    )
