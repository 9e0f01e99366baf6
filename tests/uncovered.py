"""Lines of the promised parts that no test reaches, or leaves one way, and why."""

from typing import Final

_LAST = "the last case of a match that mypy holds to be exhaustive: it always matches"
_DEALT = (
    "a guard against a fault of ours: a size that fits no source stands below a "
    "container that deals channels out, so one is always found"
)

NAMED: Final[dict[str, dict[str, str]]] = {
    "tuicnn/core/budget/terms.py": {"case Measure.ACTIVATIONS:": _LAST},
    "tuicnn/core/symbolic/formula.py": {"case Product(factors):": _LAST},
    "tuicnn/core/symbolic/spelling.py": {"case Product(factors):": _LAST},
    "tuicnn/core/symbolic/traced.py": {"case Relation.UNEQUAL:": _LAST},
    "tuicnn/core/why/origin.py": {
        "if shared is not None:": _DEALT,
        "for index in range(row.index - 1, -1, -1):": _DEALT,
        "return None": _DEALT,
    },
}
