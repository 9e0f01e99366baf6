"""Versions of a network as an immutable zipper: what was, what is, what was undone.

* An edit puts the present version into the past and clears what was undone.
* Edits of equal, non-empty keys in a row are one: the past keeps the version before the
  first of them. Undo, redo and `settled` end such a row. A row that comes back to where
  it began is none.
* Undo goes back to the version before, and puts the cursor back where it was.
* The past holds as many versions as fit in `limits.UNDO_BYTES`; the oldest are
  forgotten first.

It never knows a file or a clock.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final, NamedTuple

from tuicnn.core import limits
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits import Edit
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import Network, children

_LAYER: Final = 2_000
"""Bytes of a layer that another version does not have, roughly."""
_SLOT: Final = 8
"""Bytes of an entry in a list."""


class Version(NamedTuple):
    """A network, and where its reader was.

    Attributes:
        cursor: The layer that was looked at; () is the input.
        selected: Layers that were selected.
        label: The edit that comes next, on the way to the present or to what was
            undone; empty for the present.
        weight: Bytes that it takes, roughly.
    """

    network: Network
    cursor: Pointer = ()
    selected: tuple[Pointer, ...] = ()
    label: str = ""
    weight: int = 0


@dataclass(frozen=True)
class History:
    """The versions of one network.

    Attributes:
        present: What is shown.
        past: Earlier versions, the latest last.
        future: What was undone, the next to be redone last.
        key: Key of the edit that made the present, while its like may still join it.
    """

    present: Version
    past: tuple[Version, ...] = ()
    future: tuple[Version, ...] = ()
    key: Hashable = None

    @classmethod
    def of(cls, network: Network) -> History:
        """Return the history of a network that nobody has changed yet."""
        return cls(Version(network))

    @property
    def network(self) -> Network:
        """The network as it is."""
        return self.present.network

    @property
    def undoes(self) -> str:
        """What undo would undo; empty where there is nothing."""
        return self.past[-1].label if self.past else ""

    @property
    def redoes(self) -> str:
        """What redo would do again; empty where there is nothing."""
        return self.future[-1].label if self.future else ""

    def looking(self, cursor: Pointer, selected: tuple[Pointer, ...] = ()) -> History:
        """Return this history with its reader elsewhere."""
        return replace(
            self, present=self.present._replace(cursor=cursor, selected=selected)
        )

    def settled(self) -> History:
        """Return this history with the row of joining edits ended."""
        return replace(self, key=None)

    def do(self, edit: Edit) -> History:
        """Return the history after an edit; the same where nothing changes.

        Raises:
            EditRefused: It cannot be done to the present version.
        """
        changed = edit.apply(self.network)
        if changed.network == self.network:
            return self.looking(changed.cursor, changed.selected)
        selected = changed.selected if len(changed.selected) > 1 else ()
        present = Version(changed.network, changed.cursor, selected)
        if self.key is not None and edit.key == self.key and self.past:
            start, earlier = self.past[-1], self.past[:-1]
            if changed.network == start.network:  # typed, and taken back by hand
                return History(present._replace(network=start.network), earlier)
            past = (*earlier, start._replace(label=edit.label))
            return History(present, past, (), edit.key)
        weight = difference(self.network, changed.network)
        before = self.present._replace(label=edit.label, weight=weight)
        return History(present, _fitting((*self.past, before)), (), edit.key)

    def undo(self) -> History:
        """Return the history one edit back; the same where there is none."""
        if not self.past:
            return self
        last = self.past[-1]
        undone = self.present._replace(label=last.label, weight=last.weight)
        present = last._replace(label="", weight=0)
        return History(present, self.past[:-1], (*self.future, undone))

    def redo(self) -> History:
        """Return the history one edit on; the same where nothing was undone."""
        if not self.future:
            return self
        following = self.future[-1]
        before = self.present._replace(label=following.label, weight=following.weight)
        present = following._replace(label="", weight=0)
        return History(present, (*self.past, before), self.future[:-1])


def _fitting(past: tuple[Version, ...]) -> tuple[Version, ...]:
    """Return the latest versions that fit in memory; at least one."""
    total = sum(version.weight for version in past)
    first = 0
    while total > limits.UNDO_BYTES and first < len(past) - 1:
        total -= past[first].weight
        first += 1
    return past[first:]


def difference(before: Network, after: Network) -> int:
    """Return the bytes, roughly, of what one version has and another has not."""
    if before.layers is after.layers:
        return _LAYER
    return _LAYER + _lists(before.layers, after.layers)


def _lists(before: tuple[LayerSpec, ...], after: tuple[LayerSpec, ...]) -> int:
    if before is after:
        return 0
    total = _SLOT * len(before)
    # Most edits exchange one layer and move none: only others are looked for.
    gone = [
        old
        for old, new in zip_longest(before, after)
        if old is not None and old is not new
    ]
    if len(gone) > 1:
        kept = {id(layer) for layer in after}
        gone = [layer for layer in gone if id(layer) not in kept]
    if not any(map(children, gone)):
        return total + _LAYER * len(gone)
    others = {layer.name: layer for layer in after if children(layer)}
    for layer in gone:
        total += _LAYER
        inner = children(layer)
        twin = others.get(layer.name)
        theirs = children(twin) if twin is not None else ()
        for number, one in enumerate(inner):
            other = theirs[number] if number < len(theirs) else ()
            total += _lists(tuple(one), tuple(other))
    return total
