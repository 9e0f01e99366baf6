"""Words on what few networks have: a neuron written out, formulas of their own."""

from __future__ import annotations

import pytest

from tests.cases import net
from tests.core.test_explain import assert_fits
from tests.interop.networks import reported
from tests.preview.networks import network
from tuicnn.core.explain import explain_layer
from tuicnn.core.explain.symbolic import explain_symbolic
from tuicnn.core.symbolic import symbolic

Layer = dict[str, object]

OUT = "its first output, with x₁ … the inputs: "


@pytest.mark.parametrize(
    ("weight", "bias", "behind", "said"),
    [
        ([0.5, -2], [-1], [{"type": "tanh"}], "tanh(0.5·x₁ − 2·x₂ − 1)"),
        ([-0.5, 2], [1], [{"type": "dropout"}], "−0.5·x₁ + 2·x₂ + 1"),
        ([1, 2], None, [], "1·x₁ + 2·x₂"),
        ([1, 2], [0], [{"type": "softmax"}, {"type": "relu"}], "1·x₁ + 2·x₂ + 0"),
        # What reads something else, or makes another shape, does not follow it.
        ([1, 2], [3], [{"type": "concat", "with": ["fc"]}, {"type": "relu"}],
         "1·x₁ + 2·x₂ + 3"),
        ([1] * 8, [0], [], " + ".join(f"1·x{at}" for at in "₁₂₃₄₅₆₇₈") + " + 0"),
        ([1] * 9, [0], [], None),
    ],
)  # fmt: skip
def test_a_neuron_of_few_inputs_is_written_out(
    weight: list[float], bias: list[float] | None, behind: list[Layer], said: str | None
) -> None:
    fc: Layer = {"type": "linear", "name": "fc", "out_features": 1}
    values: Layer = {"fc.weight": [weight], "fc.bias": bias or [0]}
    if bias is None:
        fc["bias"] = False
        del values["fc.bias"]
    document = net((len(weight),), fc, *behind)
    found = reported({**document, "parameters": values})
    assert found.valid
    lines = explain_layer(found, found.rows[0])
    assert_fits(lines)
    text = " ".join("\n".join(lines).split())
    assert (OUT in text) == (said is not None)
    assert said is None or f"{OUT}{said} What it costs" in text


def told(layers: list[Layer], entering: list[int]) -> str:
    lines = explain_symbolic(symbolic(network(layers, entering)))
    assert_fits(lines)
    return "\n".join(lines)


def lined_up() -> Layer:
    """Return windows beside each other, whose length is a long sum of floors."""
    windows = ((2, 3), (3, 5), (4, 7), (5, 11), (6, 13), (7, 17), (8, 19))
    branches = [
        [{"type": "conv1d", "out_channels": 1, "kernel_size": size, "stride": step}]
        for size, step in windows
    ]
    return {"type": "parallel", "merge": "concat", "dim": 2, "branches": branches}


def test_a_formula_that_is_too_long_gets_one_letter_wherever_it_stands() -> None:
    both = {"type": "parallel", "merge": "concat", "dim": 1,
            "branches": [[lined_up()], [lined_up()]]}  # fmt: skip
    text = told([both, {"type": "flatten"}], [1, 100])
    assert "flatten_1: features = 2·a₁\n" in text
    assert "a₂" not in text


def test_no_formula_is_claimed_where_shapes_do_not_fit() -> None:
    odd = {"type": "parallel", "name": "odd", "merge": "add",
           "branches": [[], [{"type": "flatten"}]]}  # fmt: skip
    text = told([odd, {"type": "relu"}], [4, 9])
    assert "odd.1.flatten_1: features = 4·L\n" in text
    assert "Nothing is claimed from odd on: an error stands there." in text


def test_a_formula_that_is_too_long_gets_a_letter() -> None:
    half = {"type": "max_pool1d", "name": "p", "kernel_size": 1, "stride": 2}
    text = told([lined_up(), half], [1, 100])
    assert "p                      ⌈a₁/2⌉            1×48\n" in text
    assert "\na₁ = (⌊(L − 2)/3⌋ + 1) + " in text


def test_the_most_that_a_layer_takes_is_told() -> None:
    pool = {"type": "max_pool1d", "kernel_size": 3}
    fc = {"type": "linear", "name": "fc", "in_features": 12, "out_features": 2}
    text = told([pool, {"type": "flatten"}, fc], [4, 9])
    assert "  L ≥ 9 (fc asks for it)\n  L ≤ 11 (fc asks for it)\n" in text


def test_formulas_of_vectors_stand_below_no_table() -> None:
    text = told([{"type": "flatten"}], [4, 9])
    assert "input N×4×L\n\nflatten_1: features = 4·L\n\nN is" in text
