"""`tuicnn preview`: the forward pass that confirms each dimension."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tuicnn.cli.arrays import require_room
from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import narrate, tell, tell_text
from tuicnn.cli.size import parse_size
from tuicnn.cli.sources import report_of, source_argument
from tuicnn.core.derivation import spelled
from tuicnn.core.report import Report
from tuicnn.core.shapes import spell
from tuicnn.core.wording import bytes_spelled
from tuicnn.errors import Exit
from tuicnn.interop.columns import columns
from tuicnn.interop.oneline import one_line

if TYPE_CHECKING:  # NumPy is loaded when a pass is made, not for --help
    from tuicnn.cli.forward import Outcome
    from tuicnn.preview.confirm import Confirmation

_HEADER: Final = (
    "  Layer",
    "Output",
    "Parameters",
    "ms",
    "mean",
    "std",
    "min",
    "max",
)
_SHOWN: Final = 16
"""Values of an output that are written out."""

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    "preview",
    cls=ExampleCommand,
    examples=(
        ("tuicnn preview lasagne-mnist", "confirm every shape and parameter count"),
        ("tuicnn preview vgg16 --seed 1 --batch 4", "other weights, four samples"),
        ("tuicnn preview matlab-2-6-1 --input x.npy", "an input of your own"),
        ("tuicnn preview lenet5 --save-weights lenet5.npz", "keep what was used"),
        ("tuicnn preview lenet5 --output y.npy --force", "replace an older y.npy"),
    ),
)
@source_argument
@click.option("--seed", default=0, type=click.IntRange(0), help="Of weights and input.")
@click.option("--batch", default=1, type=click.IntRange(1, 65536), help="Samples.")
@click.option("--input", "input_", type=FILE, help="A .npy file, or an image.")
@click.option("--weights", type=FILE, help="A .npz or .safetensors file.")
@click.option("--output", type=FILE, help="Write the last layer's values (.npy).")
@click.option(
    "--save-weights", type=FILE, help="Write the weights (.npz, .safetensors)."
)
@click.option("--activations", type=FILE, help="Write each layer's values (.npz).")
@click.option("--memory-limit", metavar="SIZE", callback=parse_size, help="Such as 2G.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@click.option("--exact", is_flag=True, help="Only methods that round like a product.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    source: str,
    seed: int,
    batch: int,
    input_: Path | None,
    weights: Path | None,
    output: Path | None,
    save_weights: Path | None,
    activations: Path | None,
    memory_limit: int | None,
    force: bool,
    exact: bool,
    as_json: bool,
) -> int:
    """Send a tensor through the network and confirm each dimension."""
    report, status = report_of(source)
    if status is not Exit.OK:
        narrate("A network with errors cannot be run.")
        return status
    require_room((output, save_weights, activations), force)
    from tuicnn.cli.forward import Wishes, forward, save_output
    from tuicnn.preview.faults import Cancelled

    wishes = Wishes(
        seed,
        batch,
        exact,
        memory_limit,
        input_,
        weights,
        save_weights,
        activations,
        force,
    )
    try:
        outcome = forward(report, wishes)
    except Cancelled:
        raise KeyboardInterrupt from None
    if output is not None:
        save_output(output, outcome, force)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(outcome.entry()))
    else:
        tell(_lines(report, outcome))
    return Exit.OK if outcome.confirmed else Exit.INVALID


def _lines(report: Report, outcome: Outcome) -> Iterator[str]:
    """Yield what was seen of each row, then the verdict."""
    rows = [_cells(report, one) for one in outcome.confirmations]
    yield from columns(_HEADER, rows, "<<>>>>>>")
    yield ""
    disagreeing = [one for one in outcome.confirmations if not one.confirmed]
    for one in disagreeing:
        yield f"✗ {one}"
    if disagreeing:
        yield "Prediction and observation differ: this is a bug of tuicnn's."
    else:
        yield (
            f"✓ Every shape and parameter count is confirmed: {len(rows)} rows, "
            f"{outcome.trace.milliseconds:.0f} ms, at most "
            f"{bytes_spelled(outcome.trace.peak)} of memory."
        )
    odd = outcome.trace.first_not_finite
    if odd is not None:
        yield (
            f"! {odd.path} is the first layer with values that are no numbers: "
            f"{odd.nans:,} NaN, {odd.infinities:,} infinite."
        )
    if outcome.trace.output.size <= _SHOWN:
        values = ", ".join(f"{value:.7f}" for value in outcome.trace.output.flat)
        yield f"output: {values}".replace("-", "−")


def _cells(report: Report, one: Confirmation) -> tuple[str, ...]:
    seen = one.seen
    row = report.row(one.path)
    depth = 0 if row is None else row.depth
    shape = "?" if one.observed_shape is None else spell(one.observed_shape)
    mark = "✓" if one.confirmed else "✗"
    name = f"{mark} {'  ' * depth}{one_line(one.path.rpartition('.')[2])}"
    count = spelled(one.observed_count) if one.observed_count else ""
    if seen is None:
        return (name, shape, count, "", "", "", "", "")
    numbers = (seen.mean, seen.std, seen.minimum, seen.maximum)
    milliseconds = f"{seen.milliseconds:.1f}"
    return (name, shape, count, milliseconds, *map(_number, numbers))


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−") if math.isfinite(value) else "—"
