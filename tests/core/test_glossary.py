"""Glosses: each word of the field is told where it is used first, and once."""

from __future__ import annotations

import re
from random import Random

import pytest

from tests.cases import CASES
from tests.documents import PRESETS, preset_report
from tests.long import LONG
from tests.program import answer
from tuicnn.core.check import check
from tuicnn.core.explain import explain_layer, explain_network
from tuicnn.core.explain.glossed import glossed, with_words
from tuicnn.core.explain.lines import WIDTH
from tuicnn.core.glossary import TERMS, Term, layer_gloss, vocabulary
from tuicnn.core.layers import layer_types
from tuicnn.core.network import Network

WORDS = {
    "stride": r"\bstrides?\b",
    "padding": r"(?<!output )\bpadd(?:ing|ed)\b(?! same)",
    "dilation": r"\bdilation\b",
    "kernel": r"\bkernels?\b",
    "channels": r"\bchannels?\b(?! last)",
    "groups": r"\bgroups\b",
    "filter": r"\bfilters?\b",
    "window": r"\bwindows?\b",
    "map": r"\bmaps?\b",
    "receptive field": r"\breceptive field\b",
    "MACs": r"\bMACs?\b",
    "parameters": r"\bparameters?\b",
    "bias": r"\bbias\b",
    "weight": r"\bweights?\b",
    "batch": r"\bbatch\b(?!\s+norm)",
    "batch_norm": r"\bbatch_norm\b",
    "transposed convolution": r"\btransposed convolution\b|\bconv_transpose\dd\b",
    "pool": r"\bpool(?:s|ing)?\b",
    "⌊x⌋": "⌊",
    "⌈x⌉": "⌈",
    "output padding": r"\boutput padding\b",
    "ceil mode": r"\bceil mode\b",
    "softmax": r"\bsoftmax\b",
    "logits": r"\blogits\b",
    "a choice": r"\ba choice\b",
    "channels last": r"\bchannels last\b",
}
"""The words that a beginner stumbles over, and how they look in a text.

They are looked for by patterns of the test's own, not as the program finds them.
"""


def assert_told_at_first_use(lines: list[str]) -> None:
    """Assert that each word stands in its own paragraph's glosses, or in those above.

    A gloss is a paragraph's last lines, so that the word is told before the next one.
    """
    text = "\n".join(lines)
    paragraphs = text.split("\n\n")
    for word, pattern in WORDS.items():
        gloss = rf"(?:^ *\({re.escape(word)}: |\b{re.escape(word)}: (?!the )[a-z])"
        used = _places(pattern, paragraphs, re.IGNORECASE)
        told = _places(gloss, paragraphs, re.MULTILINE)
        if used:
            assert told, f"{word} is never told:\n{text}"
            assert told[0] <= used[0], f"{word} is told too late:\n{text}"
        assert text.count(f"({word}: ") <= 1, f"{word} is told twice:\n{text}"
    assert max(map(len, lines)) <= WIDTH


def _places(pattern: str, texts: list[str], flag: re.RegexFlag) -> list[int]:
    return [at for at, one in enumerate(texts) if re.search(pattern, one, flag)]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_beginners_stumble_over_stands_in_the_glossary(word: str) -> None:
    assert word in {term.name for term in vocabulary()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_words_are_told_where_a_layer_uses_them_first(case) -> None:
    network = Network(name="n", input=case.entering, layers=(case.layer,))
    report = check(network)
    assert_told_at_first_use(glossed(explain_layer(report, report.rows[0])))


@pytest.mark.parametrize("name", PRESETS)
def test_words_are_told_where_a_preset_uses_them_first(name: str) -> None:
    report = preset_report(name)
    assert_told_at_first_use(glossed(explain_network(report)))
    rows = list(report.rows)
    for row in rows if LONG else Random(name).sample(rows, min(4, len(rows))):
        assert_told_at_first_use(glossed(explain_layer(report, row)))


def test_the_command_line_tells_the_words_below_a_paragraph() -> None:
    head, *_ = answer("explain", "alexnet", "conv1").split("\n\n")
    assert "(stride: how far a window moves" in head
    assert "(stride" in answer("explain", "alexnet")
    assert "(MACs: " in answer("explain", "alexnet", "--number", "macs")


def test_a_part_of_a_longer_word_is_no_use_of_a_shorter_one() -> None:
    told = "\n".join(glossed(["Fold the batch norm.", "", "One batch norm more."]))
    assert "(batch norm: " in told
    assert "(batch: " not in told


def test_a_gloss_never_changes_a_line() -> None:
    report = preset_report("alexnet")
    lines = explain_network(report)
    left = iter(glossed(lines))
    assert all(line in left for line in lines)


def test_a_gloss_follows_the_word_that_its_own_words_need() -> None:
    lines = glossed(["A filter is learnt."])
    told = [line.strip(" (").split(":")[0] for line in lines[1:]]
    assert told[:2] == ["filter", "weight"]
    assert len(told) == len(set(told))


def test_a_text_that_says_what_a_word_means_is_left_as_it_is() -> None:
    line = "MACs: multiplications by weights, for one sample"
    assert not any(one.startswith("  (MACs") for one in glossed([line]))


@pytest.mark.parametrize("kind", layer_types())
def test_a_type_of_layer_says_what_it_does_in_a_clause(kind: str) -> None:
    gloss = layer_gloss(kind)
    assert 10 < len(gloss) <= 80
    assert not gloss.endswith(".")


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_gloss_is_a_clause_that_does_not_need_its_own_word(term: Term) -> None:
    assert not term.gloss.endswith(".")
    assert f" {term.name.lower()} " not in f" {term.gloss.lower()} "
    assert len(f"  ({term.name}: {term.gloss})") <= 2 * WIDTH - 20


def test_no_word_stands_in_the_glossary_twice() -> None:
    names = [term.name for term in vocabulary()]
    assert len(names) == len(set(names))


def test_words_stand_in_a_last_part_each_once() -> None:
    report = preset_report("alexnet")
    for row in report.rows:
        lines = explain_layer(report, row)
        found = with_words(lines)
        assert found[: len(lines)] == lines
        heads = [
            line.strip().partition(": ")[0]
            for line in found[len(lines) + 2 :]
            if line.startswith("  ") and not line.startswith("    ")
        ]
        assert len(heads) == len(set(heads))
        assert all(len(line) <= 80 for line in found)
        if "stride" in "\n".join(lines):
            assert found[len(lines) + 1] == "Words" and "stride" in heads
    assert with_words(["nothing"]) == ["nothing"]
