"""From a JSON value to a network: every problem at once, nothing thrown away.

It never touches a file, and never looks at shapes. A layer that cannot be read stays in
its place as `Broken`, so that `check` can go on around it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from tuicnn.core import jsontext, limits
from tuicnn.core.diagnostics import Code, Diagnostic, Pointer
from tuicnn.core.fieldproblems import field_problem, shown, type_hint
from tuicnn.core.formats import format_problem, not_a_document
from tuicnn.core.jsonplace import Places
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import layer_types
from tuicnn.core.layers.broken import broken, label_of, name_of
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.network import Network

M = TypeVar("M", bound=BaseModel)

_CONTAINERS: Final = frozenset(("block", "parallel"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: a network, as far as there is one, and what is wrong with it.

    Attributes:
        more: Whether more is wrong with it than these problems.
    """

    network: Network | None
    problems: tuple[Diagnostic, ...] = ()
    more: bool = False


def read_text(text: str) -> Reading:
    """Return the network in a JSON text; problems know their line and column."""
    try:
        value = jsontext.parse(text)
    except jsontext.JsonError as error:
        problem = Diagnostic(
            Code.JSON_SYNTAX,
            "",
            None,
            (),
            error.message,
            error.hint,
            line=error.line,
            column=error.column,
        )
        return Reading(None, (problem,))
    reading = read_value(value)
    return replace(reading, problems=located(reading.problems, text))


def located(problems: Iterable[Diagnostic], text: str) -> tuple[Diagnostic, ...]:
    """Return problems with their line and column in the text they came from."""
    places = Places(text)
    found = []
    for problem in problems:
        place = None
        if problem.line is None:
            key = problem.code is Code.UNKNOWN_KEY
            place = places.find(problem.pointer, key=key)
        found.append(problem if place is None else problem.at(*place))
    return tuple(found)


def read_value(value: object) -> Reading:
    """Return the network in a JSON value."""
    if not isinstance(value, dict):
        return Reading(None, (not_a_document(value),))
    other = format_problem(value)
    if other is not None:
        return Reading(None, (other,))
    reader = _Reader()
    fields = {key: _frozen(one) for key, one in value.items() if key != "layers"}
    if "layers" in value:
        fields["layers"] = reader.layers(value["layers"], "", ("layers",), 0)
    network = None if reader.full else reader.model(Network, fields, "", ())
    problems = tuple(reader.problems[: limits.DIAGNOSTICS])
    return Reading(network, problems, len(reader.problems) > limits.DIAGNOSTICS)


class _Reader:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self.leaves = 0
        self.rows = 0
        self.full = False

    def layers(
        self, value: object, prefix: str, pointer: Pointer, depth: int
    ) -> object:
        """Return a JSON list of layers as layers; what is no list as it is."""
        if not isinstance(value, list):
            return value
        if depth > limits.NESTING:
            self._too_large(
                pointer,
                f"Containers stand {depth} deep in one another; {limits.NESTING} is "
                "the limit.",
            )
            return ()
        if self.rows + len(value) > limits.ROWS:  # no need to look at any of them
            self._overflow(pointer)
            return ()
        found = []
        for number, (one, name) in enumerate(zip(value, _names(value), strict=True)):
            self.rows += 1
            self.leaves += label_of(one) not in _CONTAINERS
            if self.leaves > limits.LAYERS:
                self._overflow((*pointer, number))
            if self.full:
                break
            found.append(self._layer(one, prefix + name, (*pointer, number), depth))
        return tuple(found)

    def _overflow(self, pointer: Pointer) -> None:
        """Tell, once, that there are too many layers; nothing more is read."""
        if not self.full:
            self._too_large(
                pointer,
                f"The document has more than {limits.LAYERS:,} layers, or more than "
                f"{limits.ROWS:,} with their containers; these are the limits.",
            )
        self.full = True

    def _layer(
        self, value: object, path: str, pointer: Pointer, depth: int
    ) -> LayerSpec:
        if len(self.problems) > limits.DIAGNOSTICS:  # that there are more is known
            return broken(value)
        if not isinstance(value, dict):
            self._add(
                Code.INVALID_VALUE,
                path,
                None,
                pointer,
                f'A layer is an object such as {{"type": "relu"}}. Received: '
                f"{shown(value)}.",
                "Each entry of “layers” is such an object.",
            )
            return broken(value)
        kind = self._kind(value, path, pointer)
        if kind is None:
            return broken(value)
        fields = {key: _frozen(one) for key, one in value.items()}
        if kind is Block and "layers" in value:
            fields["layers"] = self.layers(
                value["layers"], f"{path}.", (*pointer, "layers"), depth + 1
            )
        elif kind is Parallel and isinstance(value.get("branches"), list):
            fields["branches"] = tuple(
                self.layers(
                    branch,
                    f"{path}.{number}.",
                    (*pointer, "branches", number),
                    depth + 1,
                )
                for number, branch in enumerate(value["branches"])
            )
        layer = self.model(kind, fields, path, pointer)
        return broken(value) if layer is None else layer

    def _kind(
        self, value: dict[str, object], path: str, pointer: Pointer
    ) -> type[LayerSpec] | None:
        known = layer_types()
        if "type" not in value:
            self._add(
                Code.MISSING_KEY,
                path,
                "type",
                pointer,
                "The layer has no “type”.",
                'Say what it is: "type": "conv2d".',
            )
            return None
        found = value["type"]
        if isinstance(found, str) and found in known:
            return known[found]
        self._add(
            Code.UNKNOWN_TYPE,
            path,
            "type",
            (*pointer, "type"),
            f"There is no layer type {shown(found)}.",
            type_hint(found),
        )
        return None

    def model(
        self, kind: type[M], fields: dict[str, object], path: str, pointer: Pointer
    ) -> M | None:
        """Return a validated model, or None and its problems."""
        try:
            return kind.model_validate(fields, by_alias=True, by_name=False)
        except ValidationError as error:
            merged: dict[str, dict[str, object]] = {}
            for one in error.errors(include_url=False):
                # A union reports each of its members: the first names the field.
                place = str(one["loc"][0]) if one["loc"] else ""
                merged.setdefault(place, {**one})
            for place, details in merged.items():
                if len(self.problems) > limits.DIAGNOSTICS:
                    break  # that there are more is known
                wrong = field_problem(kind, fields, place, details)
                self._add(
                    wrong.code,
                    path,
                    place,
                    (*pointer, *wrong.within),
                    wrong.message,
                    wrong.hint,
                )
            return None

    def _too_large(self, pointer: Pointer, message: str) -> None:
        self._add(Code.TOO_LARGE, "", None, pointer, message, "Split the network.")

    def _add(
        self,
        code: Code,
        path: str,
        field: str | None,
        pointer: Pointer,
        message: str,
        hint: str,
    ) -> None:
        if len(self.problems) <= limits.DIAGNOSTICS:
            self.problems.append(Diagnostic(code, path, field, pointer, message, hint))


def _names(layers: list[object]) -> Iterator[str]:
    """Yield what each JSON layer is called, readable or not."""
    seen: Counter[str] = Counter()
    for layer in layers:
        kind = label_of(layer)
        seen[kind] += 1
        yield name_of(layer) or f"{kind}_{seen[kind]}"


def _frozen(value: object) -> object:
    """Return a JSON value with lists as tuples, which strict models take."""
    if isinstance(value, list):
        return tuple(_frozen(one) for one in value)
    return value
