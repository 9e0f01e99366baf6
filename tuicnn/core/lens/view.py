"""One layer as one framework sees it: code, sizes, counts, and what differs.

It never knows how a framework spells a layer: each has a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from tuicnn.core.derivation import Step
from tuicnn.core.layer import Effect, LayerSpec, each_axis
from tuicnn.core.shapes import AXES, Shape, elements

Edges = tuple[tuple[int, int], ...]
"""Cells before and after each axis."""


class Framework(StrEnum):
    """A framework whose code is written."""

    PYTORCH = "pytorch"
    KERAS = "keras"
    ONNX = "onnx"


@dataclass(frozen=True)
class Setting:
    """A layer, what enters it, and what it does.

    Attributes:
        x: The shape that enters, channels first.
        values: Names for the values that a merge joins; ("x",) for all other layers.
    """

    layer: LayerSpec
    x: Shape
    effect: Effect
    values: tuple[str, ...] = ("x",)

    @property
    def rank(self) -> int:
        """Spatial axes of what enters."""
        return len(self.x) - 1

    @property
    def fields(self) -> dict[str, object]:
        """The fields that differ from their defaults, without hints and merges."""
        own = self.layer.own_fields()
        return {name: one for name, one in own.items() if name not in _UNSPOKEN}

    @cached_property
    def edges(self) -> Edges:
        """Cells that are added before and after each axis; cut, if it is transposed."""
        return tuple(
            (self._resolved(axis, "before", "p₀"), self._resolved(axis, "after", "p₁"))
            for axis in AXES.get(self.rank, ())
        )

    @property
    def output_padding(self) -> Shape:
        """Further cells at the end of each axis, of a transposed convolution."""
        names = AXES.get(self.rank, ())
        return tuple(self._symbol(f"output {axis}", "op") for axis in names)

    def each(self, field: str, default: int = 1) -> Shape:
        """Return a field's value for each spatial axis."""
        value = getattr(self.layer, field, None)
        return each_axis(default if value is None else value, self.rank)

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {step.quantity: step for step in self.effect.derive()}

    def _resolved(self, axis: str, side: str, letter: str) -> int:
        step = self._steps.get(f"padding {side} {axis}")
        return int(step.value) if step else self._symbol(f"output {axis}", letter)

    def _symbol(self, quantity: str, letter: str) -> int:
        step = self._steps.get(quantity)
        symbols = () if step is None else step.symbols
        return next((int(one.value) for one in symbols if one.letter == letter), 0)


_UNSPOKEN = frozenset(
    ("inplace", "in_channels", "in_features", "num_features", "num_channels", "with_")
)


@dataclass(frozen=True, slots=True)
class Code:
    """A layer in a framework's words.

    Attributes:
        text: An expression; of `x`, where the framework has no layer for it.
        remarks: What differs, each with its reason.
        output: The shape that leaves, channels first; None: as here.
        kept: Numbers that are kept, not learnt; None: as here.
        learnt: Numbers that are learnt; None: as here.
    """

    text: str
    remarks: tuple[str, ...] = ()
    output: Shape | None = None
    kept: int | None = None
    learnt: int | None = None


@dataclass(frozen=True, slots=True)
class Cannot:
    """A layer that a framework cannot express, and why."""

    reason: str


Speller = Callable[[Setting], Code | Cannot]
Spellers = Mapping[str, Speller]


@dataclass(frozen=True, slots=True)
class View:
    """A layer as a framework sees it.

    Attributes:
        code: One expression; empty where the framework cannot express the layer.
        reason: Why not; empty where it can.
        output: The shape that leaves, as the framework writes it, without the batch.
        edges: Cells added (or cut) before and after each axis; () for other layers.
        trainable: Numbers that are learnt.
        kept: Numbers that are kept, but not learnt.
        remarks: What differs from this program, or between frameworks, and why.
    """

    framework: Framework
    code: str
    reason: str
    output: Shape | None
    edges: Edges
    trainable: int
    kept: int
    remarks: tuple[str, ...]


def viewed(framework: Framework, one: Setting, found: Code | Cannot) -> View:
    """Return what a framework makes of a layer."""
    windowed = any(word in one.layer.type for word in ("conv", "pool", "pad", "crop"))
    edges = one.edges if windowed and any(map(any, one.edges)) else ()
    if isinstance(found, Cannot):
        return View(framework, "", found.reason, None, edges, 0, 0, ())
    output = one.effect.output if found.output is None else found.output
    if framework is Framework.KERAS and len(output) > 1:
        output = (*output[1:], output[0])
    learnt = sum(map(elements, one.effect.parameters.values()))
    kept = sum(map(elements, one.effect.buffers.values()))
    return View(
        framework,
        found.text,
        "",
        output,
        edges,
        learnt if found.learnt is None else found.learnt,
        kept if found.kept is None else found.kept,
        found.remarks,
    )


def called(function: str, *values: object, **named: object) -> str:
    """Return a call as code: numbers, words and lists of them; code stays code."""
    parts = [*map(literal, values)]
    parts += [f"{name}={literal(value)}" for name, value in named.items()]
    return f"{function}({', '.join(parts)})"


class Verbatim(str):
    """A text that is code already."""

    __slots__ = ()


def literal(value: object) -> str:
    """Return a value as Python writes it, in ASCII."""
    if isinstance(value, Verbatim):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return ascii(value)


def alike(sizes: Shape) -> int | Shape:
    """Return one size where all are equal, else all of them."""
    return sizes[0] if len(set(sizes)) == 1 else sizes
