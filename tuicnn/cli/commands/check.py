"""`tuicnn check`: every problem, with its place and its remedy."""

from __future__ import annotations

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import complain, narrate, tell_problems, tell_text
from tuicnn.cli.sources import Opened, SourceType, opened
from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.expect import unmet
from tuicnn.errors import Exit, TuicnnError


@click.command(
    "check",
    cls=ExampleCommand,
    examples=(
        (
            "tuicnn check net.json",
            "list its problems; exit status 1 if one is an error",
        ),
        ("tuicnn check --expect 'parameters <= 250000' net.json", "a bound, for CI"),
        (
            """tuicnn check --expect 'layers["fc6"].output_shape == [4096]' alexnet""",
            "the same of one layer",
        ),
    ),
)
@click.argument(
    "sources", nargs=-1, required=True, type=SourceType(), metavar="SOURCE…"
)
@click.option(
    "--expect", "expectations", multiple=True, metavar="EXPR", help="What must hold."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    sources: tuple[str, ...], expectations: tuple[str, ...], as_json: bool
) -> int:
    """List every problem: where, what, and what to do about it."""
    status = Exit.OK
    entries: list[dict[str, object]] = []
    for name in sources:
        try:
            found = opened(name)
        except TuicnnError as error:
            if len(sources) == 1:
                raise
            complain(error.message, error.hint)
            status = max(status, error.exit_code)
            continue
        failed = _failed(found, expectations)
        problems = (*found.diagnostics, *failed)
        status = max(status, found.status, Exit.INVALID if failed else Exit.OK)
        if as_json:
            entries.append(_entry(found, problems))
        else:
            _tell(found, problems)
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(entries))
    return status


def _failed(found: Opened, expectations: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    report = found.report
    if report is None:
        return ()
    outcomes = (unmet(report, text) for text in expectations)
    return tuple(one for one in outcomes if one is not None)


def _entry(found: Opened, problems: tuple[Diagnostic, ...]) -> dict[str, object]:
    from tuicnn.interop.analysis import diagnostic_entry

    return {
        "source": found.source.label,
        "valid": all(one.severity is not Severity.ERROR for one in problems),
        "diagnostics": [diagnostic_entry(one) for one in problems],
    }


def _tell(found: Opened, problems: tuple[Diagnostic, ...]) -> None:
    label = found.source.label
    tell_problems(label, problems)
    narrate(f"{label}: {_counted(problems)}")


def _counted(problems: tuple[Diagnostic, ...]) -> str:
    counts = [
        (sum(one.severity is severity for one in problems), severity.value)
        for severity in Severity
    ]
    said = [
        f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count
    ]
    errors = counts[0][0]
    return ", ".join([*(() if errors else ("valid",)), *said])
