"""Keras' messages about shapes, as Keras 3 words them: channels last, batch first.

It never looks at a network: it says what a message says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from tuicnn.core.pasted.clue import Clue, arrives, called
from tuicnn.core.pasted.meanings import (
    convolution,
    linear,
    merge,
    numbers,
    other_input,
    pool,
    rank,
    reshape,
    window,
)
from tuicnn.core.shapes import Shape

Reader = Callable[[re.Match[str]], Clue]

_TUPLE = r"[(\[]([\dNone, ]{1,99})[)\]]"


def _sample(text: str) -> Shape:
    """Return a shape of one sample, channels first, from Keras' own order."""
    entries = re.findall(r"None|\d{1,15}", text)[1:]
    sizes = tuple(int(one) for one in entries if one != "None")
    return (sizes[-1], *sizes[:-1]) if sizes else ()


def _batch(text: str) -> int | None:
    first = re.search(r"None|\d{1,15}", text)
    return int(first[0]) if first and first[0] != "None" else None


def _axis(found: re.Match[str]) -> Clue:
    name, wanted, entering = found[1], int(found[2]), found[3]
    shape = _sample(entering)
    if len(shape) == 1:
        clue = linear(shape[0], wanted, None)
    else:
        clue = convolution(shape, wanted, shape[0])
    facts = (*clue.facts, called(name))
    return replace(clue, types=(), facts=facts, batch=_batch(entering))


def _axes(found: re.Match[str]) -> Clue:
    entries = numbers(found[2])
    clue = rank((), entries)
    return replace(clue, facts=(*clue.facts, called(found[1])))


def _window(found: re.Match[str]) -> Clue:
    entering, kernel = _sample(found[1]), numbers(found[2])
    clue = window(entering[1:], kernel[: len(entering) - 1])
    return replace(clue, facts=(arrives(entering), *clue.facts))


def _pool(found: re.Match[str]) -> Clue:
    return pool(_sample(found[1]))


def _shapes(found: re.Match[str]) -> Clue:
    one, other = ((sizes[-1], *sizes[:-1]) for sizes in map(numbers, found.groups()))
    pairs = zip(one, other, strict=False)
    axis, pair = next(
        ((at, p) for at, p in enumerate(pairs) if p[0] != p[1]), (0, (0, 0))
    )
    return merge(pair, axis)


def _lined_up(found: re.Match[str]) -> Clue:
    shapes = [_sample(one) for one in re.findall(r"\(([^)]*)\)", found[1])]
    pairs = zip(*(one[1:] for one in shapes), strict=False)
    apart = [pair for pair in pairs if len(set(pair)) > 1]
    clue = merge((apart[0][0], apart[0][-1]) if apart else (0, 0), None)
    return replace(clue, types=("concat", "parallel"))


def _total(found: re.Match[str]) -> Clue:
    count = 1
    for one in numbers(found[1]):
        count *= one
    return reshape((1, *numbers(found[2])), count)


def _input(found: re.Match[str]) -> Clue:
    return other_input(numbers(found[1]), numbers(found[2])[1:])


def _groups(found: re.Match[str]) -> Clue:
    entering = _sample(found[3])
    return Clue(
        f"Grouped filters see an equal share of the channels each, so groups "
        f"({found[1]}) must divide the channels that arrive ({found[2]}).",
        "Take groups that divide the channels, or 1.",
        ("conv",),
        (arrives(entering),),
    )


_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    (
        rf"of layer ['\"]([^'\"]{{1,64}})['\"] is incompatible with the layer: "
        rf"expected axis -1 of input shape to have value (\d{{1,15}}), but received "
        rf"input with shape {_TUPLE}",
        _axis,
    ),
    (
        r"of layer ['\"]([^'\"]{1,64})['\"] is incompatible with the layer: expected "
        rf"(?:min_)?ndim=\d+, found ndim=\d+\. Full shape received: {_TUPLE}",
        _axes,
    ),
    (
        rf"is incompatible with the layer: expected shape={_TUPLE}, found "
        rf"shape={_TUPLE}",
        _input,
    ),
    (
        rf"output size would be zero or negative\. Received `inputs shape={_TUPLE}`, "
        rf"`kernel shape={_TUPLE}`",
        _window,
    ),
    (
        r"output size would be zero or negative\. Received: `inputs\.shape="
        r"\[([\dNone ]{1,99})\]`",
        _pool,
    ),
    (
        rf"Inputs have incompatible shapes\. Received shapes {_TUPLE} and {_TUPLE}",
        _shapes,
    ),
    (
        r"matching shapes except for the concatenation axis\. Received: "
        r"input_shape=\[([^\]]{1,200})\]",
        _lined_up,
    ),
    (
        rf"total size of the tensor must be unchanged\. Received: "
        rf"input_shape={_TUPLE}, target_shape={_TUPLE}",
        _total,
    ),
    (
        rf"Received groups=(\d+), but the input has (\d+) channels \(full input shape "
        rf"is {_TUPLE}\)",
        _groups,
    ),
)


def clues(message: str) -> Iterator[Clue]:
    """Yield what a message of Keras says; nothing where it is none that is known."""
    for pattern, reader in _READERS:
        found = re.search(pattern, message)
        if found is not None:
            yield reader(found)
