"""Names that stay true while a list of layers changes: unique, and still referred to.

It never renames a layer that keeps its place for another one's sake.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import get_args

from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import SkipMerge
from tuicnn.core.layers.broken import Broken
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.network import effective_names, same_name

_SKIPS = get_args(SkipMerge)


def arranged(
    before: Sequence[LayerSpec],
    order: Sequence[int | LayerSpec],
    heirs: Mapping[int, int] = MappingProxyType({}),
) -> Sequence[LayerSpec]:
    """Return a list of old layers and new ones whose merges name what they named.

    A layer without a name is called after its place among its like, which changes when
    others come and go: `with` follows.

    Args:
        order: Places in `before`, and new layers between them.
        heirs: Places in the new list that are named instead of places in `before`.
    """
    after = [before[one] if isinstance(one, int) else one for one in order]
    olds, news = effective_names(before), effective_names(after)
    stay = {one: at for at, one in enumerate(order) if isinstance(one, int)}
    stay.update(heirs)
    named = {same_name(old): at for at, old in enumerate(olds)}  # the last of a name
    moved = {
        key: news[stay[at]]
        for key, at in named.items()
        if at in stay and news[stay[at]] != olds[at]
    }
    if not moved:
        return after
    return [
        referring(layer, moved) if isinstance(one, int) else layer
        for layer, one in zip(after, order, strict=True)
    ]


def unique(
    layers: Sequence[LayerSpec],
    above: Sequence[LayerSpec] = (),
    below: Sequence[LayerSpec] = (),
    called: Sequence[str] = (),
    times: int = 1,
) -> list[LayerSpec]:
    """Return new layers under names that the list they join does not have yet.

    One without a name stays so, if what it will be called is free.

    Args:
        layers: In the order in which they will stand.
        above: The layers of the list that will stand before them.
        below: Those that will stand behind them.
        called: What they were called where they come from, so that merges among them
            go on to name the same layers.
        times: How often they will stand there, each time with merges of its own.
    """
    new = [*layers] * times
    names = effective_names([*above, *new, *below])
    first, stop = len(above), len(above) + len(new)
    used = {same_name(name) for name in (*names[:first], *names[stop:])}
    counts: dict[str, int] = {}
    renamed: dict[str, str] = {}
    found = []
    for at, (layer, name) in enumerate(zip(new, names[first:stop], strict=True)):
        place = at % len(layers)
        if place == 0:
            renamed = {}
        layer = referring(layer, renamed)
        if not isinstance(layer, Broken) or layer.name:
            free = _free(name, used, counts)
            used.add(same_name(free))
            old = called[place] if called else layer.name
            if old is not None and same_name(old) != same_name(free):
                renamed[same_name(old)] = free
            if free != name:
                layer = _named(layer, free)
        found.append(layer)
    return found


def _free(name: str, used: Collection[str], counts: dict[str, int]) -> str:
    """Return a name that is not used: itself, or with a number behind it.

    Args:
        counts: The last number given to each stem; written.
    """
    if same_name(name) not in used:
        return name
    stem, _, number = name.rpartition("_")
    if not (stem and number.isdecimal()):
        stem = name
    stem = stem[: limits.NAME - 8]
    count = counts.get(stem, 1) + 1
    while same_name(f"{stem}_{count}") in used:
        count += 1
    counts[stem] = count
    return f"{stem}_{count}"


def _named(layer: LayerSpec, name: str) -> LayerSpec:
    """Return a layer under another name, in what could not be read of it, too."""
    if isinstance(layer, Broken) and isinstance(layer.document, dict):
        return layer.changed(name=name, document={**layer.document, "name": name})
    return layer.changed(name=name)


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
