"""A forward pass from document to result: plan, weights, limit, engine, rows.

It never compares with the core: `confirm` does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tuicnn.core import limits
from tuicnn.core.network import Network
from tuicnn.preview.crew import Token
from tuicnn.preview.engine import Engine, NumpyEngine
from tuicnn.preview.faults import LayerFault, TooMuchMemory
from tuicnn.preview.free import free_memory
from tuicnn.preview.kernels.window import Array
from tuicnn.preview.outcome import Observer, Outcome, Progress
from tuicnn.preview.plan import Line, Plan, plan
from tuicnn.preview.statistics import Statistics
from tuicnn.preview.weights import Weights, check, from_document

MAXIMUM_LIMIT: Final = 8 * limits.PREVIEW_BYTES
"""The most it takes without being told to, in bytes."""


@dataclass(frozen=True)
class Options:
    """How a forward pass is made.

    Attributes:
        seed: Of random weights, and of a random input.
        batch: Samples that go through together.
        sample: Shape of one of them, where it is not the document's.
        exact: Whether methods that round more than a plain product are out.
        threads: How many work together; None: as many as can run at once.
        memory_limit: Bytes it may hold; None: `default_limit()`.
        statistics: Whether mean, deviation and extremes are wanted.
    """

    seed: int = 0
    batch: int = 1
    sample: tuple[int, ...] | None = None
    exact: bool = False
    threads: int | None = None
    memory_limit: int | None = None
    statistics: bool = True


@dataclass(frozen=True)
class Result:
    """What was seen of one row: a layer, or a container with what it holds.

    Attributes:
        path: Path of the layer.
        type: Its type.
        output_shape: Shape of the array that left, without the batch.
        parameter_count: Numbers in the arrays of its weights that are learnt.
        milliseconds: Time it took; a container's is the sum of its content's.
        mean: Mean of the finite values; NaN where there are none, or nobody asked.
        std: Standard deviation of the finite values.
        minimum: The least of them.
        maximum: The greatest of them.
        nans: Values that are no number.
        infinities: Values that are infinite.
        method: How it was computed.
        container: Whether it holds other rows.
    """

    path: str
    type: str
    output_shape: tuple[int, ...]
    parameter_count: int
    milliseconds: float
    mean: float
    std: float
    minimum: float
    maximum: float
    nans: int
    infinities: int
    method: str
    container: bool


@dataclass(frozen=True)
class Trace:
    """A forward pass that was made.

    Attributes:
        engine: Name of the engine.
        seed: Of random weights and input.
        batch: Samples that went through.
        rows: One for each layer and container, in the order of the core's rows.
        output: The last values, (batch, …).
        peak: Bytes that it was foreseen to hold.
    """

    engine: str
    seed: int
    batch: int
    rows: tuple[Result, ...]
    output: Array
    peak: int

    @property
    def first_not_finite(self) -> Result | None:
        """The first layer with a value that is NaN or infinite."""
        return next((row for row in self.rows if row.nans or row.infinities), None)

    @property
    def milliseconds(self) -> float:
        """Time of all layers together."""
        return sum(row.milliseconds for row in self.rows if not row.container)


class Forward:
    """A forward pass that is settled, but not made: its memory and weights are known.

    Args:
        network: The document.
        options: How to make it.
        held: Values of weights, by path and parameter name; the document's own values
            hold where there are none, and random ones otherwise.

    Raises:
        LayerFault: A layer cannot take what reaches it.
        WeightsFault: `held`, or the document's `parameters`, do not fit.
    """

    def __init__(
        self,
        network: Network,
        options: Options | None = None,
        held: Mapping[str, Array] | None = None,
        *,
        observed: bool = False,
    ) -> None:
        self.options = options or Options()
        self.network = network
        self.plan: Plan = plan(network, self.options.batch, self.options.sample)
        if held:
            check(
                self.plan, {key: one.shape for key, one in held.items()}, "the weights"
            )
        values = from_document(network, self.plan) | dict(held or {})
        self.weights = Weights(self.plan, self.options.seed, values)
        self.engine: Engine = NumpyEngine(
            self.plan,
            self.weights,
            threads=self.options.threads,
            exact=self.options.exact,
            statistics=self.options.statistics,
            observed=observed,
        )

    @property
    def peak(self) -> int:
        """Bytes that the pass will hold at most, its input included."""
        return self.engine.peak() + 4 * math.prod(self.plan.input)

    def admit(self) -> None:
        """Refuse a pass that would hold more than it may.

        Raises:
            TooMuchMemory: With what it needs and what it may have.
        """
        limit = self.options.memory_limit
        limit = default_limit() if limit is None else limit
        if self.peak > limit:
            raise TooMuchMemory(self.peak, limit)

    def run(
        self,
        x: Array,
        progress: Progress | None = None,
        token: Token | None = None,
        observe: Observer | None = None,
    ) -> Trace:
        """Make the pass.

        Args:
            x: (batch, *sample); float32, unless weights stand in the document.
            progress: Told each layer's path, and the share of MACs done before it.
            token: Polled; where it is set, the pass stops.
            observe: Told each layer's path and output; only where `observed` was set.

        Raises:
            TooMuchMemory: It would hold more than it may.
            Cancelled: The token was set.
        """
        self.admit()
        if x.shape != self.plan.input:
            raise LayerFault(
                "", f"expected an input {self.plan.input}, received {x.shape}"
            )
        x = np.ascontiguousarray(x)
        output, outcomes = self.engine.forward(x, progress, token, observe)
        rows = tuple(_row(self.plan, line, outcomes) for line in self.plan.lines)
        options = self.options
        return Trace(
            self.engine.name, options.seed, options.batch, rows, output, self.peak
        )


def preview(
    network: Network,
    x: Array | None = None,
    options: Options | None = None,
    held: Mapping[str, Array] | None = None,
    *,
    progress: Progress | None = None,
    token: Token | None = None,
    observe: Observer | None = None,
) -> Trace:
    """Send an input through a network, and return what every layer did.

    Args:
        x: (batch, *sample); None: a random one, from the seed.
        options: How; None: as a document is previewed without any wish.
        held: Values of weights, by path and parameter name.
        progress: Told each layer's path, and the share of MACs done before it.
        token: Polled; where it is set, the pass stops.
        observe: Told each layer's path and output, which it must copy to keep.
    """
    from tuicnn.preview.inputs import random_input

    options = options or Options()
    if x is not None:
        options = replace(options, batch=x.shape[0], sample=x.shape[1:])
    made = Forward(network, options, held, observed=observe is not None)
    made.admit()
    if x is None:
        x = random_input(made.plan.input, options.seed)
    return made.run(x, progress, token, observe)


def estimate(network: Network, options: Options | None = None) -> int:
    """Return the bytes that a forward pass will hold at most; none is allocated."""
    return Forward(network, options).peak


def default_limit() -> int:
    """Return the bytes a pass may hold unasked: a quarter of what is free.

    Never less than `limits.PREVIEW_BYTES`, never more than eight times as much, and
    never more than there is.
    """
    free = free_memory()
    if free is None:
        return limits.PREVIEW_BYTES
    return min(max(limits.PREVIEW_BYTES, free // 4), MAXIMUM_LIMIT, free)


def _row(plan: Plan, line: Line, outcomes: list[Outcome]) -> Result:
    inside = range(line.first, line.stop)
    known = outcomes[line.value] if line.value >= 0 else None
    shape = plan.input if known is None else known.shape
    statistics = (known.statistics if known else None) or Statistics()
    return Result(
        line.path,
        line.type,
        shape[1:],
        sum(plan.nodes[node].operation.parameter_count for node in inside),
        sum(outcomes[node].milliseconds for node in inside),
        statistics.mean,
        statistics.std,
        statistics.minimum if statistics.count else math.nan,
        statistics.maximum if statistics.count else math.nan,
        statistics.nans,
        statistics.infinities,
        "" if known is None or line.container else known.method,
        line.container,
    )
