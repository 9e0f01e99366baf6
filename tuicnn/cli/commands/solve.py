"""`tuicnn solve`: the edits that reach an output shape exactly."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import complain, narrate, tell, tell_text
from tuicnn.cli.overwriting import refuse_existing
from tuicnn.cli.sources import LayerPathType, report_of, row_at, source_argument
from tuicnn.core.report import Report, Row
from tuicnn.core.solve import LIMIT, Answer, Solution, mirror, parse_target, solve
from tuicnn.errors import Exit, UsageError
from tuicnn.files import shown, write_atomically
from tuicnn.interop.solution import solution_entry, solution_lines


@click.command(
    "solve",
    cls=ExampleCommand,
    examples=(
        (
            'tuicnn solve image-to-map --target "[1,100,50]"',
            "how do I get one map of 100×50?",
        ),
        ("tuicnn solve lenet5 s2 --target _x10x10", "the layer s2; its channels stay"),
        (
            "tuicnn solve vgg16 conv3_1 --target halve",
            "half of what enters it, rounded up",
        ),
        (
            "tuicnn solve lenet5 s4 --target 'size of c1' --apply 1 -o net.json",
            "as large as c1; write the first answer",
        ),
        ("tuicnn solve lenet5 s4 --mirror", "the decoder that leads back to the input"),
    ),
)
@source_argument
@click.argument("layer_path", required=False, type=LayerPathType())
@click.option(
    "--target",
    metavar="SHAPE",
    help="1x100x50; _x100x_ (or height=100) keeps the rest; keep, halve, double what "
    "enters; size of LAYER, shape of LAYER.",
)
@click.option("--mirror", "mirrored", is_flag=True, help="Generate the decoder.")
@click.option("--fields-only", is_flag=True, help="Put no layer in.")
@click.option(
    "--limit",
    default=LIMIT,
    show_default=True,
    type=click.IntRange(1, 100),
    metavar="N",
    help="The most answers.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--apply",
    "chosen",
    type=click.IntRange(1),
    metavar="N",
    help="Write the network that answer N makes.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to; “-” is stdout.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(
    source: str,
    layer_path: str | None,
    target: str | None,
    mirrored: bool,
    fields_only: bool,
    limit: int,
    as_json: bool,
    chosen: int | None,
    output: str | None,
    force: bool,
) -> int:
    """List the edits that reach an output shape exactly.

    The smallest change comes first. LAYER_PATH is the layer whose output is meant;
    without one it is the output of the network.
    """
    if mirrored == (target is not None):
        raise UsageError(
            "solve takes either --target or --mirror",
            'such as --target "[1,100,50]", or --target keep',
        )
    if output is not None and chosen is None:
        raise UsageError("-o goes with --apply", "such as --apply 1 -o net.json")
    report, _ = report_of(source)
    row = None if layer_path is None else row_at(report, layer_path)
    if target is None:
        found = mirror(report, row)
    else:
        found = _ways(report, row, target, max(limit, chosen or 0), not fields_only)
    if chosen is not None and found.answers:
        _write(found.answers, chosen, output, force)
    elif chosen is not None:
        complain(" ".join(found.why))
    elif as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(solution_entry(found)))
    else:
        tell(solution_lines(found))
    return Exit.OK if found.answers or found.target.reached else Exit.INVALID


def _ways(
    report: Report, row: Row | None, text: str, limit: int, insert: bool
) -> Solution:
    """Return the ways to the target that a text means."""
    target = parse_target(text, report, row)
    if isinstance(target, str):
        raise UsageError(target.rstrip("."))
    return solve(target, limit, insert)


def _write(
    answers: Sequence[Answer], number: int, output: str | None, force: bool
) -> None:
    """Write the document that an answer makes."""
    from tuicnn.interop.document import to_document_text

    if number > len(answers):
        count = f"{len(answers)} answer{'s' if len(answers) > 1 else ''}"
        raise UsageError(f"there is no answer {number}, only {count}")
    answer = answers[number - 1]
    text = to_document_text(answer.consequence.after.network)
    if output is None or output == "-":
        tell_text(text)
        return
    refuse_existing(output, force)
    result = write_atomically(output, text.encode())
    narrate(f"{answer.proposal.title}: wrote {shown(result.path)}")
