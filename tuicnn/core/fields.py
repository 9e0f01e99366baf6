"""The kinds of value a layer's fields take, each with its bounds and its JSON Schema.

It never looks at a shape: what fits where is the layers' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeGuard

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tuicnn.core import limits

Words = Literal["valid", "same"]
PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]

Size = int | tuple[int, ...]
"""One integer for every spatial axis, or one each."""

Edges = int | tuple[int, ...] | tuple[tuple[int, int], ...]
"""Cells at both ends of every axis, of each axis, or at each end of each axis."""

JsonSchema = dict[str, object]

REFERENCE: Final = "x-definition"
"""Stands for `$ref` until `schema` has all definitions together: Pydantic, which sees
one class at a time, refuses references out of it."""


def is_integer(value: object) -> TypeGuard[int]:
    """Whether a value is an integer in the sense of JSON: `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_list(value: object, most: int) -> TypeGuard[Sequence[object]]:
    """Whether a value is a list of 1 to `most` entries."""
    return isinstance(value, (list, tuple)) and 1 <= len(value) <= most


class Kind:
    """A kind of value: what it takes, and what JSON Schema says of it."""

    __slots__ = ()

    def validate(self, value: object) -> object:
        """Return the value as fields keep it, or refuse it."""
        raise NotImplementedError

    def json_schema(self) -> JsonSchema:
        """Return the JSON Schema of such a value."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        return self.json_schema()


@dataclass(frozen=True, slots=True)
class PerAxis(Kind):
    """One integer, or a list with one integer for each spatial axis.

    Attributes:
        minimum: The least value of each.
        maximum: The greatest value of each.
        optional: Whether an entry of the list may be null.
    """

    minimum: int
    maximum: int
    optional: bool = False

    def json_schema(self) -> JsonSchema:
        """Return the JSON Schema of such a value."""
        one = {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}
        item = {"anyOf": [one, {"type": "null"}]} if self.optional else one
        many = {"type": "array", "items": item, "minItems": 1, "maxItems": 3}
        return {"anyOf": [one, many]}

    def validate(self, value: object) -> object:
        """Return the value with lists as tuples, or refuse it."""
        if self._fits(value):
            return value
        if is_list(value, limits.AXES) and all(
            self._fits(one) or (self.optional and one is None) for one in value
        ):
            return tuple(value)
        raise PydanticCustomError(
            "per_axis",
            "expected a whole number from {minimum} to {maximum}, or a list with one "
            "for each spatial axis",
            {"minimum": self.minimum, "maximum": self.maximum},
        )

    def _fits(self, value: object) -> bool:
        return is_integer(value) and self.minimum <= value <= self.maximum


@dataclass(frozen=True, slots=True)
class PerEdge(Kind):
    """Cells at the ends of each axis, as `padding` and `cropping` take them.

    Attributes:
        minimum: The least value; negative padding crops.
        words: Whether "valid" and "same" are taken.
    """

    minimum: int = 0
    words: bool = False

    def json_schema(self) -> JsonSchema:
        """Return the JSON Schema of such a value."""
        one = {"type": "integer", "minimum": self.minimum, "maximum": limits.WINDOW}
        pair = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        choices: list[JsonSchema] = [
            one,
            {"type": "array", "items": one, "minItems": 1, "maxItems": 6},
            {"type": "array", "items": pair, "minItems": 1, "maxItems": 3},
        ]
        if self.words:
            choices.append({"enum": ["valid", "same"]})
        return {"anyOf": choices}

    def validate(self, value: object) -> object:
        """Return the value with lists as tuples, or refuse it."""
        if self._fits(value) or (self.words and value in ("valid", "same")):
            return value
        if is_list(value, limits.AXES):
            if all(map(self._fits, value)):
                return tuple(value)
            pairs = [pair for pair in value if is_list(pair, 2) and len(pair) == 2]
            if len(pairs) == len(value) and all(
                self._fits(cells) for pair in pairs for cells in pair
            ):
                return tuple(map(tuple, pairs))
        raise PydanticCustomError(
            "per_edge",
            "expected a whole number from {minimum} to {maximum}, a list with one for "
            "each spatial axis, or a pair [begin, end] for each axis{words}",
            {
                "minimum": self.minimum,
                "maximum": limits.WINDOW,
                "words": ', "valid" or "same"' if self.words else "",
            },
        )

    def _fits(self, value: object) -> bool:
        return is_integer(value) and self.minimum <= value <= limits.WINDOW


@dataclass(frozen=True, slots=True)
class Integers(Kind):
    """A list of integers, such as a shape or an order of axes.

    Attributes:
        minimum: The least value of each.
        alone: Whether one integer may stand without a list.
    """

    minimum: int
    alone: bool = False

    def json_schema(self) -> JsonSchema:
        """Return the JSON Schema of such a value."""
        one: JsonSchema = {
            "type": "integer",
            "minimum": self.minimum,
            "maximum": limits.ELEMENTS,
        }
        many: JsonSchema = {
            "type": "array",
            "items": one,
            "minItems": 1,
            "maxItems": limits.AXES + 1,
        }
        return {"anyOf": [one, many]} if self.alone else many

    def validate(self, value: object) -> object:
        """Return the value with lists as tuples, or refuse it."""
        if self.alone and self._fits(value):
            return (value,)
        if is_list(value, limits.AXES + 1) and all(map(self._fits, value)):
            return tuple(value)
        raise PydanticCustomError(
            "integers",
            "expected {alone}a list of 1 to {most} whole numbers, each at least "
            "{minimum}",
            {
                "alone": "a whole number or " if self.alone else "",
                "most": limits.AXES + 1,
                "minimum": self.minimum,
            },
        )

    def _fits(self, value: object) -> bool:
        return is_integer(value) and self.minimum <= value <= limits.ELEMENTS


Channels = Annotated[int, Field(ge=1, le=limits.CHANNELS)]
Features = Annotated[int, Field(ge=1, le=limits.ELEMENTS)]
Count = Annotated[int, Field(ge=1, le=limits.LAYERS)]
Axis = Annotated[int, Field(ge=-limits.AXES, le=limits.AXES)]
Probability = Annotated[float, Field(ge=0, le=1)]
Window = Annotated[Size, PerAxis(1, limits.WINDOW)]
Padding = Annotated[Edges | Words, PerEdge(words=True)]
OutputPadding = Annotated[Size, PerAxis(0, limits.WINDOW)]
OutputSize = Annotated[
    int | tuple[int | None, ...], PerAxis(1, limits.INPUT_SIZE, optional=True)
]
Extents = Annotated[tuple[int, ...], Integers(1, alone=True)]
Factor = Annotated[int, Field(ge=1, le=limits.WINDOW)]
