"""What the rule behind a number is called, and why it holds, in a sentence.

It never spells a formula: the step did, by computing it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core.derivation import Step
from tuicnn.core.explain.lines import field_stated
from tuicnn.core.report import INPUT
from tuicnn.core.shapes import (
    same_padding,
    same_positions,
    transposed_size,
    window_positions,
    window_positions_up,
)
from tuicnn.core.sight import MOVED, SEEN
from tuicnn.core.terms import Term, scaled, symbol
from tuicnn.core.why.derive import ENTERING_NUMBERS, OUTPUT_BYTES, SHARE, SPAN
from tuicnn.core.why.edges import FIRST, LAST
from tuicnn.core.why.number import OUTPUT, Number

if TYPE_CHECKING:
    from tuicnn.core.report import Row


class Rule(NamedTuple):
    """The name of a rule, and a sentence for who meets it for the first time."""

    name: str
    reason: str


CHOICE: Final = Rule("a choice", "The document states it; nothing computes it.")
INPUT_SIZE: Final = Rule("the input", "It is the shape that the network is given.")
DEFINITION: Final = Rule("a definition", "It is so for every network.")
READING: Final = Rule(
    "how the layer reads", "The cells that its kind of layer reads for one output."
)

_KEPT: Final = Rule("the size is kept", "The layer leaves this axis as it enters.")
_PASSED: Final = Rule(
    "what leaves the last layer", "A list of layers gives what its last layer gives."
)
_SUM: Final = Rule("a sum over layers", "The layers count one by one.")

SUMMED: Final = frozenset(("parameters", "buffers", "MACs", "activation bytes"))
"""What is summed over the layers of a list."""

_NONE: Final = {
    "MACs": Rule("no weights", "MACs count multiplications by weights alone."),
    "parameters": Rule("nothing to learn", "The layer has no weights."),
}
"""Rules of what is not there."""

_COUNTS: Final = {
    "weights per filter": Rule(
        "one weight for each cell of the window",
        "A filter has a weight for each cell it covers, in each channel it reads.",
    ),
    "bias": Rule("one bias for each output", "Each output has one number added."),
    "padding before": Rule("half of the padding", "The smaller half stands first."),
    "padding after": Rule("half of the padding", "The odd cell stands at the end."),
    "padding of": Rule(
        "padding “same”", "As many cells as the last window would lack."
    ),
    "places to the next": Rule(
        "the step between neighbours in the row",
        "A neighbour along this axis lies that many places further on.",
    ),
    "MACs": Rule(
        "each weight once for each place",
        "A MAC is one multiplication by a weight, and the adding-up of its product.",
    ),
    "parameters": Rule("a sum of tensors", "A tensor is one table of numbers."),
    "buffers": Rule("a sum of tensors", "They are kept with the weights, not learnt."),
    "activation bytes": Rule(
        "4 bytes for each number", "A float32 takes 4 bytes, for one sample."
    ),
    OUTPUT_BYTES: Rule(
        "4 bytes for each number", "A float32 takes 4 bytes, for one sample."
    ),
    "parameter bytes": Rule("4 bytes for each number", "A float32 takes 4 bytes."),
    "peak activation bytes": Rule(
        "the fullest moment",
        "An output stays in memory until the last layer that reads it is done.",
    ),
    SHARE: Rule("an equal share", "The channels are dealt out over the branches."),
    ENTERING_NUMBERS: Rule("a product of sizes", "A map holds them all."),
    SPAN: Rule(
        "the cells a window spans",
        "From its first cell to its last, the holes of dilation included.",
    ),
    FIRST: Rule("where the sight begins", "Cells of the input count from 0."),
    LAST: Rule("where the sight ends", "Cells of the input count from 0."),
}
"""Rules by the quantity, or by how it begins."""

_LAYERS: Final = {
    "flatten": Rule("a product of sizes", "The axes are laid out in one row."),
    "unflatten": Rule("a size that is stated or left", "No number is lost or made."),
    "reshape": Rule("a size that is stated or left", "No number is lost or made."),
    "pad": Rule("cells are added", "They stand at both ends of the axis."),
    "crop": Rule("cells are cut", "They are taken from both ends of the axis."),
    "glu": Rule("half is a gate", "One half of the channels opens the other half."),
    "depthwise_conv2d": Rule(
        "each channel has filters of its own", "Each filter makes one map."
    ),
    "pixel_shuffle": Rule("channels become cells", "r² channels make r×r cells."),
    "pixel_unshuffle": Rule("cells become channels", "r×r cells make r² channels."),
    "concat": Rule("sizes add up", "The maps are lined up one behind the other."),
    "parallel": Rule("sizes add up", "The branches are lined up one behind the other."),
    "permute": Rule("axes change places", "Each axis keeps its size."),
}
"""Rules of sizes by the type of the layer."""


@cache
def _windows() -> dict[str, Rule]:
    """Return the rules of windows by their formulas, as the rules themselves spell."""
    i, k, s, d, p0, p1, op = (
        symbol(letter, 1, "") for letter in ("i", "k", "s", "d", "p₀", "p₁", "op")
    )
    rules: tuple[tuple[Term, str, str], ...] = (
        (
            window_positions(i, k, s, d, p0, p1),
            "places of a window, rounded down",
            "The window starts at one end and moves by the stride while it fits; each "
            "place makes one output.",
        ),
        (
            window_positions_up(i, k, s, d, p0, p1),
            "places of a window, rounded up (ceil mode)",
            "A last window that hangs over the end counts, if it begins inside.",
        ),
        (
            same_positions(i, s),
            "the size by the stride, rounded up (padding “same”)",
            "As much is padded as it takes.",
        ),
        (same_padding(i, k, s, d), "padding “same”", "What the last window lacks."),
        (
            transposed_size(i, k, s, d, p0, p1, op),
            "patches painted side by side (transposed convolution)",
            "Each entering cell paints a patch; patches stand a stride apart.",
        ),
        (
            scaled(i, 2.0),
            "the size times a factor, rounded down",
            "Cells are repeated, or new ones put between them.",
        ),
    )
    return {term.formula: Rule(name, reason) for term, name, reason in rules}


def rule_of(number: Number, step: Step, row: Row | None) -> Rule:
    """Return the rule by which a step came about.

    Args:
        row: The layer; None for what is the network's, or the input's.
    """
    quantity = number.quantity
    if number.place == INPUT:
        return _COUNTS[quantity] if quantity == OUTPUT_BYTES else DEFINITION
    if field_stated(step) is not None:
        return CHOICE
    if quantity.startswith((SEEN, MOVED)):
        return _of_sight(quantity, step)
    if quantity.startswith(OUTPUT):
        return _of_size(step, row)
    if quantity in SUMMED and (row is None or row.container):
        return _SUM
    if step.formula == "0" and quantity in _NONE:
        return _NONE[quantity]
    for beginning, rule in _COUNTS.items():
        if quantity.startswith(beginning):
            return rule
    return Rule("the numbers of a tensor", "A tensor is a table; its sizes multiply.")


def _of_size(step: Step, row: Row | None) -> Rule:
    if row is None or row.effect is None:
        return _PASSED
    window = _windows().get(step.formula)
    if window is not None:
        return window
    if step.formula == "i":
        return _KEPT
    if step.formula == "1":
        return Rule("one number for each map", "A map as a whole becomes one number.")
    return _LAYERS.get(row.layer.type, _KEPT)


def _of_sight(quantity: str, step: Step) -> Rule:
    letters = {one.letter for one in step.symbols}
    if quantity.startswith(MOVED):
        if step.formula == "0":
            return Rule("nowhere to move", "It sees everything from any place.")
        if step.formula == "J":
            return Rule("the step is kept", "Neighbours lie as far apart as before.")
        return Rule(
            "strides multiply",
            "One step of the window passes over as many cells of the input as all "
            "strides above make.",
        )
    if letters == {"n"}:
        return Rule("the whole axis", "Each output depends on all of it.")
    if letters == {"R"}:
        return Rule("the sight is kept", "Each output reads one cell of what enters.")
    if "kₑ" in letters:
        return Rule(
            "the sight grows by the window",
            "The window reads kₑ cells side by side; each sees R cells of the input, "
            "J cells further on.",
        )
    return Rule("from the first cell to the last", "All cells between are counted.")
