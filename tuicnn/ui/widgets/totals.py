"""The totals: name, input and output, sums, and how they differ from a baseline.

It never sums anything: the report does.
"""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tuicnn.core.diagnostics import Severity
from tuicnn.core.numerous import number_of
from tuicnn.core.report import Report
from tuicnn.core.shapes import spell
from tuicnn.core.wording import bytes_spelled, short
from tuicnn.ui.columns import oriented

_ROOMY = 76
_FEW = 3_000
"""Rows up to which a receptive field is worth its time after every key."""


class Totals(Static):
    report: reactive[Report | None] = reactive(None)
    """Whose totals are shown."""
    baseline: reactive[Report | None] = reactive(None)
    """What they are compared with."""
    last: reactive[bool] = reactive(False)
    """Whether channels are written last."""
    dirty: reactive[bool] = reactive(False)
    """Whether something is not saved."""
    label: reactive[str] = reactive("")
    """What the document is called."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def render(self) -> Content:
        """Return two lines."""
        report = self.report
        if report is None:
            return Content("")
        return Content("\n").join([self._title(report), self._sums(report)])

    def _title(self, report: Report) -> Content:
        network = report.network
        entering = oriented(network.input, self.last)
        leaving = "?" if report.output is None else oriented(report.output, self.last)
        mark = " ● not saved" if self.dirty else ""
        found = Content.assemble(
            (self.label or network.name, "bold"),
            (mark, "$text-warning"),
            f"  {entering} → {leaving}",
        )
        return found + self._state(report)

    def _state(self, report: Report) -> Content:
        errors = number_of(report, Severity.ERROR)
        warnings = number_of(report, Severity.WARNING)
        if errors != "0":
            return Content.styled(f"  ✗ {_several(errors, 'error')}", "$text-error")
        if warnings != "0":
            text = f"  ▲ {_several(warnings, 'warning')}"
            return Content.styled(text, "$text-warning")
        return Content.styled("  ✓ valid", "$text-success")

    def _sums(self, report: Report) -> Content:
        sums = report.totals
        roomy = self.size.width >= _ROOMY
        count = f"{sums.parameters:,}" if roomy else short(sums.parameters)
        parts = [
            f"{_several(f'{sums.layers:,}', 'layer')}",
            f"{count} parameters",
            f"{short(sums.macs)} MACs",
        ]
        if roomy:
            parts.append(f"{bytes_spelled(sums.activation_bytes)} activations")
            few = len(report.rows) <= _FEW
            field = report.receptive_field if few else None
            if field is not None and field.patterns:
                parts.append(f"sees {spell(field.size)}")
        change = "" if self.baseline is None else _change(report, self.baseline)
        room = self.content_size.width - len(change)
        while len(parts) > 1 and len(" · ".join(parts)) > room:
            parts.pop()
        return Content(" · ".join(parts)) + Content.styled(change, "$text-accent")


def _change(report: Report, baseline: Report) -> str:
    """Return how the sums differ from the baseline's."""
    now, then = report.totals, baseline.totals
    parts = [
        f"{'+' if new > old else '−'}{short(abs(new - old))} {what}"
        for new, old, what in (
            (now.parameters, then.parameters, "parameters"),
            (now.macs, then.macs, "MACs"),
        )
        if new != old
    ]
    return f"  against the baseline: {', '.join(parts) or 'the same'}"


def _several(count: str, what: str) -> str:
    return f"{count} {what}{'' if count == '1' else 's'}"
