"""Who shares out an operation's work: threads of ours, or BLAS inside each product.

Threads of ours wait for one another wherever Python runs: they pay where blocks take
long. BLAS's threads cost little, but spin for milliseconds after a product, and keep
ours from a core. So a pass begins with ours, if it does, and ends with BLAS's.
It never touches an array.
"""

from __future__ import annotations

import math
from collections.abc import Container

from tuicnn.preview.operation import Convolve, Operation, Shape, Weigh
from tuicnn.preview.plan import Plan

_FEW = 16
"""Rows up to which a linear layer's weights are made block by block, and forgotten."""
_LONG = 200_000_000
"""Multiplications from which the blocks of a product take long."""
_NARROW = 100
"""Outputs under which copying the windows takes as long as the products."""
_SMALL_PRODUCTS = 8
"""How much longer one multiplication takes in products too small for BLAS to share."""


def turn(plan: Plan, given: Container[str]) -> int:
    """Return the node from which BLAS's threads work; before it, ours do.

    Args:
        given: Weights that need not be made.
    """
    found, work, long = 0, 0, 0
    for number, node in enumerate(plan.nodes):
        ready = f"{node.path}.weight" in given
        if makes(node.operation, plan.shape(node.inputs[0]), ready):
            continue
        each = _work(node.operation)
        work += each
        if each >= _least(node.operation):
            long += each
            found = number + 1
    return found if 2 * long >= work else 0


def few(x: Shape) -> bool:
    """Whether so few rows enter a linear layer that its weights are used once."""
    return math.prod(x[:-1]) <= _FEW


def makes(operation: Operation, x: Shape, ready: bool) -> bool:
    """Whether an operation makes its weights as it goes.

    That is many short steps, between which threads would wait for one another longer
    than they work: one alone is faster.
    """
    return isinstance(operation.method, Weigh) and few(x) and not ready


def _work(operation: Operation) -> int:
    """Return multiplications, weighed by how long one takes."""
    method = operation.method
    if isinstance(method, Convolve) and method.groups > 1:
        return operation.macs * _SMALL_PRODUCTS
    return operation.macs


def _least(operation: Operation) -> int:
    """Return the work from which an operation's blocks take long."""
    method = operation.method
    if isinstance(method, Convolve) and method.groups == 1:
        return _LONG // 2 if operation.output[1] < _NARROW else _LONG
    return _LONG
