"""What a form shows of a layer or of the input: derived from their fields.

It never draws, and never changes anything: it returns edits.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import ValidationError

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.drafts import (
    MISSING,
    changed,
    choices,
    field_names,
    label,
    negative,
    required,
    typed,
    typed_value,
    value_of,
)
from tuicnn.core.edits import Describe, Edit, SetField, SetInput
from tuicnn.core.fieldhelp import help_text
from tuicnn.core.fieldproblems import field_problem
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import Network
from tuicnn.core.report import Row
from tuicnn.core.shapes import Shape

_TEXTS = ("name", "title", "description", "source")


class Entry(NamedTuple):
    """One field of a form.

    Attributes:
        field: Its name in the class.
        label: What it is called in documents.
        value: What it is set to.
        text: The same as somebody would type it.
        options: The values to choose from, if they are few.
        placeholder: What holds where it is empty.
        signed: Whether a number in it may be negative.
        needed: Whether it must be given.
        help: What it means.
    """

    field: str
    label: str
    value: object
    text: str
    options: tuple[object, ...] = ()
    placeholder: str = ""
    signed: bool = False
    needed: bool = False
    help: str = ""


def layer_form(layer: LayerSpec, row: Row | None) -> list[Entry]:
    """Return the fields of a layer."""
    kind = type(layer)
    return [
        Entry(
            name,
            label(kind, name),
            value := getattr(layer, name),
            typed(value),
            () if name == "name" else choices(kind, name),
            _empty(layer, name, row),
            name != "name" and negative(layer, name),
            required(kind.model_fields[name]),
            help_text(kind, name),
        )
        for name in field_names(layer)
    ]


def _empty(layer: LayerSpec, name: str, row: Row | None) -> str:
    """Return what holds for a field that is left empty."""
    info = type(layer).model_fields[name]
    if info.is_required():
        return ""
    default = info.default
    if name == "name":
        return "" if row is None else row.name
    if default is None and row is not None and row.inputs and row.inputs[0]:
        if name in ("in_channels", "num_features"):
            return f"{row.inputs[0][0]}, from above"
        if name == "in_features":
            return f"{row.inputs[0][-1]}, from above"
    return "left out" if default is None else typed(default)


def network_form(network: Network, last: bool) -> list[Entry]:
    """Return the fields of the input, and what is said about the network.

    Args:
        last: Whether the shape is written channels last.
    """
    shape = _turned(network.input, last)
    order = "channels last" if last else "channels first"
    entries = [
        Entry(
            "input",
            "input",
            network.input,
            typed(shape),
            needed=True,
            help=f"{help_text(Network, 'input')} Here: {order}.",
        )
    ]
    for name in _TEXTS:
        value = getattr(network, name)
        text = value or ""
        entries.append(Entry(name, name, value, text, help=help_text(Network, name)))
    return entries


def _turned(shape: Shape, last: bool) -> Shape:
    return (*shape[1:], shape[0]) if last and len(shape) > 1 else shape


def _turned_back(shape: Shape, last: bool) -> Shape:
    return (shape[-1], *shape[:-1]) if last and len(shape) > 1 else shape


def layer_edit(
    layer: LayerSpec, pointer: Pointer, entry: Entry, text: str, value: object
) -> Edit | str:
    """Return the edit that a text, or a choice, asks for; or what is wrong with it.

    Args:
        value: What was chosen; `MISSING` where something was typed.
    """
    if value is MISSING:
        value = typed_value(entry.field, text)
    new = changed(layer, entry.field, value)
    if isinstance(new, str):
        return new
    called = layer.name or layer.type
    return SetField(pointer, entry.field, value, entry.label, called)


def network_edit(network: Network, entry: Entry, text: str, last: bool) -> Edit | str:
    """Return the edit of the input or of a text that was typed, or what is wrong."""
    value: object = text.strip() or None
    if entry.field == "input":
        found = value_of(text)
        value = (found,) if isinstance(found, int) else found
        if isinstance(value, tuple):
            value = _turned_back(value, last)
        value = () if value is MISSING else value
    try:
        network.changed(**{entry.field: value})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        fields = {entry.field: value}
        return field_problem(Network, fields, entry.field, {**first}).message
    if entry.field == "input":
        assert isinstance(value, tuple)
        return SetInput(value)
    return Describe(entry.field, value if isinstance(value, str) else None)
