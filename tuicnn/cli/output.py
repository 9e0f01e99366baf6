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
    click.echo(f"tuicnn: {safe(message)}", err=True)
    if hint:
        click.echo(f"  {safe(hint)}", err=True)


def narrate(text: str) -> None:
    """Print a remark on stderr."""
    click.echo(safe(text), err=True)


def tell_problems(
    label: str,
    problems: Iterable[Diagnostic],
    *,
    err: bool = False,
    fixes: Callable[[Diagnostic], Iterable[str]] | None = None,
) -> None:
    """Print problems: `path: code message`, the place, the hint, the fixes.

    Args:
        label: What their source is called.
        err: Whether they go to stderr, beside a result.
        fixes: What the fixes of a problem are called, if they are to be told.
    """
    colour = colourful(sys.stderr if err else sys.stdout)
    lines: list[str] = []
    for one in problems:
        lines += _problem(label, one, colour)
        lines += [f"  fix: {safe(title)}" for title in fixes(one)] if fixes else []
    if lines:
        click.echo("\n".join(lines), err=err)


def _problem(label: str, one: Diagnostic, colour: bool) -> Iterator[str]:
    where = one.path or label
    code = one.code.code
    if colour:
        code = click.style(code, fg=_COLOURS[one.severity], bold=True)
    yield f"{safe(where)}: {code} {safe(one.message)}"
    if one.line is not None:
        yield f"  {safe(label)}:{one.line}:{one.column}: {one.severity}"
    elif where != label:
        yield f"  {safe(label)}: {one.severity}"
    else:
        yield f"  {one.severity}"
    if one.hint:
        yield f"  {safe(one.hint)}"
