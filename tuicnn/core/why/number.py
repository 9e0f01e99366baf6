"""Numbers that somebody may ask about: which there are, and what they are called.

It never derives one: it only says that it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core.accounting import each_step, each_summary_step
from tuicnn.core.report import INPUT
from tuicnn.core.shapes import axis_names

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row

NETWORK: Final = -2
"""The place of what belongs to the network as a whole: its totals."""

OUTPUT: Final = "output "
"""How the quantity of a size begins that leaves a layer."""


class Number(NamedTuple):
    """One number of a network, by where it stands.

    Attributes:
        place: A row; `INPUT`; or `NETWORK`.
        quantity: What the number is: "output height", "weight", "parameters".
        letter: Empty, or a letter in the derivation of `quantity`: the number is the
            value of that letter, which a field states, or a rule.
    """

    place: int
    quantity: str
    letter: str = ""


def numbers(report: Report, row: Row | None) -> list[Number]:
    """Return the numbers of a row that can be asked about; none where it is unreached.

    Args:
        row: None asks for the network's own: its totals, and what leaves it.
    """
    if row is None:
        steps = each_summary_step(report)
        return [Number(NETWORK, step.quantity) for step in steps]
    found = [Number(row.index, step.quantity) for step in each_step(report, row)]
    if row.buffers:
        found.append(Number(row.index, "buffers"))
    return found


def input_numbers(report: Report) -> list[Number]:
    """Return the sizes of the input."""
    names = axis_names(report.network.input)
    return [Number(INPUT, f"{OUTPUT}{axis}") for axis in names]


def number_called(report: Report, row: Row | None, name: str) -> Number | None:
    """Return the number of a row that a person means by a name: macs, output_height.

    Args:
        row: None asks for the network's own.
    """
    wanted = _folded(name)
    every = {_folded(one.quantity): one for one in numbers(report, row)}
    for spelling in (wanted, f"{OUTPUT}{wanted}", _PLURALS.get(wanted, wanted)):
        if spelling in every:
            return every[spelling]
    close = [one for key, one in every.items() if key.startswith(wanted)]
    return close[0] if len(close) == 1 else None


_PLURALS: Final = {
    "weights": "weight",
    "biases": "bias",
    "params": "parameters",
    "parameter count": "parameters",
    "memory": "activation bytes",
    "peak memory": "peak activation bytes",
}
"""Other names that people have."""


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").lower().split())


def name_of(report: Report, number: Number) -> str:
    """Return what a number is: the height that leaves pool5."""
    place, quantity, letter = number
    if letter:
        whose = name_of(report, Number(place, quantity))
        return f"{letter} in the {whose}"
    if place == NETWORK:
        return f"{quantity.removeprefix(OUTPUT)} of the network"
    axis = quantity.removeprefix(OUTPUT)
    if place == INPUT:
        return f"{axis} of the input"
    path = report.rows[place].path
    if axis != quantity and axis != "bytes":
        leaves = "leave" if axis.endswith("s") else "leaves"
        return f"{axis} that {leaves} {path}"
    return f"{quantity} of {path}"
