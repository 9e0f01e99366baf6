"""Names in a list that changes: unique, followed by merges, and never lost."""

from __future__ import annotations

import pytest

from tests.changes import add, conv
from tuicnn.core import limits
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import Add, Block, Broken, Parallel, Relu
from tuicnn.core.layers.broken import broken
from tuicnn.core.naming import arranged, referring, unique
from tuicnn.core.network import effective_names, same_name


def names(layers: list[LayerSpec]) -> list[str | None]:
    return [layer.name for layer in layers]


@pytest.mark.parametrize(
    ("taken", "name", "free"),
    [
        ((), "conv", "conv"),
        (("conv",), "conv", "conv_2"),
        (("CONV",), "conv", "conv_2"),
        (("ｃonv",), "conv", "conv_2"),
        (("conv", "conv_2", "Conv_3"), "conv", "conv_4"),
        (("conv_7",), "conv_7", "conv_2"),
        (("conv_7", "conv_2"), "conv_7", "conv_3"),
        (("_2",), "_2", "_2_2"),
        (("a_b",), "a_b", "a_b_2"),
        (("x" * 64,), "x" * 64, "x" * 56 + "_2"),
        (("x" * 64, "x" * 56 + "_2"), "x" * 64, "x" * 56 + "_3"),
    ],
)
def test_a_taken_name_is_counted_on(
    taken: tuple[str, ...], name: str, free: str
) -> None:
    others = [Relu(name=one) for one in taken]
    assert names(unique([Relu(name=name)], above=others)) == [free]
    assert names(unique([Relu(name=name)], below=others)) == [free]


def test_a_free_name_and_no_name_are_left_as_they_are() -> None:
    new = [Relu(name="a"), Relu(), Block(layers=(Relu(name="taken"),))]
    found = unique(new, [Relu(name="taken")])
    assert all(one is other for one, other in zip(found, new, strict=True))


def test_an_automatic_name_counts_as_taken() -> None:
    assert names(unique([conv("relu_1")], [Relu()])) == ["relu_2"]
    # The new layer counts: what stands below it will be the third of its type.
    assert names(unique([Relu(name="relu_3")], [Relu()], [Relu()])) == ["relu_2"]


def test_what_would_be_called_as_another_is_given_a_name() -> None:
    assert names(unique([Relu()], [conv("relu_1")])) == ["relu_2"]
    assert names(unique([Relu()], [conv("relu_2")])) == [None]


def test_many_copies_of_one_name_are_named_quickly_and_all_differently() -> None:
    copies = unique([Relu(name="r" * 64)], times=limits.LAYERS)
    assert len({same_name(name or "") for name in names(copies)}) == limits.LAYERS
    assert max(len(name or "") for name in names(copies)) <= limits.NAME


def test_merges_among_new_layers_follow_their_new_names() -> None:
    new = [add("x"), Relu(name="x"), add("X", "far"), Block(layers=(add("x"),))]
    found = unique(new, [Relu(name="x")])
    assert found[0] is new[0]  # it names what stands above
    assert found[1].name == "x_2"
    assert found[2] == add("x_2", "far")
    assert found[3] == Block(layers=(add("x_2"),))


def test_merges_among_copies_follow_what_has_no_name() -> None:
    now: list[LayerSpec] = [conv(), Relu(), add("conv2d_1")]
    copies = unique(now, now, called=effective_names(now))
    assert copies[:2] == now[:2]
    assert copies[2] == add("conv2d_2")


def test_each_repetition_has_merges_of_its_own() -> None:
    inner: list[LayerSpec] = [add("x"), Relu(name="x"), add("x")]
    found = unique(inner, above=[Relu(name="x")], times=2)
    assert [one.with_ for one in found if isinstance(one, Add)] == [
        ("x",),
        ("x_2",),
        ("x",),
        ("x_3",),
    ]


def test_what_cannot_be_read_is_renamed_in_its_document_too() -> None:
    value = {"type": "conv9d", "name": "x", "size": [1, {"deep": None}]}
    (found,) = unique([broken(value)], [Relu(name="x")])
    assert isinstance(found, Broken)
    assert found.name == "x_2"
    assert found.document == {**value, "name": "x_2"}
    assert value["name"] == "x"


@pytest.mark.parametrize("value", [7, None, {"type": "relu", "slope": 1}, {"name": ""}])
def test_what_cannot_be_read_and_has_no_name_is_given_none(value: object) -> None:
    layer = broken(value)
    found = unique([layer], [layer, layer, conv("relu_3"), conv("unreadable_3")])
    assert found == [layer]


def test_merges_follow_what_is_called_after_its_place() -> None:
    now: list[LayerSpec] = [Relu(), Relu(), add("relu_2")]
    assert arranged(now, [1, 2]) == [now[1], add("relu_1")]
    assert arranged(now, [Relu(), 0, 1, 2])[3] == add("relu_3")
    assert arranged(now, [1, 0, 2])[2] == add("relu_1")


def test_one_layer_that_stands_twice_is_told_apart_by_its_places() -> None:
    relu = Relu()
    now: list[LayerSpec] = [relu, relu, add("relu_1"), add("relu_2")]
    after = arranged(now, [0, 1, relu, 2, 3])
    assert after[3] is now[2]
    assert after[4] is now[3]
    assert arranged(now, [1, 2, 3])[2] == add("relu_1")


def test_nothing_is_made_anew_where_no_name_changes() -> None:
    now: list[LayerSpec] = [Relu(), Block(name="b", layers=(add("relu_1"),)), Relu()]
    after = arranged(now, [0, 1, Relu(), 2])
    assert [one is other for one, other in zip(after[:2], now, strict=False)] == [
        True,
        True,
    ]


def test_a_merge_follows_an_heir() -> None:
    now: list[LayerSpec] = [Relu(name="a"), add("A")]
    assert arranged(now, [Relu(name="new"), 1], {0: 0})[1] == add("new")


def test_of_two_layers_of_one_name_the_later_is_followed() -> None:
    now: list[LayerSpec] = [Relu(name="x"), Relu(name="x"), add("x")]
    assert arranged(now, [Relu(name="y"), 1, 2], {0: 0})[2] is now[2]
    assert arranged(now, [0, Relu(name="y"), 2], {1: 1})[2] == add("y")


def test_names_are_followed_into_containers_that_have_none_of_that_name() -> None:
    block = Block(layers=(add("x"), Block(layers=(add("x", "y"),))))
    shadowing = Block(layers=(Relu(name="X"), add("x")))
    sides = Parallel(merge="add", branches=((add("x"),), (Relu(name="x"),), ()))
    moved = {"x": "z"}
    assert referring(block, moved) == Block(
        layers=(add("z"), Block(layers=(add("z", "y"),)))
    )
    assert referring(shadowing, moved) is shadowing
    followed = referring(sides, moved)
    assert isinstance(followed, Parallel)
    assert followed.branches[0] == (add("z"),)
    assert followed.branches[1] is sides.branches[1]


@pytest.mark.parametrize(
    "layer",
    [Relu(), add("y"), Block(layers=(Relu(),)), Parallel(merge="add", branches=((),))],
)
def test_what_names_nothing_that_moved_is_the_same_object(layer: LayerSpec) -> None:
    assert referring(layer, {"x": "z"}) is layer
    assert referring(layer, {}) is layer
