"""Edits of layers: put in, taken out, replaced, copied, moved.

They never check a shape: a wrong network is a network all the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.drafts import changed
from tuicnn.core.edits.edit import Changed, Edit, EditRefused
from tuicnn.core.edits.places import (
    called_at,
    heir,
    index_of,
    list_of,
    neighbour,
    outermost,
    shifted,
    side_by_side,
    standing,
)
from tuicnn.core.edits.splicing import (
    alike,
    bounded,
    reordered,
    require_free,
    spliced,
    what_of,
    without,
)
from tuicnn.core.layer import LayerSpec
from tuicnn.core.naming import arranged, unique
from tuicnn.core.network import Network, effective_names
from tuicnn.core.tree import Layers, layer_at, with_list


@dataclass(frozen=True)
class Insert(Edit):
    """Puts layers into a list, under names that are free there.

    Attributes:
        called: What they were called where they come from, if that is known: merges
            among them go on to name each other.
    """

    at: Pointer
    layers: Layers
    verb: str = "insert"
    called: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is called."""
        return f"{self.verb} {what_of(self.layers)}"

    def apply(self, network: Network) -> Changed:
        """Return the version with the layers in it."""
        parent = self.at[:-1]
        now = list_of(network, parent)
        index = min(index_of(self.at), len(now))
        if not self.layers:
            raise EditRefused(f"there is no layer here to {self.verb}")
        new = unique(self.layers, now[:index], now[index:], self.called)
        after = spliced(network, parent, index, index, new)
        places = side_by_side(parent, index, len(new))
        return Changed(bounded(after), places[0], places)


@dataclass(frozen=True)
class Remove(Edit):
    """Takes layers out."""

    pointers: tuple[Pointer, ...]
    what: str
    verb: str = "delete"

    @property
    def label(self) -> str:
        """What it is called."""
        return f"{self.verb} {self.what}"

    def apply(self, network: Network) -> Changed:
        """Return the version without the layers."""
        chosen = outermost(self.pointers)
        if not chosen or any(layer_at(network, one) is None for one in chosen):
            raise EditRefused("there is no layer here to delete")
        after = without(network, chosen)
        return Changed(after, neighbour(after, chosen))


@dataclass(frozen=True)
class Replace(Edit):
    """Puts other layers in the place of one: a field that changes, a fix."""

    pointer: Pointer
    layers: Layers
    what: str
    merging: Hashable = None

    @property
    def label(self) -> str:
        """What it is called."""
        return self.what

    @property
    def key(self) -> Hashable:
        """What is typed into one field is one edit."""
        return self.merging

    def apply(self, network: Network) -> Changed:
        """Return the version with the other layers."""
        old = layer_at(network, self.pointer)
        if old is None:
            raise EditRefused("the layer is not there any more")
        parent, index = self.pointer[:-1], index_of(self.pointer)
        new: Sequence[LayerSpec] = self.layers
        if len(new) == 1 and alike(old, new[0]):

            def exchange(now: Layers) -> Sequence[LayerSpec]:
                return (*now[:index], new[0], *now[index + 1 :])

            return Changed(with_list(network, parent, exchange), self.pointer)
        now = list_of(network, parent)
        if len(new) > 1:
            new = unique(new, now[:index], now[index + 1 :])
        elif new and new[0].name != old.name:
            require_free(now, index, new[0])
        after = spliced(network, parent, index, index + 1, new, heir(new, index))
        there = layer_at(after, self.pointer) is not None
        cursor = self.pointer if there else neighbour(after, (self.pointer,))
        return Changed(bounded(after), cursor)


@dataclass(frozen=True)
class SetField(Edit):
    """Gives a field of a layer another value, whatever its other fields are by then.

    Attributes:
        value: `drafts.MISSING` leaves the field out.
        called: What the field is called in documents.
        whose: What the layer is called.
    """

    pointer: Pointer
    field: str
    value: object
    called: str
    whose: str

    @property
    def label(self) -> str:
        """What it is called."""
        return f"set {self.called} of {self.whose}"

    @property
    def key(self) -> Hashable:
        """What is typed into one field is one edit."""
        return ("field", self.pointer, self.field)

    def apply(self, network: Network) -> Changed:
        """Return the version with the value."""
        layer = layer_at(network, self.pointer)
        if layer is None or self.field not in type(layer).model_fields:
            raise EditRefused("the layer is not there any more")
        new = changed(layer, self.field, self.value)
        if isinstance(new, str):
            raise EditRefused(new.rstrip("."))
        return Replace(self.pointer, (new,), self.label).apply(network)


@dataclass(frozen=True)
class Duplicate(Edit):
    """Puts a copy of neighbouring layers behind them."""

    pointers: tuple[Pointer, ...]
    what: str

    @property
    def label(self) -> str:
        """What it is called."""
        return f"duplicate {self.what}"

    def apply(self, network: Network) -> Changed:
        """Return the version with the copies."""
        parent, first, stop = standing(network, self.pointers)
        now = list_of(network, parent)
        called = tuple(effective_names(now)[first:stop])
        copies = Insert((*parent, stop), now[first:stop], "duplicate", called)
        return copies.apply(network)


@dataclass(frozen=True)
class Move(Edit):
    """Takes layers to another place, which is named as it is before the move."""

    pointers: tuple[Pointer, ...]
    to: Pointer
    what: str

    @property
    def label(self) -> str:
        """What it is called."""
        return f"move {self.what}"

    def apply(self, network: Network) -> Changed:
        """Return the version with the layers elsewhere."""
        chosen = outermost(self.pointers)
        if any(
            self.to[: len(one)] == one and len(self.to) > len(one) for one in chosen
        ):
            raise EditRefused("a layer cannot be moved into itself")
        moved = [layer for one in chosen if (layer := layer_at(network, one))]
        if len(moved) < len(chosen) or not moved:
            raise EditRefused("there is no layer here to move")
        parent, count = self.to[:-1], len(chosen)
        target = shifted(self.to, chosen)
        if all(one[:-1] == parent for one in chosen):
            order = reordered(list_of(network, parent), chosen, index_of(target))
            after = with_list(network, parent, lambda now: arranged(now, order))
            first = order.index(index_of(chosen[0]))
            places = side_by_side(parent, first, count)
        else:
            called = called_at(network, chosen)
            after = without(network, chosen)
            parent = target[:-1]
            now = list_of(after, parent)
            first = min(index_of(target), len(now))
            new = unique(moved, now[:first], now[first:], called)
            after = spliced(after, parent, first, first, new)
            places = side_by_side(parent, first, count)
        return Changed(bounded(after), places[0], places)
