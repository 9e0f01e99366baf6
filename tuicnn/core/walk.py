"""One pass over the network: shapes threaded through, from layer to layer.

It never knows a layer's rule: it asks the layer; `problems` adds the position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from tuicnn.core.diagnostics import Pointer, Refusal
from tuicnn.core.effects import Effects, bounded
from tuicnn.core.layer import Effect, LayerSpec
from tuicnn.core.layers import SkipMerge
from tuicnn.core.layers.broken import Broken
from tuicnn.core.layers.structure import Block, Parallel
from tuicnn.core.network import effective_names, same_name
from tuicnn.core.problems import Problems
from tuicnn.core.report import INPUT, Known, Row
from tuicnn.core.scope import Scope, Value, unresolved
from tuicnn.core.shapes import Shape

_SKIPS: Final = frozenset(get_args(SkipMerge))


class Walk:
    """The state of one pass."""

    def __init__(self, known: Known) -> None:
        self.effects = Effects(known)
        self.names: dict[int, list[tuple[str, str]]] = {}
        self.rows: list[Row] = []
        self.order: list[int] = []
        self.problems = Problems()

    def sequence(
        self,
        layers: Sequence[LayerSpec],
        value: Value,
        outer: Scope | None,
        prefix: str,
        pointer: Pointer,
        depth: int,
    ) -> Value:
        """Send a value through a list of layers and return what leaves."""
        scope = Scope(outer)
        for number, (layer, (name, key)) in enumerate(
            zip(layers, self._named(layers), strict=True)
        ):
            place = (*pointer, number)
            path = prefix + name
            nameless = isinstance(layer, Broken) and layer.name is None
            if key in scope.values and not nameless:
                first = scope.values[key].path
                self.problems.duplicate(layer, name, first, path, place)
            if isinstance(layer, Block):
                value = self._block(layer, value, scope, path, place, depth)
            elif isinstance(layer, Parallel):
                value = self._parallel(layer, value, scope, path, place, depth)
            elif type(layer) in _SKIPS and isinstance(layer, SkipMerge):
                value = self._skip(layer, value, scope, path, place, depth)
            else:
                value = self._leaf(layer, value, path, place, depth)
            if not nameless:  # what has no readable type has no name of its own
                scope.values[key] = value
        return value

    def _named(self, layers: Sequence[LayerSpec]) -> list[tuple[str, str]]:
        """Return name and compared name of each layer; repetitions share the list."""
        found = self.names.get(id(layers))
        if found is None:
            found = [(name, same_name(name)) for name in effective_names(layers)]
            self.names[id(layers)] = found
        return found

    def _leaf(
        self, layer: LayerSpec, value: Value, path: str, place: Pointer, depth: int
    ) -> Value:
        shape, source, _ = value
        effect = None
        if shape is not None and not isinstance(layer, Broken):
            effect = self._effect(layer, shape, path, place)
        return self._row(layer, (shape,), (source,), effect, path, place, depth)

    def _effect(
        self, layer: LayerSpec, x: Shape, path: str, place: Pointer
    ) -> Effect | None:
        try:
            effect = self.effects.of(layer, x)
        except Refusal as refusal:
            self._refuse(refusal, path, place)
            return None
        if effect.notes:
            self.problems.note(effect.notes, path, place)
        return effect

    def _row(
        self,
        layer: LayerSpec,
        inputs: tuple[Shape | None, ...],
        sources: tuple[int, ...],
        effect: Effect | None,
        path: str,
        place: Pointer,
        depth: int,
    ) -> Value:
        index = len(self.rows)
        self.order.append(index)
        output = None if effect is None else effect.output
        stop = index + 1
        self.rows.append(
            Row(path, layer, place, depth, index, stop, inputs, sources, output, effect)
        )
        return Value(output, index, path)

    def _block(
        self,
        block: Block,
        value: Value,
        scope: Scope,
        path: str,
        place: Pointer,
        depth: int,
    ) -> Value:
        index, entering = self._open(), value
        for number in range(block.repeat):
            prefix = f"{path}.{number}." if block.repeat > 1 else f"{path}."
            value = self.sequence(
                block.layers, value, scope, prefix, (*place, "layers"), depth + 1
            )
        self.rows[index] = Row(
            path,
            block,
            place,
            depth,
            index,
            len(self.rows),
            (entering.shape,),
            (value.source,),
            value.shape,
            None,
        )
        return value._replace(path=path)

    def _parallel(
        self,
        parallel: Parallel,
        value: Value,
        scope: Scope,
        path: str,
        place: Pointer,
        depth: int,
    ) -> Value:
        index = self._open()
        share = self._share(parallel, value, path, place)
        ends = tuple(
            self.sequence(
                branch,
                value._replace(shape=share),
                scope,
                f"{path}.{number}.",
                (*place, "branches", number),
                depth + 1,
            )
            for number, branch in enumerate(parallel.branches)
        )
        effect = self._merge(parallel, ends, path, place)
        self.order.append(index)
        output = None if effect is None else effect.output
        self.rows[index] = Row(
            path,
            parallel,
            place,
            depth,
            index,
            len(self.rows),
            (value.shape,),
            tuple([end.source for end in ends]),
            output,
            effect,
        )
        return Value(output, index, path)

    def _open(self) -> int:
        """Reserve the row of a container, which stands before its content."""
        self.rows.append(_PENDING)
        return len(self.rows) - 1

    def _share(
        self, parallel: Parallel, value: Value, path: str, place: Pointer
    ) -> Shape | None:
        if value.shape is None:
            return None
        try:
            return parallel.share(value.shape)
        except Refusal as refusal:
            self._refuse(refusal, path, place)
            return None

    def _merge(
        self,
        layer: Parallel | SkipMerge,
        values: tuple[Value, ...],
        path: str,
        place: Pointer,
    ) -> Effect | None:
        shapes = tuple(value.shape for value in values if value.shape is not None)
        if len(shapes) < len(values):
            return None
        labels = tuple(value.path for value in values)
        return self._merged(layer, shapes, labels, path, place)

    def _merged(
        self,
        layer: Parallel | SkipMerge,
        shapes: tuple[Shape, ...],
        labels: tuple[str, ...],
        path: str,
        place: Pointer,
    ) -> Effect | None:
        """Return what a merge does to shapes that are all known."""
        try:
            effect = bounded(layer.merged(shapes, labels))
        except Refusal as refusal:
            self._refuse(refusal, path, place)
            return None
        self.problems.note(effect.notes, path, place)
        return effect

    def _skip(
        self,
        layer: SkipMerge,
        value: Value,
        scope: Scope,
        path: str,
        place: Pointer,
        depth: int,
    ) -> Value:
        values = [value]
        for number, name in enumerate(layer.with_):
            found = scope.find(name)
            if len(found) != 1:
                refusal = unresolved(name, found, scope)
                self._refuse(refusal, path, place, ("with", number))
                found = [Value(None, INPUT, name)]
            values.append(found[0])
        effect = self._merge(layer, tuple(values), path, place)
        shapes = tuple(one.shape for one in values)
        sources = tuple(one.source for one in values)
        return self._row(layer, shapes, sources, effect, path, place, depth)

    def _refuse(
        self, refusal: Refusal, path: str, place: Pointer, within: Pointer = ()
    ) -> None:
        made = (self.rows[index] for index in reversed(self.order))
        self.problems.refuse(refusal, path, place, within, made)


_PENDING = Row("", Broken(document=None), (), 0, 0, 0, (), (), None, None)
