"""The JSON Schema of a document, derived from the layer classes.

It never lists a field by hand.
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel

from tuicnn.core.fieldhelp import help_text
from tuicnn.core.fields import REFERENCE, JsonSchema
from tuicnn.core.layers import layer_types
from tuicnn.core.network import Network

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> JsonSchema:
    """Return the JSON Schema (draft 2020-12) of a tuicnn/1 document."""
    layers = layer_types()
    definitions: dict[str, object] = {
        name: _model_schema(kind, required=["type"]) for name, kind in layers.items()
    }
    definitions["layer"] = {
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in layers],
        "discriminator": {"propertyName": "type"},
    }
    definitions["values"] = {
        "anyOf": [
            {"type": "number"},
            {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/values"}},
        ]
    }
    document = _model_schema(Network, required=["format"])
    linked = _linked({"$schema": _DIALECT, **document, "$defs": definitions})
    assert isinstance(linked, dict)
    return linked


def _linked(value: object) -> object:
    """Return a schema whose references point at its definitions."""
    if isinstance(value, list):
        return [_linked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if REFERENCE in value:
        return {"$ref": f"#/$defs/{value[REFERENCE]}"}
    return {key: _linked(one) for key, one in value.items()}


def _model_schema(kind: type[BaseModel], required: list[str]) -> JsonSchema:
    schema: JsonSchema = dict(kind.model_json_schema(by_alias=True))
    properties = schema["properties"]
    assert isinstance(properties, dict)
    for field, described in properties.items():
        if text := help_text(kind, field):
            described["description"] = text
        described.pop("title", None)
    already = schema.get("required", [])
    assert isinstance(already, list)
    schema["required"] = [*required, *already]
    schema["description"] = (kind.__doc__ or "").strip()
    schema["additionalProperties"] = False
    return schema
