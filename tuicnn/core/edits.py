"""The editor's vocabulary: each edit is a value that makes a network of a network.

It never checks a shape: a wrong network is a network all the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from pydantic import ValidationError

from tuicnn.core import limits
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.drafts import changed
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.naming import arranged, unique
from tuicnn.core.network import (
    Network,
    effective_names,
    leaves_after_repetition,
    rows_after_repetition,
    same_name,
)
from tuicnn.core.settings import kind
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.tree import Layers, container_of, layer_at, list_at, with_list


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
        return f"{self.verb} {_what(self.layers)}"

    def apply(self, network: Network) -> Changed:
        """Return the version with the layers in it."""
        parent = self.at[:-1]
        now = _list(network, parent)
        index = min(_index(self.at), len(now))
        if not self.layers:
            raise EditRefused(f"there is no layer here to {self.verb}")
        new = unique(self.layers, now[:index], now[index:], self.called)
        after = _spliced(network, parent, index, index, new)
        places = _places(parent, index, len(new))
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
        old = layer_at(network, self.pointer)
        if old is None:
            raise EditRefused("the layer is not there any more")
        parent, index = self.pointer[:-1], _index(self.pointer)
        new: Sequence[LayerSpec] = self.layers
        if len(new) == 1 and _alike(old, new[0]):

            def exchange(now: Layers) -> Sequence[LayerSpec]:
                return (*now[:index], new[0], *now[index + 1 :])

            return Changed(with_list(network, parent, exchange), self.pointer)
        now = _list(network, parent)
        if len(new) > 1:
            new = unique(new, now[:index], now[index + 1 :])
        elif new and new[0].name != old.name:
            _require_free(now, index, new[0])
        after = _spliced(network, parent, index, index + 1, new, _last(new, index))
        there = layer_at(after, self.pointer) is not None
        cursor = self.pointer if there else _neighbour(after, (self.pointer,))
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
        if layer is None:
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
        parent, first, stop = _standing(network, self.pointers)
        now = _list(network, parent)
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
            order = _reordered(_list(network, parent), chosen, _index(target))
            after = with_list(network, parent, lambda now: arranged(now, order))
            first = order.index(_index(chosen[0]))
            places = _places(parent, first, count)
        else:
            called = _called(network, chosen)
            after = without(network, chosen)
            parent = target[:-1]
            now = _list(after, parent)
            first = min(_index(target), len(now))
            new = unique(moved, now[:first], now[first:], called)
            after = _spliced(after, parent, first, first, new)
            places = _places(parent, first, count)
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
        parent, first, stop = _standing(network, self.pointers)
        now = _list(network, parent)
        called = effective_names(now)[first:stop]
        layers = tuple(unique(now[first:stop], called=called))
        holder: LayerSpec = Block(layers=layers)
        heirs = {stop - 1: first}  # what leaves the last layer leaves the block
        if self.residual:
            holder, heirs = Parallel(merge="add", branches=(layers, ())), {}
        after = _spliced(network, parent, first, stop, (holder,), heirs)
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
        parent, index = self.pointer[:-1], _index(self.pointer)
        now = _list(network, parent)
        inner, times = _content(layer_at(network, self.pointer))
        bounded(network)  # before the repetitions are written out
        called = effective_names(inner)
        new = unique(inner, now[:index], now[index + 1 :], called, times)
        heirs = _last(new, index)
        after = _spliced(network, parent, index, index + 1, new, heirs)
        places = _places(parent, index, len(new))
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
        return Changed(_changed(network, input=self.shape), ())


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
        return Changed(_changed(network, **{self.field: self.value}), ())


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
        # What stands inside another follows it at once.
        if not found or pointer[: len(found[-1])] != found[-1]:
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


def without(network: Network, chosen: Sequence[Pointer]) -> Network:
    """Return a network without some layers, none of which stands in another."""
    lists: dict[Pointer, set[int]] = {}
    for one in chosen:
        lists.setdefault(one[:-1], set()).add(_index(one))
    # Inner lists first: what is taken out of them moves nobody outside.
    for parent in sorted(lists, key=len, reverse=True):
        gone = lists[parent]

        def change(now: Layers, gone: set[int] = gone) -> Sequence[LayerSpec]:
            return arranged(now, [at for at in range(len(now)) if at not in gone])

        network = with_list(network, parent, change)
    return network


def _spliced(
    network: Network,
    parent: Pointer,
    first: int,
    stop: int,
    new: Sequence[LayerSpec],
    heirs: Mapping[int, int] = MappingProxyType({}),
) -> Network:
    """Return a network with other layers from one place of a list to another."""

    def change(now: Layers) -> Sequence[LayerSpec]:
        return arranged(now, [*range(first), *new, *range(stop, len(now))], heirs)

    return with_list(network, parent, change)


def _reordered(now: Layers, chosen: Sequence[Pointer], index: int) -> list[int]:
    """Return the places of a list with some of them at another one of the rest."""
    moved = dict.fromkeys(_index(one) for one in chosen)
    rest = [at for at in range(len(now)) if at not in moved]
    return [*rest[:index], *moved, *rest[index:]]


def _alike(old: LayerSpec, new: LayerSpec) -> bool:
    """Whether a layer takes another's place without a change to names or counts."""
    return (
        type(old) is type(new)
        and old.name == new.name
        and not isinstance(new, (Block, Parallel))
    )


def _last(layers: Sequence[LayerSpec], index: int) -> dict[int, int]:
    """Return who is named instead of a layer that others replace: the last of them."""
    return {index: index + len(layers) - 1} if layers else {}


def _places(parent: Pointer, first: int, count: int) -> tuple[Pointer, ...]:
    return tuple((*parent, first + n) for n in range(count))


def _neighbour(network: Network, removed: Sequence[Pointer]) -> Pointer:
    """Return the layer that comes nearest to what was taken out."""
    pointer = shifted(removed[0], removed)
    while len(pointer) > 1:
        parent, index = pointer[:-1], _index(pointer)
        siblings = list_at(network, parent)
        if siblings:
            return (*parent, min(index, len(siblings) - 1))
        pointer = container_of(parent)
        if layer_at(network, pointer) is not None:
            return pointer
    return ()


def _content(holder: LayerSpec | None) -> tuple[Layers, int]:
    """Return the layers of a container, and how often they are run."""
    if isinstance(holder, Block):
        return holder.layers, holder.repeat
    if isinstance(holder, Parallel):
        filled = [branch for branch in holder.branches if branch]
        if len(filled) <= 1:
            return (filled[0] if filled else ()), 1
        raise EditRefused("its branches run side by side: no list has their order")
    raise EditRefused("only a block or a parallel can be ungrouped")


def _require_free(now: Layers, index: int, layer: LayerSpec) -> None:
    """Refuse a new name that another layer of the list has."""
    names = effective_names([*now[:index], layer, *now[index + 1 :]])
    own = same_name(names.pop(index))
    if layer.name and own in map(same_name, names):
        raise EditRefused(f"another layer of this list is called {layer.name}")


def _standing(
    network: Network, pointers: Iterable[Pointer]
) -> tuple[Pointer, int, int]:
    """Return where neighbours stand, or refuse those that are not there any more."""
    parent, first, stop = neighbours(pointers)
    if stop > len(_list(network, parent)):
        raise EditRefused("there is no layer here")
    return parent, first, stop


def _called(network: Network, pointers: Sequence[Pointer]) -> list[str]:
    """Return what layers are called, each in its list."""
    names = {
        parent: effective_names(_list(network, parent))
        for parent in {one[:-1] for one in pointers}
    }
    return [names[one[:-1]][_index(one)] for one in pointers]


def _changed(network: Network, **fields: object) -> Network:
    """Return a network with other fields, or refuse what they cannot be."""
    try:
        return network.changed(**fields)
    except ValidationError as error:
        raise EditRefused(error.errors(include_url=False)[0]["msg"]) from error


def _list(network: Network, pointer: Pointer) -> Layers:
    found = list_at(network, pointer)
    if found is None:
        raise EditRefused("the list is not there any more")
    return found


def _index(pointer: Pointer) -> int:
    index = pointer[-1] if pointer else None
    if not isinstance(index, int) or index < 0:
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
    if layers > limits.LAYERS:
        raise EditRefused(
            f"that would be {layers:,} layers after repetition; "
            f"{limits.LAYERS:,} is the limit"
        )
    if rows > limits.ROWS:
        raise EditRefused(
            f"that would be {rows:,} rows after repetition, containers counted; "
            f"{limits.ROWS:,} is the limit"
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
