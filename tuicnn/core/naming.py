"""Names that stay true while a list of layers changes: unique, and still referred to.

It never renames a layer that keeps its place for another one's sake.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import SkipMerge
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.network import effective_names, same_name

_SKIPS = get_args(SkipMerge)


def unique(layers: Sequence[LayerSpec], taken: Collection[str]) -> list[LayerSpec]:
    """Return new layers under names that a list does not have yet.

    Args:
        layers: In the order in which they will stand; nameless ones stay so.
        taken: Names in the list that they will join.
    """
    used = {same_name(name) for name in taken}
    renamed: dict[str, str] = {}
    found = []
    for layer in layers:
        name = layer.name
        if name is not None:
            free = _free(name, used)
            used.add(same_name(free))
            if free != name:
                renamed[same_name(name)] = free
                layer = layer.changed(name=free)
        found.append(referring(layer, renamed))
    return found


def _free(name: str, used: Collection[str]) -> str:
    if same_name(name) not in used:
        return name
    stem, _, number = name.rpartition("_")
    if not (stem and number.isdecimal()):
        stem = name
    count = 2
    while same_name(f"{stem}_{count}") in used:
        count += 1
    return f"{stem[: limits.NAME - 8]}_{count}"


def followed(
    before: Sequence[LayerSpec], after: Sequence[LayerSpec]
) -> Sequence[LayerSpec]:
    """Return a changed list whose merges still name the layers that they named.

    A layer without a name is called after its place among its like, which changes when
    others come and go: `with` follows.
    """
    names = {id(layer): name for layer, name in _called(after)}
    moved = {
        same_name(name): names[id(layer)]
        for layer, name in _called(before)
        if names.get(id(layer), name) != name
    }
    return [referring(layer, moved) for layer in after] if moved else after


def _called(layers: Sequence[LayerSpec]) -> list[tuple[LayerSpec, str]]:
    return list(zip(layers, effective_names(layers), strict=True))


def referring(layer: LayerSpec, renamed: Mapping[str, str]) -> LayerSpec:
    """Return a layer whose `with` follows new names; containers to any depth.

    Args:
        renamed: New names by old ones, in the form by which names are compared.
    """
    if not renamed:
        return layer
    if isinstance(layer, _SKIPS):
        names = tuple(renamed.get(same_name(name), name) for name in layer.with_)
        following: LayerSpec = layer.changed(with_=names)
        return layer if names == layer.with_ else following
    if isinstance(layer, Block):
        inner = _inside(layer.layers, renamed)
        return layer if inner is layer.layers else layer.changed(layers=inner)
    if isinstance(layer, Parallel):
        branches = tuple(_inside(one, renamed) for one in layer.branches)
        same = all(a is b for a, b in zip(branches, layer.branches, strict=True))
        return layer if same else layer.changed(branches=branches)
    return layer


def _inside(
    layers: tuple[LayerSpec, ...], renamed: Mapping[str, str]
) -> tuple[LayerSpec, ...]:
    """Return an inner list that follows new names, but for those it has itself."""
    own = {same_name(name) for name in effective_names(layers)}
    seen = {old: new for old, new in renamed.items() if old not in own}
    found = tuple(referring(layer, seen) for layer in layers)
    same = all(a is b for a, b in zip(found, layers, strict=True))
    return layers if same else found
