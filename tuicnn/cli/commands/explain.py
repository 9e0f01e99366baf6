"""`tuicnn explain`: where each number comes from."""

from __future__ import annotations

import sys

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell
from tuicnn.cli.sources import LayerPathType, report_of, row_at, source_argument
from tuicnn.core.explain import explain_layer, explain_network
from tuicnn.core.explain.glossed import glossed
from tuicnn.core.pasted import pasted, pasted_lines
from tuicnn.core.report import Report, Row
from tuicnn.core.why import SUMMED, chain_lines, number_called, numbers
from tuicnn.errors import UsageError
from tuicnn.files import STDIN


@click.command(
    "explain",
    cls=ExampleCommand,
    examples=(
        ("tuicnn explain alexnet fc6", "why 9216 inputs: the chain back to the input"),
        ("tuicnn explain lasagne-mnist", "the whole story: why 217,706 parameters"),
        ("tuicnn explain - < net.json", "a stack from standard input"),
        (
            "tuicnn explain alexnet pool5 --number height",
            "one number: its rule, its rounding, and its chain",
        ),
        (
            "tuicnn explain net.json --error - < traceback.txt",
            "a framework's error: which layer raises it, and the fix",
        ),
    ),
)
@source_argument
@click.argument("layer_path", required=False, type=LayerPathType())
@click.option(
    "--number",
    "name",
    metavar="NAME",
    help="One number alone: height, weight, macs, parameters, receptive field height.",
)
@click.option(
    "--depth",
    type=click.IntRange(0),
    help="How far up its chain goes; left out: to the input, a sum's to its terms.",
)
@click.option(
    "--error",
    metavar="TEXT",
    help="A shape error of PyTorch, Keras or ONNX Runtime; “-” reads it from stdin.",
)
def command(
    source: str,
    layer_path: str | None,
    name: str | None,
    depth: int | None,
    error: str | None,
) -> int:
    """Tell where each number comes from, back to the input.

    LAYER_PATH is the path of one layer, as `tuicnn summary` lists it. With --number it
    may be left out, too: then the number is the network's.
    """
    if error is not None and (layer_path or name):
        raise UsageError("--error goes without a LAYER_PATH and without --number")
    report, status = report_of(source, quiet=True)
    if error is not None:
        found = pasted(report, _message(source, error))
        tell(glossed(pasted_lines(report, found)))
        return status
    row = None if layer_path is None else row_at(report, layer_path)
    if name is not None:
        tell(glossed(_one_number(report, row, name, depth)))
    elif row is None:
        tell(glossed(explain_network(report)))
    else:
        tell(glossed(explain_layer(report, row)))
    return status


def _message(source: str, error: str) -> str:
    """Return the message that was pasted."""
    if error != STDIN:
        return error
    if source == STDIN:
        raise UsageError("only one of SOURCE and --error can be standard input")
    return sys.stdin.buffer.read().decode(errors="replace")


def _one_number(
    report: Report, row: Row | None, name: str, depth: int | None
) -> list[str]:
    """Return the chain of the number that a person means."""
    found = number_called(report, row, name)
    if found is None:
        whose = "the network" if row is None else row.path
        known = [one.quantity for one in numbers(report, row)]
        hint = f"Ask for one of: {', '.join(known)}" if known else "Nothing arrives."
        raise UsageError(f"{whose} has no number “{name}”", hint)
    summed = found.quantity in SUMMED and (row is None or row.container)
    if depth is None and (summed or found.quantity == "peak activation bytes"):
        depth = 1
    return chain_lines(report, found, depth)
