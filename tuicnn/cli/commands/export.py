"""`tuicnn export`: the analysis, or a table or diagram of it, in other formats."""

from __future__ import annotations

import os
from collections.abc import Callable

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import narrate, tell_text
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.report import Report
from tuicnn.errors import UsageError
from tuicnn.files import shown, write_atomically
from tuicnn.interop.formats import FORMATS, format_of


@click.command(
    "export",
    cls=ExampleCommand,
    examples=(
        ("tuicnn export alexnet", "the whole analysis as JSON"),
        ("tuicnn export alexnet -o alexnet.md", "a table in Markdown"),
        ("tuicnn export unet --to mermaid", "a flow chart"),
    ),
)
@source_argument
@click.option("--to", "target", type=click.Choice(sorted(FORMATS)), help="The format.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write a file; its suffix chooses the format. “-” is standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(source: str, target: str | None, output: str | None, force: bool) -> int:
    """Write the analysis as json (the default), markdown, csv, mermaid."""
    write = _writer(target, output)
    report, status = report_of(source)
    text = write(report)
    if output is None or output == "-":
        tell_text(text)
        return status
    if os.path.lexists(output) and not force:
        raise UsageError(f"{shown(output)} is there already", "--force overwrites it")
    result = write_atomically(output, text.encode())
    narrate(f"wrote {shown(result.path)}")
    return status


def _writer(target: str | None, output: str | None) -> Callable[[Report], str]:
    if target is None and output not in (None, "-"):
        target = format_of(str(output))
        if target is None:
            raise UsageError(
                f"{shown(str(output))} has no suffix that names a format",
                f"add --to with one of {', '.join(sorted(FORMATS))}",
            )
    return FORMATS[target or "json"]
