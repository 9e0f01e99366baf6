"""Lines on the terminal: every one of them passes here, control characters replaced.

Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TextIO

import click

from tuicnn.core.controls import harmless
from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.wording import continued, sentences
from tuicnn.files import WriteResult, shown

_COLOURS: Final = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}


class ReaderGone(Exception):
    """Nobody reads standard output any more; click would end the process with 1."""


def safe(text: str) -> str:
    """Return text with control and direction characters replaced by a mark."""
    return harmless(text)


def colourful(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants colour."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def tell(lines: Iterable[str]) -> None:
    """Print results, a line each."""
    click.echo("\n".join(map(safe, lines)))


def tell_text(text: str) -> None:
    """Print a document as it is: its format has escaped what needs it."""
    click.echo(text, nl=not text.endswith("\n"))


def complain(message: str, hint: str = "") -> None:
    """Print a failure on stderr: one line, and what to do about it."""
    lines = [f"tuicnn: {safe(message)}", *_told(safe(hint), "  ")]
    click.echo("\n".join(lines), err=True)


def narrate(text: str) -> None:
    """Print a remark on stderr: a line, whatever paths it holds."""
    click.echo(safe(text), err=True)


def narrate_at(head: str, text: str) -> None:
    """Print a remark on stderr behind what it is about, wrapped."""
    click.echo("\n".join(continued(safe(head), safe(text))), err=True)


def _told(text: str, indent: str) -> list[str]:
    """Return a text as lines: each sentence on lines of its own."""
    return [
        line
        for one in sentences(text)
        if one
        for line in continued(indent, one, f"{indent}  ")
    ]


def _message(head: str, text: str) -> list[str]:
    """Return a message on one line, or its sentences below each other."""
    lines = continued(head, text)
    if len(lines) == 1:
        return lines
    first, *more = sentences(text)
    return [*continued(head, first), *_told(" ".join(more), "    ")]


def narrate_written(result: WriteResult) -> None:
    """Print on stderr which file was written, where the one before is, and remarks."""
    narrate(f"wrote {shown(result.path)}")
    if result.backup:
        narrate(f"the version before is {shown(result.backup)}")
    for one in result.remarks:
        narrate(f"  {one}")


def tell_problems(
    label: str,
    problems: Iterable[Diagnostic],
    *,
    err: bool = False,
    fixes: Callable[[Diagnostic], Iterable[str]] | None = None,
) -> None:
    """Print problems: `path: code message`, the place, the hint, the fixes.

    On a terminal, what is longer than a line goes on below, further to the right; in
    a pipe, each stands on one line, as scripts expect it.

    Args:
        label: What their source is called.
        err: Whether they go to stderr, beside a result.
        fixes: What the fixes of a problem are called, if they are to be told.
    """
    stream = sys.stderr if err else sys.stdout
    colour, wide = colourful(stream), not read_by_a_person(stream)
    lines: list[str] = []
    for one in problems:
        lines += _problem(label, one, colour, wide)
        for title in fixes(one) if fixes else ():
            fix = f"  fix: {safe(title)}"
            lines += [fix] if wide else continued("  fix: ", safe(title))
    if lines:
        click.echo("\n".join(lines), err=err)


def read_by_a_person(stream: TextIO) -> bool:
    """Whether a stream is a terminal, whose lines are no longer than one reads well."""
    return stream.isatty()


def _problem(label: str, one: Diagnostic, colour: bool, wide: bool) -> Iterator[str]:
    where = one.path or label
    code = one.code.code
    head, message = f"{safe(where)}: {code}", safe(one.message)
    first, *more = [f"{head} {message}"] if wide else _message(f"{head} ", message)
    if colour:
        shown = click.style(code, fg=_COLOURS[one.severity], bold=True)
        first = f"{head.removesuffix(code)}{shown}{first[len(head) :]}"
    yield from (first, *more)
    if one.line is not None:
        yield f"  {safe(label)}:{one.line}:{one.column}: {one.severity}"
    elif where != label:
        yield f"  {safe(label)}: {one.severity}"
    else:
        yield f"  {one.severity}"
    if one.hint:
        hint = safe(one.hint)
        yield from [f"  {hint}"] if wide else _told(hint, "  ")
