"""Layers that could not be read: what is wrong with them, told beside the rest.

It never reads a text: a network is read again from its document, and only if it must.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tuicnn.core.layers.broken import Broken
from tuicnn.core.network import document
from tuicnn.core.reading import Reading, read_value
from tuicnn.core.tree import every

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Diagnostic
    from tuicnn.core.network import Network
    from tuicnn.core.report import Report


def unreadable(network: Network) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the layers of a network that cannot be read."""
    return _read_again(network).problems


def _read_again(network: Network) -> Reading:
    if not any(isinstance(layer, Broken) for _, layer in every(network)):
        return Reading(network)
    return read_value(document(network))


def with_unreadable(report: Report) -> Report:
    """Return what `check` says of a network, with what `reading` says of it, too."""
    told = {(one.code, one.pointer, one.message) for one in report.found}
    read = _read_again(report.network)
    problems = tuple(
        one for one in read.problems if (one.code, one.pointer, one.message) not in told
    )
    if not problems:
        return report
    return replace(report, found=(*problems, *report.found), cut=read.more)
