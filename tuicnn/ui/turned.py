"""Sentences with channels last: the core writes them first, as PyTorch does.

It never changes a number, only the order of the axes of maps that a network has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tuicnn.core.report import Report
from tuicnn.core.shapes import spell

_SHAPE: Final = re.compile(r"(?<![\w.×·])\d{1,15}(?:×\d{1,15})+(?![\w×])")
_AXES: Final = re.compile(r"\bchannels((?:, (?:depth|height|width|length))+)")
_OTHER: Final = re.compile(r"\d{1,15}(?:×\d{1,15})+ channels last, as Keras writes it")


def turned(text: str, *reports: Report) -> str:
    """Return a text about networks with the channels of their maps last.

    Kernels and weights keep their order: they are no maps. The text stays as long.

    Args:
        reports: The networks that it is about, such as before and after an edit.
    """

    def laid(found: re.Match[str]) -> str:
        shape = tuple(map(int, found[0].split("×")))
        known = any(shape in report.shapes for report in reports)
        return spell((*shape[1:], shape[0])) if known else found[0]

    if _OTHER.search(text):
        return _OTHER.sub(_first, text)
    return _AXES.sub(_last, _SHAPE.sub(laid, text))


def turned_if(last: bool, lines: Iterable[str], *reports: Report) -> list[str]:
    """Return lines with channels last, if they are wanted so."""
    return [turned(line, *reports) for line in lines] if last else list(lines)


def _last(found: re.Match[str]) -> str:
    return f"{found[1].removeprefix(', ')}, channels"


def _first(found: re.Match[str]) -> str:
    *places, channels = found[0].partition(" ")[0].split("×")
    return f"{'×'.join((channels, *places))} channels first, as PyTorch writes it"
