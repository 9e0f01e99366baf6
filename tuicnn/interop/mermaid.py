"""A report as a Mermaid flowchart: layers as nodes, containers around them, skips too.

It never gives Mermaid a name as an identifier, nor as anything but an escaped label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tuicnn.core.layers.structure import Parallel
from tuicnn.core.report import INPUT, Report, Row
from tuicnn.core.settings import kind, settings
from tuicnn.core.shapes import Shape, spell
from tuicnn.interop.oneline import one_line

_INDENT: Final = "    "

_ENCODED: Final = re.compile(r"[^\w .,×·-]|^-|\.(?= )")
"""What is written as an entity: all but letters, digits and a few signs.

Quotes and brackets end a label, `#` and `%%` begin entities and directives; backticks,
and what would begin a list, make Mermaid read a label as Markdown.
"""


def to_mermaid(report: Report) -> str:
    """Return a report as the text of a Mermaid flowchart."""
    lines = [
        "flowchart TD",
        f'{_INDENT}{_node(INPUT)}(["input<br/>{_shape(report.network.input)}"])',
        *(_INDENT + line for line in _rows(report, 0, len(report.rows), "")),
        *(_INDENT + line for line in _edges(report)),
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return a text for a quoted label, as Mermaid's entity codes where it must be."""
    return _ENCODED.sub(lambda found: f"#{ord(found[0])};", one_line(text))


def _node(index: int) -> str:
    """Return the identifier of a row's node; n0 is the input."""
    return f"n{index + 1}"


def _rows(report: Report, index: int, stop: int, prefix: str) -> Iterator[str]:
    """Yield the nodes of one list of rows, containers as subgraphs.

    Args:
        prefix: What the paths of these rows begin with.
    """
    while index < stop:
        row = report.rows[index]
        if row.container:
            yield from _subgraph(report, row, prefix)
        else:
            yield f'{_node(index)}["{_label(row, prefix)}"]'
        index = row.stop


def _subgraph(report: Report, row: Row, prefix: str) -> Iterator[str]:
    name = escaped(row.path.removeprefix(prefix))
    yield f'subgraph s{row.index + 1}["{name}"]'
    for line in _rows(report, row.index + 1, row.stop, f"{row.path}."):
        yield _INDENT + line
    if isinstance(row.layer, Parallel):
        label = f"{escaped(row.layer.merge)}<br/>{_shape(row.output)}"
        yield f'{_INDENT}{_node(row.index)}(["{label}"])'
    yield "end"


def _label(row: Row, prefix: str) -> str:
    described = f"{kind(row.layer)} {settings(row.layer)}"
    lines = (escaped(row.path.removeprefix(prefix)), escaped(described))
    return "<br/>".join((*lines, _shape(row.output)))


def _shape(shape: Shape | None) -> str:
    return "not known" if shape is None else spell(shape)


def _edges(report: Report) -> Iterator[str]:
    """Yield an arrow for each tensor that a layer or a merge reads."""
    for index in report.order:
        row = report.rows[index]
        for number, source in enumerate(row.sources):
            # Behind the first, a skip whose name was not found comes from nowhere.
            lost = number and source == INPUT and row.output is None
            if row.container or not lost:
                yield f"{_node(source)} --> {_node(index)}"
