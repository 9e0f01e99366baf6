"""Conversions: the same layers written otherwise, and what becomes of their weights.

It never touches an array: `preview.recast` does what the recipes say.
"""

from tuicnn.core.convert.conversion import (
    Carried,
    Carry,
    Conversion,
    Fold,
    Recipe,
    carried,
)
from tuicnn.core.convert.kinds import (
    KINDS,
    Done,
    Kind,
    conversions,
    converted,
    kind_called,
)
from tuicnn.core.convert.lines import converted_lines, kinds_lines

__all__ = [
    "KINDS",
    "Carried",
    "Carry",
    "Conversion",
    "Done",
    "Fold",
    "Kind",
    "Recipe",
    "carried",
    "conversions",
    "converted",
    "converted_lines",
    "kind_called",
    "kinds_lines",
]
