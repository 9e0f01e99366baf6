"""`tuicnn presets`: what there is to open."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.cli.sources import opened
from tuicnn.core.derivation import spelled
from tuicnn.core.shapes import spell
from tuicnn.interop.columns import columns
from tuicnn.presets import names


@click.command(
    "presets",
    cls=ExampleCommand,
    examples=(("tuicnn presets", "list them"), ("tuicnn presets --json", "as JSON")),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> int:
    """List the presets: name, input, layers, parameters, MACs."""
    found = [(name, opened(name).report) for name in names()]
    reports = [(name, report) for name, report in found if report is not None]
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        entries = [
            {
                "name": name,
                "title": report.network.title,
                "input_shape": list(report.network.input),
                "output_shape": None if report.output is None else list(report.output),
                "layers": report.totals.layers,
                "parameters": report.totals.parameters,
                "macs": report.totals.macs,
            }
            for name, report in reports
        ]
        tell_text(to_text(entries))
        return 0
    rows = [
        (
            name,
            spell(report.network.input),
            spelled(report.totals.layers),
            spelled(report.totals.parameters),
            spelled(report.totals.macs),
        )
        for name, report in reports
    ]
    tell(columns(("Preset", "Input", "Layers", "Parameters", "MACs"), rows, "<<>>>"))
    return 0
