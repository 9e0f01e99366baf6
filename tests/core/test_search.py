"""What is typed finds what is meant, whatever it is called elsewhere."""

from __future__ import annotations

import pytest

from tuicnn.core.addition import (
    TEMPLATE,
    Kind,
    family_of,
    first_sentence,
    kinds,
    outcome,
    own_name,
    summary,
)
from tuicnn.core.layers import family, layer_types
from tuicnn.core.search import search
from tuicnn.core.shapes import Shape
from tuicnn.core.templates import templates

MAP: Shape = (64, 28, 28)


def found(query: str, x: Shape | None = MAP) -> list[str]:
    """Return the names that a query finds, the best first."""
    return [own_name(one.kind) for one in search(query, x)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dense", "linear"),
        ("fully connected", "linear"),
        ("fc", "linear"),
        ("Gemm", "linear"),
        ("Conv2D", "conv2d"),
        ("nn.Conv2d", "conv2d"),
        ("tf.keras.layers.Conv2D", "conv2d"),
        ("MaxPooling2D", "max_pool2d"),
        ("maxpool", "max_pool2d"),
        ("max pool", "max_pool2d"),
        ("MAX-POOL 2D", "max_pool2d"),
        ("GlobalAveragePooling2D", "global_avg_pool"),
        ("gap", "global_avg_pool"),
        ("deconv", "conv_transpose2d"),
        ("swish", "silu"),
        ("tansig", "tanh"),
        ("bn", "batch_norm"),
        ("norm", "batch_norm"),
        ("pool", "max_pool2d"),
        ("conv", "conv2d"),
        ("soft", "softmax"),
        ("re", "relu"),
        ("residual", "residual"),
        ("resid", "residual"),
        ("squeeze", "squeeze-and-excite"),
        ("squeeze and", "squeeze-and-excite"),
        ("SE", "squeeze-and-excite"),
        ("inception", "inception"),
        ("unet", "U-Net level"),
        ("mbconv", "inverted residual"),
        ("head", "classifier head"),
    ],
)
def test_a_name_from_anywhere_finds_the_layer(query: str, expected: str) -> None:
    assert found(query)[0] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cnv2d", "conv2d"),
        ("convv2d", "conv2d"),
        ("sofmax", "softmax"),
        ("bnorm", "batch_norm"),
        ("lrelu", "leaky_relu"),
        ("relo", "relu"),
        ("GlobalAveragePooling1D", "global_avg_pool"),
    ],
)
def test_a_slip_of_the_finger_finds_what_was_meant(query: str, expected: str) -> None:
    assert found(query)[0] == expected


@pytest.mark.parametrize("kind", kinds(), ids=own_name)
def test_every_name_finds_its_owner(kind: Kind) -> None:
    assert search(own_name(kind), MAP)[0].kind is kind
    for alias in kind.aliases:
        assert kind in [one.kind for one in search(alias, MAP)]


@pytest.mark.parametrize(
    ("query", "x", "expected"),
    [
        ("conv", (8, 100), "conv1d"),
        ("conv", (8, 10, 10), "conv2d"),
        ("conv", (8, 5, 10, 10), "conv3d"),
        ("max pool", (8, 100), "max_pool1d"),
        ("deconv", (8, 5, 10, 10), "conv_transpose3d"),
        ("dens", (100,), "linear"),
    ],
)
def test_what_fits_the_shape_stands_first(query: str, x: Shape, expected: str) -> None:
    assert found(query, x)[0] == expected


def test_an_exact_name_stands_before_its_sibling_that_fits() -> None:
    assert found("Conv2D", (8, 100))[:2] == ["conv2d", "conv1d"]


def test_a_prefix_stands_before_a_word_before_what_contains_it() -> None:
    names = found("relu")
    order = ["relu", "relu6", "leaky_relu", "prelu"]
    assert [name for name in names if name in order] == order


def test_what_matched_is_named() -> None:
    assert search("swish", MAP)[0].matched == "swish"
    assert search("SILU", MAP)[0].matched == "silu"


def test_nothing_typed_shows_everything_and_what_fits_first() -> None:
    names = found("")
    assert sorted(names) == sorted(map(own_name, kinds()))
    fits = [outcome(one.kind, MAP).fits for one in search("", MAP)]
    assert fits == sorted(fits, reverse=True)
    types = [name for name in names if name in layer_types()]
    fitting = [name for name in types if outcome(layer_types()[name], MAP).fits]
    assert fitting == [name for name in layer_types() if name in fitting]


@pytest.mark.parametrize("query", ["", " ", "-", "_ _"])
def test_what_is_no_letter_asks_for_everything(query: str) -> None:
    assert len(found(query)) == len(kinds())


@pytest.mark.parametrize("query", ["zzzz", "[/x]", "\x1b", "Ω", "q" * 10_000])
def test_what_nothing_is_called_finds_nothing(query: str) -> None:
    assert found(query) == []


def test_each_is_found_once() -> None:
    for query in ("", "conv", "activation", "skip", "2d"):
        names = found(query)
        assert len(names) == len(set(names))


def test_the_same_query_has_the_same_answer() -> None:
    assert search("pool", MAP) == search("pool", MAP)
    assert found("pool", None) == found("pool", None)


def test_an_outcome_says_what_would_be_added() -> None:
    seen = outcome(layer_types()["conv2d"], (3, 32, 32))
    assert seen.output == (16, 32, 32)
    assert seen.parameters == 3 * 16 * 9 + 16
    assert seen.macs == 32 * 32 * 3 * 16 * 9
    assert seen.fits


def test_an_outcome_says_why_nothing_leaves() -> None:
    seen = outcome(layer_types()["conv1d"], (3, 32, 32))
    assert not seen.fits
    assert seen.output is None
    assert seen.problem.startswith("conv1d takes a map with the axes channels, length.")
    assert seen.hint == "Use conv2d for this shape."
    assert seen.layers


def test_an_outcome_of_a_skip_knows_what_stands_above() -> None:
    add = layer_types()["add"]
    assert "No layer above" in outcome(add, (5,)).problem
    assert outcome(add, (5,), [("a", (5,)), ("b", (5,))]).fits
    assert not outcome(add, (5,), [("a", (7,)), ("b", (7,))]).fits


def test_an_outcome_of_a_template_needs_a_shape() -> None:
    for template in templates():
        assert outcome(template, MAP).output is not None
        unknown = outcome(template, None)
        assert (unknown.layers, unknown.fits) == ((), False)
    residual = templates()[1]
    assert "vector" in outcome(residual, (100,)).problem


def test_a_type_can_be_added_where_nothing_arrives() -> None:
    seen = outcome(layer_types()["conv2d"], None)
    assert seen.layers
    assert seen.fits
    assert seen.output is None


def test_every_kind_has_a_family_and_says_what_it_does() -> None:
    for kind in kinds():
        expected = family(kind) if isinstance(kind, type) else TEMPLATE
        assert family_of(kind) == expected
        assert summary(kind).endswith(".")


def test_the_first_sentence_ends_at_its_full_stop() -> None:
    assert first_sentence("A p of 0.5 is\n  usual. More.") == "A p of 0.5 is usual."
    assert first_sentence("") == ""
