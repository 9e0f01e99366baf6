"""Places of layers: in what order they stand, and where they are after a change.

It never changes a network.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits.edit import EditRefused
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import Network, effective_names
from tuicnn.core.tree import Layers, container_of, layer_at, list_at


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
    parent, first = chosen[0][:-1], index_of(chosen[0])
    if [(*parent, first + n) for n in range(len(chosen))] != list(chosen):
        raise EditRefused("these layers do not stand side by side in one list")
    return parent, first, first + len(chosen)


def shifted(pointer: Pointer, removed: Sequence[Pointer]) -> Pointer:
    """Return where a place is after layers were taken out; it must not lie in one."""
    found = list(pointer)
    for one in removed:
        at = len(one) - 1
        if len(pointer) > at and pointer[:at] == one[:at]:
            mine, theirs = pointer[at], index_of(one)
            if isinstance(mine, int) and mine > theirs:
                now = found[at]
                assert isinstance(now, int)
                found[at] = now - 1
    return tuple(found)


def side_by_side(parent: Pointer, first: int, count: int) -> tuple[Pointer, ...]:
    """Return the places of neighbours in a list."""
    return tuple((*parent, first + n) for n in range(count))


def neighbour(network: Network, removed: Sequence[Pointer]) -> Pointer:
    """Return the layer that comes nearest to what was taken out."""
    pointer = shifted(removed[0], removed)
    while len(pointer) > 1:
        parent, index = pointer[:-1], index_of(pointer)
        siblings = list_at(network, parent)
        if siblings:
            return (*parent, min(index, len(siblings) - 1))
        pointer = container_of(parent)
        if layer_at(network, pointer) is not None:
            return pointer
    return ()


def heir(layers: Sequence[LayerSpec], index: int) -> dict[int, int]:
    """Return who is named instead of a layer that others replace: the last of them."""
    return {index: index + len(layers) - 1} if layers else {}


def standing(network: Network, pointers: Iterable[Pointer]) -> tuple[Pointer, int, int]:
    """Return where neighbours stand, or refuse those that are not there any more."""
    parent, first, stop = neighbours(pointers)
    if stop > len(list_of(network, parent)):
        raise EditRefused("there is no layer here")
    return parent, first, stop


def called_at(network: Network, pointers: Sequence[Pointer]) -> list[str]:
    """Return what layers are called, each in its list."""
    names = {
        parent: effective_names(list_of(network, parent))
        for parent in {one[:-1] for one in pointers}
    }
    return [names[one[:-1]][index_of(one)] for one in pointers]


def list_of(network: Network, pointer: Pointer) -> Layers:
    """Return the layers of a list, or refuse one that is not there."""
    found = list_at(network, pointer)
    if found is None:
        raise EditRefused("the list is not there any more")
    return found


def index_of(pointer: Pointer) -> int:
    """Return the place of a layer in its list, or refuse what is no layer."""
    index = pointer[-1] if pointer else None
    if not isinstance(index, int) or index < 0:
        raise EditRefused("this is no layer")
    return index
