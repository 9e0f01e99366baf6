"""The arithmetic of windows against its definitions, never against another formula.

Where a rule is a framework's own, the definition is that framework's text.
"""

from __future__ import annotations

import math
import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.arithmetic import assert_adds_up, assert_true
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Diagnostic, Severity
from tuicnn.core.layers.conv import Conv1d, ConvTranspose1d
from tuicnn.core.layers.pool import MaxPool1d
from tuicnn.core.layers.shaping import Upsample
from tuicnn.core.network import Network
from tuicnn.core.reach import binned
from tuicnn.core.shapes import (
    Window,
    same_padding,
    same_positions,
    transposed_size,
    window_positions,
    window_positions_up,
)

sizes = st.integers(1, 60)
kernels = st.integers(1, 9)
strides = st.integers(1, 6)
dilations = st.integers(1, 4)
pads = st.integers(0, 9)


def test_adaptive_bins_overlap_where_the_sizes_do_not_divide() -> None:
    bins = binned(10, 4)
    assert [bins.span(cell) for cell in range(4)] == [(0, 2), (2, 4), (5, 7), (7, 9)]


@given(sizes, kernels, strides, dilations, pads, pads)
def test_a_window_has_as_many_places_as_its_definition_counts(
    n: int, k: int, s: int, d: int, p0: int, p1: int
) -> None:
    places = range(0, n + p0 + p1 - d * (k - 1), s)
    assert max(0, window_positions(n, k, s, d, p0, p1)) == len(places)


@given(sizes, kernels, strides, dilations, st.data())
def test_a_window_that_rounds_up_follows_pytorch_in_two_steps(
    n: int, k: int, s: int, d: int, data: st.DataObject
) -> None:
    """aten/src/ATen/native/Pool.h; a pool pads at most half of its window."""
    extent = d * (k - 1) + 1
    p0, p1 = (data.draw(st.integers(0, extent // 2)) for _ in range(2))
    found = (n + p0 + p1 - extent + s - 1) // s + 1
    if (found - 1) * s >= n + p0:
        found -= 1
    assert window_positions_up(n, k, s, d, p0, p1) == found


@given(sizes, kernels, strides, dilations)
@example(224, 7, 2, 1)
@example(5, 2, 3, 1)
def test_same_pads_as_tensorflow_does(n: int, k: int, s: int, d: int) -> None:
    """By the remainder, as tf.nn's notes on padding put it."""
    extent = d * (k - 1) + 1
    total = max(extent - (n % s or s), 0)
    begin, end = total // 2, total - total // 2
    assert same_padding(n, k, s, d) == total
    assert same_positions(n, s) == len(range(0, n, s))
    assert same_positions(n, s) == window_positions(n, k, s, d, begin, end)
    layer = Conv1d(out_channels=1, kernel_size=k, stride=s, dilation=d, padding="same")
    found = {step.quantity: step.value for step in layer.infer((1, n)).derive()}
    assert found["padding before length"] == begin
    assert found["padding after length"] == end


@given(sizes, kernels, strides, dilations, pads, pads, st.integers(0, 5))
def test_a_convolution_takes_back_what_a_transposed_one_made(
    n: int, k: int, s: int, d: int, p0: int, p1: int, op: int
) -> None:
    assume(op < s)
    grown = transposed_size(n, k, s, d, p0, p1, op)
    assert window_positions(grown, k, s, d, p0, p1) == n


@given(sizes, kernels, strides, dilations)
def test_a_transposed_convolution_paints_every_cell_it_claims(
    n: int, k: int, s: int, d: int
) -> None:
    painted = {cell * s + d * tap for cell in range(n) for tap in range(k)}
    assert transposed_size(n, k, s, d, 0, 0, 0) == max(painted) + 1


@given(sizes, kernels, strides, st.integers(0, 5))
def test_words_in_transposed_padding_mean_what_keras_means(
    n: int, k: int, s: int, op: int
) -> None:
    def size(padding: str, output_padding: int | None) -> int:
        layer = ConvTranspose1d.model_validate(
            {
                "out_channels": 1,
                "kernel_size": k,
                "stride": s,
                "padding": padding,
                "output_padding": output_padding,
            }
        )
        return layer.infer((1, n)).output[1]

    assume(op < s)
    assert size("same", None) == n * s
    assert size("valid", None) == (n - 1) * s + max(k, s)
    assert size("valid", op) == (n - 1) * s + k + op
    assume(n > 1 or k % 2 or op)
    assert size("same", op) == (n - 1) * s + k % 2 + op


@given(sizes, kernels, strides, dilations, pads, st.booleans(), st.booleans())
def test_a_window_explains_the_size_that_it_has(
    n: int, k: int, s: int, d: int, p: int, ceil: bool, same: bool
) -> None:
    if ceil:  # which pools alone have
        p = min(p, (d * (k - 1) + 1) // 2)
    window = Window(n, k, s, d, p, p, ceil, same)
    (output,) = (
        step for step in window.derive("length") if step.quantity == "output length"
    )
    assert_true(output)
    assert output.value == window.positions()


@given(sizes, kernels, strides, dilations, pads)
def test_every_valid_convolution_and_pool_adds_up(
    n: int, k: int, s: int, d: int, p: int
) -> None:
    assume(n + 2 * p >= d * (k - 1) + 1)
    conv = Conv1d(out_channels=4, kernel_size=k, stride=s, dilation=d, padding=p)
    assert_adds_up(conv.infer((2, n)))
    pool = MaxPool1d(kernel_size=k, stride=s, padding=min(p, k // 2), ceil_mode=True)
    assume(n + 2 * min(p, k // 2) >= k)
    assert_adds_up(pool.infer((2, n)))


@given(sizes, st.floats(0.05, 20))
@example(7, 1 / 7)
@example(100, 0.29)
def test_a_scale_of_any_digits_explains_the_size_that_it_gives(
    n: int, factor: float
) -> None:
    """torch.nn.functional.interpolate multiplies in double precision."""
    assume(math.floor(n * factor) >= 1)
    effect = Upsample(scale_factor=factor).infer((1, n))
    assert effect.output == (1, math.floor(n * factor))
    assert_adds_up(effect)


@given(st.integers(1, 9), kernels, strides, dilations, st.booleans())
def test_the_largest_kernel_that_is_named_is_the_largest_that_fits(
    size: int, kernel: int, stride: int, dilation: int, ceil: bool
) -> None:
    def refusal(kernel: int) -> Diagnostic | None:
        layer = MaxPool1d(
            kernel_size=kernel, stride=stride, dilation=dilation, ceil_mode=ceil
        )
        found = check(Network(name="one", input=(1, size), layers=(layer,))).diagnostics
        return next((it for it in found if it.severity is Severity.ERROR), None)

    refused = refusal(kernel)
    assume(refused is not None)
    assert refused.code is Code.WINDOW_TOO_LARGE
    most = int(re.search(r"at most (\d+)", refused.hint)[1])
    assert refusal(most) is None
    assert refusal(most + 1) is not None
