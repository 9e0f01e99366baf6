"""Operations as other programs count them, in words.

It never counts: `counts` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.counts import Count, Difference, counts
from tuicnn.core.derivation import spelled
from tuicnn.core.explain.layer import first_error
from tuicnn.core.explain.lines import INDENT, fitted, within

if TYPE_CHECKING:
    from tuicnn.core.report import Report


def explain_counts(report: Report) -> list[str]:
    """Return what other programs count, and why it differs, as lines."""
    network = report.network
    title = network.title or network.name
    macs = spelled(report.totals.macs)
    lines = [
        title if title == network.name else f"{title} ({network.name})",
        *within("One sample; a MAC is a multiplication by a weight, and an addition."),
        "",
        f"{macs} MACs: multiplications by weights, and nothing else",
        "",
        "Other programs count other things, too, each in a unit of its own:",
    ]
    for count in counts(report):
        lines += ["", *_told(count)]
    if not report.valid:
        lines += ["", "The network has an error; what is below it is not counted:"]
        lines += first_error(report, INDENT)
    return [one for line in lines for one in fitted(line)]


def _told(count: Count) -> Iterator[str]:
    tool = count.tool
    whole = "" if count.complete else ", without what it has no figure for"
    yield f"{tool.name} {tool.version}: {spelled(count.total)} {tool.unit}{whole}"
    if not count.differences:
        yield f"{INDENT}the same"
        return
    known = [one for one in count.differences if one.count is not None]
    shown = [_signed(one.count or 0) for one in known]
    width = max(map(len, (spelled(count.macs), *shown)))
    if known:
        yield f"{INDENT}{spelled(count.macs):>{width}}  multiplications by weights"
    for one, number in zip(known, shown, strict=True):
        yield f"{INDENT}{number:>{width}}  {one.reason}{_where(one)}"
    for one in count.differences:
        if one.count is None:
            yield f"{INDENT}{'?':>{width}}  {one.reason}{_where(one)}"


def _signed(count: int) -> str:
    return f"+{spelled(count)}" if count > 0 else spelled(count)


def _where(one: Difference) -> str:
    if len(one.paths) == 1:
        return f" ({one.paths[0]})"
    return f" ({len(one.paths)} layers)"
