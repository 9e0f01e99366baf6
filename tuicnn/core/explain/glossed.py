"""Explanations for who meets the words for the first time: each is glossed once.

It never changes a line: glosses stand below the paragraph that uses a word first.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Final

from tuicnn.core.explain.lines import INDENT, WIDTH
from tuicnn.core.glossary import Term, used, vocabulary, words_of

_SAYS: Final = r"(?<!\w){}: (?!the field )(?!the input )[a-z]"
"""How a line looks that says itself what a word means."""


def glossed(lines: Iterable[str]) -> list[str]:
    """Return lines with a gloss of each term below the paragraph that uses it first."""
    untold = list(vocabulary())
    found: list[str] = []
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        paragraph = list(group)
        found += paragraph
        if not blank and untold:
            indent = _indent(paragraph)
            for term in _first_used(untold, "\n".join(paragraph)):
                found += _gloss(term, indent)
    return found


def with_words(lines: list[str]) -> list[str]:
    """Return lines with the gloss of each term in a last part, out of the way."""
    terms = list(_first_used(list(vocabulary()), "\n".join(lines)))
    if not terms:
        return lines
    told = (
        textwrap.wrap(
            f"{term.name}: {term.gloss}",
            WIDTH,
            initial_indent=INDENT,
            subsequent_indent=2 * INDENT,
        )
        for term in terms
    )
    return [*lines, "", "Words", *chain.from_iterable(told)]


def _indent(lines: list[str]) -> str:
    """Return the indent of what stands below the head of a paragraph."""
    indents = (line[: len(line) - len(line.lstrip())] for line in lines)
    return min(filter(None, indents), default=INDENT)


def _first_used(untold: list[Term], text: str) -> Iterator[Term]:
    """Yield the terms that a text uses, each followed by those that its gloss uses."""
    for term in used(untold, words_of(text)):
        if term not in untold:  # the gloss of another used it
            continue
        untold.remove(term)
        if re.search(_SAYS.format(re.escape(term.name)), text) is None:
            yield term
            yield from _first_used(untold, term.gloss)


def _gloss(term: Term, indent: str) -> list[str]:
    return textwrap.wrap(
        f"({term.name}: {term.gloss})",
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent} ",
    )
