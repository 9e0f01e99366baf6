"""The document: one immutable network, as it is read, edited, checked and written.

It never computes a shape: `check` does. A wrong network is a network all the same.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticCustomError

from tuicnn.core import limits
from tuicnn.core.fields import REFERENCE, Integers, JsonSchema, Kind
from tuicnn.core.layer import LayerSpec, sharing, valid_name
from tuicnn.core.layers.broken import Broken
from tuicnn.core.layers.structure import Block, LayerItems, Parallel
from tuicnn.core.shapes import Shape, elements

FORMAT: Final = "tuicnn/1"

_UNSEEN: Final = " \u034f\u115f\u1160\u2800\u3164\uffa0"
"""Characters that count as printable, and show nothing: blanks and fillers."""

Values = float | int | tuple["Values", ...]
"""The values of a parameter: nested rows of numbers."""

Text = Annotated[str, StringConstraints(max_length=limits.TEXT)]


@dataclass(frozen=True, slots=True)
class ParameterValues(Kind):
    """Values of parameters by path and name: {"fc1.weight": [[…]], …}."""

    def json_schema(self) -> JsonSchema:
        """Return the JSON Schema of such a value."""
        return {"type": "object", "additionalProperties": {REFERENCE: "values"}}

    def validate(self, value: object) -> dict[str, Values]:
        """Return nested rows of numbers as tuples, or refuse what is none."""
        if not isinstance(value, dict):
            raise PydanticCustomError("parameters", "expected an object")
        frozen = {str(key): _numbers(str(key), rows) for key, rows in value.items()}
        count = sum(_count(rows) for rows in frozen.values())
        if count > limits.PARAMETER_VALUES:
            raise PydanticCustomError(
                "parameters",
                "expected at most {most} numbers in all; larger networks keep their "
                "weights in a file",
                {"most": limits.PARAMETER_VALUES},
            )
        return frozen


def _numbers(key: str, rows: object) -> Values:
    if isinstance(rows, (list, tuple)) and rows:
        return tuple(_numbers(key, row) for row in rows)
    if isinstance(rows, (int, float)) and not isinstance(rows, bool):
        return rows
    raise PydanticCustomError(
        "parameters",
        "expected numbers, or lists of numbers, as the values of “{key}”",
        {"key": key},
    )


def _count(rows: Values) -> int:
    return sum(map(_count, rows)) if isinstance(rows, tuple) else 1


def values_shape(values: Values) -> Shape | None:
    """Return the shape of nested rows of numbers; None where rows are unequal."""
    if not isinstance(values, tuple):
        return ()
    shapes = {values_shape(row) for row in values}
    inner = shapes.pop()
    if shapes or inner is None:
        return None
    return (len(values), *inner)


class Network(BaseModel):
    """A convolutional network: the shape of one sample, and the layers it meets."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,
    )

    format: Literal["tuicnn/1"] = FORMAT
    """The format of the document."""

    name: Annotated[str, AfterValidator(valid_name)]
    """What the network is called."""

    title: Text | None = None
    """What people call it."""

    description: Text | None = None
    """What is particular about it."""

    source: Text | None = None
    """Where its figures come from."""

    input: Annotated[tuple[int, ...], Integers(1)]
    """Shape of one sample, channels first, without the batch."""

    layers: Annotated[tuple[LayerSpec, ...], LayerItems()]
    """The stack, from the input to the output."""

    parameters: Annotated[dict[str, Values], ParameterValues()] | None = None
    """Values of parameters, for small networks."""

    expect: Annotated[tuple[Text, ...], Field(max_length=limits.EXPECTATIONS)] = ()
    """What must hold, for CI: one comparison each."""

    @field_validator("input")
    @classmethod
    def _input_is_a_sample(cls, shape: Shape) -> Shape:
        if len(shape) > 4:
            raise PydanticCustomError(
                "input",
                "expected [features], [C, L], [C, H, W] or [C, D, H, W], without the "
                "batch axis",
            )
        most = limits.INPUT_SIZE
        if max(shape[1:], default=1) > most or shape[0] > limits.CHANNELS:
            raise PydanticCustomError(
                "input",
                "expected at most {channels} channels and {most} cells on each axis",
                {"channels": limits.CHANNELS, "most": most},
            )
        if elements(shape) > limits.ELEMENTS:
            raise PydanticCustomError(
                "input", "expected at most {most} numbers", {"most": limits.ELEMENTS}
            )
        return shape

    def changed(self, **fields: object) -> Self:
        """Return this network with some fields changed, and validated."""
        kept = {name: getattr(self, name) for name in self.model_fields_set}
        return sharing(self, type(self).model_validate({**kept, **fields}))


def children(layer: LayerSpec) -> tuple[Sequence[LayerSpec], ...]:
    """Return the lists of layers that a container holds; none for a leaf."""
    if isinstance(layer, Block):
        return (layer.layers,)
    if isinstance(layer, Parallel):
        return layer.branches
    return ()


def leaves_after_repetition(layers: Iterable[LayerSpec]) -> int:
    """Return how many layers run, each repetition counted, containers not."""
    total = 0
    for layer in layers:
        inner = children(layer)
        if not inner:
            total += 0 if isinstance(layer, (Block, Parallel)) else 1
            continue
        times = layer.repeat if isinstance(layer, Block) else 1
        total += times * sum(map(leaves_after_repetition, inner))
    return total


def rows_after_repetition(layers: Iterable[LayerSpec]) -> int:
    """Return how many rows a report has; a repetition of nothing counts as one."""
    total = 0
    for layer in layers:
        inner = sum(max(1, rows_after_repetition(one)) for one in children(layer))
        total += 1 + inner * (layer.repeat if isinstance(layer, Block) else 1)
    return total


def effective_names(layers: Sequence[LayerSpec]) -> list[str]:
    """Return what each layer of a list is called: its name, or `<type>_<n>`.

    n counts the layers of the type within the list, named ones too, from 1.
    """
    seen: Counter[str] = Counter()
    names = []
    for layer in layers:
        kind = layer.label if isinstance(layer, Broken) else layer.type
        seen[kind] += 1
        names.append(layer.name or f"{kind}_{seen[kind]}")
    return names


def same_name(name: str) -> str:
    """Return the form by which names are compared: NFKC, case folded."""
    if name.isascii():
        return name.lower()
    return compatible(name).casefold()


def visible(name: str) -> str:
    """Return a name without the blanks and fillers at its ends."""
    return name.strip(_UNSEEN)


def compatible(name: str) -> str:
    """Return a name in compatibility form, NFKC: a ligature becomes its letters."""
    return unicodedata.normalize("NFKC", name)


def document(network: Network) -> dict[str, object]:
    """Return a network as its JSON document, defaults left out."""
    found: dict[str, object] = {"format": network.format, "name": network.name}
    for key in ("title", "description", "source"):
        if (text := getattr(network, key)) is not None:
            found[key] = text
    found["input"] = list(network.input)
    found["layers"] = [layer_document(layer) for layer in network.layers]
    if network.parameters is not None:
        found["parameters"] = _plain(network.parameters)
    if network.expect:
        found["expect"] = list(network.expect)
    return found


def layer_document(layer: LayerSpec) -> object:
    """Return a layer as its JSON object, defaults left out."""
    if isinstance(layer, Broken):
        return layer.document
    found: dict[str, object] = {"type": layer.type}
    if layer.name is not None:
        found["name"] = layer.name
    fields = type(layer).model_fields
    for name, value in layer.own_fields().items():
        found[fields[name].alias or name] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, LayerSpec):
        return layer_document(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value
