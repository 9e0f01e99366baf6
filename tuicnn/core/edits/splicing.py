"""Lists of layers with other layers in them, within the limits of a document.

It never decides what is put where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tuicnn.core import limits
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits.edit import EditRefused
from tuicnn.core.edits.places import index_of
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.naming import arranged
from tuicnn.core.network import (
    Network,
    effective_names,
    leaves_after_repetition,
    rows_after_repetition,
    same_name,
)
from tuicnn.core.settings import kind
from tuicnn.core.tree import Layers, with_list


def without(network: Network, chosen: Sequence[Pointer]) -> Network:
    """Return a network without some layers, none of which stands in another."""
    lists: dict[Pointer, set[int]] = {}
    for one in chosen:
        lists.setdefault(one[:-1], set()).add(index_of(one))
    # Inner lists first: what is taken out of them moves nobody outside.
    for parent in sorted(lists, key=len, reverse=True):
        gone = lists[parent]

        def change(now: Layers, gone: set[int] = gone) -> Sequence[LayerSpec]:
            return arranged(now, [at for at in range(len(now)) if at not in gone])

        network = with_list(network, parent, change)
    return network


def spliced(
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


def reordered(now: Layers, chosen: Sequence[Pointer], index: int) -> list[int]:
    """Return the places of a list with some of them at another one of the rest."""
    moved = dict.fromkeys(index_of(one) for one in chosen)
    rest = [at for at in range(len(now)) if at not in moved]
    return [*rest[:index], *moved, *rest[index:]]


def alike(old: LayerSpec, new: LayerSpec) -> bool:
    """Whether a layer takes another's place without a change to names or counts."""
    return (
        type(old) is type(new)
        and old.name == new.name
        and not isinstance(new, (Block, Parallel))
    )


def content(holder: LayerSpec | None) -> tuple[Layers, int]:
    """Return the layers of a container, and how often they are run."""
    if isinstance(holder, Block):
        return holder.layers, holder.repeat
    if isinstance(holder, Parallel):
        filled = [branch for branch in holder.branches if branch]
        if len(filled) <= 1:
            return (filled[0] if filled else ()), 1
        raise EditRefused("its branches run side by side: no list has their order")
    raise EditRefused("only a block or a parallel can be ungrouped")


def require_free(now: Layers, index: int, layer: LayerSpec) -> None:
    """Refuse a new name that another layer of the list has."""
    names = effective_names([*now[:index], layer, *now[index + 1 :]])
    own = same_name(names.pop(index))
    if layer.name and own in map(same_name, names):
        raise EditRefused(f"another layer of this list is called {layer.name}")


def what_of(layers: Sequence[LayerSpec]) -> str:
    """Return what layers are called in the label of an edit."""
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
