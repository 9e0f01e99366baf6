"""SOURCE arguments: completed in the shell, opened, checked.

It never decides what a source is: `presets` does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from tuicnn.cli.output import narrate, tell_problems
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.reading import read_text
from tuicnn.core.report import Report, Row
from tuicnn.core.wording import nearest
from tuicnn.errors import Exit, TuicnnError, UsageError
from tuicnn.files import STDIN
from tuicnn.presets import Source, names, open_source

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_UNREADABLE = frozenset((Code.JSON_SYNTAX, Code.NOT_A_DOCUMENT, Code.UNKNOWN_FORMAT))


class SourceType(click.types.StringParamType):
    """A preset's name, a path, or `-`."""

    name = "source"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the presets, and then files."""
        return completions(incomplete)


def completions(incomplete: str) -> list[CompletionItem]:
    """Return the presets that a word may become, and the files."""
    from click.shell_completion import CompletionItem  # needed at no other time

    presets = [name for name in names() if name.startswith(incomplete)]
    return [*map(CompletionItem, presets), CompletionItem(incomplete, type="file")]


class LayerPathType(click.types.StringParamType):
    """The path of a layer of the SOURCE that stands before it."""

    name = "layer_path"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the paths of the source's layers, if it can be read."""
        from click.shell_completion import CompletionItem  # needed at no other time

        source = ctx.params.get("source")
        if source in (None, STDIN):  # nobody waits for a pipe while completing
            return []
        try:
            report = opened(source).report
        except TuicnnError:
            return []
        rows = () if report is None else report.rows
        paths = [row.path for row in rows if row.path.startswith(incomplete)]
        return list(map(CompletionItem, paths))


source_argument = click.argument("source", type=SourceType())


@dataclass(frozen=True, slots=True)
class Opened:
    """A source and what is known of its network.

    Attributes:
        report: None where the text holds no network.
    """

    source: Source
    report: Report | None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem, with line and column."""
        if self.report is None:
            return self.source.reading.problems
        return self.report.diagnostics

    @property
    def more(self) -> bool:
        """Whether there are more problems than these."""
        return self.source.reading.more if self.report is None else self.report.more

    @property
    def status(self) -> Exit:
        """The exit status that the problems ask for."""
        if any(one.code in _UNREADABLE for one in self.diagnostics):
            return Exit.USAGE
        wrong = any(one.severity is Severity.ERROR for one in self.diagnostics)
        return Exit.INVALID if wrong else Exit.OK


def opened(source: str) -> Opened:
    """Return a source with its report."""
    return _checked(open_source(source))


def opened_text(source: Source, text: str) -> Opened:
    """Return what is known of a source that holds another text by now."""
    return _checked(replace(source, text=text, reading=read_text(text)))


def _checked(found: Source) -> Opened:
    reading = found.reading
    if reading.network is None:
        return Opened(found, None)
    report = check(reading.network).of_text(found.text, reading.problems, reading.more)
    return Opened(found, report)


def report_of(source: str, quiet: bool = False) -> tuple[Report, Exit]:
    """Return the report of a source that holds a network; errors go to stderr.

    Args:
        quiet: Whether the command tells the network's errors itself.

    Raises:
        click.exceptions.Exit: The text holds no network; its problems were told.
    """
    found = opened(source)
    if not quiet or found.report is None:
        errors = (one for one in found.diagnostics if one.severity is Severity.ERROR)
        tell_problems(found.source.label, errors, err=True)
    if found.more:
        count = f"more than {limits.DIAGNOSTICS:,} problems"
        narrate(f"{found.source.label}: {count}; `tuicnn check` lists the first")
    if found.report is None:
        raise click.exceptions.Exit(found.status)
    return found.report, found.status


def row_at(report: Report, path: str) -> Row:
    """Return the row of a layer path, or say which one was probably meant."""
    row = report.row(path)
    if row is not None:
        return row
    paths = [row.path for row in report.rows]
    close = nearest(path, paths) or next(
        (one for one in paths if one.endswith(f".{path}")), None
    )
    raise UsageError(
        f"{report.network.name} has no layer “{path}”",
        f"Did you mean {close}?" if close else "`tuicnn summary` lists its layers",
    )
