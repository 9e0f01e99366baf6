"""`tuicnn ledger`: the pixels that padding adds, and those that strides leave out."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.explain.glossed import glossed
from tuicnn.core.explain.ledger import explain_ledger
from tuicnn.core.ledger import Entry, Ledger, ledger


@click.command(
    "ledger",
    cls=ExampleCommand,
    examples=(
        ("tuicnn ledger squeezenet1-0", "the last row and column are never read"),
        ("tuicnn ledger unet", "what its crops cut off, in pixels of the input"),
    ),
)
@source_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(source: str, as_json: bool) -> int:
    """Show rows and columns that are added, left out, or never seen."""
    report, status = report_of(source)
    found = ledger(report)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(_entry(found)))
    else:
        tell(glossed(explain_ledger(found)))
    return status


def _entry(found: Ledger) -> dict[str, object]:
    return {
        "name": found.report.network.name,
        "input": list(found.report.network.input),
        "layers": [_line(one) for one in found.entries],
        "never_reaches_the_output": None
        if found.never is None
        else [
            {
                "axis": one.axis,
                "size": one.size,
                "count": one.count,
                "spans": [list(span) for span in one.spans],
            }
            for one in found.never
        ],
        "exact": found.exact,
    }


def _line(one: Entry) -> dict[str, object]:
    return {
        "path": one.path,
        "axis": one.axis,
        "size": one.size,
        "padding": list(one.added),
        "cut": list(one.cut),
        "dropped": one.dropped,
        "dropped_padding": one.idle,
        "overhang": one.overhang,
        "effective_stride": float(one.stride),
        "dropped_pixels": float(one.lost_here),
        "padding_pixels_so_far": float(one.padded),
        "dropped_pixels_so_far": float(one.lost),
    }
