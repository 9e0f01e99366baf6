"""Edits: what each makes of a network, what it leaves alone, and what is refused."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.changes import (
    KINDS,
    add,
    an_edit,
    assert_read_back,
    assert_shared,
    conv,
    done,
    named,
    network,
    preset,
)
from tests.documents import PRESETS
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Pointer
from tuicnn.core.edits import (
    Become,
    Describe,
    Duplicate,
    Edit,
    EditRefused,
    Insert,
    Move,
    Remove,
    Replace,
    SetInput,
    Ungroup,
    Wrap,
    bounded,
    neighbours,
    outermost,
    shifted,
)
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import (
    Block,
    Concat,
    Dropout,
    Dropout2d,
    Flatten,
    Linear,
    Parallel,
    Relu,
    SkipMerge,
)
from tuicnn.core.layers.broken import broken
from tuicnn.core.network import Network, children, effective_names, same_name
from tuicnn.core.tree import TOP, every, layer_at, list_at

A, B, C, D = (Relu(name=name) for name in "abcd")


def at(*numbers: int) -> tuple[Pointer, ...]:
    """Return pointers of top-level layers."""
    return tuple(("layers", number) for number in numbers)


def refused(edit: Edit, found: Network) -> str:
    """Assert that an edit is refused, and return why."""
    with pytest.raises(EditRefused) as caught:
        edit.apply(found)
    return str(caught.value)


def codes(found: Network) -> set[Code]:
    return {one.code for one in check(found).diagnostics}


def followed(found: Network, pointer: Pointer) -> tuple[str, ...]:
    """Return what a merge names."""
    layer = layer_at(found, pointer)
    assert isinstance(layer, SkipMerge)
    return layer.with_


# Insert


def test_layers_are_inserted_before_a_place() -> None:
    found = Insert(("layers", 1), (C, D)).apply(network(A, B))
    assert named(found.network) == ["a", "c", "d", "b"]
    assert found.cursor == ("layers", 1)
    assert found.selected == at(1, 2)


def test_layers_are_inserted_at_the_end_of_a_branch() -> None:
    sides = Parallel(merge="add", branches=((A,), ()))
    found = Insert(("layers", 0, "branches", 1, 9), (B,)).apply(network(sides))
    assert named(found.network, ("layers", 0, "branches", 1)) == ["b"]
    assert found.cursor == ("layers", 0, "branches", 1, 0)


@pytest.mark.parametrize(
    ("layers", "label"),
    [
        ((A,), "insert a"),
        ((Relu(),), "insert relu"),
        ((broken({"type": "conv9d"}),), "insert conv9d"),
        ((A, B), "insert 2 layers"),
    ],
)
def test_an_insertion_is_called_after_what_it_inserts(
    layers: tuple[LayerSpec, ...], label: str
) -> None:
    assert Insert(("layers", 0), layers).label == label


def test_a_pasted_name_that_is_taken_is_counted_on_with_its_merges() -> None:
    found = Insert(("layers", 2), (A, add("a")), "paste").apply(network(A, add("a")))
    assert named(found.network) == ["a", "add", "a_2", "add"]
    assert followed(found.network, ("layers", 1)) == ("a",)
    assert followed(found.network, ("layers", 3)) == ("a_2",)


@pytest.mark.parametrize(
    "place",
    [(), ("layers",), ("layers", -1), ("layers", 0, "layers", 0), ("layers", "x")],
)
def test_nothing_is_inserted_where_there_is_no_list(place: Pointer) -> None:
    refused(Insert(place, (B,)), network(A))


def test_nothing_cannot_be_pasted() -> None:
    assert "to paste" in refused(Insert(("layers", 0), (), "paste"), network(A))


# Remove


def test_removed_layers_leave_the_cursor_at_the_next_one() -> None:
    found = Remove(at(1, 2), "2 layers").apply(network(A, B, C, D))
    assert named(found.network) == ["a", "d"]
    assert found.cursor == ("layers", 1)
    found = Remove(at(1), "d").apply(found.network)
    assert found.cursor == ("layers", 0)
    assert Remove(at(0), "a").apply(found.network) == (network(), (), ())
    assert Remove(at(0), "a").apply(network(A, B, C)).cursor == ("layers", 0)


def test_an_emptied_container_is_looked_at_itself() -> None:
    block = Block(layers=(A,))
    sides = Parallel(merge="add", branches=((B,), (C,)))
    before = network(D, block, sides)
    found = Remove((("layers", 1, "layers", 0),), "a").apply(before)
    assert (list_at(found.network, ("layers", 1, "layers")), found.cursor) == (
        (),
        ("layers", 1),
    )
    found = Remove((("layers", 2, "branches", 1, 0),), "c").apply(before)
    assert found.cursor == ("layers", 2)


def test_layers_are_removed_from_several_lists_at_once() -> None:
    before = network(A, Block(name="x", layers=(B, C)), D)
    chosen = (("layers", 1, "layers", 1), ("layers", 0), ("layers", 2))
    found = Remove(chosen, "3 layers")
    assert found.label == "delete 3 layers"
    after, cursor, _ = found.apply(before)
    assert named(after) == ["x"]
    assert named(after, ("layers", 0, "layers")) == ["b"]
    assert cursor == ("layers", 0)


def test_what_stands_in_a_removed_container_goes_with_it() -> None:
    before = network(Block(layers=(A, B)), C)
    found = Remove((("layers", 0, "layers", 1), ("layers", 0)), "block")
    assert named(found.apply(before).network) == ["c"]


@pytest.mark.parametrize(
    "pointers",
    [
        (),
        ((),),
        at(1),
        at(0, 1),
        (("layers", 0, "layers", 0),),
        (("layers", 1, "branches", 0),),
    ],
)
def test_what_is_not_there_cannot_be_removed(pointers: tuple[Pointer, ...]) -> None:
    refused(Remove(pointers, "layer"), network(A))


def test_a_merge_goes_on_to_name_a_layer_when_others_like_it_go() -> None:
    before = network(Relu(), Relu(inplace=True), Block(layers=(add("relu_2"),)))
    after = Remove(at(0), "relu").apply(before).network
    assert followed(after, ("layers", 1, "layers", 0)) == ("relu_1",)
    again = Insert(("layers", 0), (Relu(),)).apply(after).network
    assert again == before


# Replace


def test_a_changed_field_changes_one_layer_alone() -> None:
    before = preset("resnet18")
    pointer = ("layers", 4, "layers", 0, "branches", 0, 3)
    old = layer_at(before, pointer)
    assert old is not None
    edit = Replace(pointer, (old.changed(bias=True),), "change bias", "key")
    found = edit.apply(before)
    assert (edit.label, edit.key, found.cursor) == ("change bias", "key", pointer)
    assert layer_at(found.network, pointer) == old.changed(bias=True)
    assert_shared(before, found.network)
    changed = sum(
        one is not other
        for (_, one), (_, other) in zip(
            every(found.network), every(before), strict=True
        )
    )
    assert changed == 3  # the layer, its parallel, its block


def test_merges_follow_a_new_name_wherever_they_stand() -> None:
    before = network(A, add("a"), Block(layers=(add("A"), Block(layers=(A, add("a"))))))
    after = Replace(("layers", 0), (Relu(name="z"),), "rename").apply(before).network
    assert followed(after, ("layers", 1)) == ("z",)
    assert followed(after, ("layers", 2, "layers", 0)) == ("z",)
    shadowed = ("layers", 2, "layers", 1, "layers", 1)
    assert layer_at(after, shadowed) is layer_at(before, shadowed)


def test_merges_follow_a_name_that_is_given_and_taken_away() -> None:
    before = network(Relu(), Relu(), add("relu_2"))
    after = Replace(("layers", 1), (A,), "name it").apply(before).network
    assert followed(after, ("layers", 2)) == ("a",)
    assert Replace(("layers", 1), (Relu(),), "").apply(after).network == before


def test_merges_follow_layers_that_a_new_type_counts_anew() -> None:
    before = network(Relu(), Relu(inplace=True), add("relu_2"), add("relu_1"))
    after = Replace(("layers", 0), (Flatten(),), "type").apply(before).network
    assert followed(after, ("layers", 2)) == ("relu_1",)
    assert followed(after, ("layers", 3)) == ("flatten_1",)


@pytest.mark.parametrize("name", ["b", "B", "relu_3"])
def test_a_name_that_another_layer_has_is_refused(name: str) -> None:
    before = network(A, B, Relu(), add("a"), add("b"))
    told = refused(Replace(("layers", 0), (Relu(name=name),), "rename"), before)
    assert told == f"another layer of this list is called {name}"


def test_a_name_may_be_spelled_in_another_case() -> None:
    after = Replace(("layers", 0), (Relu(name="A"),), "").apply(network(A, add("a")))
    assert followed(after.network, ("layers", 1)) == ("A",)


def test_layers_that_have_one_name_already_can_be_changed() -> None:
    before = network(A, A, add("a"))
    after = Replace(("layers", 0), (A.changed(inplace=True),), "").apply(before)
    assert named(after.network) == ["a", "a", "add"]
    after = Replace(("layers", 1), (B,), "").apply(before)
    assert followed(after.network, ("layers", 2)) == ("b",)


def test_a_fix_may_put_two_layers_in_the_place_of_one() -> None:
    last = Linear(out_features=4)
    before = network(Linear(name="fc", out_features=2), last, add("linear_2"))
    after = Replace(("layers", 1), (Flatten(), last), "insert flatten").apply(before)
    assert named(after.network) == ["fc", "flatten", "linear", "add"]
    assert followed(after.network, ("layers", 3)) == ("linear_2",)
    assert after.cursor == ("layers", 1)


@pytest.mark.parametrize(("count", "cursor"), [(1, ()), (2, ("layers", 0))])
def test_a_fix_that_takes_a_layer_away_leaves_the_cursor_on_another(
    count: int, cursor: Pointer
) -> None:
    before = network(*(A, B)[:count])
    found = Replace(("layers", count - 1), (), "remove").apply(before)
    assert len(found.network.layers) == count - 1
    assert found.cursor == cursor


@pytest.mark.parametrize("pointer", [(), TOP, ("layers", 1), ("layers", -1)])
def test_what_is_not_there_cannot_be_replaced(pointer: Pointer) -> None:
    refused(Replace(pointer, (B,), "change"), network(A))


# Duplicate


def test_copies_stand_behind_under_free_names() -> None:
    edit = Duplicate(at(0, 1), "2 layers")
    after, cursor, selected = edit.apply(network(A, add("a"), Relu(name="a_2")))
    assert edit.label == "duplicate 2 layers"
    assert named(after) == ["a", "add", "a_3", "add", "a_2"]
    assert followed(after, ("layers", 3)) == ("a_3",)
    assert (cursor, selected) == (("layers", 2), at(2, 3))


def test_merges_of_nameless_copies_name_the_copies() -> None:
    before = network(conv(), Relu(), add("conv2d_1"), Relu(), add("relu_2"))
    after = Duplicate(at(0, 1, 2), "").apply(before).network
    assert [followed(after, one) for one in at(2, 5, 7)] == [
        ("conv2d_1",),
        ("conv2d_2",),
        ("relu_3",),
    ]
    assert Remove(at(3, 4, 5), "").apply(after).network == before


def test_a_copy_of_what_cannot_be_read_can_be_saved() -> None:
    before = network(broken({"type": "conv9d", "name": "x"}))
    after = Duplicate(at(0), "x").apply(before).network
    assert named(after) == ["x", "x_2"]
    assert_read_back(after)


@pytest.mark.parametrize("pointers", [(), at(0, 2), at(3), at(2, 3), ((),)])
def test_only_neighbours_can_be_duplicated_or_wrapped(
    pointers: tuple[Pointer, ...],
) -> None:
    before = network(A, B, C)
    refused(Duplicate(pointers, ""), before)
    refused(Wrap(pointers, ""), before)


def test_layers_of_two_lists_are_no_neighbours() -> None:
    before = network(A, Block(layers=(B,)))
    pointers = (("layers", 0), ("layers", 1, "layers", 0))
    assert "side by side" in refused(Duplicate(pointers, ""), before)


# Move


@pytest.mark.parametrize(
    ("chosen", "to", "order", "cursor"),
    [
        (at(1), 0, "bacd", 0),
        (at(1), 3, "acbd", 2),
        (at(1), 4, "acdb", 3),
        (at(1), 1, "abcd", 1),
        (at(1), 2, "abcd", 1),
        (at(1), 99, "acdb", 3),
        (at(0, 1), 3, "cabd", 1),
        (at(2, 3), 0, "cdab", 0),
        (at(0, 2), 4, "bdac", 2),
        (at(0, 3), 2, "badc", 1),
    ],
)
def test_layers_are_moved_within_their_list(
    chosen: tuple[Pointer, ...], to: int, order: str, cursor: int
) -> None:
    before = network(A, B, C, D)
    edit = Move(chosen, ("layers", to), "layers")
    found = edit.apply(before)
    assert edit.label == "move layers"
    assert named(found.network) == list(order)
    assert found.cursor == ("layers", cursor)
    assert found.selected == at(*range(cursor, cursor + len(chosen)))
    assert_shared(before, found.network)


def test_merges_follow_what_moves_and_what_it_passes() -> None:
    before = network(Relu(), Relu(inplace=True), add("relu_1"), add("relu_2"))
    after = Move(at(1), ("layers", 0), "").apply(before).network
    assert [followed(after, one) for one in at(2, 3)] == [("relu_2",), ("relu_1",)]


def test_layers_are_moved_into_a_block_and_out_again() -> None:
    before = network(A, Block(name="x", layers=(B,)), C)
    inside = Move(at(0, 2), ("layers", 1, "layers", 1), "").apply(before)
    assert named(inside.network) == ["x"]
    assert named(inside.network, ("layers", 0, "layers")) == ["b", "a", "c"]
    assert inside.cursor == ("layers", 0, "layers", 1)
    out = Move((inside.cursor,), ("layers", 0), "").apply(inside.network)
    assert named(out.network) == ["a", "x"]
    last = ("layers", 1, "layers", 1)
    assert Move((last,), ("layers", 2), "").apply(out.network).network == before
    assert_shared(before, inside.network)


def test_layers_are_moved_between_branches() -> None:
    before = network(Parallel(merge="add", branches=((A, B), (C,), ())))
    chosen = (("layers", 0, "branches", 0, 1), ("layers", 0, "branches", 1, 0))
    found = Move(chosen, ("layers", 0, "branches", 2, 0), "").apply(before)
    found_branches = [
        named(found.network, ("layers", 0, "branches", n)) for n in (0, 1, 2)
    ]
    assert found_branches == [["a"], [], ["b", "c"]]


def test_a_name_that_is_taken_where_a_layer_moves_is_counted_on() -> None:
    before = network(A, Block(name="x", layers=(A, B)))
    found = Move(at(0), ("layers", 1, "layers", 0), "").apply(before)
    assert named(found.network, ("layers", 0, "layers")) == ["a_2", "a", "b"]


def test_merges_that_move_together_with_what_they_name_go_on_to_name_it() -> None:
    block = Block(layers=(conv(), Relu()))
    before = network(conv(), Relu(), add("conv2d_1"), block)
    found = Move(at(0, 1, 2), ("layers", 3, "layers", 2), "").apply(before)
    assert followed(found.network, ("layers", 0, "layers", 4)) == ("conv2d_2",)


@pytest.mark.parametrize(
    ("chosen", "to"),
    [
        (at(0), ("layers", 0, "layers", 0)),
        (at(0), ("layers", 0, "layers", 0, "layers", 0)),
        ((("layers", 0, "layers", 0), *at(0)), ("layers", 0, "layers", 1)),
    ],
)
def test_a_layer_cannot_be_moved_into_itself(
    chosen: tuple[Pointer, ...], to: Pointer
) -> None:
    before = network(Block(layers=(Block(layers=(A,)),)), B)
    assert (
        refused(Move(chosen, to, ""), before) == "a layer cannot be moved into itself"
    )


@pytest.mark.parametrize(
    ("chosen", "to"),
    [
        ((), ("layers", 0)),
        (at(2), ("layers", 0)),
        (at(0, 2), ("layers", 0)),
        (((),), ("layers", 0)),
        (at(0), ()),
        (at(0), ("layers",)),
        (at(0), ("layers", -1)),
        (at(0), ("layers", 1, "layers", 0)),
    ],
)
def test_a_move_from_nowhere_or_to_nowhere_is_refused(
    chosen: tuple[Pointer, ...], to: Pointer
) -> None:
    refused(Move(chosen, to, ""), network(A, B))


# Wrap and Ungroup


def test_neighbours_are_put_into_a_block_and_taken_out_again() -> None:
    before = network(A, B, C, D)
    edit = Wrap(at(2, 1), "2 layers")
    found = edit.apply(before)
    assert edit.label == "group 2 layers"
    assert named(found.network) == ["a", "block", "d"]
    assert found.cursor == ("layers", 1)
    assert_shared(before, found.network)
    ungroup = Ungroup(found.cursor, "block_1")
    back = ungroup.apply(found.network)
    assert ungroup.label == "ungroup block_1"
    assert back == (before, ("layers", 1), at(1, 2))


def test_a_residual_adds_what_entered() -> None:
    edit = Wrap(at(0, 1), "2 layers", residual=True)
    found = edit.apply(network(conv("x"), A, B))
    assert edit.label == "make residual 2 layers"
    assert found.network.layers[0] == Parallel(
        merge="add", branches=((conv("x"), A), ())
    )
    assert check(found.network).valid
    assert Ungroup(("layers", 0), "").apply(found.network).network == network(
        conv("x"), A, B
    )


def test_merges_within_a_group_go_on_to_name_what_they_named() -> None:
    before = network(conv(), conv(channels=6), Relu(), add("conv2d_2"))
    for residual in (False, True):
        after = Wrap(at(1, 2, 3), "", residual).apply(before).network
        list_ = ("branches", 0) if residual else ("layers",)
        assert followed(after, ("layers", 1, *list_, 2)) == ("conv2d_1",)
        assert Ungroup(("layers", 1), "").apply(after).network == before


def test_what_named_the_last_layer_of_a_block_names_the_block() -> None:
    before = network(A, B, add("b"), Block(layers=(C,)))
    after = Wrap(at(0, 1), "").apply(before).network
    assert followed(after, ("layers", 1)) == ("block_1",)
    assert check(after).valid
    assert Ungroup(("layers", 0), "").apply(after).network == before


def test_the_repetitions_of_a_block_are_written_out() -> None:
    inner = (conv("x"), Relu(), add("x", "relu_1"))
    before = network(A, Block(name="b", repeat=3, layers=inner), add("b", "a"))
    found = Ungroup(("layers", 1), "b").apply(before)
    assert named(found.network) == [
        *("a", "x", "relu", "add", "x_2", "relu", "add", "x_3", "relu", "add", "add")
    ]
    assert followed(found.network, ("layers", 6)) == ("x_2", "relu_3")
    assert followed(found.network, ("layers", 10)) == ("add_3", "a")
    assert found.selected == at(*range(1, 10))
    assert check(found.network).totals == check(before).totals


def test_names_are_unique_after_a_block_gives_up_its_layers() -> None:
    before = network(A, Block(name="a_2", layers=(A, add("a"))), B, Relu(name="a_3"))
    after = Ungroup(("layers", 1), "").apply(before).network
    assert named(after) == ["a", "a_2", "add", "b", "a_3"]
    assert followed(after, ("layers", 2)) == ("a_2",)


@pytest.mark.parametrize(
    "holder", [Block(layers=()), Parallel(merge="add", branches=((), ()))]
)
def test_an_empty_container_leaves_nothing_behind(holder: LayerSpec) -> None:
    found = Ungroup(("layers", 1), "").apply(network(A, holder))
    assert found == (network(A), ("layers", 0), ())


@pytest.mark.parametrize(
    "pointer",
    [(), ("layers", 0), ("layers", 1), ("layers", 2), ("layers", 0, "layers", 0)],
)
def test_only_containers_of_one_list_can_be_ungrouped(pointer: Pointer) -> None:
    refused(
        Ungroup(pointer, ""), network(A, Parallel(merge="add", branches=((A,), (B,))))
    )


@pytest.mark.parametrize("name", PRESETS)
def test_a_network_computes_the_same_without_its_blocks(name: str) -> None:
    before = after = preset(name)
    for _ in range(4):
        blocks = [p for p, one in every(after) if isinstance(one, Block)]
        if blocks:
            after = Ungroup(blocks[-1], "").apply(after).network
    old, new = check(before), check(after)
    assert new.totals == old.totals
    assert new.output == old.output
    assert new.valid
    assert_read_back(after)


# SetInput, Describe, Become


def test_the_input_is_set_or_refused() -> None:
    edit = SetInput((1, 28, 28))
    found = edit.apply(network(A))
    assert (edit.label, edit.key) == ("set the input to 1×28×28", "input")
    assert (found.network.input, found.cursor) == ((1, 28, 28), ())
    assert found.network.layers[0] is A
    for shape in ((), (0,), (1, limits.INPUT_SIZE + 1), (1, 2, 3, 4, 5)):
        refused(SetInput(shape), network(A))


@pytest.mark.parametrize("field", ["name", "title", "description", "source"])
def test_a_text_is_changed_alone(field: str) -> None:
    edit = Describe(field, "new")
    found = edit.apply(network(A))
    assert (edit.label, edit.key) == (f"change the {field}", ("describe", field))
    assert getattr(found.network, field) == "new"
    assert found.network.changed(**{field: getattr(network(A), field)}) == network(A)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "a/b"), ("name", None), ("title", "x" * 4097), ("no", "x")],
)
def test_a_text_that_no_document_holds_is_refused(field: str, value: str) -> None:
    assert refused(Describe(field, value), network(A))


def test_a_network_becomes_another() -> None:
    other = preset("unet")
    edit = Become(other, "open unet")
    assert edit.label == "open unet"
    assert edit.key is None
    found = edit.apply(network(A))
    assert found.network is other
    assert found.cursor == ()


# Limits


@pytest.mark.parametrize("excess", [-1, 0, 1])
@pytest.mark.parametrize("what", ["layers", "rows", "nesting"])
def test_edits_go_as_far_as_a_document_and_no_further(what: str, excess: int) -> None:
    new: LayerSpec = A
    if what == "layers":
        before = network(Block(layers=(Relu(),) * 10, repeat=limits.LAYERS // 10 - 1))
        new = Block(layers=(Relu(),), repeat=10 + excess)
    elif what == "rows":
        tenth = limits.ROWS // 10 - 1  # and a row of its own
        before = network(*[Block(layers=(), repeat=tenth)] * 9)
        new = Block(layers=(), repeat=tenth + excess)
    else:
        before = network()
        for _ in range(limits.NESTING - 1 + excess):
            new = Parallel(merge="add", branches=((), (new,)))
        before, new = network(new), A
    edit: Edit = Insert(("layers", 0), (new,))
    if what == "nesting":
        edit = Wrap(at(0), "")
    if excess <= 0:
        assert_read_back(edit.apply(before).network)
        assert check(edit.apply(before).network).valid
        return
    limit = {"layers": limits.LAYERS, "rows": limits.ROWS, "nesting": 32}[what]
    assert f"{limit:,}" in refused(edit, before)


def test_repetitions_beyond_the_limit_are_never_written_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What would write them.
    monkeypatch.delattr("tuicnn.core.edits.containers.unique")
    block = Block(layers=(Relu(),) * 50, repeat=limits.LAYERS)
    assert "1,000,000 layers" in refused(Ungroup(("layers", 0), ""), network(block))


def test_the_rows_that_are_too_many_are_counted() -> None:
    found = network(*[Block(layers=(), repeat=limits.LAYERS)] * 10)
    with pytest.raises(EditRefused, match="200,010 rows"):
        bounded(found)


def test_a_long_block_is_ungrouped_in_time() -> None:
    before = network(Block(layers=(A, B), repeat=limits.LAYERS // 2))
    after = Ungroup(("layers", 0), "").apply(before).network
    names = {same_name(name) for name in named(after)}
    assert len(names) == len(after.layers) == limits.LAYERS


# Pointers


def test_pointers_are_ordered_as_the_document_is() -> None:
    inner: Pointer = ("layers", 2, "branches", 0, 10)
    other: Pointer = ("layers", 2, "branches", 0, 9)
    assert outermost([("layers", 10), inner, other, ("layers", 1), inner]) == (
        ("layers", 1),
        other,
        inner,
        ("layers", 10),
    )
    assert outermost([inner, ("layers", 2)]) == (("layers", 2),)
    assert neighbours([inner, other]) == (inner[:-1], 9, 11)


def test_a_place_shifts_by_what_is_taken_out_before_it() -> None:
    place: Pointer = ("layers", 5, "layers", 3)
    assert shifted(place, at(0, 2, 7)) == ("layers", 3, "layers", 3)
    assert shifted(place, (("layers", 5, "layers", 1),)) == ("layers", 5, "layers", 2)
    assert shifted(place, (("layers", 4, "layers", 1),)) == place
    assert shifted(("layers", 1), (("layers", 0, "layers", 0),)) == ("layers", 1)


# Any edit, any network


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_after_any_edit_is_read_back_as_it_was_written(name: str) -> None:
    before = preset(name)
    text = before.model_dump_json()
    for kind in KINDS:
        draw = Random(f"{name} {kind}")
        after = before
        for _ in range(5):
            after = done(before, an_edit(before, draw, kind))
            if after is not before:
                break
        assert_read_back(after)
        if kind not in ("become", "rename"):
            assert_names_are_unique(after), kind
    assert before.model_dump_json() == text


def assert_names_are_unique(found: Network) -> None:
    for pointer in {pointer[:-1] for pointer, _ in every(found)}:
        layers = list_at(found, pointer) or ()
        names = [same_name(name) for name in effective_names(layers)]
        assert len(names) == len(set(names)), names


@pytest.mark.parametrize("name", ["resnet18", "unet", "googlenet"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_edit_makes_a_layer_anew_that_it_does_not_change(
    name: str, kind: str
) -> None:
    before = preset(name)
    olds = {id(layer) for _, layer in every(before)}
    draw = Random(f"{name} {kind}")
    changes = 0
    for _ in range(20):
        edit = an_edit(before, draw, kind)
        after = done(before, edit)
        changes += after is not before
        if kind not in ("insert", "become", "rename", "retype", "fix"):
            new = {id(one): one for _, one in every(after) if id(one) not in olds}
            leaves = [one for one in new.values() if not children(one)]
            assert not [one for one in leaves if holds(before, one)]
    assert changes or (kind == "ungroup" and name != "resnet18")


def holds(found: Network, layer: LayerSpec) -> bool:
    return any(one == layer for _, one in every(found))


TAGGED = st.lists(
    st.tuples(st.sampled_from("dDr"), st.booleans()), min_size=1, max_size=7
)


def _tagged(kind: str, tag: int, named_: bool) -> LayerSpec:
    """Return a layer that can be told from every other by its p."""
    fields = {"p": tag / 1000, "name": f"n{tag}" if named_ else None}
    return (Dropout if kind == "d" else Dropout2d)(**fields)


def _named_tags(found: Network) -> dict[int, float | None]:
    """Return for each merge, told by its axis, which layer it names."""
    names: dict[str, float | None] = {}
    tags = {}
    layers = zip(found.layers, effective_names(found.layers), strict=True)
    for layer, name in layers:
        if isinstance(layer, Concat):
            tags[layer.dim] = names.get(same_name(layer.with_[0]))
        names[same_name(name)] = getattr(layer, "p", None)
    return tags


@settings(max_examples=400)
@given(TAGGED, st.randoms(use_true_random=False))
def test_merges_name_the_same_layer_whatever_comes_and_goes(
    drawn: list[tuple[str, bool]], draw: Random
) -> None:
    layers = [_tagged(kind, tag, name) for tag, (kind, name) in enumerate(drawn)]
    names = effective_names(layers)
    merges = [Concat(**{"with": (draw.choice(names),)}, dim=dim) for dim in (1, 2, 3)]
    found = network(*layers, *merges)
    wanted = _named_tags(found)
    for step in range(6):
        count = len(found.layers) - 3
        edit: Edit
        match draw.choice("irmR"):
            case "i":
                new = _tagged(draw.choice("dD"), 100 + step, draw.random() < 0.3)
                edit = Insert(("layers", draw.randint(0, count)), (new,))
            case "r" if count:
                edit = Remove((("layers", draw.randrange(count)),), "")
            case "m" if count:
                here = ("layers", draw.randrange(count))
                edit = Move((here,), ("layers", draw.randint(0, count)), "")
            case "R" if count:
                here = ("layers", draw.randrange(count))
                old = layer_at(found, here)
                assert old is not None
                name = draw.choice((None, f"m{step}"))
                edit = Replace(here, (old.changed(name=name),), "")
            case _:
                continue
        found = edit.apply(found).network
        tags = _named_tags(found)
        there = {getattr(layer, "p", None) for layer in found.layers}
        for dim, tag in list(wanted.items()):
            if tag not in there:
                del wanted[dim]  # what it named is gone
            else:
                assert tags[dim] == tag


@settings(max_examples=200)
@given(st.randoms(use_true_random=False), st.sampled_from(["", "lenet5", "unet"]))
def test_any_sequence_of_edits_is_done_or_refused(draw: Random, name: str) -> None:
    found = preset(name) if name else network(A, Block(layers=(Relu(), add("a"))))
    for _ in range(8):
        before = found
        try:
            found, cursor, selected = an_edit(found, draw).apply(found)
        except EditRefused as refusal:
            assert str(refusal)
            continue
        assert cursor == () or layer_at(found, cursor) is not None
        assert all(layer_at(found, one) is not None for one in selected)
        assert bounded(found) is found
        if len(found.layers) < 400:
            assert_read_back(found)
        else:
            found = before
