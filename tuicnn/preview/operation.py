"""What a layer does to the arrays that reach it, settled before there are any.

It never runs anything, and asks no rule of the core: fields and shapes are enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tuicnn.preview.kernels.window import Array, Axis

Shape = tuple[int, ...]
"""Sizes of an array, the batch first."""

Layout = Literal["last", "plain", "any"]
"""How an array lies in memory: channels last, in PyTorch's order, or either way."""


class Moment(NamedTuple):
    """Mean and mean square of an array's values, as far as they can be foreseen."""

    mean: float = 0.0
    square: float = 1.0

    @property
    def variance(self) -> float:
        """Mean square of the distances from the mean."""
        return max(0.0, self.square - self.mean**2)


Moments = Sequence[Moment]

Vectors = Callable[[Mapping[str, Array]], tuple[Array, ...]]


@dataclass(frozen=True)
class Pass:
    """Nothing is computed: the same numbers, perhaps seen in another order.

    Attributes:
        dims: The new order of axes; None where they stay or are joined and split.
    """

    dims: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Touch:
    """Each value, or each row of channels, is replaced in place.

    Attributes:
        apply: Writes over a block of rows (positions, channels).
        vectors: One number for each channel, made of the weights, for `apply`.
        rows: Whether `apply` mixes the values of one row.
        temporaries: How many arrays as large as the block `apply` makes.
    """

    apply: Callable[..., None]
    vectors: Vectors | None = None
    rows: bool = False
    temporaries: int = 0


@dataclass(frozen=True)
class Merge:
    """Several arrays become one, value by value.

    Attributes:
        kind: "add", "multiply", "average" or "maximum".
    """

    kind: str


@dataclass(frozen=True)
class Concat:
    """Arrays are lined up along their channels."""


@dataclass(frozen=True)
class Share:
    """Some of the channels, as the branches of a split get them."""

    first: int
    stop: int


@dataclass(frozen=True)
class Rows:
    """Rows of the output are made from rows of one sample, channels last.

    Attributes:
        make: Writes `out` (rows, *places, C), from a sample, the first row, and a room
            of its own.
        room: Numbers it needs for each row.
        reach: Numbers read for each number written, for the size of blocks.
    """

    make: Callable[[Array, int, Array, Array], None]
    room: int
    reach: int


@dataclass(frozen=True)
class Plain:
    """A pure function of whole arrays, in PyTorch's order of axes.

    Attributes:
        compute: From the inputs and the weights to the output.
        axis: Axis along which parts may be computed by themselves; None: none.
        factor: How many times its output it holds meanwhile.
        held: Numbers that it holds besides, as where it makes more than it returns.
        channelwise: Whether parts of axis 1 take their part of the weights.
    """

    compute: Callable[[Sequence[Array], Mapping[str, Array]], Array]
    axis: int | None = 1
    factor: int = 4
    held: int = 0
    channelwise: bool = False


@dataclass(frozen=True)
class Convolve:
    """A convolution: windows, and sums by weight.

    Attributes:
        windows: One for each spatial axis.
        groups: Shares of the channels.
        weight: Name of the weight, (out, in / groups, *kernel).
        bias: Whether there is one.
        mode: What padded cells hold.
    """

    windows: tuple[Axis, ...]
    groups: int
    weight: str
    bias: bool
    mode: str = "zeros"


@dataclass(frozen=True)
class Paint:
    """A transposed convolution: each cell paints a patch.

    Attributes:
        windows: Of the convolution that it transposes: `places` is the input's size,
            `size` the output's.
        groups: Shares of the channels.
        bias: Whether there is one.
    """

    windows: tuple[Axis, ...]
    groups: int
    bias: bool


@dataclass(frozen=True)
class Weigh:
    """A linear layer on the last axis.

    Attributes:
        features: Inputs of each output.
        outputs: Outputs.
        bias: Whether there is one.
    """

    features: int
    outputs: int
    bias: bool


Method = Pass | Touch | Merge | Concat | Share | Rows | Plain | Convolve | Paint | Weigh


@dataclass(frozen=True)
class Operation:
    """A layer bound to the shapes that reach it.

    Attributes:
        output: Shape that leaves, the batch first.
        method: How it is computed.
        parameters: Shape of each learnable tensor.
        buffers: Shape of each tensor that is kept, but not learnt.
        macs: Multiplications by weights, for the whole batch.
        wants: How its inputs must lie in memory.
        moment: Mean and mean square of its output, from those of its inputs, for the
            scale of random weights.
    """

    output: Shape
    method: Method
    parameters: Mapping[str, Shape] = field(default_factory=dict)
    buffers: Mapping[str, Shape] = field(default_factory=dict)
    macs: int = 0
    wants: Layout = "last"
    moment: Callable[[Moments], Moment] = lambda moments: moments[0]

    @property
    def parameter_count(self) -> int:
        """Numbers that are learnt."""
        return sum(map(math.prod, self.parameters.values()))
