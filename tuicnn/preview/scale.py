"""How large random weights must be, so that values neither die nor explode.

It never looks at an array: it follows the mean square of the values through the plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tuicnn.preview.operation import Convolve, Merge, Moment, Paint, Weigh
from tuicnn.preview.plan import Node, Plan

_BRANCH = 0.0625
"""Mean square that a residual branch adds: fifty of them make 20, not 10¹⁵."""


@dataclass(frozen=True)
class Spread:
    """Where the values of a random tensor lie: evenly, middle ± reach."""

    middle: float
    reach: float


def spreads(plan: Plan) -> dict[str, Spread]:
    """Return the spread of every tensor of weights, by its key.

    Weights are He's, 1 / (inputs of an output × mean square of these inputs), where
    the mean square comes from the layers before: exact for independent weights.
    """
    found: dict[str, Spread] = {}
    moments: list[Moment] = []
    damped = _damped(plan)
    for number, node in enumerate(plan.nodes):
        entering = [Moment() if one < 0 else moments[one] for one in node.inputs]
        aim = _BRANCH if number in damped else 1.0
        for name in (*node.operation.parameters, *node.operation.buffers):
            key = f"{node.path}.{name}"
            found[key] = _spread(node, name, entering[0].square, aim)
        moment = node.operation.moment(entering)
        if _weighs(node):
            moment = Moment(0.0, aim)
        square = min(max(moment.square, 1e-12), 1e12)
        moments.append(Moment(moment.mean, square))
    return found


def _weighs(node: Node) -> bool:
    return isinstance(node.operation.method, (Convolve, Paint, Weigh))


def _spread(node: Node, name: str, moment: float, aim: float) -> Spread:
    method = node.operation.method
    if name == "bias":
        return Spread(0.0, 0.1 * math.sqrt(aim))
    if name == "running_mean":
        return Spread(0.0, 0.1)
    if isinstance(method, (Convolve, Paint, Weigh)):
        shape = node.operation.parameters[name]
        # The variance of values spread evenly over ± r is r² / 3.
        inputs = _inputs(method, math.prod(shape), node.operation.output[1])
        return Spread(0.0, math.sqrt(3 * aim / (inputs * moment)))
    middle = 1.0
    for field in ("init_value", "init"):
        middle = getattr(node.layer, field, middle)
    return Spread(middle, 0.1 * abs(middle))


def _inputs(method: Convolve | Paint | Weigh, count: int, outputs: int) -> float:
    """Return how many weighted values make one output."""
    if isinstance(method, Weigh):
        return method.features
    if isinstance(method, Convolve):
        return count / outputs
    # Patches of a transposed convolution overlap on kernel / stride cells of each axis.
    overlap = math.prod(max(1.0, axis.kernel / axis.stride) for axis in method.windows)
    kernel = math.prod(axis.kernel for axis in method.windows)
    return count / (outputs * kernel) * overlap


def _damped(plan: Plan) -> set[int]:
    """Return the nodes whose weights end a branch that is added to a longer path."""
    found = set()
    for node in plan.nodes:
        method = node.operation.method
        if not isinstance(method, Merge) or method.kind != "add":
            continue
        ends = [_last_weights(plan, value) for value in node.inputs]
        found |= {end for end in ends if end >= 0 and end != min(ends)}
    return found


def _last_weights(plan: Plan, value: int) -> int:
    """Return the last weights on the way to a value; −1 where there are none."""
    while value >= 0 and not _weighs(plan.nodes[value]):
        value = plan.nodes[value].inputs[0]
    return value
