"""`tuicnn convert`: the same layers written otherwise, with their weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuicnn.cli.arrays import require_room, write_arrays
from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import narrate, narrate_written, tell, tell_text
from tuicnn.cli.overwriting import refuse_existing
from tuicnn.cli.sources import LayerPathType, report_of, row_at, source_argument
from tuicnn.core.convert import (
    KINDS,
    Done,
    Kind,
    converted,
    converted_lines,
    kind_called,
    kinds_lines,
)
from tuicnn.core.explain.glossed import glossed
from tuicnn.core.report import Report
from tuicnn.errors import Exit, UsageError
from tuicnn.files import shown, write_atomically
from tuicnn.interop.document import to_document_text

if TYPE_CHECKING:  # NumPy is loaded when weights are, not for --help
    from tuicnn.preview.run import Forward

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    "convert",
    cls=ExampleCommand,
    examples=(
        ("tuicnn convert resnet18", "the kinds of conversion, and where there is room"),
        ("tuicnn convert fully-connected linear-to-conv", "what it would change"),
        (
            "tuicnn convert fully-connected linear-to-conv --measure",
            "run both networks: how far apart are the outputs?",
        ),
        ("tuicnn convert vgg16-bn fold-norm -o folded.json", "write the document"),
    ),
)
@source_argument
@click.argument(
    "kind",
    required=False,
    metavar="[KIND]",
    type=click.Choice([kind.name for kind in KINDS]),
)
@click.argument("layer_path", required=False, type=LayerPathType())
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the document. “-” is standard output.",
)
@click.option("--weights", type=_FILE, help="A .npz or .safetensors file.")
@click.option("--weights-out", type=_FILE, help="Write the weights that follow.")
@click.option("--measure", is_flag=True, help="Run both, and compare the outputs.")
@click.option("--seed", default=0, type=click.IntRange(0), help="Of input and weights.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(
    source: str,
    kind: str | None,
    layer_path: str | None,
    output: str | None,
    weights: Path | None,
    weights_out: Path | None,
    measure: bool,
    seed: int,
    force: bool,
) -> int:
    """Write layers otherwise: convolutions for linear layers, folded norms.

    Without a KIND it lists them. Without a LAYER_PATH every place is converted.
    """
    report, status = report_of(source)
    found = None if kind is None else kind_called(kind)
    if found is None:
        tell(glossed(kinds_lines(report)))
        return status
    if status is not Exit.OK:
        raise UsageError("a network with errors cannot be converted", "mend it first")
    refuse_existing(output, force)
    require_room([weights_out], force)
    done = _done(source, report, found, layer_path)
    if output == "-":
        tell_text(to_document_text(done[-1].after.network))
    else:
        tell(converted_lines(done, found))
    if measure or weights_out is not None:
        for line in _with_weights(done, weights, weights_out, measure, seed, force):
            if output == "-":
                narrate(line)
            else:
                tell([line])
    if output not in (None, "-"):
        text = to_document_text(done[-1].after.network)
        narrate_written(write_atomically(str(output), text.encode()))
    return status


def _done(source: str, report: Report, kind: Kind, path: str | None) -> list[Done]:
    if path is not None:
        path = row_at(report, path).path
    done = converted(report, kind, path)
    if not done:
        where = report.network.name if path is None else path
        raise UsageError(
            f"{where} has no room for {kind.name}: {kind.what}",
            f"`tuicnn convert {shown(source)}` lists what there is room for",
        )
    return done


def _with_weights(
    done: list[Done],
    weights: Path | None,
    out: Path | None,
    measure: bool,
    seed: int,
    force: bool,
) -> Iterator[str]:
    """Carry weights over, write them, compare the outputs; yield what was found."""
    from tuicnn.preview.recast import every_weight, recast_all
    from tuicnn.preview.run import Forward, Options
    from tuicnn.preview.storing import weights_writer
    from tuicnn.preview.weightfiles import load

    before, after = done[0].before.network, done[-1].after.network
    options = Options(seed, exact=True, statistics=False)
    if out is not None:
        weights_writer(out, Forward(after, options).weights)  # before all is computed
    first = Forward(before, options)
    if weights is not None:
        first = Forward(before, options, load(weights, first.plan))
    first.admit()
    held = every_weight(first)
    made = recast_all(held, done)
    other = Forward(after, options, made)
    other.admit()
    fresh = [key for key, _, _ in other.plan.tensors() if key not in made]
    if fresh:
        yield f"{len(fresh)} tensors are new, and random: they must be learnt."
    if out is not None:
        write_arrays(out, weights_writer(out, other.weights), force)
    if measure:
        yield from _measured(first, other)


def _measured(first: Forward, other: Forward) -> Iterator[str]:
    from tuicnn.preview.recast import difference_of

    found = difference_of(first, other)
    if found is None:
        yield "The outputs have unequally many numbers: nothing can be compared."
        return
    yield (
        f"Forward pass: of {found.values:,} outputs, up to {found.scale:.3g} in size, "
        f"the largest difference is {found.largest:.2g}."
    )
