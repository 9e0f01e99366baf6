"""Expectations: one comparison each, read by a grammar of their own.

It never evaluates Python: names, literals and comparisons are all there is.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tuicnn.core.diagnostics import Code, Diagnostic, Pointer
from tuicnn.core.wording import brief, nearest

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

Quantity = Fraction | tuple[Fraction, ...] | None
"""What is found; None where it cannot be known."""

Compared = bool | Fraction | tuple[Fraction, ...]
"""What it is compared with."""

_OPERATORS: Final[Mapping[str, Callable[..., bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}

_NUMBER: Final = (
    r"[-+]?\d{1,40}(?:_\d{3}|,\d{3}(?![\d\]]))*(?:\.\d{1,40})?(?:[eE][-+]?\d{1,3})?"
)
_SHAPE: Final = re.compile(
    r"""\s*(?:layers\s*\[\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')\s*\]\s*\.\s*)?
    (?P<quantity>[a-z_]+)\s*
    (?P<operator>==|!=|<=|>=|<|>)\s*
    (?P<literal>.+?)\s*""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A comparison that must hold.

    Attributes:
        path: The layer it is about; None for the network.
        quantity: What is compared, by its name in the analysis.
        comparison: The operator.
        literal: What it is compared with. Lists compare axis by axis: an order holds
            if it holds on every axis.
    """

    path: str | None
    quantity: str
    comparison: str
    literal: Compared

    def holds(self, found: Quantity) -> bool:
        """Whether the value found satisfies it."""
        compare = _OPERATORS[self.comparison]
        literal = self.literal
        if found is None:
            return False
        if isinstance(found, tuple) and isinstance(literal, tuple):
            if self.comparison in ("==", "!="):
                return compare(found, literal)
            return len(found) == len(literal) and all(map(compare, found, literal))
        if type(found) is not type(literal):
            return self.comparison == "!="
        return compare(found, literal)


def parse(text: str) -> Expectation | str:
    """Return the expectation in a text, or what is wrong with it."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return (
            "An expectation is one comparison, such as parameters <= 250000 or "
            'layers["fc6"].output_shape == [4096].'
        )
    path = match["double"] if match["double"] is not None else match["single"]
    known: Mapping[str, object] = _OF_NETWORK if path is None else _OF_LAYER
    quantity = match["quantity"]
    if quantity not in known:
        close = nearest(quantity, known)
        meant = f" Did you mean {close}?" if close else ""
        return f"Nothing is called {quantity}.{meant} There are {', '.join(known)}."
    literal = _literal(match["literal"])
    if literal is None:
        return "Compare with a number, a list of whole numbers, true or false."
    return Expectation(path, quantity, match["operator"], literal)


def _literal(text: str) -> Compared | None:
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("[") and text.endswith("]"):
        inside = text[1:-1].strip()
        parts = [part.strip() for part in inside.split(",")] if inside else []
        if all(re.fullmatch(r"-?\d{1,20}", part) for part in parts):
            return tuple(Fraction(part) for part in parts)
        return None
    if re.fullmatch(_NUMBER, text):
        return Fraction(text.replace("_", "").replace(",", ""))
    return None


def unmet(report: Report, text: str, pointer: Pointer = ()) -> Diagnostic | None:
    """Return the problem with an expectation; None where it holds."""
    expectation = parse(text)
    if isinstance(expectation, str):
        return Diagnostic(
            Code.INVALID_EXPECTATION,
            "",
            None,
            pointer,
            f"The expectation {_quoted(text)} cannot be read.",
            expectation,
        )
    row = None
    if expectation.path is not None:
        row = report.row(expectation.path)
        if row is None:
            return _no_such_layer(report, text, expectation.path, pointer)
        found = _OF_LAYER[expectation.quantity](report, row)
    else:
        found = _OF_NETWORK[expectation.quantity](report)
    if expectation.holds(found):
        return None
    return Diagnostic(
        Code.EXPECTATION_FAILED,
        "" if row is None else row.path,
        None,
        pointer,
        f"Expected {_quoted(text)}. Found: {_spelled(found)}.",
        "Change the network, or what is expected of it."
        if found is not None
        else "It is not known, because of an error above.",
    )


def corrected(report: Report, text: str) -> str | None:
    """Return what an expectation that cannot be read was probably meant to say."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    group = "double" if match["double"] is not None else "single"
    path, quantity = match[group], match["quantity"]
    known: Mapping[str, object] = _OF_NETWORK if path is None else _OF_LAYER
    close = quantity if quantity in known else nearest(quantity, known)
    if close is None:
        return None
    found = _exchanged(text, match.span("quantity"), close)
    if path is not None and report.row(path) is None:
        near = nearest(path, (row.path for row in report.rows))
        return None if near is None else _exchanged(found, match.span(group), near)
    return found


def found_text(report: Report, text: str) -> str | None:
    """Return an expectation of what is found, instead of one that fails."""
    expectation, match = parse(text), _SHAPE.fullmatch(text)
    if isinstance(expectation, str) or match is None:
        return None
    if expectation.path is None:
        found = _OF_NETWORK[expectation.quantity](report)
    else:
        row = report.row(expectation.path)
        found = None if row is None else _OF_LAYER[expectation.quantity](report, row)
    if found is None:
        return None
    operator = {"<": "<=", ">": ">=", "!=": "=="}.get(
        expectation.comparison, expectation.comparison
    )
    begin, stop = match.start("operator"), match.end("literal")
    return _exchanged(text, (begin, stop), f"{operator} {_spelled(found)}")


def _exchanged(text: str, span: tuple[int, int], word: str) -> str:
    return f"{text[: span[0]]}{word}{text[span[1] :]}"


def _no_such_layer(
    report: Report, text: str, path: str, pointer: Pointer
) -> Diagnostic:
    close = nearest(path, (row.path for row in report.rows))
    return Diagnostic(
        Code.INVALID_EXPECTATION,
        "",
        None,
        pointer,
        f"The expectation {_quoted(text)} names a layer that does not exist.",
        f"Did you mean {close}?" if close else "`tuicnn summary` lists the paths.",
    )


def _quoted(text: str) -> str:
    return f"“{brief(text)}”"


def _spelled(found: Quantity) -> str:
    if found is None:
        return "nothing"
    if isinstance(found, tuple):
        return f"[{', '.join(map(str, found))}]"
    return str(found)


def _whole(numbers: tuple[int | Fraction, ...] | None) -> Quantity:
    return None if numbers is None else tuple(map(Fraction, numbers))


def _field_size(report: Report, index: int) -> Quantity:
    field = report.fields[index]
    return None if field is None else _whole(field.size)


def _field_stride(report: Report, row: Row) -> Quantity:
    field = report.fields[row.index]
    return None if field is None else _whole(field.stride)


_OF_NETWORK: Final[Mapping[str, Callable[[Report], Quantity]]] = {
    "input_shape": lambda report: _whole(report.network.input),
    "output_shape": lambda report: _whole(report.output),
    "layers": lambda report: Fraction(report.totals.layers),
    "parameters": lambda report: Fraction(report.totals.parameters),
    "trainable_parameters": lambda report: Fraction(report.totals.parameters),
    "buffers": lambda report: Fraction(report.totals.buffers),
    "macs": lambda report: Fraction(report.totals.macs),
    "parameter_bytes": lambda report: Fraction(report.totals.parameter_bytes),
    "activation_bytes": lambda report: Fraction(report.totals.activation_bytes),
    "peak_activation_bytes": lambda report: Fraction(report.peak_activation_bytes),
    "receptive_field": lambda report: _field_size(report, report.end),
}

_OF_LAYER: Final[Mapping[str, Callable[[Report, Row], Quantity]]] = {
    "input_shape": lambda report, row: _whole(row.inputs[0]),
    "output_shape": lambda report, row: _whole(row.output),
    "parameter_count": lambda report, row: Fraction(report.totals_of(row).parameters),
    "macs": lambda report, row: Fraction(report.totals_of(row).macs),
    "activation_bytes": lambda report, row: Fraction(
        report.totals_of(row).activation_bytes
    ),
    "receptive_field": lambda report, row: _field_size(report, row.index),
    "effective_stride": _field_stride,
}
