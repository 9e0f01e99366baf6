"""The document as a tree of layers: found and exchanged by their pointers.

It never changes a network: what is new shares every untouched layer with what was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.network import Network

TOP: Pointer = ("layers",)
"""The network's own list."""

Layers = tuple[LayerSpec, ...]


def layer_at(network: Network, pointer: Pointer) -> LayerSpec | None:
    """Return the layer that a pointer names; None where there is none.

    Args:
        pointer: A list's pointer and an index: ("layers", 2, "branches", 1, 0).
    """
    if len(pointer) < 2 or not isinstance(pointer[-1], int):
        return None
    layers = list_at(network, pointer[:-1])
    if layers is None or not 0 <= pointer[-1] < len(layers):
        return None
    return layers[pointer[-1]]


def list_at(network: Network, pointer: Pointer) -> Layers | None:
    """Return the list of layers that a pointer names; None where there is none.

    Args:
        pointer: ("layers",), or a container's pointer and "layers", or its pointer,
            "branches" and a number.
    """
    if pointer == TOP:
        return network.layers
    if pointer[-1:] == ("layers",):
        block = layer_at(network, pointer[:-1])
        return block.layers if isinstance(block, Block) else None
    number = pointer[-1] if pointer else None
    if pointer[-2:-1] == ("branches",) and isinstance(number, int):
        parallel = layer_at(network, pointer[:-2])
        if isinstance(parallel, Parallel) and 0 <= number < len(parallel.branches):
            return parallel.branches[number]
    return None


def lists_of(layer: LayerSpec, pointer: Pointer) -> list[tuple[Pointer, Layers]]:
    """Return the lists that a layer holds, with their pointers."""
    if isinstance(layer, Block):
        return [((*pointer, "layers"), layer.layers)]
    if isinstance(layer, Parallel):
        return [
            ((*pointer, "branches", number), branch)
            for number, branch in enumerate(layer.branches)
        ]
    return []


def container_of(pointer: Pointer) -> Pointer:
    """Return the pointer of the container that a list stands in; () for the top."""
    if pointer[-1:] == ("layers",):
        return pointer[:-1]
    return pointer[:-2]


def every(network: Network) -> Iterator[tuple[Pointer, LayerSpec]]:
    """Yield each layer of the document with its pointer, containers first."""
    pending: list[tuple[Pointer, Layers]] = [(TOP, network.layers)]
    while pending:
        pointer, layers = pending.pop()
        inner: list[tuple[Pointer, Layers]] = []
        for number, layer in enumerate(layers):
            yield (*pointer, number), layer
            inner += lists_of(layer, (*pointer, number))
        pending += reversed(inner)


def with_list(
    network: Network, pointer: Pointer, change: Callable[[Layers], Sequence[LayerSpec]]
) -> Network:
    """Return a network with one list of layers changed.

    Raises:
        KeyError: There is no such list.
    """
    before = list_at(network, pointer)
    if before is None:
        raise KeyError(pointer)
    after = tuple(change(before))
    while pointer != TOP:
        place = container_of(pointer)
        parent, number = place[:-1], place[-1]
        siblings = list_at(network, parent)
        assert siblings is not None and isinstance(number, int)
        holder = _holding(siblings[number], pointer, after)
        after = (*siblings[:number], holder, *siblings[number + 1 :])
        pointer = parent
    return network.changed(layers=after)


def _holding(holder: LayerSpec, pointer: Pointer, layers: Layers) -> LayerSpec:
    """Return a container with other layers in the list that a pointer names."""
    if isinstance(holder, Block):
        return holder.changed(layers=layers)
    assert isinstance(holder, Parallel)
    number = pointer[-1]
    branches = list(holder.branches)
    assert isinstance(number, int)
    branches[number] = layers
    return holder.changed(branches=tuple(branches))
