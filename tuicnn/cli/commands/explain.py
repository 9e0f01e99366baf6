"""`tuicnn explain`: where each number comes from."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell
from tuicnn.cli.sources import LayerPathType, report_of, row_at, source_argument
from tuicnn.core.explain import explain_layer, explain_network


@click.command(
    "explain",
    cls=ExampleCommand,
    examples=(
        ("tuicnn explain alexnet fc6", "why 9216 inputs: the chain back to the input"),
        ("tuicnn explain lasagne-mnist", "the whole story: why 217,706 parameters"),
        ("tuicnn explain - < net.json", "a stack from standard input"),
    ),
)
@source_argument
@click.argument("layer_path", required=False, type=LayerPathType())
def command(source: str, layer_path: str | None) -> int:
    """Tell where each number comes from, back to the input.

    LAYER_PATH is the path of one layer, as `tuicnn summary` lists it.
    """
    report, status = report_of(source, quiet=True)
    if layer_path is None:
        tell(explain_network(report))
    else:
        tell(explain_layer(report, row_at(report, layer_path)))
    return status
