"""Structure: containers, and merges that leave the straight line.

It never walks a network: `check` threads shapes through containers and calls `merged`.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic_core import PydanticCustomError

from tuicnn.core.derivation import Step
from tuicnn.core.diagnostics import Code, Note, Refusal
from tuicnn.core.fields import REFERENCE, Axis, Count, JsonSchema, Kind
from tuicnn.core.layer import Effect, LayerSpec, axis_of, sizes_kept
from tuicnn.core.shapes import Shape, axis_names, spell
from tuicnn.core.terms import Term, symbol

MergeKind = Literal["add", "multiply", "concat", "average", "maximum"]


@dataclass(frozen=True, slots=True)
class LayerItems(Kind):
    """A list of layers, or a list of such lists; read by `reading`, not by Pydantic.

    Attributes:
        branches: Whether it is a list of lists.
    """

    branches: bool = False

    def json_schema(self) -> JsonSchema:
        """Return the JSON Schema of such a value."""
        layers: JsonSchema = {"type": "array", "items": {REFERENCE: "layer"}}
        if self.branches:
            return {"type": "array", "items": layers, "minItems": 1}
        return layers

    def validate(self, value: object) -> tuple[object, ...]:
        """Return layers as a tuple, or refuse what is none."""
        if isinstance(value, (list, tuple)):
            if not self.branches and all(isinstance(one, LayerSpec) for one in value):
                return tuple(value)
            if self.branches and value:
                plain = LayerItems()
                return tuple(plain.validate(branch) for branch in value)
        expected = "a list of lists of layers" if self.branches else "a list of layers"
        raise PydanticCustomError("layers", "expected {what}", {"what": expected})


class Block(LayerSpec):
    """A named group of layers, repeated with fresh weights."""

    aliases = ("Sequential", "group", "repeat", "stage")
    type: Literal["block"] = "block"

    repeat: Count = 1
    """How many times the group stands in a row."""

    layers: Annotated[tuple[LayerSpec, ...], LayerItems()]
    """The layers of the group."""


class Parallel(LayerSpec):
    """Sends its input into every branch and merges what leaves them."""

    aliases = ("residual", "skip", "shortcut", "branches")
    type: Literal["parallel"] = "parallel"

    merge: MergeKind
    """How the branches become one again."""

    dim: Axis = 1
    """Axis along which `concat` lines them up, counted with the batch as 0."""

    split: Literal["channels"] | None = None
    """Whether each branch gets an equal share of the channels, not a copy."""

    branches: Annotated[tuple[tuple[LayerSpec, ...], ...], LayerItems(branches=True)]
    """The branches; an empty one passes its input on."""

    def share(self, x: Shape) -> Shape:
        """Return what each branch is given of a shape."""
        if self.split is None:
            return x
        count = len(self.branches)
        if x[0] % count:
            raise Refusal(
                Code.NOT_DIVISIBLE,
                f"{x[0]} channels cannot be split over {count} branches.",
                field="split",
                hint="Let the layer above make a multiple of "
                f"{count} channels, or leave split out.",
            )
        return (x[0] // count, *x[1:])

    def merged(self, shapes: tuple[Shape, ...], labels: tuple[str, ...]) -> Effect:
        """Return what merging the branches does."""
        return merged(self, self.merge, shapes, labels, self.dim)


class _SkipMerge(LayerSpec):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    with_: Annotated[tuple[str, ...], Field(alias="with", min_length=1)]
    """Names of earlier layers, of this list or an enclosing one."""

    def merged(self, shapes: tuple[Shape, ...], labels: tuple[str, ...]) -> Effect:
        """Return what merging the running value with earlier ones does."""
        return merged(self, self.type, shapes, labels, 1)


class Add(_SkipMerge):
    """Adds the outputs of earlier layers to the running value."""

    aliases = ("Add", "sum", "residual", "skip", "plus")
    type: Literal["add"] = "add"


class Multiply(_SkipMerge):
    """Multiplies the running value with the outputs of earlier layers."""

    aliases = ("Multiply", "gate", "scale")
    type: Literal["multiply"] = "multiply"


class Average(_SkipMerge):
    """Takes the mean of the running value and the outputs of earlier layers."""

    aliases = ("Average", "mean")
    type: Literal["average"] = "average"


class Maximum(_SkipMerge):
    """Keeps the largest of the running value and the outputs of earlier layers."""

    aliases = ("Maximum", "maxout")
    type: Literal["maximum"] = "maximum"


class Concat(_SkipMerge):
    """Lines the running value and the outputs of earlier layers up along an axis."""

    aliases = ("Concatenate", "cat", "skip", "depth concat")
    type: Literal["concat"] = "concat"

    dim: Axis = 1
    """Axis along which they are lined up, counted with the batch as 0."""

    def merged(self, shapes: tuple[Shape, ...], labels: tuple[str, ...]) -> Effect:
        """Return what lining up the running value and earlier ones does."""
        return merged(self, "concat", shapes, labels, self.dim)


def joined_axis(layer: LayerSpec, axes: int) -> int | None:
    """Return the axis of a shape along which a merge lines values up, if it does."""
    if isinstance(layer, Concat) or (
        isinstance(layer, Parallel) and layer.merge == "concat"
    ):
        return layer.dim - 1 if layer.dim > 0 else layer.dim + axes
    return None


def merged(
    layer: LayerSpec,
    merge: str,
    shapes: tuple[Shape, ...],
    labels: tuple[str, ...],
    dim: int,
) -> Effect:
    """Return what a merge of several shapes does.

    Args:
        labels: Where each shape comes from, for the message.
        dim: Axis of a concatenation, counted with the batch as 0.
    """
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1:
        raise _unequal(merge, shapes, labels, "they have different numbers of axes")
    if merge == "concat":
        return _concatenated(layer, shapes, labels, dim)
    first = shapes[0]
    if all(shape == first for shape in shapes):
        return Effect(first, lambda: sizes_kept(first))
    return _broadcast(merge, shapes, labels)


def _concatenated(
    layer: LayerSpec, shapes: tuple[Shape, ...], labels: tuple[str, ...], dim: int
) -> Effect:
    first = shapes[0]
    axis = axis_of(layer, "dim", dim, first)
    rests = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len(rests) > 1:
        name = axis_names(first)[axis]
        raise _unequal(
            "concat",
            shapes,
            labels,
            f"all axes but {name} (axis {axis + 1}) must agree",
        )
    output = (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])

    def derive() -> tuple[Step, ...]:
        name = axis_names(first)[axis]
        terms = [
            symbol(f"n{number}", shape[axis], f"{name} from {label}")
            for number, (shape, label) in enumerate(
                zip(shapes, labels, strict=True), start=1
            )
        ]
        total: Term = terms[0]
        for term in terms[1:]:
            total = total + term
        steps = list(sizes_kept(first))
        steps[axis] = Step.of(f"output {name}", total)
        return tuple(steps)

    return Effect(output, derive)


def _broadcast(
    merge: str, shapes: tuple[Shape, ...], labels: tuple[str, ...]
) -> Effect:
    sizes = [set(axis) - {1} for axis in zip(*shapes, strict=True)]
    if any(len(axis) > 1 for axis in sizes):
        raise _unequal(merge, shapes, labels, "element by element they must agree")
    output = tuple(max(axis) for axis in zip(*shapes, strict=True))

    def derive() -> tuple[Step, ...]:
        return sizes_kept(output)

    # A gate of one number a channel, or a position, is meant: squeeze-and-excite.
    if merge == "multiply" and output in shapes:
        return Effect(output, derive)
    shown = " and ".join(
        f"{spell(shape)} ({label})" for shape, label in zip(shapes, labels, strict=True)
    )
    note = Note(
        Code.BROADCAST_MERGE,
        f"{merge} of unequal shapes: {shown}. The smaller one is repeated to "
        f"{spell(output)}.",
        hint="If that is not meant, give the branches equal shapes.",
    )
    return Effect(output, derive, notes=(note,))


def _unequal(
    merge: str, shapes: tuple[Shape, ...], labels: tuple[str, ...], why: str
) -> Refusal:
    shown = ", ".join(
        f"{spell(shape)} from {label}"
        for shape, label in zip(shapes, labels, strict=True)
    )
    return Refusal(
        Code.MERGE_SHAPES,
        f"{merge} cannot join these shapes: {why}. Received: {shown}.",
        hint=_remedy(shapes),
    )


def _remedy(shapes: tuple[Shape, ...]) -> str:
    if len({len(shape) for shape in shapes}) > 1:
        return "Flatten both, or neither."
    if len({shape[1:] for shape in shapes}) > 1:
        return (
            "Give the branches the same stride and padding, or crop, pad or upsample "
            "the odd one."
        )
    return (
        f"Let a 1×1 convolution (kernel_size 1) make {shapes[0][0]} channels in the "
        "other branch, or concat them."
    )
