"""Why: any number of a network, its rule, its formula, and the chain back to the input.

It never derives more than what is asked for, and never decides a number.
"""

from tuicnn.core.why.answer import Parent, Root, Why, chain_of, why
from tuicnn.core.why.lines import chain_lines, why_lines
from tuicnn.core.why.number import (
    NETWORK,
    Number,
    input_numbers,
    name_of,
    number_called,
    numbers,
)
from tuicnn.core.why.rule import SUMMED, Rule

__all__ = [
    "NETWORK",
    "SUMMED",
    "Number",
    "Parent",
    "Root",
    "Rule",
    "Why",
    "chain_lines",
    "chain_of",
    "input_numbers",
    "name_of",
    "number_called",
    "numbers",
    "why",
    "why_lines",
]
