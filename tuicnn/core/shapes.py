"""Shapes of one sample, and the integer arithmetic of windows.

It never knows a layer type, and never sees a float: sizes round toward minus infinity.
Every rule is written over `N`, so that the same line computes and explains.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from tuicnn.core.derivation import Step
from tuicnn.core.terms import ENTERING, N, Term, ceiling, larger, smaller, symbol

Shape = tuple[int, ...]
"""The sizes of one sample, channels first: (C, L), (C, H, W), (C, D, H, W) or (F,)."""

AXES: dict[int, tuple[str, ...]] = {
    0: (),
    1: ("length",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}
"""The names of the spatial axes, by their number."""

BYTES_PER_NUMBER = 4
"""float32"""


def elements(shape: Shape) -> int:
    """Return how many numbers a shape holds, exactly."""
    return math.prod(shape)


def spell(shape: Shape) -> str:
    """Return a shape as people write it: 256×13×13."""
    return "×".join(map(str, shape))


def axis_names(shape: Shape) -> tuple[str, ...]:
    """Return the name of each axis of a sample: channels, height, width."""
    if len(shape) == 1:
        return ("features",)
    return ("channels", *spatial_names(len(shape) - 1))


def spatial_names(count: int) -> tuple[str, ...]:
    """Return the names of so many spatial axes; beyond three they have numbers."""
    return AXES.get(count) or tuple(f"axis {axis}" for axis in range(2, count + 2))


def window_positions(i: N, k: N, s: N, d: N, p0: N, p1: N) -> N:
    """Return how many places a window has on an axis, rounded down.

    Source: PyTorch `calc_conv_nd_return_shape`.
    """
    return (i + p0 + p1 - d * (k - 1) - 1) // s + 1


def window_positions_up(i: N, k: N, s: N, d: N, p0: N, p1: N) -> N:
    """Return how many places a window has under `ceil_mode`.

    The last window must begin inside the input or the padding before it.
    Source: PyTorch `pooling_output_shape`, ONNX from opset 22.
    """
    placed = ceiling(i + p0 + p1 - d * (k - 1) - 1, s) + 1
    return smaller(placed, ceiling(i + p0, s))


def same_positions(i: N, s: N) -> N:
    """Return the output size under TensorFlow's SAME padding."""
    return ceiling(i, s)


def same_padding(i: N, k: N, s: N, d: N) -> N:
    """Return the cells that SAME adds to an axis in all; the odd one stands last.

    Source: tensorflow/core/framework/kernel_shape_util.cc.
    """
    return larger((ceiling(i, s) - 1) * s + d * (k - 1) + 1 - i, 0)


def transposed_size(i: N, k: N, s: N, d: N, p0: N, p1: N, op: N) -> N:
    """Return the output size of a transposed convolution.

    Source: torch/nn/modules/conv.py, ONNX ConvTranspose.
    """
    return (i - 1) * s - p0 - p1 + d * (k - 1) + 1 + op


class Window(NamedTuple):
    """A window that slides along one axis, every size resolved."""

    size: int
    kernel: int
    stride: int
    dilation: int
    begin: int
    end: int
    ceil: bool = False
    same: bool = False

    @property
    def extent(self) -> int:
        """How many cells it spans, holes of dilation included."""
        return self.dilation * (self.kernel - 1) + 1

    def positions(self) -> int:
        """Return how many places it has."""
        if self.same:
            return same_positions(self.size, self.stride)
        rule = window_positions_up if self.ceil else window_positions
        return rule(
            self.size, self.kernel, self.stride, self.dilation, self.begin, self.end
        )

    def discarded(self) -> int:
        """Return how many real cells at the end no window reads.

        Cells like those that a stride larger than the window leaves between any two
        windows do not count: they are gaps.
        """
        if self.ceil or self.same:
            return 0
        rest = (self.size + self.begin + self.end - self.extent) % self.stride
        gap = max(0, self.stride - self.extent)
        return larger(rest - self.end - gap, 0)

    def overhangs(self) -> bool:
        """Whether `ceil_mode` adds a window here."""
        return self.ceil and self.positions() > self._replace(ceil=False).positions()

    def derive(self, axis: str) -> tuple[Step, ...]:
        """Return where the output size of the axis comes from."""
        i, s, d = self._letters(axis)
        k = symbol("k", self.kernel, f"kernel {axis}")
        if self.same:
            total = same_padding(i, k, s, d)
            whole = symbol("p", total.value, f"padding in all, {axis}")
            return (
                Step.of(f"padding of {axis}", total),
                Step.of(f"padding before {axis}", whole // 2),
                Step.of(f"padding after {axis}", ceiling(whole, 2)),
                Step.of(f"output {axis}", same_positions(i, s)),
            )
        p0 = symbol("p₀", self.begin, f"padding before, {axis}")
        p1 = symbol("p₁", self.end, f"padding after, {axis}")
        rule = window_positions_up if self.ceil else window_positions
        placed = rule(i, k, s, d, p0, p1)
        return (Step.of(f"output {axis}", placed, self._brief(axis)),)

    def _brief(self, axis: str) -> Term | None:
        """Return the size without what changes nothing: no padding, no dilation."""
        if self.overhangs():
            return None
        i, s, _ = self._letters(axis)
        padded = i + (self.begin + self.end) if self.begin + self.end else i
        room = padded - symbol("k", self.extent, f"cells the window spans, {axis}")
        return (room // s if self.stride > 1 else room) + 1

    def _letters(self, axis: str) -> tuple[Term, Term, Term]:
        return (
            symbol("i", self.size, f"{ENTERING}{axis}"),
            symbol("s", self.stride, f"stride, {axis}"),
            symbol("d", self.dilation, f"dilation, {axis}"),
        )


class TransposedWindow(NamedTuple):
    """A window that each input cell paints onto the output, every size resolved."""

    size: int
    kernel: int
    stride: int
    dilation: int
    begin: int
    end: int
    output_padding: int

    @property
    def extent(self) -> int:
        """How many cells it spans, holes of dilation included."""
        return self.dilation * (self.kernel - 1) + 1

    def positions(self) -> int:
        """Return the size of the output axis."""
        return transposed_size(*self)

    def derive(self, axis: str) -> tuple[Step, ...]:
        """Return where the output size of the axis comes from."""
        size = transposed_size(
            symbol("i", self.size, f"{ENTERING}{axis}"),
            symbol("k", self.kernel, f"kernel {axis}"),
            symbol("s", self.stride, f"stride, {axis}"),
            symbol("d", self.dilation, f"dilation, {axis}"),
            symbol("p₀", self.begin, f"cells cut before, {axis}"),
            symbol("p₁", self.end, f"cells cut after, {axis}"),
            symbol("op", self.output_padding, f"output padding, {axis}"),
        )
        return (Step.of(f"output {axis}", size, self._brief(axis)),)

    def _brief(self, axis: str) -> Term:
        """Return the size without what changes nothing: no padding, no dilation."""
        i = symbol("i", self.size, f"{ENTERING}{axis}")
        last = i - 1 if self.stride == 1 else (i - 1) * self.stride
        painted = last + self.extent
        cut = self.begin + self.end
        shown = painted - cut if cut else painted
        return shown + self.output_padding if self.output_padding else shown
