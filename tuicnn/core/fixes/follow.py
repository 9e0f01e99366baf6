"""Which layer of a network is which, after an edit.

It never knows the edit: what an edit leaves alone is the same object before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tuicnn.core.layers.broken import Broken
from tuicnn.core.network import children
from tuicnn.core.tree import TOP, layer_at, lists_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.network import Network
    from tuicnn.core.tree import Layers


class Following(NamedTuple):
    """What became of the layers of a network.

    Attributes:
        before: The network as it was.
        origin: Where each layer stood before, by where it stands; a new one is missing.
        touched: How many layers are new, gone, or changed.
        gone: Whether a layer is gone, and none stands for it.
    """

    before: Network
    origin: dict[Pointer, Pointer]
    touched: int
    gone: bool

    def back(self, pointer: Pointer) -> Pointer | None:
        """Return where a layer stood before; None if it is new.

        What stands in a container that could not be read had a place in its document.
        """
        if pointer in self.origin:
            return self.origin[pointer]
        for stop in range(len(pointer) - 1, 1, -1):
            old = self.origin.get(pointer[:stop])
            if old is not None:
                unread = isinstance(layer_at(self.before, old), Broken)
                return (*old, *pointer[stop:]) if unread else None
        return None


def follow(before: Network, after: Network) -> Following:
    """Return what became of each layer between two versions of a network."""
    origin: dict[Pointer, Pointer] = {}
    touched, gone = _follow_list(before.layers, after.layers, TOP, TOP, origin)
    return Following(before, origin, touched, gone)


def _follow_list(
    olds: Layers,
    news: Layers,
    was: Pointer,
    now: Pointer,
    origin: dict[Pointer, Pointer],
) -> tuple[int, bool]:
    first = _alike(olds, news)
    rest = min(len(olds), len(news)) - first
    last = min(_alike(olds[::-1], news[::-1]), rest)
    pairs = [(at, at) for at in range(first)]
    pairs += [(len(olds) - n, len(news) - n) for n in range(last, 0, -1)]
    middle = _paired(olds, news, first, last)
    left = len(olds) - first - last - len(middle)
    touched, gone = left + len(news) - first - last - len(middle), left > 0
    for old, new in [*pairs, *middle]:
        origin[(*now, new)] = (*was, old)
        more, lost = _follow(olds[old], news[new], (*was, old), (*now, new), origin)
        touched, gone = touched + more, gone or lost
    return touched, gone


def _paired(olds: Layers, news: Layers, first: int, last: int) -> list[tuple[int, int]]:
    """Return which of the layers that differ took whose place.

    One of the same type, else the only one.
    """
    left = list(range(first, len(olds) - last))
    right = list(range(first, len(news) - last))
    if len(left) == len(right) == 1:
        return [(left[0], right[0])]
    found = []
    for new in right:
        same = [old for old in left if type(olds[old]) is type(news[new])]
        if same:
            found.append((same[0], new))
            left = [old for old in left if old > same[0]]
    return found


def _follow(
    old: LayerSpec,
    new: LayerSpec,
    was: Pointer,
    now: Pointer,
    origin: dict[Pointer, Pointer],
) -> tuple[int, bool]:
    """Follow what a layer holds; return how many layers differ, and if one is gone."""
    same = old is new
    inner, outer = lists_of(old, was), lists_of(new, now)
    if len(inner) != len(outer) or not inner or type(old) is not type(new):
        return (0 if same else 1), False
    touched, gone = 0, False
    for (place, olds), (pointer, news) in zip(inner, outer, strict=True):
        more, lost = _follow_list(olds, news, place, pointer, origin)
        touched, gone = touched + more, gone or lost
    return (touched if same else max(touched, 1)), gone


def _alike(olds: Sequence[LayerSpec], news: Sequence[LayerSpec]) -> int:
    """Return how many layers at the beginning are the same, object by object."""
    count = 0
    for old, new in zip(olds, news, strict=False):
        if old is not new and not (_follows(old, new)):
            break
        count += 1
    return count


def _follows(old: LayerSpec, new: LayerSpec) -> bool:
    """Whether a merge is the same but for the names that it follows."""
    return (
        type(old) is type(new)
        and not children(old)
        and hasattr(old, "with_")
        and old.name == new.name
    )
