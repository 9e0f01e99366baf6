"""Layers that can be added, in words: a line of the list, and what one would do here.

It never finds any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from textual.content import Content

from tuicnn.core.addition import (
    TEMPLATE,
    Outcome,
    family_of,
    first_sentence,
    own_name,
    summary,
)
from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import children
from tuicnn.core.search import Found
from tuicnn.core.settings import settings
from tuicnn.core.shapes import Shape
from tuicnn.core.wording import short
from tuicnn.ui.columns import oriented
from tuicnn.ui.dialogs.ask import visible

_NAME, _FAMILY, _SHAPE, _LABEL = 21, 16, 14, 8
"""Columns of a name, of a family, of what leaves, and of what a detail is called."""
_FAMILY_FROM: Final = 50
"""Columns of the list from which there is room for families."""
_REFUSED: Final = "✗"
_DIM: Final = "dim"


def row_of(found: Found, seen: Outcome, width: int, last: bool) -> Content:
    """Return a line of the list: name, family, and what leaves or why nothing does."""
    family = family_of(found.kind) if width >= _FAMILY_FROM else ""
    told = f"{family:<{_FAMILY}}" if family else ""
    named = _NAME if width >= _NAME + _SHAPE else max(width - _SHAPE, 6)
    name = Content(own_name(found.kind)).truncate(named - 1, ellipsis=True, pad=True)
    if seen.fits:
        leaving = f"→ {oriented(seen.output, last)}" if seen.output else ""
        line = Content.assemble(name, " ", (told, _DIM), leaving)
    else:
        why = visible(first_sentence(seen.problem)).plain
        line = Content.styled(f"{name.plain} {told}✗ {why}", _DIM)
    return line.truncate(max(width, 1), ellipsis=True)


def detail(
    found: Found, seen: Outcome, x: Shape | None, width: int, last: bool
) -> Content:
    """Return all that is said of an entry."""
    kind = found.kind
    heading = Content.assemble((own_name(kind), "bold"), (f"  {family_of(kind)}", _DIM))
    lines = [heading, *map(Content, wrap(summary(kind), max(width, 8))), Content("")]
    for label, text in _facts(found, seen, x, last):
        lines += _labelled(label, visible(text).plain, width)
    if family_of(kind) == TEMPLATE and seen.layers:
        outline = outline_of(seen.layers, 0)
        lines += [
            Content(""),
            *(line.truncate(width, ellipsis=True) for line in outline),
        ]
    return Content("\n").join(lines)


def _facts(
    found: Found, seen: Outcome, x: Shape | None, last: bool
) -> Iterator[tuple[str, str]]:
    """Return what an entry makes here, each with its label."""
    if not seen.fits:
        yield _REFUSED, f"{seen.problem} {seen.hint}".strip()
    elif x is None:
        yield "here", "not known: an error above keeps anything from arriving"
    elif seen.output is not None:
        yield "here", f"{oriented(x, last)} → {oriented(seen.output, last)}"
    if seen.parameters:
        macs = f" · {short(seen.macs)} MACs" if seen.macs else ""
        yield "adds", f"{seen.parameters:,} parameters{macs}"
    elif seen.fits and x is not None:
        yield "adds", "no parameters"
    if family_of(found.kind) != TEMPLATE:
        yield "starts", settings(seen.layers[0]) or "with every field at its default"
    if found.kind.aliases:
        yield "also", ", ".join(dict.fromkeys(found.kind.aliases))


def _labelled(label: str, text: str, width: int) -> list[Content]:
    """Return a text behind its label, wrapped so that it hangs."""
    style = "$text-error" if label == _REFUSED else _DIM
    lines = wrap(text, max(width - _LABEL, 8)) or [""]
    heads = [label, *("" for _ in lines[1:])]
    return [
        Content.assemble((f"{head:<{_LABEL}}", style), line)
        for head, line in zip(heads, lines, strict=True)
    ]


def outline_of(layers: Sequence[LayerSpec], depth: int) -> Iterator[Content]:
    """Return the layers of a template, a line each, branches indented."""
    indent = "  " * depth
    for layer in layers:
        told = visible(settings(layer)).plain
        yield Content.assemble(f"{indent}{layer.type}  ", (told, _DIM))
        inner = children(layer)
        for number, branch in enumerate(inner):
            if len(inner) > 1:
                what = "" if branch else ": what entered"
                yield Content.styled(f"{indent}  branch {number}{what}", _DIM)
            yield from outline_of(branch, depth + (2 if len(inner) > 1 else 1))
