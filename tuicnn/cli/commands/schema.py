"""`tuicnn schema`: the JSON Schema of the document."""

from __future__ import annotations

import json

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell_text
from tuicnn.core.schema import json_schema


@click.command(
    "schema",
    cls=ExampleCommand,
    examples=(("tuicnn schema > tuicnn.schema.json", "for an editor that completes"),),
)
def command() -> int:
    """Print the JSON Schema of the document."""
    tell_text(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
