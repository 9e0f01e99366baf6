"""Lines on the terminal: every one of them passes here, control characters replaced.

Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Final

import click

from tuicnn.core.diagnostics import Diagnostic, Severity

_CONTROL: Final = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]"
)
_COLOURS: Final = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}


def safe(text: str) -> str:
    """Return text with control and direction characters replaced by a mark."""
    return _CONTROL.sub("�", text)


def colourful() -> bool:
    """Whether stdout is a terminal that wants colour."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def tell(lines: Iterable[str]) -> None:
    """Print results, a line each."""
    click.echo("\n".join(map(safe, lines)))


def tell_text(text: str) -> None:
    """Print a document as it is: its format has escaped what needs it."""
    click.echo(text, nl=not text.endswith("\n"))


def titled(text: str) -> str:
    """Return a heading, bold where that can be shown."""
    return text


def complain(message: str, hint: str = "") -> None:
    """Print a failure on stderr: one line, and what to do about it."""
    click.echo(f"tuicnn: {safe(message)}", err=True)
    if hint:
        click.echo(f"  {safe(hint)}", err=True)


def narrate(text: str) -> None:
    """Print a remark on stderr."""
    click.echo(safe(text), err=True)


def problem_lines(label: str, one: Diagnostic) -> list[str]:
    """Return a problem as lines: `path: code message`, its place, its hint."""
    where = one.path or label
    code = one.code.code
    if colourful():
        code = click.style(code, fg=_COLOURS[one.severity], bold=True)
    place = f"{label}:{one.line}:{one.column}: " if one.line is not None else ""
    lines = [f"{safe(where)}: {code} {safe(one.message)}"]
    lines.append(f"  {safe(place)}{one.severity}")
    if one.hint:
        lines.append(f"  {safe(one.hint)}")
    return lines
