"""Two versions of a document, line by line."""

from __future__ import annotations

import pytest

from tests.changes import network
from tuicnn.core.layers import Relu
from tuicnn.interop.difference import LINES, difference_lines

NAMES = ("mine", "theirs")


def test_what_is_the_same_is_said_to_be() -> None:
    one, other = network(Relu()), network(Relu())
    assert list(difference_lines(one, other, NAMES)) == ["They are the same."]


def test_lines_of_both_are_marked() -> None:
    before, after = network(Relu(name="a")), network(Relu(name="b"))
    found = list(difference_lines(before, after, NAMES))
    assert found[:2] == ["--- mine", "+++ theirs"]
    assert '-    {"type": "relu", "name": "a"}' in found
    assert '+    {"type": "relu", "name": "b"}' in found


@pytest.mark.parametrize("excess", [0, 1])
def test_no_more_lines_are_told_than_anybody_reads(excess: int) -> None:
    # Two names, a place, a line that gains a comma, and one before and after.
    layers = [Relu(name=f"r{n}") for n in range(LINES - 7 + excess)]
    found = list(difference_lines(network(Relu()), network(Relu(), *layers), NAMES))
    assert ("… and more" in found[-1]) == bool(excess)
    assert len(found) == LINES + excess
