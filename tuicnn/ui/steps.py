"""Where layers go that are moved one step: through a list, across branches, in, out.

It never moves anything: it names places as they are before the move.
"""

from __future__ import annotations

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits import EditRefused
from tuicnn.core.network import Network
from tuicnn.core.tree import TOP, Layers, container_of, list_at, lists_of


def above(network: Network, parent: Pointer, first: int, stop: int) -> Pointer:
    """Return the place before the layer above, or at the end of the branch above."""
    if first:
        return (*parent, first - 1)
    branch = _sibling(network, parent, -1)
    if branch is None:
        raise EditRefused("these layers stand first in their list")
    return (*branch[0], len(branch[1]))


def below(network: Network, parent: Pointer, first: int, stop: int) -> Pointer:
    """Return the place behind the layer below, or at the top of the branch below."""
    if stop < len(list_at(network, parent) or ()):
        return (*parent, stop + 1)
    branch = _sibling(network, parent, +1)
    if branch is None:
        raise EditRefused("these layers stand last in their list")
    return (*branch[0], 0)


def outwards(network: Network, parent: Pointer, first: int, stop: int) -> Pointer:
    """Return the place behind the container around."""
    if parent == TOP:
        raise EditRefused("there is no container around these layers")
    holder = container_of(parent)
    index = holder[-1]
    assert isinstance(index, int)
    return (*holder[:-1], index + 1)


def inwards(network: Network, parent: Pointer, first: int, stop: int) -> Pointer:
    """Return the end of the container above, or the top of the one below."""
    siblings = list_at(network, parent) or ()
    if first:
        inner = lists_of(siblings[first - 1], (*parent, first - 1))
        if inner:
            return (*inner[-1][0], len(inner[-1][1]))
    if stop < len(siblings):
        inner = lists_of(siblings[stop], (*parent, stop))
        if inner:
            return (*inner[0][0], 0)
    raise EditRefused("there is no container next to these layers")


def _sibling(
    network: Network, parent: Pointer, step: int
) -> tuple[Pointer, Layers] | None:
    """Return the branch beside a branch, if there is one."""
    number = parent[-1]
    if parent[-2:-1] != ("branches",) or not isinstance(number, int):
        return None
    pointer = (*parent[:-1], number + step)
    found = list_at(network, pointer)
    return None if found is None else (pointer, found)
