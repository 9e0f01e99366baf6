"""`tuicnn symbolic`: each size as a formula of the input's."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.explain.symbolic import condition_told, explain_symbolic
from tuicnn.core.symbolic import BATCH, Symbolic, spell_formula, symbolic


@click.command(
    "symbolic",
    cls=ExampleCommand,
    examples=(
        ("tuicnn symbolic alexnet", "height and width behind each layer, of any H×W"),
        ("tuicnn symbolic unet", "sizes that its skips can join"),
    ),
)
@source_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(source: str, as_json: bool) -> int:
    """Show each size as a formula of the input's, and where it holds."""
    report, status = report_of(source)
    found = symbolic(report.network)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(_entry(found)))
    else:
        tell(explain_symbolic(found))
    return status


def _entry(found: Symbolic) -> dict[str, object]:
    first, *spatial = found.letters
    channels = str(found.network.input[0]) if first is None else first
    return {
        "name": found.network.name,
        "input": [BATCH, channels, *spatial],
        "layers": [
            {
                "path": row.path,
                "type": row.layer.type,
                "container": row.container,
                "output": None
                if row.output is None
                else [BATCH, *map(spell_formula, row.output)],
                "parameters": {
                    name: list(map(spell_formula, sizes)) for name, sizes in row.tensors
                },
            }
            for row in found.rows
        ],
        "named": {one.letter: spell_formula(one.formula) for one in found.named},
        "domain": {
            "sizes": {
                one.letter: {
                    "least": one.least,
                    "most": one.most,
                    "period": one.period,
                    "remainders": list(one.remainders),
                }
                for one in found.domain.sizes
            },
            "conditions": [condition_told(one) for one in found.domain.others],
        },
    }
