"""What `check` found: rows in execution order, totals, problems.

It never finds anything itself: totals follow from rows, when asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from operator import add, sub
from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core import advice, declared, limits
from tuicnn.core.diagnostics import Diagnostic, Pointer, Severity
from tuicnn.core.layer import NO_SHAPES, Effect, LayerSpec, Shapes
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.liveness import peak_elements
from tuicnn.core.reading import located
from tuicnn.core.receptive import Field, changed_fields, receptive_fields
from tuicnn.core.shapes import BYTES_PER_NUMBER, Shape, elements

if TYPE_CHECKING:
    from tuicnn.core.network import Network

_SEVERITIES: Final = tuple(Severity)
_CONTAINERS: Final = frozenset((Block, Parallel))

Known = dict[tuple[int, Shape], tuple[LayerSpec, Effect]]
"""Effects that need no second look, by the layer's identity and what enters it."""

INPUT: Final = -1
"""The source of what comes from the network's input."""


class Row(NamedTuple):
    """One layer, or container, of the executed network.

    Attributes:
        path: Names joined by dots.
        layer: The layer of the document.
        pointer: Its place in the document.
        depth: How many containers it stands in.
        index: Its place among the rows.
        stop: Index behind the last row it contains; index + 1 for a leaf.
        inputs: Shapes that enter; None where they cannot be known.
        sources: Rows whose outputs it reads; `INPUT` is the network's input. For a
            container: the rows that its content ends with.
        output: Shape that leaves; None after an error.
        effect: What the layer did; None for a block and after an error.
    """

    path: str
    layer: LayerSpec
    pointer: Pointer
    depth: int
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs
    stop: int
    inputs: tuple[Shape | None, ...]
    sources: tuple[int, ...]
    output: Shape | None
    effect: Effect | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def container(self) -> bool:
        """Whether it holds other rows."""
        return type(self.layer) in _CONTAINERS

    @property
    def reached(self) -> bool:
        """Whether anything arrives at it."""
        return None not in self.inputs

    @property
    def parameters(self) -> Shapes:
        """Shape of each learnable tensor."""
        return NO_SHAPES if self.effect is None else self.effect.parameters

    @property
    def buffers(self) -> Shapes:
        """Shape of each tensor that is kept, but not learnt."""
        return NO_SHAPES if self.effect is None else self.effect.buffers


class Totals(NamedTuple):
    """Sums over leaves.

    Attributes:
        layers: Leaves.
        parameters: Numbers that are learnt.
        buffers: Numbers that are kept, but not learnt.
        macs: Multiplications by weights, for one sample.
        activations: Numbers in all outputs, for one sample.
    """

    layers: int = 0
    parameters: int = 0
    buffers: int = 0
    macs: int = 0
    activations: int = 0

    def plus(self, other: Totals) -> Totals:
        """Return the sums of both."""
        return Totals(*map(add, self, other))

    def minus(self, other: Totals) -> Totals:
        """Return the sums without another's."""
        return Totals(*map(sub, self, other))

    @property
    def parameter_bytes(self) -> int:
        """Memory of the parameters as float32."""
        return self.parameters * BYTES_PER_NUMBER

    @property
    def activation_bytes(self) -> int:
        """Memory of all outputs as float32."""
        return self.activations * BYTES_PER_NUMBER


def _summed(rows: Iterable[Row]) -> Totals:
    """Return the sums over rows, containers' own merges left out."""
    leaves = [row for row in rows if type(row.layer) not in _CONTAINERS]
    # A long stack has few different effects: each is counted once.
    effects = {id(row.effect): row.effect for row in leaves}
    times = Counter(map(id, (row.effect for row in leaves)))
    parameters = buffers = macs = activations = 0
    for key, effect in effects.items():
        if effect is None:
            continue
        count = times[key]
        activations += count * elements(effect.output)
        if effect.parameters:
            parameters += count * sum(map(elements, effect.parameters.values()))
            macs += count * effect.macs
        if effect.buffers:
            buffers += count * sum(map(elements, effect.buffers.values()))
    return Totals(len(leaves), parameters, buffers, macs, activations)


@dataclass(frozen=True)
class Report:
    """Everything that is known of a network.

    Attributes:
        network: The network it is about.
        rows: In execution order; a container stands before its content.
        order: Indices of rows in the order in which their outputs are made; blocks,
            which make none of their own, are not among them.
        end: The row whose output leaves the network.
        found: Problems of single layers; `diagnostics` has all.
        known: What the next version need not compute again.
        cut: Whether problems were left out when the document was read.
    """

    network: Network
    rows: tuple[Row, ...]
    order: tuple[int, ...]
    end: int
    found: tuple[Diagnostic, ...]
    known: Known
    cut: bool = False

    @cached_property
    def _every(self) -> list[Diagnostic]:
        return [*self.found, *advice.advise(self), *declared.contradictions(self)]

    @property
    def more(self) -> bool:
        """Whether there are more problems than `diagnostics` has."""
        return self.cut or len(self._every) > limits.DIAGNOSTICS

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem, in the order of the document; of too many the gravest."""
        every = self._every
        if not every:
            return ()
        if len(every) > limits.DIAGNOSTICS:
            gravest = sorted(every, key=lambda one: _SEVERITIES.index(one.severity))
            every = gravest[: limits.DIAGNOSTICS]
        positions = {row.path: row.index for row in reversed(self.rows)}
        return tuple(sorted(every, key=lambda one: positions.get(one.path, -1)))

    @cached_property
    def shapes(self) -> frozenset[Shape]:
        """The shapes of all maps, of two axes and more, that the layers pass on."""
        found = {self.network.input, *(row.output for row in self.rows)}
        return frozenset(one for one in found if one is not None and len(one) > 1)

    @property
    def valid(self) -> bool:
        """Whether there is no error."""
        return all(one.severity is not Severity.ERROR for one in self.diagnostics)

    @cached_property
    def totals(self) -> Totals:
        """Sums over the whole network."""
        return _summed(self.rows)

    def totals_of(self, row: Row) -> Totals:
        """Return the sums over a row: what a container holds, or a leaf alone."""
        return _summed(self.rows[row.index : row.stop])

    @property
    def output(self) -> Shape | None:
        """Shape that leaves the network; None after an error."""
        if self.end != INPUT:
            return self.rows[self.end].output
        return None if self.network.layers and not self.rows else self.network.input

    @cached_property
    def fields(self) -> Mapping[int, Field | None]:
        """The receptive field of each row, and of `INPUT`."""
        return receptive_fields(self)

    @cached_property
    def readers(self) -> Counter[int]:
        """How many rows read the output of each row, and `INPUT`."""
        sources = (self.rows[index].sources for index in self.order)
        return Counter(chain.from_iterable(sources))

    @cached_property
    def top_level(self) -> tuple[Row, ...]:
        """The rows of the network's own list, one a layer."""
        return tuple(row for row in self.rows if not row.depth)

    @property
    def receptive_field(self) -> Field | None:
        """The receptive field of the output."""
        return self.fields[self.end]

    @cached_property
    def peak_activation_bytes(self) -> int:
        """The most memory that must be alive at once, as float32."""
        return peak_elements(self) * BYTES_PER_NUMBER

    def called(self, source: int) -> str:
        """Return what a source of a row is called: a path, or the input."""
        return "the input" if source == INPUT else self.rows[source].path

    def row(self, path: str) -> Row | None:
        """Return the row of a path."""
        return self._by_path.get(path)

    def at(self, pointer: Pointer) -> Row | None:
        """Return the row of a layer of the document; the first of its repetitions."""
        return self._by_pointer.get(pointer)

    @cached_property
    def _by_pointer(self) -> dict[Pointer, Row]:
        return {row.pointer: row for row in reversed(self.rows)}

    @cached_property
    def _by_path(self) -> dict[str, Row]:
        return {row.path: row for row in reversed(self.rows)}

    def of_text(
        self, text: str, problems: tuple[Diagnostic, ...], more: bool = False
    ) -> Report:
        """Return this report with the problems of the text it came from.

        Args:
            text: The document as it was read; problems are given line and column.
            problems: What `reading` found.
            more: Whether `reading` found more than these.
        """
        report = replace(self, found=(*problems, *self.found), cut=more)
        report.__dict__["diagnostics"] = located(report.diagnostics, text)
        return report

    def inherit(self, previous: Report, first: int, stop: int) -> None:
        """Take over what is known of the version before some rows were exchanged.

        Args:
            previous: The report of a network that differs in these rows only.
            first: The row whose layer was exchanged.
            stop: The row from which on everything is as before.
        """
        known = previous.__dict__  # where cached properties keep their values
        if "readers" in known:
            self.__dict__["readers"] = known["readers"]
        if "totals" in known:
            without = previous.totals.minus(_summed(previous.rows[first:stop]))
            self.__dict__["totals"] = without.plus(_summed(self.rows[first:stop]))
        if stop - first > 1:
            return
        alike = self.rows[first].output == previous.rows[first].output
        if alike and "peak_activation_bytes" in known:  # the last one may differ
            self.__dict__["peak_activation_bytes"] = known["peak_activation_bytes"]
        if "fields" in known:
            self.__dict__["fields"] = changed_fields(self, previous.fields, first)
