"""A report as Markdown: what the network is, its layers, its totals, its problems.

It never passes a character of a document on that Markdown or HTML would obey.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Diagnostic
from tuicnn.core.numerous import first_shown
from tuicnn.core.report import Report, Row
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import Shape, spell
from tuicnn.core.wording import bytes_spelled
from tuicnn.interop.oneline import one_line

UNKNOWN: Final = "–"
"""What stands where a number cannot be known."""

_INDENT: Final = "&emsp;"
_COLUMNS: Final = (
    ("Layer", ":--"),
    ("Type", ":--"),
    ("Output", "--:"),
    ("Parameters", "--:"),
    ("MACs", "--:"),
    ("Receptive field", "--:"),
)

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>|~&#$@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Code, emphasis, links, HTML, cells, entities, mathematics; and what GitHub links."""

_OPENING: Final = re.compile(r"^(\d*)([-+=.)])")
"""What makes a list or a heading, at the beginning of a line."""


def to_markdown(report: Report, problems: Sequence[Diagnostic] | None = None) -> str:
    """Return a report as a Markdown text.

    Args:
        problems: The problems, those of reading a document included; left out, those
            that the report has.
    """
    if problems is None:
        problems = report.diagnostics
    parts = (
        *_opening(report),
        "\n".join(_table(report)),
        "\n".join(_totals(report)),
        *_problems(problems, report.more),
    )
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Return a text on one line, with nothing in it that Markdown obeys."""
    line = _SPECIAL.sub(r"\\\g<0>", one_line(text))
    return _OPENING.sub(r"\1\\\2", line)


def _opening(report: Report) -> Iterator[str]:
    network = report.network
    yield f"# {escaped(network.title or network.name)}"
    if network.description:
        yield escaped(network.description)
    if network.source:
        yield f"Source: {escaped(network.source)}"


def _table(report: Report) -> Iterator[str]:
    yield _line(name for name, _ in _COLUMNS)
    yield _line(alignment for _, alignment in _COLUMNS)
    yield _line(("*input*", "", spell(report.network.input), "", "", ""))
    prefixes = [""]
    for row in report.rows:
        name = row.path.removeprefix(prefixes[row.depth])
        yield _line(_cells(report, row, name))
        prefixes[row.depth + 1 :] = [f"{row.path}."]
    totals = report.totals
    sums = (spelled(totals.parameters), spelled(totals.macs))
    yield _line(("**total**", "", "", *(f"**{one}**" for one in sums), ""))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(report: Report, row: Row, name: str) -> tuple[str, ...]:
    """Return the cells of a row.

    Args:
        name: Its path without what the container above it says.
    """
    totals = report.totals_of(row)
    field = report.fields[row.index]
    known = row.output is not None or row.container
    detail = settings(row.layer)
    return (
        _INDENT * row.depth + escaped(name),
        escaped(f"{kind(row.layer)} {detail}"),
        _spelled(row.output),
        spelled(totals.parameters) if known else UNKNOWN,
        spelled(totals.macs) if known else UNKNOWN,
        _spelled(None if field is None else field.size),
    )


def _spelled(shape: Shape | None) -> str:
    return UNKNOWN if shape is None else spell(shape) or UNKNOWN


def _totals(report: Report) -> Iterator[str]:
    totals = report.totals
    field = report.receptive_field
    facts = {
        "Input": spell(report.network.input),
        "Output": _spelled(report.output),
        "Layers": spelled(totals.layers),
        "Parameters": _with_bytes(totals.parameters, totals.parameter_bytes),
        "Buffers": spelled(totals.buffers),
        "MACs": spelled(totals.macs),
        "Activations": _with_bytes(totals.activations, totals.activation_bytes),
        "Peak memory of activations": bytes_spelled(report.peak_activation_bytes),
        "Receptive field": _spelled(None if field is None else field.size),
    }
    return (f"- {name}: {fact}" for name, fact in facts.items())


def _with_bytes(count: int, size: int) -> str:
    return f"{spelled(count)} ({bytes_spelled(size)})"


def _problems(problems: Sequence[Diagnostic], more: bool) -> Iterator[str]:
    if problems:
        yield "## Problems"
        yield "\n".join(map(_problem, problems))
    if more:
        yield f"These are {first_shown()}."


def _problem(one: Diagnostic) -> str:
    where = f" at {escaped(one.path)}" if one.path else ""
    text = f"- **{one.severity}** `{one.code.code}`{where}: {escaped(one.message)}"
    return f"{text} {escaped(one.hint)}" if one.hint else text
