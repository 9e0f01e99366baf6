"""The words of the field, each with what it means to who meets it for the first time.

It never knows a network, and never where a word is told.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Final, NamedTuple

from tuicnn.core.layers import family, layer_types


class Term(NamedTuple):
    """A word of the field.

    Attributes:
        name: The word, as it is glossed.
        gloss: What it means, in a clause without a full stop.
        forms: How it is written in running text, in small letters; without any, as
            its name, alone or with an s.
    """

    name: str
    gloss: str
    forms: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """How the term is written in running text."""
        return self.forms or (self.name, f"{self.name}s")


TERMS: Final = (
    # What lies between the layers.
    Term("sample", "one input, such as one image"),
    Term("batch", "the samples that run together"),
    Term("map", "a grid of numbers, such as one colour of an image"),
    Term("cell", "one place of a map, and the number there"),
    Term("channels", "maps of one size, one on the other; a colour image has three",
         ("channels", "channel")),
    Term("features", "numbers in a row, without height and width"),
    Term("tensor", "a table of numbers, with any number of axes"),
    Term("spatial axis", "one along which a map extends: height, width",
         ("spatial axis", "spatial axes")),
    Term("running value", "what the layers so far have made"),
    Term("branches", "ways that the same input goes, side by side"),
    Term("channels last", "the axes in the order height, width, channels"),
    Term("channels first", "the axes in the order channels, height, width"),
    Term("a choice", "the document states it, and another number would do as well"),
    # Windows.
    Term("window", "the cells that one output is made from"),
    Term("kernel", "the window that slides over a map, or its size in cells"),
    Term("filter", "the weights of a window; laid on every place, it makes one map"),
    Term("stride", "how far a window moves from one place to the next, in cells"),
    Term("padding", "cells added around a map, so that a window fits at its edges",
         ("padding", "padded", "pads")),
    Term("padding same", "padding of as many cells as keep the size at stride 1",
         ("padding same", "padding “ same")),
    Term("dilation", "how far apart the cells of a window stand; 1 is side by side"),
    Term("groups", "equal shares of the channels; a filter reads one of them alone"),
    Term("ceil mode", "the size is rounded up: a last window may hang over the end"),
    Term("⌊x⌋", "x rounded down: a last window that does not fit is left out", ("⌊",)),
    Term("⌈x⌉", "x rounded up", ("⌈",)),
    Term("pool", "a layer that makes one number of each window, and learns nothing",
         ("pool", "pools", "pooling")),
    Term("transposed convolution",
         "a convolution backwards; its padding cuts cells off what leaves",
         ("transposed convolution", *(f"conv_transpose{rank}d" for rank in (1, 2, 3)))),
    Term("output padding", "cells more at the end, to pick one of several sizes"),
    Term("pointwise", "with a window of one cell, which only mixes channels",
         ("pointwise", "pointwise_weight")),
    Term("depthwise", "each channel by itself", ("depthwise", "depthwise_weight")),
    # What is learnt, and what it costs.
    Term("training", "the runs in which the weights are learnt"),
    Term("weight", "a number that is learnt; what enters is multiplied by it",
         ("weight", "weights")),
    Term("bias", "a number that is learnt, and added to each output",
         ("bias", "biases")),
    Term("parameters", "all numbers that are learnt: weights and biases",
         ("parameters", "parameter")),
    Term("buffers", "numbers that are kept with the weights, but not learnt"),
    Term("running_mean", "the mean that training has seen, kept for later"),
    Term("running_var", "the variance that training has seen, kept for later"),
    Term("variance", "how far values lie from their mean, squared"),
    Term("MACs", "multiplications by a weight, each with the adding-up of its product",
         ("macs", "mac")),
    Term("float32", "a number that is kept in 4 bytes"),
    Term("activation bytes", "the memory that what leaves a layer takes"),
    Term("receptive field", "the cells of the input that one output depends on"),
    Term("effective stride", "cells of the input from one output to the next"),
    Term("batch norm", "a layer that rescales each channel by its mean and variance",
         ("batch norm",)),
    Term("logits", "scores, before a softmax makes shares of them", ("logits",)),
    Term("convolution", "filters that slide over maps"),
    Term("linear layer", "one that makes each output a weighted sum of all inputs"),
)  # fmt: skip
"""Every word but the types of layers, which say themselves what they do."""

_PLAIN: Final = frozenset(("shaping", "structure", "dense"))
"""Families of layers whose types are words of plain English, too."""


_LEADING: Final = ("· ", "by ")
"""What stands before a type of layer: `conv1 · conv2d`, `joined by add`."""


def layer_gloss(layer_type: str) -> str:
    """Return what a type of layer does, in a clause."""
    text = inspect.getdoc(layer_types()[layer_type]) or ""
    first = " ".join(text.split("\n\n")[0].split()).removesuffix(".")
    return f"{first[:1].lower()}{first[1:]}"


@cache
def vocabulary() -> tuple[Term, ...]:
    """Return every term: the types of layers, and the words of the field."""
    return (*_types(), *TERMS)


def _types() -> Iterator[Term]:
    for name, kind in layer_types().items():
        forms = [f"{before}{name}" for before in _LEADING]
        if family(kind) not in _PLAIN and name != "identity":
            forms.append(name)
        yield Term(name, layer_gloss(name), tuple(forms))


_TOKENS: Final = re.compile(r"\w+|[⌊⌈·“]")


def words_of(text: str) -> str:
    """Return a text as its words in small letters, a blank around each."""
    return f" {' '.join(_TOKENS.findall(text.lower()))} "


@cache
def _forms() -> tuple[tuple[str, Term], ...]:
    """Return how each term is written, the longest form first."""
    every = [(form, term) for term in vocabulary() for form in term.spellings]
    return tuple(sorted(every, key=lambda one: -len(one[0])))


def used(terms: Collection[Term], words: str) -> list[Term]:
    """Return the terms that are written in a text, in the order of their first use.

    What is part of a longer term is no use of a shorter one: batch norm, batch.

    Args:
        words: The text, as `words_of` returns it.
    """
    found: dict[Term, int] = {}
    for form, term in _forms():
        place = words.find(f" {form} ")
        if place < 0:
            continue
        if " " in form and not form.startswith(_LEADING):
            words = words.replace(f" {form} ", f" {'~' * len(form)} ")
        found[term] = min(place, found.get(term, place))
    return [term for term in sorted(found, key=found.__getitem__) if term in terms]
