"""`tuicnn check`: every problem, with its place and its remedy."""

from __future__ import annotations

from collections.abc import Callable

import click

from tuicnn.cli.example import ExampleCommand
from tuicnn.cli.output import complain, narrate, tell_problems, tell_text
from tuicnn.cli.sources import Opened, SourceType, opened
from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.expect import unmet
from tuicnn.core.numerous import first_shown, tally
from tuicnn.errors import Exit, TuicnnError, UsageError
from tuicnn.files import STDIN
from tuicnn.presets import preset_path


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
        (
            "tuicnn check --fix in-features-mismatch net.json",
            "apply the safe fix to each such problem, and write the file",
        ),
    ),
)
@click.argument(
    "sources", nargs=-1, required=True, type=SourceType(), metavar="SOURCE…"
)
@click.option(
    "--expect", "expectations", multiple=True, metavar="EXPR", help="What must hold."
)
@click.option(
    "--fix",
    "fixed",
    multiple=True,
    metavar="CODE",
    help="Apply the safe fix of each problem with this code.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    sources: tuple[str, ...],
    expectations: tuple[str, ...],
    fixed: tuple[str, ...],
    as_json: bool,
) -> int:
    """List every problem: where, what, and what to do about it.

    With --fix, files are written back; a preset, or standard input, is written to
    standard output, and its problems to standard error.
    """
    status = Exit.OK
    entries: list[dict[str, object]] = []
    _require_files(sources, fixed, as_json)
    for name in sources:
        try:
            found = _mended(opened(name), name, fixed)
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
            if found.more:
                narrate(f"{found.source.label}: {first_shown()}")
        else:
            _tell(found, problems, err=bool(fixed) and not _is_file(name))
    if as_json:
        from tuicnn.interop.jsonlayout import to_text

        tell_text(to_text(entries))
    return status


def _require_files(
    sources: tuple[str, ...], fixed: tuple[str, ...], as_json: bool
) -> None:
    """Refuse to mix mended documents with each other, or with a result."""
    alone = len(sources) == 1 and not as_json
    if fixed and not alone and not all(map(_is_file, sources)):
        raise UsageError(
            "--fix writes presets and standard input to standard output",
            "give one of them alone, without --json; or give files",
        )


def _is_file(name: str) -> bool:
    return name != STDIN and preset_path(name) is None


def _mended(found: Opened, name: str, fixed: tuple[str, ...]) -> Opened:
    """Return a source with every safe fix of some codes applied."""
    if not fixed:
        return found
    from tuicnn.cli.mending import codes_of, mended  # needed for it alone

    return mended(found, name if _is_file(name) else None, codes_of(fixed))


def _failed(found: Opened, expectations: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    report = found.report
    if report is None:
        return ()
    outcomes = (unmet(report, text) for text in expectations)
    return tuple(one for one in outcomes if one is not None)


def _entry(found: Opened, problems: tuple[Diagnostic, ...]) -> dict[str, object]:
    from tuicnn.interop.analysis import diagnostic_entry

    titles = _titles(found, problems)
    return {
        "source": found.source.label,
        "valid": all(one.severity is not Severity.ERROR for one in problems),
        "diagnostics": [diagnostic_entry(one, titles(one)) for one in problems],
    }


def _titles(
    found: Opened, problems: tuple[Diagnostic, ...]
) -> Callable[[Diagnostic], tuple[str, ...]]:
    """Return what tells the fixes of a problem."""
    if found.report is None or not problems:
        return lambda one: ()
    from tuicnn.core.fixes import EFFORT, Fixes  # a valid network pays for none

    return Fixes(found.report, EFFORT).titles


def _tell(found: Opened, problems: tuple[Diagnostic, ...], err: bool) -> None:
    label = found.source.label
    tell_problems(label, problems, err=err, fixes=_titles(found, problems))
    narrate(f"{label}: {_counted(problems, found.more)}")


def _counted(problems: tuple[Diagnostic, ...], more: bool) -> str:
    said = tally(problems)
    if more:
        return f"{first_shown()} ({', '.join(said)} told)"
    errors = any(one.severity is Severity.ERROR for one in problems)
    return ", ".join([*(() if errors else ("valid",)), *said])
