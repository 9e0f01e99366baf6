"""`tuicnn inputs`: which input sizes a network takes."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import tell, tell_text
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.explain.glossed import glossed
from tuicnn.core.explain.inputs import explain_inputs
from tuicnn.core.inputs import Choice, ValidInputs, valid_inputs
from tuicnn.core.symbolic import Sizes


@click.command(
    "inputs",
    cls=ExampleCommand,
    examples=(
        ("tuicnn inputs alexnet-torchvision", "the smallest image is 63×63: why?"),
        ("tuicnn inputs alexnet", "sizes that lose no pixel, and that fit the weights"),
    ),
)
@source_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(source: str, as_json: bool) -> int:
    """Show which input sizes a network takes, and which lose no pixel."""
    report, status = report_of(source)
    found = valid_inputs(report)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(_entry(found)))
    else:
        tell(glossed(explain_inputs(found)))
    return status


def _entry(found: ValidInputs) -> dict[str, object]:
    smallest, base = found.smallest, found.base
    return {
        "name": found.report.network.name,
        "input": list(found.report.network.input),
        "found_around": None if base is None else list(base),
        "smallest": None if smallest is None else list(smallest),
        "any_size": found.base is not None and found.fixing is None,
        "fixed_by": None if found.fixing is None else found.fixing.path,
        "axes": [_choice(one) for one in found.axes],
        "square": None if found.square is None else _choice(found.square),
    }


def _choice(one: Choice) -> dict[str, object]:
    refusal = one.refusal
    return {
        "axes": list(one.axes),
        "size": one.size,
        "least": one.least,
        "set_by": None
        if refusal is None
        else {
            "path": refusal.path,
            "code": refusal.code.code,
            "message": refusal.message,
        },
        "legal": _sizes(one.sizes),
        "lossless": {**_sizes(one.lossless), "near": list(one.near)},
        "same_weights": {**_sizes(one.trained), "by": one.trained_by or None},
    }


def _sizes(sizes: Sizes) -> dict[str, object]:
    return {
        "least": sizes.smallest,
        "most": sizes.most,
        "period": sizes.period,
        "remainders": list(sizes.remainders),
    }
