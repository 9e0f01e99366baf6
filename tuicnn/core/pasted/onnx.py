"""ONNX Runtime's messages about shapes: of nodes, which carry their layers' names.

It never looks at a network: it says what a message says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tuicnn.core.pasted.clue import Clue, Fact, called
from tuicnn.core.pasted.meanings import (
    POOLS,
    convolution,
    linear,
    merge,
    norm,
    numbers,
    other_input,
    reshape,
)
from tuicnn.core.shapes import spell

if TYPE_CHECKING:
    from tuicnn.core.report import Row

Reader = Callable[[re.Match[str]], Clue]

_NUMBER = r"(\d{1,15})"
_GIVEN = r"Input channels C is not equal to kernel channels \* group\. "


def _gemm(found: re.Match[str]) -> Clue:
    weight = numbers(found[1])
    inner, outputs = int(found[2]), int(found[3])
    declared = weight[1] if weight[0] == outputs else weight[0]
    return linear(inner, declared, outputs)


def _conv(found: re.Match[str]) -> Clue:
    got, each, groups = map(int, found.groups())
    return convolution((), each * groups, got)


def _transposed(found: re.Match[str]) -> Clue:
    return convolution((), int(found[1]), int(found[2]))


def _window(found: re.Match[str]) -> Clue:
    sizes = numbers(found[1])

    def fits(row: Row) -> bool:
        return row.inputs[0] is not None and row.inputs[0][1:] == sizes

    return Clue(
        "A window has no place on the map that arrives: nothing would be left.",
        "Take a smaller kernel, pad more, or let the map shrink less above.",
        ("conv", *POOLS),
        (Fact(f"a map of {spell(sizes)} arrives", fits, 3),),
    )


def _scale(found: re.Match[str]) -> Clue:
    return norm(int(found[1]), None)


def _unequal(found: re.Match[str]) -> Clue:
    return merge((int(found[1]), int(found[2])), None)


def _lined_up(found: re.Match[str]) -> Clue:
    clue = merge((int(found[2]), int(found[3])), None)
    return replace(clue, types=("concat", "parallel"))


def _reshape(found: re.Match[str]) -> Clue:
    entering, wanted = numbers(found[1]), re.findall(r"-?\d{1,15}", found[2])
    count = 1
    for one in entering:
        count *= one
    return reshape(tuple(map(int, wanted)), count)


def _unified(found: re.Match[str]) -> Clue:
    kind, one, other = found[1], int(found[2]), int(found[3])
    return norm(other, one) if kind.startswith("Batch") else linear(other, one, None)


def _declared(found: re.Match[str]) -> Clue:
    return merge((int(found[1]), int(found[2])), int(found[3]) - 1)


def _input(found: re.Match[str]) -> Clue:
    apart = re.findall(r"index: \d+ Got: (\d+) Expected: (\d+)", found[0])
    got, wanted = (tuple(map(int, one)) for one in zip(*apart, strict=True))
    return other_input(wanted, got)


_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    (
        rf"GEMM: Dimension mismatch, W: \{{([\d,]+)\}} K: {_NUMBER} N: ?{_NUMBER}",
        _gemm,
    ),
    (
        rf"{_GIVEN}C: {_NUMBER} kernel channels: {_NUMBER} group: {_NUMBER}",
        _conv,
    ),
    (
        rf"filter_number: {_NUMBER} num_input_channels: {_NUMBER}",
        _transposed,
    ),
    (r"running (?:Conv|\w*Pool) node.*Invalid input shape: \{([\d,]+)\}", _window),
    (rf"Invalid input scale: 0th dimension != {_NUMBER}", _scale),
    (
        rf"broadcast an axis by a dimension other than 1\. {_NUMBER} by {_NUMBER}",
        _unequal,
    ),
    (
        rf"Non concat axis dimensions must match: Axis {_NUMBER} has mismatched "
        rf"dimensions of {_NUMBER} and {_NUMBER}",
        _lined_up,
    ),
    (r"Input shape:\{([\d,]+)\}, requested shape:\{([\d,-]+)\}", _reshape),
    (
        r"Op \((\w+)\) \[ShapeInferenceError\] Dimension mismatch in unification "
        rf"between {_NUMBER} and {_NUMBER}",
        _unified,
    ),
    (
        rf"Inferred={_NUMBER} Declared={_NUMBER} Dimension={_NUMBER}",
        _declared,
    ),
    (r"Got invalid dimensions for input.*index: \d+ Got: \d+ Expected: \d+", _input),
)


def clues(message: str) -> Iterator[Clue]:
    """Yield what a message of ONNX Runtime says; nothing where none is known."""
    named = _node(message)
    for pattern, reader in _READERS:
        found = re.search(pattern, message)
        if found is not None:
            clue = reader(found)
            facts = clue.facts if named is None else (*clue.facts, named)
            yield replace(clue, facts=facts)


def _node(message: str) -> Fact | None:
    """Return the layer that a node is named after: /fc1/Gemm."""
    found = re.search(r"(?:Node \(|Name:')([^()']{1,200})[)']", message)
    name = found[1].strip("/").rpartition("/")[0] if found else ""
    return called(name) if name else None
