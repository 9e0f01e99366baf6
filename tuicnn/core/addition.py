"""What can be added to a stack, types and templates, and what each would do there.

It never looks at a network: what arrives, and the names a skip can refer to, are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from tuicnn.core.diagnostics import Diagnostic, Severity
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import family, layer_types
from tuicnn.core.network import same_name
from tuicnn.core.parts import Unsuitable
from tuicnn.core.report import INPUT, Row
from tuicnn.core.scope import Scope, Value
from tuicnn.core.shapes import Shape, elements
from tuicnn.core.starting import Earlier, starting
from tuicnn.core.templates import Template, templates
from tuicnn.core.walk import Walk

Kind = type[LayerSpec] | Template
"""What can be added."""

TEMPLATE: Final = "template"
"""The family of templates."""


@cache
def kinds() -> tuple[Kind, ...]:
    """Return all that can be added: types by their families, and templates."""
    return (*layer_types().values(), *templates())


class Outcome(NamedTuple):
    """What something that is added would do here.

    Attributes:
        layers: What would be added; empty where it cannot be made.
        output: Shape that leaves the last of them; None where none can.
        problem: Why they do not fit; empty where they do.
        hint: What to do about it; may be empty.
        parameters: Numbers they learn.
        macs: Multiplications by weights, for one sample.
    """

    layers: tuple[LayerSpec, ...]
    output: Shape | None = None
    problem: str = ""
    hint: str = ""
    parameters: int = 0
    macs: int = 0

    @property
    def fits(self) -> bool:
        """Whether they can be added as they are."""
        return not self.problem


def own_name(kind: Kind) -> str:
    """Return what a type or template is called here."""
    if isinstance(kind, Template):
        return kind.name
    name: str = kind.model_fields["type"].default
    return name


def family_of(kind: Kind) -> str:
    """Return the family of a type, or `TEMPLATE`."""
    return TEMPLATE if isinstance(kind, Template) else family(kind)


def summary(kind: Kind) -> str:
    """Return what a type or template does, in one sentence."""
    if isinstance(kind, Template):
        return kind.summary
    return first_sentence(kind.__doc__ or "")


def first_sentence(text: str) -> str:
    """Return a text up to its first full stop, on one line."""
    line = " ".join(text.split())
    return re.split(r"(?<=\.) ", line, maxsplit=1)[0]


def outcome(kind: Kind, x: Shape | None, earlier: Earlier = ()) -> Outcome:
    """Return what a type or template would do to a shape, with the values it starts at.

    Args:
        x: What enters; None where it is not known, for an error above.
        earlier: What a skip can refer to, the last of which is what enters.
    """
    return _outcome(kind, x, tuple(earlier))


@lru_cache(maxsize=256)  # one list of all types; each takes some 5 kB
def _outcome(kind: Kind, x: Shape | None, earlier: Earlier) -> Outcome:
    if isinstance(kind, Template):
        if x is None:
            return Outcome(
                (),
                problem="A template is made to fit what arrives, which is not known.",
                hint="Mend the error above first.",
            )
        try:
            layers = kind.make(x)
        except Unsuitable as refusal:
            return Outcome((), problem=str(refusal))
    else:
        layers = (starting(kind, x, earlier),)
    return Outcome(layers) if x is None else _walked(layers, x, earlier)


def _walked(layers: tuple[LayerSpec, ...], x: Shape, earlier: Earlier) -> Outcome:
    """Return what layers do to a shape where earlier ones stand above them."""
    around = Scope(None)
    for name, shape in earlier:
        around.values[same_name(name)] = Value(shape, INPUT, name)
    walk = Walk({})
    end = walk.sequence(layers, Value(x, INPUT, "what arrives"), around, "", (), 0)
    error = _error(walk.problems.found.values())
    return Outcome(
        layers,
        end.shape,
        error.message if error else "",
        error.hint if error else "",
        sum(map(_learnt, walk.rows)),
        sum(row.effect.macs for row in walk.rows if row.effect),
    )


def _error(found: Iterable[Diagnostic]) -> Diagnostic | None:
    return next((one for one in found if one.severity is Severity.ERROR), None)


def _learnt(row: Row) -> int:
    return sum(map(elements, row.parameters.values()))
