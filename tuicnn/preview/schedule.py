"""Groups of operations that run together, and where each value lies in memory.

It never allocates: it knows every size before there is an array.
"""

from __future__ import annotations

import math
from collections.abc import Container

from tuicnn.preview.arena import Life, offsets
from tuicnn.preview.group import (
    OUTSIDE,
    Buffer,
    Group,
    Order,
    Place,
    alike,
    last,
    plain,
    settled,
    whole_rows,
)
from tuicnn.preview.hands import makes, turn
from tuicnn.preview.heads.choice import head_of
from tuicnn.preview.heads.pure import Pure, relaid
from tuicnn.preview.operation import (
    Concat,
    Layout,
    Merge,
    Operation,
    Pass,
    Shape,
    Touch,
)
from tuicnn.preview.plan import Node, Plan


class Schedule:
    """A plan, cut into groups, with a place for everything.

    Attributes:
        groups: In order.
        places: Where each node's value lies.
        buffers: All stretches of memory.
        same: Nodes that only pass a value on, and whose.
    """

    def __init__(
        self,
        plan: Plan,
        threads: int,
        exact: bool,
        fuse: bool,
        hold: bool,
        given: Container[str] = (),
    ) -> None:
        self.plan, self.threads, self.exact = plan, threads, exact
        self.fuse, self.hold, self.given = fuse, hold, given
        self._turn = turn(plan, given)
        self.groups: list[Group] = []
        self.buffers: list[Buffer] = []
        rank = len(plan.input)
        self.places: dict[int, Place] = {-1: Place(OUTSIDE, plain(rank))}
        self.layouts: dict[tuple[int, Order], Place] = {}
        self.same: dict[int, int] = {}
        self._readers = plan.readers()
        self._done: set[int] = set()
        for number in range(len(plan.nodes)):
            if number not in self._done:
                self._schedule(number)
        self._outlive(self.places[plan.end])
        self.offsets, self.arena = offsets(
            [Life(one.size, one.first, one.last) for one in self.buffers]
        )
        self.room = max((group.head.room for group in self.groups), default=0)

    def _schedule(self, number: int) -> None:
        node = self.plan.nodes[number]
        self._done.add(number)
        if isinstance(node.operation.method, Pass):
            self._pass(number, node.operation, node.operation.method)
            return
        shapes = [self.plan.shape(value) for value in node.inputs]
        wanted = self._wanted(node, shapes)
        inputs = [
            self._laid(value, shape, wanted)
            for value, shape in zip(node.inputs, shapes, strict=True)
        ]
        ready = f"{node.path}.weight" in self.given
        ours = number < self._turn and not makes(node.operation, shapes[0], ready)
        workers = self.threads if ours else 1
        head = head_of(node.operation, shapes, workers, self.exact, ready)
        order = self._order_out(node.operation, inputs[0].order)
        group = Group(
            [number],
            head,
            inputs,
            shapes,
            Place(0, order),
            node.operation.output,
            workers=workers,
        )
        self._extend(group, order)
        group.out = Place(self._output(group, node), order)
        self.places[group.nodes[-1]] = group.out
        self._append(group)

    def _wanted(self, node: Node, shapes: list[Shape]) -> Layout:
        method = node.operation.method
        if isinstance(method, Touch) and node.operation.wants == "any":
            return "any"
        if isinstance(method, (Merge, Concat)):
            # Two plain maps may be merged as they are.
            orders = {self.places[value].order for value in node.inputs}
            if len(orders) == 1 and isinstance(method, Merge) and len(set(shapes)) == 1:
                return "any"
        return node.operation.wants

    def _order_out(self, operation: Operation, entering: Order) -> Order:
        rank = len(operation.output)
        if isinstance(operation.method, (Touch, Merge)) and len(entering) == rank:
            return settled(entering, operation.output)
        return plain(rank) if operation.wants == "plain" else last(rank)

    def _pass(self, number: int, operation: Operation, method: Pass) -> None:
        value = self.plan.nodes[number].inputs[0]
        shape, rank = self.plan.shape(value), len(operation.output)
        if method.dims is not None:
            place = self.places[value]
            order = tuple(method.dims.index(axis) for axis in place.order)
            self.places[number] = Place(place.buffer, order)
            return
        self.same[number] = value
        if operation.output == shape:
            self.places[number] = self.places[value]
            return
        place = self._laid(value, shape, "plain")
        self._outlive(place)
        self.places[number] = Place(place.buffer, plain(rank))

    def _laid(self, value: int, shape: Shape, wanted: Layout) -> Place:
        """Return where a value lies in the wanted layout; copy it if need be."""
        place = self.places[value]
        rank = len(shape)
        order = last(rank) if wanted == "last" else plain(rank)
        if wanted == "any":
            order = settled(place.order, shape)
        if alike(place.order, order, shape):
            place = Place(place.buffer, order)
            self._outlive(place)
            return place
        known = self.layouts.get((value, order))
        if known is None:
            known = Place(self._buffer(math.prod(shape)), order)
            copy = Group([-1], relaid(shape), [place], [shape], known, shape)
            self._append(copy)
            self.layouts[value, order] = known
        self.buffers[known.buffer].last = len(self.groups)
        return known

    def _outlive(self, place: Place) -> None:
        """Keep a buffer until the group that comes next."""
        if place.buffer != OUTSIDE:
            buffer = self.buffers[place.buffer]
            buffer.last = max(buffer.last, len(self.groups))

    def _extend(self, group: Group, order: Order) -> None:
        """Add to a group the operations that follow on each block."""
        if isinstance(group.head, Pure):
            return
        while self.fuse:
            value = group.nodes[-1]
            readers = self._readers.get(value, [])
            if len(readers) != 1 or value == self.plan.end:
                return
            follower = readers[0]
            if not self._follows(group, value, follower, order):
                return
            node = self.plan.nodes[follower]
            if isinstance(node.operation.method, Merge):
                group.others[follower] = [
                    self._laid(one, self.plan.shape(one), "last")
                    for one in node.inputs
                    if one != value
                ]
            group.nodes.append(follower)
            self._done.add(follower)

    def _follows(self, group: Group, value: int, follower: int, order: Order) -> bool:
        operation = self.plan.nodes[follower].operation
        method, rank = operation.method, len(group.shape)
        lasting = alike(order, last(rank), group.shape)
        if isinstance(method, Touch):
            if method.rows and not whole_rows(group.head):
                return False
            return lasting or (operation.wants == "any" and not method.rows)
        if not isinstance(method, Merge) or not lasting:
            return False
        inputs = self.plan.nodes[follower].inputs
        others = [one for one in inputs if one != value]
        return (
            len(others) == len(inputs) - 1
            and all(self.plan.shape(one) == operation.output for one in inputs)
            and all(one in self.places for one in others)
            # What still has to be copied first would end up behind this group.
            and all(
                alike(self.places[one].order, last(rank), group.shape) for one in others
            )
        )

    def _output(self, group: Group, node: Node) -> int:
        """Return the buffer of a group's output: an input's, where that may be lost."""
        method = node.operation.method
        count = len(self.groups)
        if self.fuse and isinstance(method, (Touch, Merge)):
            for index, place in enumerate(group.inputs[:2]):
                if place.buffer == OUTSIDE or group.shapes[index] != group.shape:
                    continue
                if self._last_reader(place.buffer, group) and not self._also(
                    group, place.buffer, index
                ):
                    self.buffers[place.buffer].last = count
                    return place.buffer
        return self._buffer(math.prod(group.shape))

    def _also(self, group: Group, buffer: int, index: int) -> bool:
        rest = [one.buffer for at, one in enumerate(group.inputs) if at != index]
        more = [one.buffer for places in group.others.values() for one in places]
        return buffer in rest or buffer in more

    def _last_reader(self, buffer: int, group: Group) -> bool:
        """Whether no other operation will read what lies in a buffer."""
        pending = set(group.nodes)
        for value, place in self.places.items():
            if place.buffer != buffer:
                continue
            if value == self.plan.end:
                return False
            readers = self._readers.get(value, [])
            if any(one not in self._done and one not in pending for one in readers):
                return False
        for (value, _), place in self.layouts.items():
            if place.buffer == buffer and any(
                one not in self._done for one in self._readers.get(value, [])
            ):
                return False
        return True

    def _buffer(self, size: int) -> int:
        self.buffers.append(Buffer(size, len(self.groups), len(self.groups)))
        return len(self.buffers) - 1

    def _append(self, group: Group) -> None:
        now = len(self.groups)
        for name, operand in group.head.operands.items():
            if not self.hold:
                group.operands[name] = self._buffer(operand.size)
        if group.head.shared:
            group.shared = self._buffer(group.head.shared)
        places = [
            *group.inputs,
            *(one for some in group.others.values() for one in some),
        ]
        for place in places:
            if place.buffer != OUTSIDE:
                self.buffers[place.buffer].last = max(
                    self.buffers[place.buffer].last, now
                )
        self.groups.append(group)
