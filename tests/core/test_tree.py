"""The document as a tree: what a pointer names, and what an exchange leaves alone."""

from __future__ import annotations

import pytest

from tests.changes import add, assert_shared, conv, network, preset
from tests.documents import PRESETS
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.layers import Block, Parallel, Relu
from tuicnn.core.tree import (
    TOP,
    container_of,
    every,
    layer_at,
    list_at,
    lists_of,
    with_list,
)

INNER = Block(name="inner", layers=(Relu(name="deep"),))
SIDES = Parallel(name="sides", merge="add", branches=((INNER, conv("c")), ()))
NET = network(Relu(name="first"), Block(name="outer", layers=(SIDES,)), add("first"))
DEEP: Pointer = ("layers", 1, "layers", 0, "branches", 0, 0, "layers")


def test_a_pointer_names_a_layer_at_any_depth() -> None:
    assert layer_at(NET, ("layers", 0)) is NET.layers[0]
    assert layer_at(NET, (*DEEP[:5], 0, 1)) is SIDES.branches[0][1]
    assert layer_at(NET, (*DEEP, 0)) is INNER.layers[0]


@pytest.mark.parametrize(
    "pointer",
    [
        (),
        TOP,
        ("layers", 3),
        ("layers", -1),
        ("layers", "0"),
        ("input", 0),
        ("layers", 0, "layers", 0),
        ("layers", 1, "branches", 0, 0),
        ("layers", 1, "layers", 0, "layers", 0),
        ("layers", 1, "layers", 0, "branches", 2, 0),
        ("layers", 1, "layers", 0, "branches", -1, 0),
        ("layers", 1, "layers", 0, "branches", "0", 0),
        ("layers", 1, "layers", 0, "branches", 1),
        ("layers", 1, "layers", 0, "branches", 1, 0),
        ("layers", 7, "layers", 0),
    ],
)
def test_a_pointer_that_leads_nowhere_names_no_layer(pointer: Pointer) -> None:
    assert layer_at(NET, pointer) is None


@pytest.mark.parametrize("pointer", [(), ("layers", 0), ("branches",), (1,), (1, 2)])
def test_what_is_no_list_names_none(pointer: Pointer) -> None:
    assert list_at(NET, pointer) is None


def test_lists_are_found_with_the_pointers_that_name_them() -> None:
    for pointer, layer in every(NET):
        for place, layers in lists_of(layer, pointer):
            assert list_at(NET, place) is layers
            assert container_of(place) == pointer
    assert container_of(TOP) == ()
    assert lists_of(NET.layers[0], ("layers", 0)) == []


def test_every_layer_is_found_after_its_container() -> None:
    found = list(every(NET))
    pointers = [pointer for pointer, _ in found]
    assert len(found) == len(set(pointers)) == 7
    assert all(layer_at(NET, pointer) is layer for pointer, layer in found)
    for at, pointer in enumerate(pointers):
        if len(pointer) > 2:
            assert container_of(pointer[:-1]) in pointers[:at]


@pytest.mark.parametrize("name", PRESETS)
def test_the_tree_has_the_places_that_the_report_has(name: str) -> None:
    network = preset(name)
    assert {pointer for pointer, _ in every(network)} == {
        row.pointer for row in check(network).rows
    }


@pytest.mark.parametrize("pointer", [TOP, DEEP, DEEP[:6], (*DEEP[:5], 1)])
def test_an_exchanged_list_leaves_all_others_as_they_were(pointer: Pointer) -> None:
    new = Relu(name="new")
    after = with_list(NET, pointer, lambda now: [*now, new])
    before = list_at(NET, pointer)
    assert before is not None
    assert list_at(after, pointer) == (*before, new)
    assert len(list(every(after))) == len(list(every(NET))) + 1
    assert_shared(NET, after)
    assert with_list(after, pointer, lambda now: now[:-1]) == NET
    assert after.layers[0] is NET.layers[0]


def test_a_list_that_is_not_there_cannot_be_exchanged() -> None:
    with pytest.raises(KeyError):
        with_list(NET, ("layers", 0, "layers"), lambda now: now)
