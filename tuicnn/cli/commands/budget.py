"""`tuicnn budget`: what a network costs, and what would make it cheaper."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.cli.size import parse_count, parse_size
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.budget import Budget, Measure, proposals, sums
from tuicnn.core.explain.budget import explain_budget
from tuicnn.core.proposal import Proposal, consequence
from tuicnn.core.report import Report, Row


@click.command(
    "budget",
    cls=ExampleCommand,
    examples=(
        ("tuicnn budget lasagne-mnist", "where 217,706 parameters come from"),
        ("tuicnn budget lasagne-mnist --parameters 100000", "what to change for that"),
        ("tuicnn budget vgg16 --macs 5e9 --activations 40M", "two limits at once"),
    ),
)
@source_argument
@click.option("--parameters", metavar="N", callback=parse_count, help="At most.")
@click.option("--macs", metavar="N", callback=parse_count, help="At most, a sample.")
@click.option(
    "--activations",
    metavar="SIZE",
    callback=parse_size,
    help="Memory of all outputs of one sample, such as 4M.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    source: str,
    parameters: int | None,
    macs: int | None,
    activations: int | None,
    as_json: bool,
) -> int:
    """Show what costs how much, and edits that get under a budget."""
    report, status = report_of(source, quiet=not as_json)
    budget = Budget(parameters, macs, activations)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(_entries(report, budget)))
    else:
        tell(explain_budget(report, budget))
    return status


def _entries(report: Report, budget: Budget) -> dict[str, object]:
    return {
        "name": report.network.name,
        "valid": report.valid,
        "sums": {
            one.measure.key: {
                "total": one.total,
                "terms": [
                    {"path": term.path, "count": term.count} for term in one.ranked
                ],
            }
            for one in sums(report)
        },
        "limits": {measure.key: most for measure, most in budget.limits.items()},
        "exceeded": [measure.key for measure in budget.exceeded(report.totals)],
        "proposals": [_entry(report, one) for one in proposals(report, budget)],
    }


def _entry(report: Report, one: Proposal) -> dict[str, object]:
    would = consequence(report, one.edit)
    return {
        "title": one.title,
        **{measure.key: measure.of(would.after.totals) for measure in Measure},
        "layers": [
            {"before": _layer(pair.left), "after": _layer(pair.right)}
            for pair in would.changed
        ],
    }


def _layer(row: Row | None) -> dict[str, object] | None:
    if row is None:
        return None
    output = None if row.output is None else list(row.output)
    return {"path": row.path, "type": row.layer.type, "output_shape": output}
