"""Symbolic sizes: what each layer makes of an input whose sizes are left open.

No rule stands here: the layers' own rules are sent sizes that remember how they came.
"""

from tuicnn.core.symbolic.domain import Domain, Sizes
from tuicnn.core.symbolic.forms import (
    BATCH,
    LETTERS,
    Symbolic,
    SymbolicRow,
    symbolic,
    with_letters,
)
from tuicnn.core.symbolic.spelling import spell_formula

__all__ = [
    "BATCH",
    "LETTERS",
    "Domain",
    "Sizes",
    "Symbolic",
    "SymbolicRow",
    "spell_formula",
    "symbolic",
    "with_letters",
]
