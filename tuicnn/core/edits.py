"""The editor's vocabulary: each edit is a value that makes a network of a network.

It never checks a shape: a wrong network is a network all the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tuicnn.core import limits
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.naming import followed, referring, unique
from tuicnn.core.network import (
    Network,
    effective_names,
    leaves_after_repetition,
    rows_after_repetition,
    same_name,
)
from tuicnn.core.settings import kind
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.tree import Layers, layer_at, list_at, with_list


class EditRefused(Exception):
    """An edit that cannot be done to this network; the message says why."""


class Changed(NamedTuple):
    """What an edit made.

    Attributes:
        network: The new version.
        cursor: The layer to look at afterwards; () is the input.
        selected: The layers that the edit was about, if more than one.
    """

    network: Network
    cursor: Pointer
    selected: tuple[Pointer, ...] = ()


class Edit(ABC):
    """Something a person does to a network."""

    @property
    @abstractmethod
    def label(self) -> str:
        """What it is called in the history: `delete conv1`."""

    @property
    def key(self) -> Hashable:
        """Edits of equal keys in a row are one; None: this one stands alone."""
        return None

    @abstractmethod
    def apply(self, network: Network) -> Changed:
        """Return the version after it.

        Raises:
            EditRefused: It cannot be done.
        """


@dataclass(frozen=True)
class Insert(Edit):
    """Puts layers into a list, under names that are free there."""

    at: Pointer
    layers: Layers
    verb: str = "insert"

    @property
    def label(self) -> str:
        """What it is called."""
        return f"{self.verb} {_what(self.layers)}"

    def apply(self, network: Network) -> Changed:
        """Return the version with the layers in it."""
        before = _list(network, self.at[:-1])
        index = min(_index(self.at), len(before))
        new = unique(self.layers, [one.name for one in before if one.name])
        after = with_list(
            network,
            self.at[:-1],
            lambda now: followed(now, [*now[:index], *new, *now[index:]]),
        )
        places = tuple((*self.at[:-1], index + n) for n in range(len(new)))
        cursor = places[0] if places else self.at
        return Changed(bounded(after), cursor, places)


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
        if not chosen:
            raise EditRefused("there is no layer here to delete")
        after = without(network, chosen)
        return Changed(after, _neighbour(after, chosen))


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
        if layer_at(network, self.pointer) is None:
            raise EditRefused("the layer is not there any more")
        index = _index(self.pointer)

        def exchange(now: Layers) -> Sequence[LayerSpec]:
            after = [*now[:index], *self.layers, *now[index + 1 :]]
            if len(self.layers) != 1:
                return followed(now, after)
            return _renamed(now, after, index)

        after = with_list(network, self.pointer[:-1], exchange)
        return Changed(bounded(after), self.pointer)


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
        parent, first, stop = neighbours(self.pointers)
        copies = _list(network, parent)[first:stop]
        return Insert((*parent, stop), copies).apply(network)


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
        target = shifted(self.to, chosen)
        same = all(one[:-1] == self.to[:-1] for one in chosen)
        after = without(network, chosen, follow=not same)
        index = _index(target)
        rest = _list(after, target[:-1])
        new = moved if same else unique(moved, [one.name for one in rest if one.name])
        before = _list(network, self.to[:-1]) if same else rest
        after = with_list(
            after,
            target[:-1],
            lambda now: followed(before, [*now[:index], *new, *now[index:]]),
        )
        places = tuple((*target[:-1], index + n) for n in range(len(new)))
        return Changed(bounded(after), places[0], places)


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
        parent, first, stop = neighbours(self.pointers)
        layers = _list(network, parent)[first:stop]
        holder: LayerSpec = Block(layers=layers)
        if self.residual:
            holder = Parallel(merge="add", branches=(layers, ()))
        after = with_list(
            network,
            parent,
            lambda now: followed(now, [*now[:first], holder, *now[stop:]]),
        )
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
        holder = layer_at(network, self.pointer)
        parent, index = self.pointer[:-1], _index(self.pointer)
        siblings = _list(network, parent)
        taken = [one.name for one in siblings if one.name and one is not holder]
        new = unique(_content(holder), taken)
        after = with_list(
            network,
            parent,
            lambda now: followed(now, [*now[:index], *new, *now[index + 1 :]]),
        )
        places = tuple((*parent, index + n) for n in range(len(new)))
        if not places:
            return Changed(after, _neighbour(after, (self.pointer,)))
        return Changed(bounded(after), places[0], places)


@dataclass(frozen=True)
class SetInput(Edit):
    """Gives the network another input shape."""

    shape: Shape

    @property
    def label(self) -> str:
        """What it is called."""
        return f"set the input to {spell(self.shape)}"

    @property
    def key(self) -> Hashable:
        """Typing a shape is one edit."""
        return "input"

    def apply(self, network: Network) -> Changed:
        """Return the version with the shape."""
        return Changed(network.changed(input=self.shape), ())


@dataclass(frozen=True)
class Describe(Edit):
    """Changes what a network is called, or what is said about it."""

    field: str
    value: str | None

    @property
    def label(self) -> str:
        """What it is called."""
        return f"change the {self.field}"

    @property
    def key(self) -> Hashable:
        """Typing a text is one edit."""
        return ("describe", self.field)

    def apply(self, network: Network) -> Changed:
        """Return the version with the text."""
        return Changed(network.changed(**{self.field: self.value}), ())


@dataclass(frozen=True)
class Become(Edit):
    """Puts another version in the place of the whole network."""

    network: Network
    what: str

    @property
    def label(self) -> str:
        """What it is called."""
        return self.what

    def apply(self, network: Network) -> Changed:
        """Return the other version."""
        return Changed(self.network, ())


def outermost(pointers: Iterable[Pointer]) -> tuple[Pointer, ...]:
    """Return pointers in the document's order, without what stands inside another."""
    found: list[Pointer] = []
    for pointer in sorted(set(pointers), key=_order):
        if not any(pointer[: len(one)] == one for one in found):
            found.append(pointer)
    return tuple(found)


def _order(pointer: Pointer) -> tuple[tuple[int, str], ...]:
    return tuple((one, "") if isinstance(one, int) else (0, one) for one in pointer)


def neighbours(pointers: Iterable[Pointer]) -> tuple[Pointer, int, int]:
    """Return the list that layers stand in side by side, the first place and the stop.

    Raises:
        EditRefused: They are no neighbours.
    """
    chosen = outermost(pointers)
    if not chosen:
        raise EditRefused("there is no layer here")
    parent, first = chosen[0][:-1], _index(chosen[0])
    if [(*parent, first + n) for n in range(len(chosen))] != list(chosen):
        raise EditRefused("these layers do not stand side by side in one list")
    return parent, first, first + len(chosen)


def shifted(pointer: Pointer, removed: Sequence[Pointer]) -> Pointer:
    """Return where a place is after layers were taken out; it must not lie in one."""
    found = list(pointer)
    for one in removed:
        at = len(one) - 1
        if len(pointer) > at and pointer[:at] == one[:at]:
            mine, theirs = pointer[at], _index(one)
            if isinstance(mine, int) and mine > theirs:
                now = found[at]
                assert isinstance(now, int)
                found[at] = now - 1
    return tuple(found)


def without(
    network: Network, chosen: Sequence[Pointer], follow: bool = True
) -> Network:
    """Return a network without some layers, none of which stands in another."""
    lists: dict[Pointer, set[int]] = {}
    for one in chosen:
        lists.setdefault(one[:-1], set()).add(_index(one))
    # Inner lists first: what is taken out of them moves nobody outside.
    for parent in sorted(lists, key=len, reverse=True):
        gone = lists[parent]

        def change(now: Layers, gone: set[int] = gone) -> Sequence[LayerSpec]:
            rest = [one for at, one in enumerate(now) if at not in gone]
            return followed(now, rest) if follow else rest

        network = with_list(network, parent, change)
    return network


def _neighbour(network: Network, removed: Sequence[Pointer]) -> Pointer:
    """Return the layer that comes nearest to what was taken out."""
    pointer = shifted(removed[0], removed)
    while len(pointer) > 1:
        parent, index = pointer[:-1], _index(pointer)
        siblings = list_at(network, parent)
        if siblings:
            return (*parent, min(index, len(siblings) - 1))
        pointer = parent[:-1] if parent[-1:] == ("layers",) else parent[:-2]
        if layer_at(network, pointer) is not None:
            return pointer
    return ()


def _content(holder: LayerSpec | None) -> list[LayerSpec]:
    """Return the layers of a container, as often as they are run."""
    if isinstance(holder, Block):
        found: list[LayerSpec] = []
        for _ in range(holder.repeat):
            found += unique(holder.layers, [one.name for one in found if one.name])
        return found
    if isinstance(holder, Parallel):
        filled = [branch for branch in holder.branches if branch]
        if len(filled) <= 1:
            return list(filled[0]) if filled else []
        raise EditRefused("its branches run side by side: no list has their order")
    raise EditRefused("only a block or a parallel can be ungrouped")


def _renamed(
    before: Sequence[LayerSpec], after: Sequence[LayerSpec], index: int
) -> Sequence[LayerSpec]:
    """Return a list whose merges follow one layer to its new name."""
    olds, news = effective_names(before), effective_names(after)
    moved = {
        same_name(old): new for old, new in zip(olds, news, strict=True) if old != new
    }
    clash = sum(same_name(one) == same_name(news[index]) for one in news) > 1
    return after if clash else [referring(layer, moved) for layer in after]


def _list(network: Network, pointer: Pointer) -> Layers:
    found = list_at(network, pointer)
    if found is None:
        raise EditRefused("the list is not there any more")
    return found


def _index(pointer: Pointer) -> int:
    index = pointer[-1] if pointer else None
    if not isinstance(index, int):
        raise EditRefused("this is no layer")
    return index


def _what(layers: Sequence[LayerSpec]) -> str:
    if len(layers) == 1:
        return layers[0].name or kind(layers[0])
    return f"{len(layers)} layers"


def bounded(network: Network) -> Network:
    """Return a network that is within the limits of a document, or refuse it."""
    layers = leaves_after_repetition(network.layers)
    rows = rows_after_repetition(network.layers)
    if layers > limits.LAYERS or rows > limits.ROWS:
        raise EditRefused(
            f"that would be {layers:,} layers after repetition; "
            f"{limits.LAYERS:,} is the limit"
        )
    if _depth(network.layers) > limits.NESTING:
        raise EditRefused(f"containers may stand {limits.NESTING} deep, no deeper")
    return network


def _depth(layers: Sequence[LayerSpec]) -> int:
    """Return how deep containers stand in one another; 0 where there are none."""
    found = 0
    for layer in layers:
        if isinstance(layer, Block):
            found = max(found, 1 + _depth(layer.layers))
        elif isinstance(layer, Parallel):
            found = max(found, 1 + max(map(_depth, layer.branches)))
    return found
