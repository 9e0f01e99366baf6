"""Targets: the shape that somebody wants, as they say it.

It never says how to reach one: `search` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuicnn.core import limits
from tuicnn.core.derivation import spelled
from tuicnn.core.shapes import Shape, axis_names, elements, spell
from tuicnn.core.solve.place import Place
from tuicnn.core.terms import ceiling
from tuicnn.core.wording import brief, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tuicnn.core.report import Report, Row

_KEPT: Final = frozenset("_-*?–−")
"""Marks for a size that stays what it is."""
_SIZE: Final = re.compile(r"\d{1,15}|[_\-*?–−]")
_BETWEEN: Final = re.compile(r"[x×X,;\s]+")
_NAMED: Final = re.compile(r"([a-z]+)\s*[=:]?\s*(\d{1,15})")
_LIKE: Final = re.compile(
    r"(size|shape|same|like)\s+(?:(?:of|as)\s+)?(?:layer\s+)?(.+)", re.IGNORECASE
)
_HELP: Final = (
    "Write a shape (1x100x50), a part of it (_x100x_ or height=100), keep, halve, "
    "double, size of LAYER or shape of LAYER."
)


@dataclass(frozen=True)
class Target:
    """A shape that is wanted somewhere.

    Attributes:
        place: Where.
        shape: What shall leave there.
        said: How it was said: "keep", "_x100x_".
    """

    place: Place
    shape: Shape
    said: str

    @property
    def reached(self) -> bool:
        """Whether it is there already."""
        return self.place.shape == self.shape


def _same(size: int) -> int:
    return size


def _half(size: int) -> int:
    return ceiling(size, 2)  # what a stride of 2 makes under padding "same"


def _twice(size: int) -> int:
    return 2 * size


_RELATIVE: Final[dict[str, Callable[[int], int]]] = {
    "keep": _same,
    "halve": _half,
    "double": _twice,
}
"""Targets by what enters the layer: each axis but the channels."""


def parse_target(
    text: str, report: Report, row: Row | None = None, last: bool = False
) -> Target | str:
    """Return the target that a text means, or what is wrong with the text.

    Args:
        text: `1x100x50` or `[1,100,50]`; `_x100x_` or `[-,100,-]`, where a mark keeps
            the size that is there; `height=100`; `keep`, `halve` and `double`, of what
            enters the layer; `size of conv1` (its height and width), `shape of conv1`
            (its channels, too); `input` names the input.
        row: The layer whose output is meant; None: the output of the network.
        last: Whether a whole shape is typed with its channels last.
    """
    place = Place(report, row)
    found = _shape(" ".join(text.split()), place, last)
    if isinstance(found, str):
        return found
    problem = _problem(found)
    return problem or Target(place, found, text.strip())


def targets(report: Report, row: Row | None = None) -> Iterator[Target]:
    """Yield targets that somebody may mean, each once: for completion and dialogs."""
    place = Place(report, row)
    seen = {place.shape}
    words = [*_RELATIVE, "size of input"]
    words += [f"size of {one.path}" for one in report.rows if one is not row]
    for word in words:
        found = _shape(word, place)
        if not isinstance(found, str) and found not in seen and not _problem(found):
            seen.add(found)
            yield Target(place, found, word)


def _shape(text: str, place: Place, last: bool = False) -> Shape | str:
    """Return the shape that a text means, or what is wrong with the text."""
    if not text:
        return f"No target was given. {_HELP}"
    change = _RELATIVE.get(text.lower())
    if change is not None:
        return _relative(text.lower(), change, place)
    like = _LIKE.fullmatch(text)
    if like is not None:
        return _like(like[2], like[1].lower() == "size", place)
    sizes = [one for one in _BETWEEN.split(text.strip("[]() ")) if one]
    if sizes and all(map(_SIZE.fullmatch, sizes)):
        return _completed([*sizes[-1:], *sizes[:-1]] if last else sizes, place)
    return _by_name(text.lower(), place) or f"“{brief(text)}” is no target. {_HELP}"


def _relative(word: str, change: Callable[[int], int], place: Place) -> Shape | str:
    entering, here = place.entering, place.shape or place.entering
    if entering is None or here is None:
        return _unreached(place)
    if len(entering) != len(here) or len(here) == 1:
        what = spell(entering), spell(here)
        return f"{word} is about maps; here, {what[0]} becomes {what[1]}."
    return (here[0], *map(change, entering[1:]))


def _like(name: str, only_size: bool, place: Place) -> Shape | str:
    report = place.report
    row = report.row(name)
    if row is None and name != "input":
        close = nearest(name, [one.path for one in report.rows])
        hint = f" Did you mean {close}?" if close else ""
        return f"There is no layer “{brief(name)}”.{hint}"
    shape = report.network.input if row is None else row.output
    if shape is None:
        return _unreached(Place(report, row))
    if not only_size:
        return shape
    here = place.shape or place.entering
    if here is None:
        return _unreached(place)
    if len(here) != len(shape):
        return f"{name} is {spell(shape)}, {place.called} {spell(here)}: not alike."
    return shape if len(here) == 1 else (here[0], *shape[1:])


def _completed(sizes: list[str], place: Place) -> Shape | str:
    """Return sizes with those kept filled in that a mark stands for."""
    if not _KEPT.intersection(sizes):
        return tuple(map(int, sizes))
    here = place.shape
    if here is None:
        return _unreached(place)
    if len(sizes) != len(here):
        return (
            f"{place.called} is {spell(here)}: a target with marks needs as many "
            f"sizes. Received: {len(sizes)}, not {len(here)}."
        )
    return tuple(
        old if new in _KEPT else int(new) for new, old in zip(sizes, here, strict=True)
    )


def _by_name(text: str, place: Place) -> Shape | str | None:
    """Return what `height=100, width=50` means; None where the text is no such."""
    pairs = _NAMED.findall(text)
    rest = _NAMED.sub("", text).strip(" ,;")
    if not pairs or rest:
        return None
    here = place.shape
    if here is None:
        return _unreached(place)
    names = axis_names(here)
    found = list(here)
    for word, size in pairs:
        fitting = [at for at, name in enumerate(names) if name.startswith(word)]
        if not fitting:
            return f"{spell(here)} has no axis “{word}”: it has {listed(names)}."
        found[fitting[0]] = int(size)
    return tuple(found)


def _unreached(place: Place) -> str:
    what = "leaves the network" if place.row is None else f"leaves {place.called}"
    return f"An error keeps tuicnn from knowing what {what}: mend it first."


def _problem(shape: Shape) -> str:
    """Return what is wrong with a shape; empty where nothing is."""
    if len(shape) > 4:
        return "A shape has at most 4 sizes: channels, depth, height and width."
    if min(shape) < 1:
        return f"{spell(shape)} holds nothing: each size must be at least 1."
    if shape[0] > limits.CHANNELS:
        return f"At most {spelled(limits.CHANNELS)} channels or features are possible."
    if max(shape[1:], default=1) > limits.INPUT_SIZE:
        return f"At most {spelled(limits.INPUT_SIZE)} cells are possible on an axis."
    if elements(shape) > limits.ELEMENTS:
        return f"{spell(shape)} would be more than 2⁴⁰ numbers."
    return ""
