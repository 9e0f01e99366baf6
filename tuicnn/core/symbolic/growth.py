"""How a formula grows with its letter: whether it only rises, and when it repeats.

It never evaluates one: what it says holds for all sizes.
"""

from __future__ import annotations

import math

from tuicnn.core.symbolic.formula import (
    Atom,
    Floor,
    Formula,
    Greatest,
    Least,
    Letter,
    Remainder,
    parts,
)


def turn(formula: Formula) -> tuple[int, int] | None:
    """Return after how many steps of its one letter a formula repeats, how much higher.

    None where it does not.
    """
    found = [(_atom_turn(atom), many) for atom, many in formula.terms]
    turns = [(one, many) for one, many in found if one is not None]
    if len(turns) < len(found):
        return None
    period = math.lcm(*(steps for (steps, _), _ in turns))
    rises = (many * rise * (period // steps) for (steps, rise), many in turns)
    return period, sum(rises)


def _atom_turn(atom: Atom) -> tuple[int, int] | None:
    if isinstance(atom, Letter):
        return 1, 1
    inner = [turn(part) for part in parts(atom)]
    found = [one for one in inner if one is not None]
    if len(found) < len(inner):
        return None
    match atom:
        case Floor(_, divisor):
            ((steps, rise),) = found
            times = divisor // math.gcd(divisor, rise)
            return steps * times, rise * times // divisor
        case Remainder(_, divisor):
            ((steps, rise),) = found
            return steps * (divisor // math.gcd(divisor, rise)), 0
        case Least() | Greatest():
            (steps, rise), (more, other) = found
            period = math.lcm(steps, more)
            if rise * (period // steps) != other * (period // more):
                return None
            return period, rise * (period // steps)
        case _:
            return None


def direction(formula: Formula) -> int | None:
    """Return 1 for a formula that never falls, −1 for one that never rises.

    A product counts as rising where its factors do: sizes are never negative. None
    where it may do both.
    """
    signs = {_sign(atom, many) for atom, many in formula.terms}
    return signs.pop() if len(signs) == 1 else None


def _sign(atom: Atom, many: int) -> int | None:
    if isinstance(atom, Remainder):
        return None
    inner = {direction(part) for part in parts(atom) if part.terms}
    if inner - {1} and not isinstance(atom, Letter):
        return None
    return 1 if many > 0 else -1
