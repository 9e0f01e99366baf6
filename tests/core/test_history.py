"""Versions of a network: back, forth, joined, and as many as memory may hold."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.changes import KINDS, an_edit, conv, network, preset
from tests.documents import PRESETS
from tuicnn.core import limits
from tuicnn.core.edits import (
    Become,
    Describe,
    Duplicate,
    EditRefused,
    Insert,
    Remove,
    Replace,
    SetInput,
    Ungroup,
)
from tuicnn.core.history import History, difference
from tuicnn.core.layers import Block, Parallel, Relu
from tuicnn.core.network import Network

A, B, C = (Relu(name=name) for name in "abc")


def typed(channels: int, key: object = "key") -> Replace:
    """Return what typing a number into the first layer's field does."""
    new = conv("conv", channels)
    return Replace(("layers", 0), (new,), f"change it to {channels}", key)


def fresh() -> History:
    return History.of(network(conv("conv", 1), A))


def test_a_new_history_has_nothing_to_undo() -> None:
    history = fresh()
    assert (history.undoes, history.redoes) == ("", "")
    assert history.undo() is history
    assert history.redo() is history


def test_undo_and_redo_say_what_they_do() -> None:
    history = fresh().do(Remove((("layers", 1),), "a")).do(SetInput((4, 8, 8)))
    assert (history.undoes, history.redoes) == ("set the input to 4×8×8", "")
    history = history.undo()
    assert history.undoes == "delete a"
    assert history.redoes == "set the input to 4×8×8"
    assert history.redo().network.input == (4, 8, 8)
    assert history.undo().redoes == "delete a"


def test_undo_puts_the_reader_back() -> None:
    chosen = (("layers", 0), ("layers", 1))
    start = fresh().looking(("layers", 1), chosen)
    history = start.do(Duplicate(chosen, "2 layers"))
    assert history.present.cursor == ("layers", 2)
    assert history.present.selected == (("layers", 2), ("layers", 3))
    elsewhere = history.looking(("layers", 0))
    assert elsewhere.undo().present == start.present
    assert elsewhere.undo().redo().present == elsewhere.present


def test_a_single_layer_is_not_selected_after_an_edit() -> None:
    history = fresh().do(Insert(("layers", 0), (B,)))
    assert (history.present.cursor, history.present.selected) == (("layers", 0), ())


def test_an_edit_after_undo_forgets_what_was_undone() -> None:
    history = fresh().do(typed(2)).undo().do(typed(3))
    assert history.redoes == ""
    assert history.redo() is history


def test_an_edit_that_changes_nothing_is_no_version() -> None:
    start = fresh().do(typed(2)).undo().looking(("layers", 1))
    history = start.do(typed(1))
    assert history.network is start.network
    assert (history.past, history.future) == (start.past, start.future)
    assert history.present.cursor == ("layers", 0)


def test_edits_of_one_key_in_a_row_are_one() -> None:
    start = fresh()
    history = start.do(typed(2)).do(typed(25)).do(typed(256))
    assert len(history.past) == 1
    assert history.undoes == "change it to 256"
    assert history.undo().network is start.network
    assert history.undo().redo().network is history.network


def test_what_is_typed_and_taken_back_by_hand_needs_no_undo() -> None:
    start = fresh().do(Remove((("layers", 1),), "a"))
    history = start.do(typed(2)).do(typed(1))
    assert history.network is start.network
    assert history.undoes == "delete a"
    again = history.do(typed(3))
    assert len(again.past) == 2
    assert again.undo().network is start.network


@pytest.mark.parametrize(
    "between",
    [
        lambda one: one.settled(),
        lambda one: one.undo().redo(),
        lambda one: one.do(Remove((("layers", 1),), "a")).undo(),
        lambda one: one.do(typed(7, "other")).undo(),
    ],
)
def test_a_row_of_edits_ends(between) -> None:
    history = between(fresh().do(typed(2)))
    assert len(history.do(typed(25)).past) == 2


def test_edits_of_other_keys_or_none_stand_alone() -> None:
    history = fresh()
    edits = (typed(2), typed(3, "b"), typed(4, None), typed(5, None), typed(6))
    for edit in edits:
        history = history.do(edit)
    assert len(history.past) == 5


@pytest.mark.parametrize(
    "edits",
    [
        (SetInput((1, 2, 8)), SetInput((1, 28, 8))),
        (Describe("title", "n"), Describe("title", "ne")),
    ],
)
def test_what_is_typed_of_a_network_is_one_edit(edits) -> None:
    history = fresh()
    for edit in edits:
        history = history.do(edit)
    assert len(history.past) == 1
    assert len(history.do(Describe("source", "s")).past) == 2


def test_a_refused_edit_leaves_the_history_as_it_was() -> None:
    history = fresh().do(typed(2))
    with pytest.raises(EditRefused):
        history.do(Remove((("layers", 9),), "nothing"))
    assert history == fresh().do(typed(2))


def test_the_past_is_bounded_by_its_bytes(monkeypatch) -> None:
    edits = [typed(channels, None) for channels in range(2, 42)]
    unbounded = fresh()
    for edit in edits:
        unbounded = unbounded.do(edit)
    weight = unbounded.past[0].weight
    assert {version.weight for version in unbounded.past} == {weight}
    for more in (0, 1):
        monkeypatch.setattr(limits, "UNDO_BYTES", 10 * weight + more)
        assert len(unbounded.do(typed(99, None)).past) == 10
    monkeypatch.setattr(limits, "UNDO_BYTES", 10 * weight)
    history = fresh()
    for number, edit in enumerate(edits, start=1):
        history = history.do(edit)
        assert len(history.past) == min(number, 10)
    assert history.past == unbounded.past[-10:]
    monkeypatch.setattr(limits, "UNDO_BYTES", 10 * weight - 1)
    assert len(history.do(typed(99, None)).past) == 9


def test_the_latest_version_is_kept_whatever_it_weighs(monkeypatch) -> None:
    monkeypatch.setattr(limits, "UNDO_BYTES", 0)
    history = fresh().do(typed(2, None)).do(typed(3, None))
    assert [version.label for version in history.past] == ["change it to 3"]
    assert history.undo().network == fresh().do(typed(2)).network


def test_redo_brings_back_no_more_than_there_was(monkeypatch) -> None:
    monkeypatch.setattr(limits, "UNDO_BYTES", 20_000)
    history = fresh()
    for channels in range(2, 30):
        history = history.do(typed(channels, None))
    count, last = len(history.past), history
    for _ in range(count):
        history = history.undo()
    assert not history.past
    for _ in range(count):
        history = history.redo()
    assert history == last


def test_a_version_weighs_what_no_other_has() -> None:
    before = network(*[Relu(name=f"r{number}") for number in range(100)], A)
    one = difference(before, Remove((("layers", 0),), "").apply(before).network)
    ten = Remove(tuple(("layers", number) for number in range(10)), "")
    assert 4_000 <= one < 8_000
    assert one + 15_000 < difference(before, ten.apply(before).network) < 30_000
    assert difference(before, before.changed(title="t")) < 4_000
    assert difference(before, network()) > 200_000


def test_what_a_container_goes_on_to_hold_weighs_nothing() -> None:
    many = tuple(Relu(name=f"r{number}") for number in range(100))
    inside = network(Block(name="b", layers=many))
    sides = network(Parallel(name="p", merge="add", branches=(many, many[:50])))
    for before, pointer in (
        (inside, ("layers", 0, "layers", 3)),
        (sides, ("layers", 0, "branches", 1, 3)),
    ):
        after = Remove((pointer,), "").apply(before).network
        assert difference(before, after) < 10_000
    assert difference(inside, network(Block(name="other", layers=many))) > 200_000
    gone = Ungroup(("layers", 0), "").apply(inside).network
    assert difference(gone, inside) > 200_000
    narrow = network(Parallel(name="p", merge="add", branches=(many,)))
    assert 100_000 < difference(sides, narrow) < 120_000


@pytest.mark.parametrize("name", PRESETS)
def test_undoing_everything_gives_back_the_preset(name: str) -> None:
    draw = Random(name)
    assert_walks_back(preset(name), draw, 10)


@settings(max_examples=200)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_undoing_everything_gives_back_the_document_and_redoing_the_last(
    draw: Random, count: int
) -> None:
    layers = [draw.choice((A, B, Relu(), Block(layers=(C, Relu()))))] * count
    assert_walks_back(network(*layers), draw, 12)


def assert_walks_back(start: Network, draw: Random, steps: int) -> None:
    """Assert that edits drawn for a network are undone and redone one by one."""
    history = History.of(start).looking(("layers", 0))
    versions = [history.present]
    for _ in range(steps):
        kind = draw.choice(KINDS[:-1])
        before = history
        try:
            history = history.do(an_edit(history.network, draw, kind))
        except EditRefused:
            continue
        if len(history.past) > len(before.past):
            # The cursor may have moved since, by an edit that changed nothing.
            versions[-1] = before.present
        else:
            del versions[len(history.past) :]  # joined, or taken back by hand
        versions.append(history.present)
    last = history
    assert history.present == versions[-1]
    for version in reversed(versions[:-1]):
        history = history.undo()
        assert history.network is version.network
        assert history.present.cursor == version.cursor
    assert history.network is start
    assert history.undo() is history
    for version in versions[1:]:
        history = history.redo()
        assert history.network is version.network
    assert history.present == last.present
    assert history.past == last.past
    assert history.redo() is history


def test_a_whole_network_can_be_undone() -> None:
    history = fresh().do(Become(preset("unet"), "open unet"))
    assert history.network is preset("unet")
    assert history.undo().network == fresh().network
    assert history.past[0].weight < 20_000
