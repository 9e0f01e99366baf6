"""Studies: what can be asked about a network as a whole, each answered in words.

None computes anything: the core does, and says it in lines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from tuicnn.core.explain.budget import explain_budget
from tuicnn.core.explain.counts import explain_counts
from tuicnn.core.explain.inputs import explain_inputs
from tuicnn.core.explain.ledger import explain_ledger
from tuicnn.core.explain.lens import explain_lens
from tuicnn.core.explain.symbolic import explain_symbolic
from tuicnn.core.inputs import valid_inputs
from tuicnn.core.ledger import ledger
from tuicnn.core.report import Report, Row
from tuicnn.core.symbolic import symbolic


class Study(NamedTuple):
    """One thing to ask about a network.

    Attributes:
        title: What it is called.
        meaning: What it tells.
        lines: The answer for a network, and for the layer that is looked at, if any;
            it may take its time.
        as_frameworks: Whether each framework's own order of axes is what it tells.
    """

    title: str
    meaning: str
    lines: Callable[[Report, Row | None], list[str]]
    as_frameworks: bool = False


def _inputs(report: Report, _: Row | None) -> list[str]:
    return explain_inputs(valid_inputs(report))


def _pixels(report: Report, _: Row | None) -> list[str]:
    return explain_ledger(ledger(report))


def _formulas(report: Report, _: Row | None) -> list[str]:
    return explain_symbolic(symbolic(report.network))


def _shares(report: Report, _: Row | None) -> list[str]:
    return explain_budget(report)


def _frameworks(report: Report, row: Row | None) -> list[str]:
    if not report.rows:
        return ["The network is empty: there is no layer to write."]
    return explain_lens(report, row)


def _counts(report: Report, _: Row | None) -> list[str]:
    return explain_counts(report)


STUDIES: Final = (
    Study(
        "Valid inputs",
        "Which sizes the network takes, and which layer sets the least.",
        _inputs,
    ),
    Study(
        "Pixel ledger",
        "Rows and columns that padding adds, and that strides leave out.",
        _pixels,
    ),
    Study(
        "Sizes as formulas",
        "What leaves each layer, whatever the size of the input.",
        _formulas,
    ),
    Study(
        "Shares of the cost",
        "What each layer adds to parameters, MACs and memory.",
        _shares,
    ),
    Study(
        "In frameworks",
        "The layer in PyTorch, Keras and ONNX, and what differs.",
        _frameworks,
        as_frameworks=True,
    ),
    Study(
        "Counts elsewhere",
        "MACs and FLOPs as other programs count them, and why they differ.",
        _counts,
    ),
)
"""All of them, in the order in which they are listed."""
