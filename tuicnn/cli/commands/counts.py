"""`tuicnn counts`: MACs and FLOPs as other programs count them."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.counts import Count, counts
from tuicnn.core.explain.counts import explain_counts
from tuicnn.core.explain.glossed import glossed
from tuicnn.core.report import Report


@click.command(
    "counts",
    cls=ExampleCommand,
    examples=(
        ("tuicnn counts resnet50", "why thop, ptflops and fvcore do not agree"),
        ("tuicnn counts dcgan-generator", "four times as many, where it is transposed"),
        ("tuicnn counts net.json --json", "as JSON"),
    ),
)
@source_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(source: str, as_json: bool) -> int:
    """Show MACs and FLOPs as other programs count them, and why."""
    report, status = report_of(source, quiet=not as_json)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(_entries(report)))
    else:
        tell(glossed(explain_counts(report)))
    return status


def _entries(report: Report) -> dict[str, object]:
    return {
        "name": report.network.name,
        "valid": report.valid,
        "macs": report.totals.macs,
        "tools": [_entry(one) for one in counts(report)],
    }


def _entry(count: Count) -> dict[str, object]:
    return {
        "name": count.tool.name,
        "version": count.tool.version,
        "unit": count.tool.unit,
        "total": count.total,
        "complete": count.complete,
        "differences": [
            {"reason": one.reason, "count": one.count, "layers": list(one.paths)}
            for one in count.differences
        ],
    }
