"""`tuicnn export`: the analysis, or a table or diagram of it, in other formats."""

from __future__ import annotations

from collections.abc import Callable

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import narrate_written, tell_text
from tuicnn.cli.overwriting import refuse_existing
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.report import Report
from tuicnn.errors import Exit, UsageError
from tuicnn.files import shown, write_atomically
from tuicnn.interop.analysis import to_json
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
@click.option("--with-preview", is_flag=True, help="Add the forward pass to the JSON.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(
    source: str,
    target: str | None,
    output: str | None,
    with_preview: bool,
    force: bool,
) -> int:
    """Write the analysis as json (the default), markdown, csv, mermaid."""
    write = _writer(target, output)
    report, status = report_of(source)
    if with_preview:
        text, status = _with_preview(report, status, write)
    else:
        text = write(report)
    if output is None or output == "-":
        tell_text(text)
        return status
    refuse_existing(output, force)
    narrate_written(write_atomically(output, text.encode()))
    return status


def _with_preview(
    report: Report, status: Exit, write: Callable[[Report], str]
) -> tuple[str, Exit]:
    """Return the analysis with a forward pass, which may disagree."""
    if write is not FORMATS["json"]:
        raise UsageError("--with-preview goes with JSON only")
    if status is not Exit.OK:
        raise UsageError("a network with errors cannot be run", "mend it first")
    from tuicnn.cli.forward import Wishes, forward  # NumPy is loaded for it alone

    outcome = forward(report, Wishes())
    found = Exit.OK if outcome.confirmed else Exit.INVALID
    return to_json(report, outcome.entry()), found


def _writer(target: str | None, output: str | None) -> Callable[[Report], str]:
    if target is None and output not in (None, "-"):
        target = format_of(str(output))
        if target is None:
            raise UsageError(
                f"{shown(str(output))} has no suffix that names a format",
                f"add --to with one of {', '.join(sorted(FORMATS))}",
            )
    return FORMATS[target or "json"]
