"""What every layer type is: fields, and one method that says what they do to a shape.

It never knows a network: a layer sees the shape that arrives, and nothing else.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Final, NamedTuple, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError

from tuicnn.core import limits
from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Fix, Note, Refusal
from tuicnn.core.fields import Edges
from tuicnn.core.reach import Pattern
from tuicnn.core.shapes import (
    AXES,
    Shape,
    TransposedWindow,
    Window,
    axis_names,
    spell,
)
from tuicnn.core.terms import ENTERING, symbol

Shapes = Mapping[str, Shape]
NO_SHAPES: Final[Shapes] = MappingProxyType({})


class Reads(NamedTuple):
    """What a layer's outputs read of what enters, axis by axis.

    Attributes:
        axes: For each axis that enters: a pattern, the whole axis, or (None) the cell
            in the same place.
        carries: For each axis that leaves, the axis that enters in its place (None: a
            new one); None where every axis keeps its place.
    """

    axes: tuple[Pattern | str | None, ...] = ()
    carries: tuple[int | None, ...] | None = None


POINTWISE: Final = Reads()
"""Each output reads the input in the same place."""


class Effect(NamedTuple):
    """What a layer does to the shape that arrives.

    Attributes:
        output: The shape that leaves, without the batch.
        derive: Says where each number comes from, when asked.
        parameters: Shape of each learnable tensor, by PyTorch's name.
        buffers: Shape of each tensor that is kept, but not learnt.
        macs: Multiplications by weights for one sample.
        reads: What each output reads of the input.
        windows: The window on each spatial axis, of a layer that has them.
        notes: Warnings.
    """

    output: Shape
    derive: Callable[[], tuple[Step, ...]] = tuple  # a block has no steps of its own
    parameters: Shapes = NO_SHAPES
    buffers: Shapes = NO_SHAPES
    macs: int = 0
    reads: Reads = POINTWISE
    windows: tuple[Window | TransposedWindow, ...] = ()
    notes: tuple[Note, ...] = ()


def valid_name(name: str) -> str:
    """Return a name that can stand in a path and on a terminal, or refuse it."""
    if not 1 <= len(name) <= limits.NAME:
        raise PydanticCustomError(
            "name", "expected 1 to {most} characters", {"most": limits.NAME}
        )
    if not name.isprintable():
        raise PydanticCustomError("name", "expected printable characters only")
    if "." in name or "/" in name:
        raise PydanticCustomError("name", "expected a name without “.” and “/”")
    return name


class LayerSpec(BaseModel):
    """The fields of one layer, and what they do to a shape."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,  # a network uses ten of the eighty types
    )

    rank: ClassVar[int | None] = None
    """Spatial axes of the maps it takes; None: any."""

    aliases: ClassVar[tuple[str, ...]] = ()
    """The names that other frameworks, and people, have for it."""

    type: str
    name: Annotated[str, AfterValidator(valid_name)] | None = None
    """What this layer is called; left out, it is called after its type."""

    def infer(self, x: Shape) -> Effect:
        """Return what the layer does to a sample of shape `x`.

        Raises:
            Refusal: The layer cannot take this shape.
        """
        raise NotImplementedError

    def changed(self, **fields: object) -> Self:
        """Return this layer with some fields changed, and validated."""
        kept = {name: getattr(self, name) for name in self.model_fields_set}
        return sharing(self, type(self).model_validate({**kept, **fields}))

    def fixes(self, title: str, **fields: object) -> tuple[Fix, ...]:
        """Return the fix that sets some fields; none where they take no such values."""
        try:
            return (Fix(title, (self.changed(**fields),)),)
        except ValidationError:  # what arrives may be larger than a field may be
            return ()

    def own_fields(self) -> dict[str, object]:
        """Return the fields that differ from their defaults, in declared order."""
        return {
            name: value
            for name, field in type(self).model_fields.items()
            if name not in ("type", "name")
            and (value := getattr(self, name)) != field.default
        }

    def spatial(self, x: Shape) -> Shape:
        """Return the spatial sizes of a map, refusing what is no map of this rank."""
        rank = len(x) - 1
        if rank < 1 or (self.rank or rank) != rank:
            raise wrong_rank(self, x)
        return x[1:]


Version = TypeVar("Version", bound=BaseModel)


def sharing(old: Version, new: Version) -> Version:
    """Return a new version of a model, which shares the set of its given fields.

    A history holds thousands of versions, and the sets are a third of them.
    """
    if new.model_fields_set == old.model_fields_set:
        object.__setattr__(new, "__pydantic_fields_set__", old.model_fields_set)
    return new


class MapLayer(LayerSpec):
    """A layer for maps of one rank, whose fields may hold a value for each axis."""

    @field_validator(
        "kernel_size",
        "stride",
        "padding",
        "dilation",
        "output_padding",
        "output_size",
        check_fields=False,
    )
    @classmethod
    def _one_for_each_axis(cls, value: object) -> object:
        if isinstance(value, tuple) and cls.rank and len(value) != cls.rank:
            raise PydanticCustomError(
                "axes",
                "expected one entry for each spatial axis ({axes}), that is {rank}",
                {"axes": ", ".join(AXES[cls.rank]), "rank": cls.rank},
            )
        return value


def wrong_rank(layer: LayerSpec, x: Shape) -> Refusal:
    """Return the refusal of a shape with the wrong number of axes."""
    wanted = layer.rank
    if wanted is None:
        expected = "a map: channels and at least one spatial axis"
    else:
        expected = f"a map with the axes channels, {', '.join(AXES[wanted])}"
    hint = f"Use {layer.type[:-2]}{len(x) - 1}d for this shape."
    if len(x) == 1:
        hint = (
            "A vector has no spatial axes left: move this layer above flatten, or "
            "insert unflatten."
        )
    elif wanted is None or not layer.type.endswith("d") or len(x) > 4:
        hint = "Reshape it first, or change the input."
    return Refusal(
        Code.WRONG_RANK,
        f"{layer.type} takes {expected}. Received: {spell(x)} "
        f"({', '.join(axis_names(x))}).",
        hint=hint,
    )


def check_declared(
    layer: LayerSpec, field: str, declared: int | None, actual: int, code: Code
) -> None:
    """Refuse a declared size that is not the one that arrives.

    Args:
        field: The field that declares it, such as in_channels.
        declared: Its value; None where it was left out.
        actual: What arrives.
    """
    if declared is None or declared == actual:
        return
    fixes = layer.fixes(f"set {field} to {actual}", **{field: actual})
    leave = (
        f"Set {field} to {actual}, or leave it out" if fixes else f"Leave {field} out"
    )
    raise Refusal(
        code,
        f"{field} is {spelled(declared)}, but {spelled(actual)} arrive.",
        field=field,
        hint=f"{leave}: the stack knows it.",
        fixes=fixes,
        declared=declared,
    )


def each_axis(value: int | tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Return a size for every axis, where one may stand for all."""
    return (value,) * rank if isinstance(value, int) else value


def each_edge(
    layer: LayerSpec,
    field: str,
    value: Edges,
    rank: int,
) -> tuple[tuple[int, int], ...]:
    """Return the cells at both ends of every axis; refuse too many or too few."""
    if isinstance(value, tuple) and len(value) != rank:
        raise Refusal(
            Code.CONFLICTING_FIELDS,
            f"{field} has {len(value)} entries, the map {rank} spatial axes.",
            field=field,
            hint=f"Give one number, or {rank} of them.",
        )
    return both_edges(value, rank)


def both_edges(value: Edges, rank: int) -> tuple[tuple[int, int], ...]:
    """Return the cells at the beginning and end of every axis."""
    if isinstance(value, int):
        return ((value, value),) * rank
    return tuple(
        (one, one) if isinstance(one, int) else (one[0], one[1]) for one in value
    )


def axis_of(layer: LayerSpec, field: str, axis: int, x: Shape) -> int:
    """Return the index in `x` of an axis numbered as PyTorch does, batch included."""
    rank = len(x) + 1
    index = axis + rank if axis < 0 else axis
    if index == 0 or not 0 <= index < rank:
        what = "the batch axis" if index == 0 else f"outside 1 … {rank - 1}"
        raise Refusal(
            Code.AXIS,
            f"{field} is {axis}, {what}. Received: {spell(x)}, that is axes 1 to "
            f"{rank - 1} behind the batch.",
            field=field,
            hint=f"Axis 1 is {axis_names(x)[0]}, axis −1 the last one.",
        )
    return index - 1


def kept_axes(x: Shape) -> Callable[[], tuple[Step, ...]]:
    """Return the derivation of a layer that keeps its shape."""
    return lambda: sizes_kept(x)


def sizes_kept(x: Shape, first: int = 0) -> tuple[Step, ...]:
    """Return the steps that say: these sizes stay what they were."""
    return tuple(
        Step.of(f"output {name}", symbol("i", size, f"{ENTERING}{name}"))
        for name, size in list(zip(axis_names(x), x, strict=True))[first:]
    )


def chosen(quantity: str, letter: str, value: int, field: str) -> Step:
    """Return the step of a number that a field states."""
    return Step.of(quantity, symbol(letter, value, f"the field {field}"))
