"""What arrives at a layer, told back to the input: reshapes, shares of channels."""

from __future__ import annotations

import pytest

from tests.core.test_explain import assert_fits
from tests.interop.networks import report_of
from tuicnn.core.explain import explain_layer

Layer = dict[str, object]

CONV: Layer = {"type": "conv2d", "name": "c", "out_channels": 4, "kernel_size": 1}
RELU: Layer = {"type": "relu", "name": "r"}
SPLIT: Layer = {"type": "parallel", "name": "p", "split": "channels"}
DEALT = "4 = 16 / 4 p: 4 branches · concat · split channels"


def told(path: str, *layers: Layer, entering: tuple[int, ...]) -> str:
    """Return what is told of what arrives at a layer, or of what it holds."""
    report = report_of(*layers, entering=entering)
    row = report.row(path)
    assert row is not None
    lines = explain_layer(report, row)
    assert_fits(lines)
    return " ".join("\n".join(lines).split("\n\n")[1].split())


def split(merge: str, *branches: list[Layer]) -> Layer:
    return {**SPLIT, "merge": merge, "branches": list(branches)}


def test_a_reshape_is_made_of_all_axes_that_enter_it() -> None:
    reshape = {"type": "reshape", "name": "s", "shape": [2, 3, -1]}
    text = told("r", reshape, RELU, entering=(12, 7, 30))
    assert text == (
        "What arrives 2 s: 2×3×−1 3 s: 2×3×−1 420 = 2520 / (2·3) s: 2×3×−1 "
        "12 is the channels of the input 7 is the height of the input "
        "30 is the width of the input Layers that are not named keep these sizes."
    )


def test_an_axis_beside_one_that_is_split_is_what_it_was() -> None:
    split = {"type": "unflatten", "name": "u", "dim": 2, "unflattened_size": [14, -1]}
    text = told("r", split, RELU, entering=(12, 210))
    assert text == (
        "What arrives 12 is the channels of the input 14 u: dim 2 · 14×−1 "
        "15 = 210 / 14 u: dim 2 · 14×−1 210 is the length of the input "
        "Layers that are not named keep these sizes."
    )


def test_one_reshape_after_another_is_told_without_repetition() -> None:
    flat = {"type": "flatten"}
    back = {"type": "reshape", "name": "s", "shape": [-1, 2, 3]}
    again = {"type": "reshape", "name": "t", "shape": [5, -1, 3]}
    text = told("r", flat, back, again, RELU, entering=(5, 4, 6))
    assert text.count("is the channels of the input") == 1
    assert text.count("20 = 120 / (2·3)") == 1
    assert "8 = 120 / (5·3) t: 5×−1×3" in text


@pytest.mark.parametrize(
    ("path", "layers", "first"),
    [
        ("p.0.r", [split("concat", [RELU], [], [], [])], f"{DEALT} 16 is the channels"),
        ("p.0.c", [CONV | {"out_channels": 16, "name": "above"},
                   split("concat", [RELU, CONV], [], [], [])],
         f"{DEALT} 16 above makes them: out_channels, a choice"),
        # What leaves branches that are added is the share, which one passes on.
        ("r", [split("add", [], [], [], []), RELU],
         "4 = 16 / 4 p: 4 branches · add · split channels 16 is the channels"),
        ("p.0.q.0.r", [split("concat", [{**split("add", [RELU], []), "name": "q"}],
                             [], [], [])],
         f"2 = 4 / 2 p.0.q: 2 branches · add · split channels {DEALT} 16 is the"),
        ("p.1.b.r", [split("concat", [], [
            {"type": "block", "name": "b", "layers": [RELU]}], [], [])],
         f"{DEALT} 16 is the channels"),
    ],
    ids=["input", "layer", "added", "nested", "block"],
)  # fmt: skip
def test_a_share_of_the_channels_is_told_as_one(
    path: str, layers: list[Layer], first: str
) -> None:
    text = told(path, *layers, entering=(16, 8, 8))
    assert text.startswith(f"What arrives {first}")
    assert "8 is the height of the input" in text


def test_a_branch_without_layers_passes_its_share_on() -> None:
    block: Layer = {"type": "block", "layers": []}
    layers = split("concat", [], [block], [CONV])
    text = told("p", layers, entering=(18, 8, 8))
    assert "branch 0 passes its input on: 6×8×8" in text
    assert "branch 1 ends with the input: 6×8×8" in text
    text = told("p", layers, entering=(16, 8, 8))  # three shares of 16 there are not
    assert "branch 0 passes its input on: ?" in text
