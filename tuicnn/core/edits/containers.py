"""Edits of containers: layers put into one, and out of it.

They never change what a layer does.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits.edit import Changed, Edit
from tuicnn.core.edits.places import (
    heir,
    index_of,
    list_of,
    neighbour,
    side_by_side,
    standing,
)
from tuicnn.core.edits.splicing import bounded, content, spliced
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.naming import unique
from tuicnn.core.network import Network, effective_names
from tuicnn.core.tree import layer_at


@dataclass(frozen=True)
class Wrap(Edit):
    """Puts neighbouring layers into a container: a block, or a residual connection."""

    pointers: tuple[Pointer, ...]
    what: str
    residual: bool = False

    @property
    def label(self) -> str:
        """What it is called."""
        return f"{'make residual' if self.residual else 'group'} {self.what}"

    def apply(self, network: Network) -> Changed:
        """Return the version with the container."""
        parent, first, stop = standing(network, self.pointers)
        now = list_of(network, parent)
        called = effective_names(now)[first:stop]
        layers = tuple(unique(now[first:stop], called=called))
        holder: LayerSpec = Block(layers=layers)
        heirs = {stop - 1: first}  # what leaves the last layer leaves the block
        if self.residual:
            holder, heirs = Parallel(merge="add", branches=(layers, ())), {}
        after = spliced(network, parent, first, stop, (holder,), heirs)
        return Changed(bounded(after), (*parent, first))


@dataclass(frozen=True)
class Ungroup(Edit):
    """Puts a container's layers in its place."""

    pointer: Pointer
    what: str

    @property
    def label(self) -> str:
        """What it is called."""
        return f"ungroup {self.what}"

    def apply(self, network: Network) -> Changed:
        """Return the version without the container."""
        parent, index = self.pointer[:-1], index_of(self.pointer)
        now = list_of(network, parent)
        inner, times = content(layer_at(network, self.pointer))
        bounded(network)  # before the repetitions are written out
        called = effective_names(inner)
        new = unique(inner, now[:index], now[index + 1 :], called, times)
        heirs = heir(new, index)
        after = spliced(network, parent, index, index + 1, new, heirs)
        places = side_by_side(parent, index, len(new))
        if not places:
            return Changed(after, neighbour(after, (self.pointer,)))
        return Changed(bounded(after), places[0], places)
