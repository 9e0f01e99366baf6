"""`tuicnn compare`: two networks side by side."""

from __future__ import annotations

import shutil
import sys

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell
from tuicnn.cli.sources import SourceType, report_of
from tuicnn.core.compare import compare
from tuicnn.interop.comparison import comparison_lines


@click.command(
    "compare",
    cls=ExampleCommand,
    examples=(
        (
            "tuicnn compare strided-vs-pooled-a strided-vs-pooled-b",
            "stride 2, or stride 1 and a pool: what differs?",
        ),
        ("tuicnn compare vgg16 vgg16-bn", "what batch norm adds"),
    ),
)
@click.argument("a", type=SourceType())
@click.argument("b", type=SourceType())
def command(a: str, b: str) -> int:
    """Show two networks layer by layer and in total."""
    left, first = report_of(a)
    right, second = report_of(b)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    tell(comparison_lines(compare(left, right), width))
    return max(first, second)
