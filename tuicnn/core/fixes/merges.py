"""Fixes of merges: a layer in the branch whose shape disagrees.

It never merges anything: what goes together is tried with the merge itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import Edit, Insert, Replace
from tuicnn.core.fixes.channels import choice, maker_of
from tuicnn.core.fixes.kinds import adaptive, made, of_type, pointwise_conv
from tuicnn.core.fixes.remedy import (
    Finder,
    Place,
    Remedy,
    together,
    with_fields,
)
from tuicnn.core.fixes.windows import number_of
from tuicnn.core.layers.pool import GlobalAvgPool
from tuicnn.core.layers.shaping import Crop, Flatten, Pad, Reshape
from tuicnn.core.layers.structure import Parallel
from tuicnn.core.network import effective_names
from tuicnn.core.shapes import Shape, elements
from tuicnn.core.wording import brief

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.report import Row


def _joining(place: Place) -> Iterator[Remedy]:
    """Yield what makes the shapes of a merge agree."""
    layer = place.layer
    merge = getattr(layer, "merge", layer.type)
    ends = _ends(place)
    shapes = Counter(shape for _, shape, _ in ends if shape is not None)
    goals = [shape for shape, _ in shapes.most_common()]
    if isinstance(layer, Parallel) or len(ends) == 2:
        yield from _kept_sizes(place, ends)
        for goal in goals[:3]:
            yield from _adapted(place, ends, goal, merge == "concat")
    if merge != "concat" and len({shape[1:] for shape in goals}) == 1:
        if isinstance(layer, Parallel):
            yield from place.sets(merge="concat")
        else:
            yield _other_merge(place, "concat")
    yield place.removed()


_End = tuple["Pointer", "Shape | None", "Row | None"]
"""Where a branch ends: the place to insert at, what arrives there, the last row."""


def _ends(place: Place) -> list[_End]:
    """Return where the branches end; for a merge by name, the running value first.

    Nothing can be put between a merge and the layers that it names.
    """
    (layer, share), row, rows = place.met, place.row, place.report.rows
    assert row is not None
    if not isinstance(layer, Parallel):
        named: list[Pointer] = [place.pointer, *(() for _ in row.inputs[1:])]
        sources = [rows[one] if one >= 0 else None for one in row.sources]
        return list(zip(named, row.inputs, sources, strict=True))
    found: list[_End] = []
    if layer.split is not None:
        share = (share[0] // len(layer.branches), *share[1:])
    for number, (branch, source) in enumerate(
        zip(layer.branches, row.sources, strict=True)
    ):
        at = (*place.pointer, "branches", number, len(branch))
        last = rows[source] if branch and source >= 0 else None
        found.append((at, share if last is None else last.output, last))
    return found


def _kept_sizes(place: Place, ends: list[_End]) -> Iterator[Remedy]:
    """Yield the padding with which the windows of a branch keep the map's size."""
    layer = place.layer
    if not isinstance(layer, Parallel):
        return
    for number, branch in enumerate(layer.branches):
        edits: list[Edit] = []
        said = ""
        for at, one in enumerate(branch):
            wider = _padded(one)
            if wider is not None:
                pointer = (*place.pointer, "branches", number, at)
                said = f"set padding of {brief(effective_names(branch)[at], 40)}"
                said += f" to {getattr(wider, 'padding', 0)}"
                edits.append(Replace(pointer, (wider,), said))
        if edits:
            title = said if len(edits) == 1 else f"pad the windows of branch {number}"
            yield together(title, *edits)
    for end in ends:
        yield from _rechannelled(place, end, ends)


def _padded(layer: LayerSpec) -> LayerSpec | None:
    """Return a window that steps by 1 with padding that keeps the map's size."""
    rank = layer.rank or 0
    kernel = number_of(layer, "kernel_size", rank)
    stride = number_of(layer, "stride", rank)
    dilation = number_of(layer, "dilation", rank) or (1,) * rank
    if kernel is None or stride is None or max(stride) > 1:
        return None
    spans = [step * (side - 1) for side, step in zip(kernel, dilation, strict=True)]
    if any(span % 2 for span in spans):
        return None
    cells = tuple(span // 2 for span in spans)
    value = cells[0] if len(set(cells)) == 1 else cells
    wider = with_fields(layer, padding=value)
    return None if wider == layer else wider


def _rechannelled(place: Place, end: _End, ends: list[_End]) -> Iterator[Remedy]:
    """Yield the fix that lets the last choice of a branch make the others' channels."""
    _, shape, last = end
    row = None if last is None else maker_of(place, last)
    field = None if row is None else choice(row)
    if row is None or field is None or shape is None:
        return
    for count in dict.fromkeys(other[0] for _, other, _ in ends if other):
        if count != shape[0]:
            yield from place.elsewhere(row, field, count)


def _adapted(
    place: Place, ends: list[_End], goal: Shape, channels_differ: bool
) -> Iterator[Remedy]:
    """Yield the fix that gives every branch one shape."""
    choices: list[list[tuple[str, Edit]]] = []
    for number, (at, shape, _) in enumerate(ends):
        wanted = goal
        if shape is not None and channels_differ and len(shape) == len(goal):
            wanted = (shape[0], *goal[1:])
        if shape is None or shape == wanted:
            continue
        if not at:
            return
        where = f" in branch {number}" if isinstance(place.layer, Parallel) else ""
        choices.append(
            [
                (f"insert {_shown(layers)}{where}", Insert(at, layers))
                for layers in adapters(shape, wanted)
            ]
        )
    for several in zip(*choices, strict=False):
        titles = [title for title, _ in several]
        yield together(", ".join(titles), *(edit for _, edit in several))


def _shown(layers: tuple[LayerSpec, ...]) -> str:
    found = []
    for layer in layers:
        size = getattr(layer, "kernel_size", None) and " 1×1"
        stride = getattr(layer, "stride", 1)
        step = f" of stride {stride}" if size and stride != 1 else ""
        found.append(f"{layer.type}{size or ''}{step}")
    return " and ".join(found)


def adapters(shape: Shape, goal: Shape) -> Iterator[tuple[LayerSpec, ...]]:
    """Yield layers that make one shape of another, the simplest first."""
    if len(shape) != len(goal):
        yield from _reshaped(shape, goal)
        return
    mixer = pointwise_conv(len(goal) - 1, goal[0])
    if mixer is None:
        return
    if shape[1:] == goal[1:]:
        yield (mixer,)
        return
    step = _step(shape[1:], goal[1:])
    if step is not None:
        yield (mixer.changed(stride=step),)
    for resized in _resized(shape[1:], goal[1:]):
        yield (resized,) if shape[0] == goal[0] else (resized, mixer)


def _reshaped(shape: Shape, goal: Shape) -> Iterator[tuple[LayerSpec, ...]]:
    """Yield layers that make a vector of a map, or a map of as many numbers."""
    if elements(shape) == elements(goal):
        yield (Flatten(),) if len(goal) == 1 else (Reshape(shape=goal),)
    elif len(goal) == 1:
        pool, mixer = GlobalAvgPool(keepdim=False), pointwise_conv(0, goal[0])
        if shape[0] == goal[0]:
            yield (pool,)
        elif mixer is not None:
            yield (pool, mixer)


def _step(sizes: Shape, goal: Shape) -> int | None:
    """Return the stride by which a window of one cell makes a map of another size."""
    for step in (2, 3, 4):
        if tuple((size - 1) // step + 1 for size in sizes) == goal:
            return step
    return None


def _resized(sizes: Shape, goal: Shape) -> Iterator[LayerSpec]:
    missing = [wanted - size for size, wanted in zip(sizes, goal, strict=True)]
    halves = tuple((abs(cells) // 2, abs(cells) - abs(cells) // 2) for cells in missing)
    if max(missing) <= 0 and -min(missing) <= 4:
        yield Crop(cropping=halves)
    if min(missing) >= 0 and max(missing) <= 4:
        yield Pad(padding=halves)
    pool = adaptive(len(goal), goal)
    if max(missing) <= 0 and pool is not None:
        yield pool
    larger = of_type("upsample", size=goal)
    if larger is not None:
        yield larger


def _broadcast(place: Place) -> Iterator[Remedy]:
    layer = place.layer
    ends = _ends(place)
    if isinstance(layer, Parallel):
        yield from place.sets(merge="multiply")
    else:
        yield _other_merge(place, "multiply")
    yield from _joining(place)
    yield from _adapted(place, ends, place.output, channels_differ=False)


def _other_merge(place: Place, kind: str) -> Remedy:
    """Return the fix that merges with the same layers in another way."""
    layer = place.layer
    names = getattr(layer, "with_", ())
    return place.put(f"use {kind}", made(kind, name=layer.name, with_=names))


FINDERS: dict[Code, Finder] = {
    Code.MERGE_SHAPES: _joining,
    Code.BROADCAST_MERGE: _broadcast,
}
