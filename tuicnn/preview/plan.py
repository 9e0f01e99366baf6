"""The order of a forward pass: which operation reads which values.

It never allocates an array.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import Layer, SkipMerge
from tuicnn.core.layers.broken import Broken
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.network import Network, effective_names, same_name
from tuicnn.preview.faults import LayerFault
from tuicnn.preview.layers import shaping
from tuicnn.preview.layers.every import operations
from tuicnn.preview.operation import Operation, Shape


@dataclass(frozen=True)
class Node:
    """One operation in its place.

    Attributes:
        path: Path of the layer it belongs to.
        layer: That layer; None for what no layer of the document does.
        operation: What is done.
        inputs: Nodes whose values it reads; −1 is the network's input.
        last: Whether its output is the layer's.
    """

    path: str
    layer: LayerSpec | None
    operation: Operation
    inputs: tuple[int, ...]
    last: bool = True


@dataclass(frozen=True)
class Line:
    """One row of the result: a layer, or a container with what it holds.

    Attributes:
        path: Path of the layer.
        type: Its type.
        value: Node whose value leaves it; −1 where nothing is done.
        first: First of its nodes.
        stop: Node behind its last.
        container: Whether it holds other rows.
    """

    path: str
    type: str
    value: int
    first: int
    stop: int
    container: bool


@dataclass
class Plan:
    """Every operation of a forward pass, in order.

    Attributes:
        input: Shape of the input, the batch first.
        nodes: The operations.
        lines: The rows of the result, a container before its content.
        end: Node whose value leaves the network.
    """

    input: Shape
    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    end: int = -1

    def shape(self, value: int) -> Shape:
        """Return the shape of a node's value."""
        return self.input if value < 0 else self.nodes[value].operation.output

    def readers(self) -> dict[int, list[int]]:
        """Return the nodes that read each value, in order."""
        found: dict[int, list[int]] = {}
        for number, node in enumerate(self.nodes):
            for value in set(node.inputs):
                found.setdefault(value, []).append(number)
        return found

    @property
    def macs(self) -> int:
        """Multiplications by weights in all."""
        return sum(node.operation.macs for node in self.nodes)

    def tensors(self) -> Iterator[tuple[str, Shape, bool]]:
        """Yield key, shape and whether it is learnt, of every tensor of weights."""
        for node in self.nodes:
            for name, shape in node.operation.parameters.items():
                yield f"{node.path}.{name}", shape, True
            for name, shape in node.operation.buffers.items():
                yield f"{node.path}.{name}", shape, False

    @property
    def weight_count(self) -> int:
        """Numbers in all tensors of weights."""
        return sum(math.prod(shape) for _, shape, _ in self.tensors())


def plan(network: Network, batch: int = 1, sample: Shape | None = None) -> Plan:
    """Return the operations of a forward pass.

    Args:
        batch: Samples that go through together.
        sample: Shape of one of them, where it is not the document's.

    Raises:
        LayerFault: A layer cannot take what reaches it.
    """
    found = Plan((batch, *(sample or network.input)))
    walk = _Walk(found)
    found.end = walk.sequence(network.layers, -1, None, "")
    return found


class _Scope:
    """The named values of one list, and of the lists around it."""

    def __init__(self, outer: _Scope | None) -> None:
        self.outer = outer
        self.values: dict[str, int] = {}

    def find(self, name: str) -> list[int]:
        """Return every value of that name that can be seen."""
        key = same_name(name)
        own = [self.values[key]] if key in self.values else []
        return own + (self.outer.find(name) if self.outer else [])


class _Walk:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def sequence(
        self, layers: Sequence[LayerSpec], value: int, outer: _Scope | None, prefix: str
    ) -> int:
        """Send a value through a list of layers and return what leaves."""
        scope = _Scope(outer)
        for layer, name in zip(layers, effective_names(layers), strict=True):
            path = prefix + name
            if same_name(name) in scope.values:
                raise LayerFault(path, "two layers of one list have this name")
            if isinstance(layer, (Block, Parallel)):
                value = self._container(layer, value, scope, path)
            elif isinstance(layer, Broken):
                raise LayerFault(path, "this layer could not be read")
            else:
                inputs = (value, *self._named(layer, scope, path))
                value = self._leaf(layer, inputs, path)
            scope.values[same_name(name)] = value
        return value

    def _named(self, layer: LayerSpec, scope: _Scope, path: str) -> list[int]:
        if not isinstance(layer, SkipMerge):
            return []
        found = []
        for name in layer.with_:
            values = scope.find(name)
            if len(values) != 1:
                raise LayerFault(path, f"no single layer above is called “{name}”")
            found.append(values[0])
        return found

    def _leaf(self, layer: LayerSpec, inputs: tuple[int, ...], path: str) -> int:
        first = len(self.plan.nodes)
        shapes = [self.plan.shape(value) for value in inputs]
        try:
            found = operations(cast(Layer, layer), shapes)
        except (ValueError, ArithmeticError, LookupError) as error:
            raise LayerFault(path, f"cannot take {shapes[0]}: {error}") from error
        for number, operation in enumerate(found, 1):
            last = number == len(found)
            self._append(Node(path, layer, operation, inputs, last))
            inputs = (len(self.plan.nodes) - 1,)
        stop = len(self.plan.nodes)
        self.plan.lines.append(Line(path, layer.type, stop - 1, first, stop, False))
        return stop - 1

    def _append(self, node: Node) -> int:
        self.plan.nodes.append(node)
        return len(self.plan.nodes) - 1

    def _container(
        self, layer: Block | Parallel, value: int, scope: _Scope, path: str
    ) -> int:
        place, first = len(self.plan.lines), len(self.plan.nodes)
        self.plan.lines.append(Line(path, layer.type, -1, first, first, True))
        if isinstance(layer, Block):
            value = self._block(layer, value, scope, path)
        else:
            value = self._parallel(layer, value, scope, path)
        stop = len(self.plan.nodes)
        self.plan.lines[place] = Line(path, layer.type, value, first, stop, True)
        return value

    def _block(self, block: Block, value: int, scope: _Scope, path: str) -> int:
        for number in range(block.repeat):
            prefix = f"{path}.{number}." if block.repeat > 1 else f"{path}."
            value = self.sequence(block.layers, value, scope, prefix)
        return value

    def _parallel(self, layer: Parallel, value: int, scope: _Scope, path: str) -> int:
        ends, count = [], len(layer.branches)
        for number, branch in enumerate(layer.branches):
            entering = value
            if layer.split is not None:
                entering = self._share(value, number, count, path)
            prefix = f"{path}.{number}."
            ends.append(self.sequence(branch, entering, scope, prefix))
        try:
            shapes = [self.plan.shape(end) for end in ends]
            operation = shaping.merged(layer.merge, shapes, layer.dim)
        except ValueError as error:
            raise LayerFault(path, f"the branches do not fit: {error}") from error
        return self._append(Node(path, layer, operation, tuple(ends)))

    def _share(self, value: int, number: int, count: int, path: str) -> int:
        try:
            operation = shaping.share(self.plan.shape(value), number, count)
        except ValueError as error:
            raise LayerFault(path, str(error)) from error
        return self._append(Node(path, None, operation, (value,), False))
