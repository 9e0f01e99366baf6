"""Types and templates that can be added, found by any of their names.

It never works out what one would do: `addition` does.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import cache
from typing import Final, NamedTuple

from tuicnn.core.addition import Kind, kinds, outcome, own_name
from tuicnn.core.shapes import Shape
from tuicnn.core.starting import Earlier, for_rank
from tuicnn.core.templates import Template
from tuicnn.core.wording import nearest

_TYPED: Final = 64
"""Characters of a query that are looked at."""

_FEWEST: Final = 3
"""Letters from which on others may be left out between them."""

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[A-Za-z]*")
"""A word of a name, in any of the spellings."""


class Found(NamedTuple):
    """A type or a template, and the name by which it was found.

    Attributes:
        kind: What can be added.
        matched: The name that matched, as it is written; its own where none was asked.
    """

    kind: Kind
    matched: str


class _Name(NamedTuple):
    """One name of a type or template.

    Attributes:
        kind: What is called so.
        written: The name as people write it.
        folded: The name as it is compared.
        words: Where words begin in the folded name.
        own: Whether it is the one the document, or the list of templates, uses.
    """

    kind: Kind
    written: str
    folded: str
    words: frozenset[int]
    own: bool


class _Match(IntEnum):
    """How a name answers a query, the best first."""

    OWN = 0
    EXACT = 1
    SIBLING = 2
    FIRST_WORDS = 3
    BEGINNING = 4
    WORD = 5
    INSIDE = 6


def search(query: str, x: Shape | None, earlier: Earlier = ()) -> list[Found]:
    """Return types and templates by any name, the best first.

    An equal name stands before one that begins so, that before one of whose words
    begins so, that before one that contains it; beside each other, what fits the shape
    stands first. Only where no name contains the query, those are taken that have its
    letters in their order, and at last the one that is most alike.

    Args:
        query: A name in any spelling, `nn.Conv2d` too; empty for everything.
        x: What arrives; None where it is not known.
        earlier: What a skip can refer to.
    """
    asked = _folded(query[:_TYPED].rpartition(".")[2])

    def unfit(kind: Kind) -> bool:
        return not outcome(kind, x, earlier).fits

    if not asked:
        every = [Found(kind, own_name(kind)) for kind in kinds()]
        return sorted(every, key=lambda found: unfit(found.kind))
    matches = _matches(asked, x) or _loose(asked) or _alike(asked)
    # What begins so is likelier the shorter it is; elsewhere the families' order is.
    found = sorted(
        matches,
        key=lambda one: (
            one[0],
            unfit(one[1].kind),
            not one[1].own,
            len(one[1].folded) if one[0] <= _Match.BEGINNING else 0,
        ),
    )
    best: dict[Kind, Found] = {}
    for _, name in found:
        best.setdefault(name.kind, Found(name.kind, name.written))
    return list(best.values())


@cache
def _names() -> tuple[_Name, ...]:
    return tuple(
        _Name(kind, written, _folded(written), _beginnings(written), not number)
        for kind in kinds()
        for number, written in enumerate((own_name(kind), *kind.aliases))
    )


def _folded(text: str) -> str:
    """Return a name as it is compared: without case, spaces, `_` and `-`."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in plain if not one.isspace() and one not in "_-")


def _beginnings(written: str) -> frozenset[int]:
    """Return where words begin in a folded name: MaxPooling2D has three."""
    found, at = set(), 0
    for word in _WORD.findall(written):
        found.add(at)
        at += len(_folded(word))
    return frozenset(found)


def _matches(asked: str, x: Shape | None) -> list[tuple[_Match, _Name]]:
    """Return every name that contains the query, and how."""
    found = [
        (match, name) for name in _names() if (match := _match(asked, name)) is not None
    ]
    wanted = {name.kind for match, name in found if match <= _Match.EXACT}
    siblings = {
        for_rank(kind, x) for kind in wanted if not isinstance(kind, Template)
    } - wanted
    own = (name for name in _names() if name.own and name.kind in siblings)
    return [*found, *((_Match.SIBLING, name) for name in own)]


def _match(asked: str, name: _Name) -> _Match | None:
    folded = name.folded
    if folded == asked:
        return _Match.OWN if name.own else _Match.EXACT
    if folded.startswith(asked):
        whole = len(asked) in name.words
        return _Match.FIRST_WORDS if whole else _Match.BEGINNING
    if any(folded.startswith(asked, at) for at in name.words):
        return _Match.WORD
    return _Match.INSIDE if asked in folded else None


def _loose(asked: str) -> list[tuple[int, _Name]]:
    """Return the names that begin alike and have all letters in their order."""
    if len(asked) < _FEWEST:
        return []
    return [
        (len(name.folded), name)
        for name in _names()
        if name.folded[0] == asked[0]
        and len(name.folded) <= 2 * len(asked) + 2  # about every other letter
        and _in_order(asked, name.folded)
    ]


def _in_order(letters: str, name: str) -> bool:
    left = iter(name)
    return all(letter in left for letter in letters)


def _alike(asked: str) -> list[tuple[int, _Name]]:
    """Return the names that are one slip of the finger away."""
    meant = nearest(asked, (name.folded for name in _names()))
    return [(0, name) for name in _names() if name.folded == meant]
