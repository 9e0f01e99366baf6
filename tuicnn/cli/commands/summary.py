"""`tuicnn summary`: the layer table with totals."""

from __future__ import annotations

import shutil
import sys

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.interop.summary import summary


@click.command(
    "summary",
    cls=ExampleCommand,
    examples=(
        ("tuicnn summary resnet50", "its layers, shapes, parameters and MACs"),
        ("tuicnn summary - < net.json", "the same of a document on standard input"),
    ),
)
@source_argument
def command(source: str) -> int:
    """Print the layers: shapes, parameters, MACs, and the totals."""
    report, status = report_of(source)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    tell(summary(report, width))
    return status
