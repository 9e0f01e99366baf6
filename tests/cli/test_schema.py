"""`tuicnn schema`: the JSON Schema of the document."""

import json

from tests.program import answer
from tuicnn.core.layers import layer_types


def test_the_schema_is_json_and_knows_each_layer_type():
    schema = json.loads(answer("schema"))
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(layer_types()) <= set(schema["$defs"])
    assert set(schema["required"]) == {"format", "name", "input", "layers"}


def test_every_reference_of_the_schema_leads_to_a_definition():
    text = answer("schema")
    definitions = json.loads(text)["$defs"]
    references = [
        line.split('"')[3].removeprefix("#/$defs/")
        for line in text.splitlines()
        if '"$ref"' in line
    ]
    assert references
    assert set(references) <= set(definitions)
