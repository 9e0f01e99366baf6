"""The stack: each of its keys, fast keys, the mouse, and ten thousand lines."""

from __future__ import annotations

import json
import time

import pytest
from textual import events
from textual.widgets import Input

from tests.ui.desk import (
    MEDIUM,
    NARROW,
    Desk,
    at,
    desk,
    ids_of,
    key,
    keys_of,
    names_within,
    sample,
)
from tuicnn.core.check import check
from tuicnn.core.layers import Block, Conv2d, Parallel, Relu
from tuicnn.core.network import Network
from tuicnn.core.tree import layer_at
from tuicnn.ui import clipboard, columns, previewing
from tuicnn.ui.dialogs.add import AddLayer
from tuicnn.ui.dialogs.ask import AskText
from tuicnn.ui.widgets.lines import Lines
from tuicnn.ui.widgets.stack import Stack

SCENES = {}
"""What each binding does: by its id."""
NAVIGATION = ids_of(Lines)
LINES = 13


def scene(name):
    def register(function):
        SCENES[name] = function
        return function

    return register


def tall(count=200):
    return Network(
        name="tall", input=(3, 8, 8), layers=tuple(Relu() for _ in range(count))
    )


# Going about


@scene("stack.down")
async def down(desk: Desk, key: str):
    for line in (1, 2, 3):
        await desk.press(key)
        assert desk.cursor == desk.shown[line]
    assert desk.stack.line == 3
    await desk.press("G", key)
    assert desk.stack.line == LINES - 1


@scene("stack.up")
async def up(desk: Desk, key: str):
    await desk.look(2, 0)
    await desk.press(key)
    assert desk.cursor == at(2)
    await desk.press("g", key)
    assert desk.cursor == ()


@scene("stack.first")
async def first(desk: Desk, key: str):
    await desk.look(3, "b0", 1)
    await desk.press(key)
    assert desk.cursor == ()


@scene("stack.last")
async def last(desk: Desk, key: str):
    await desk.press(key)
    assert desk.cursor == at(5)


async def paged(desk: Desk, key: str, share: float):
    lines = round(share * (desk.stack.size.height - 1))
    desk.editor.edit(type(desk.session)(tall()))
    await desk.quiet()
    start = 0 if share > 0 else 150
    if start:
        await desk.look(start - 1)
    await desk.press(key)
    assert desk.stack.line == start + lines
    await desk.press(key)
    assert desk.stack.line == start + 2 * lines
    top = desk.stack.scroll_offset.y
    assert top <= desk.stack.line < top + desk.stack.size.height


@scene("stack.page-down")
async def page_down(desk: Desk, key: str):
    await paged(desk, key, 1.0)


@scene("stack.page-up")
async def page_up(desk: Desk, key: str):
    await paged(desk, key, -1.0)


@scene("stack.half-down")
async def half_down(desk: Desk, key: str):
    await paged(desk, key, 0.5)


@scene("stack.half-up")
async def half_up(desk: Desk, key: str):
    await paged(desk, key, -0.5)


@scene("stack.fold")
async def fold(desk: Desk, key: str):
    await desk.look(2, 1)
    await desk.press(key)
    assert (desk.cursor, len(desk.shown)) == (at(2), LINES)
    await desk.press(key)
    assert (desk.cursor, len(desk.shown)) == (at(2), LINES - 2)
    await desk.look(3, "b0", 0)
    await desk.press(key, key)
    assert at(3, "b0") not in desk.shown
    assert desk.cursor == at(3)


@scene("stack.unfold")
async def unfold(desk: Desk, key: str):
    await desk.look(2)
    await desk.press("h")
    assert at(2, 0) not in desk.shown
    await desk.press(key)
    assert (at(2, 0) in desk.shown, desk.cursor) == (True, at(2))
    await desk.press(key)
    assert desk.cursor == at(2, 0)
    await desk.press(key)
    assert desk.cursor == at(2, 0)


@scene("stack.toggle")
async def toggle(desk: Desk, key: str):
    await desk.look(3)
    await desk.press(key)
    assert len(desk.shown) == LINES - 4
    await desk.press(key)
    assert len(desk.shown) == LINES
    await desk.look(1)
    await desk.press(key)
    assert len(desk.shown) == LINES


@scene("stack.toggle-all")
async def toggle_all(desk: Desk, key: str):
    await desk.look(3, "b0", 1)
    await desk.press(key)
    assert desk.shown == [(), *(at(n) for n in range(6))]
    assert desk.cursor == at(3)
    await desk.press(key)
    assert len(desk.shown) == LINES


async def searched(desk: Desk, text: str):
    await desk.press("slash")
    await desk.type(text)
    await desk.press("enter")


@scene("stack.next")
async def following(desk: Desk, key: str):
    await searched(desk, "relu")
    assert desk.cursor == at(1)
    for wanted in (at(2, 1), at(3, "b0", 1), at(1)):
        await desk.press(key)
        assert desk.cursor == wanted


@scene("stack.previous")
async def preceding(desk: Desk, key: str):
    await searched(desk, "relu")
    for wanted in (at(3, "b0", 1), at(2, 1), at(1)):
        await desk.press(key)
        assert desk.cursor == wanted


# Selecting


@scene("stack.select")
async def select(desk: Desk, key: str):
    await desk.look(0)
    await desk.press(key, key)
    assert (desk.selected, desk.cursor) == ({at(0), at(1)}, at(2))
    await desk.press("k", key)
    assert (desk.selected, desk.cursor) == ({at(0)}, at(2))
    await desk.press("g", key)
    assert (desk.selected, desk.cursor) == ({at(0)}, ())


@scene("stack.range")
async def select_range(desk: Desk, key: str):
    await desk.look(0)
    await desk.press(key)
    assert desk.selected == {at(0)}
    await desk.press("j", "j", "k")
    assert desk.selected == {at(0), at(1)}
    await desk.press(key, "j")
    assert (desk.selected, desk.cursor) == ({at(0), at(1)}, at(2))


@scene("stack.clear")
async def clear(desk: Desk, key: str):
    await desk.look(0)
    await desk.press("v", "j", key)
    assert (desk.selected, desk.cursor) == (set(), at(1))
    await desk.press("j")
    assert desk.selected == set()


@scene("stack.find")
async def find(desk: Desk, key: str):
    await desk.press(key)
    assert isinstance(desk.focused, Input)
    await desk.type("conv")
    around = at(3, "b0")
    assert desk.shown == [(), at(0), at(2), at(2, 0), at(3), around, (*around, 0)]
    await desk.press("enter")
    assert (desk.focused, desk.cursor) == (desk.stack, at(0))
    await desk.press("escape")
    assert len(desk.shown) == LINES
    assert desk.cursor == at(0)
    await desk.press("Z")  # all are folded: what is in them is found all the same
    assert len(desk.shown) < LINES
    await desk.press(key)
    await desk.type("conv")
    assert desk.shown == [(), at(0), at(2), at(2, 0), at(3), around, (*around, 0)]
    await desk.press("enter")
    assert desk.cursor == at(2, 0)  # the next one
    await desk.press("escape")
    assert at(2, 1) in desk.shown and (*around, 0) not in desk.shown


async def test_a_layer_that_is_added_to_what_was_found_is_shown_among_it():
    async with desk() as one:
        await one.press("slash")
        await one.type("conv")
        await one.press("enter", "a")
        await one.until(lambda: isinstance(one.app.screen, AddLayer))
        await one.type("tanh")
        await one.press("enter")
        await one.until(lambda: one.app.screen is one.editor)
        await one.quiet()
        added = one.cursor
        assert layer_at(one.network, added).type == "tanh"
        assert one.stack.looked_at.pointer == added
        await one.press("n")  # and goes on from there
        assert one.stack.line > 0 and one.cursor > added


# Editing


async def added(desk: Desk, key: str):
    await desk.press(key)
    await desk.until(lambda: isinstance(desk.app.screen, AddLayer))
    await desk.type("max_pool2d")
    await desk.press("enter")
    await desk.until(lambda: desk.app.screen is desk.editor)
    await desk.quiet()


@scene("stack.add")
async def add(desk: Desk, key: str):
    await desk.look(0)
    await added(desk, key)
    assert desk.layer(1).type == "max_pool2d"
    assert (desk.cursor, desk.names[2]) == (at(1), "b")


@scene("stack.insert")
async def insert(desk: Desk, key: str):
    await desk.look(2, 0)
    await added(desk, key)
    assert desk.layer(2, 0).type == "max_pool2d"
    assert desk.layer(2, 1).name == "d"
    assert desk.cursor == at(2, 0)


@scene("stack.edit")
async def edit(desk: Desk, key: str):
    await desk.look(0)
    await desk.press(key)
    assert desk.field == "out_channels"
    await desk.press("escape")
    assert desk.focused is desk.stack


@scene("stack.delete")
async def delete(desk: Desk, key: str):
    await desk.look(1)
    await desk.press(key)
    assert (desk.names, desk.cursor) == (["a", "c", "f", "i", "j"], at(1))
    await desk.look(0)
    await desk.press("space", "j", "j", "space", key)
    assert sorted(names_within(desk.network)) == ["c", "d", "f", "g", "h", "i", "j"]


@scene("stack.duplicate")
async def duplicate(desk: Desk, key: str):
    await desk.look(0)
    await desk.press(key)
    assert [one.type for one in desk.network.layers[:3]] == ["conv2d", "conv2d", "relu"]
    assert desk.cursor == at(1)
    assert len(set(desk.names)) == 7


@scene("stack.move-up")
async def move_up(desk: Desk, key: str):
    await desk.look(1)
    await desk.press(key)
    assert (desk.names[:2], desk.cursor) == (["b", "a"], at(0))
    await desk.press(key)
    assert desk.names[:2] == ["b", "a"]
    assert desk.told[-1] == "These layers stand first in their list."


@scene("stack.move-down")
async def move_down(desk: Desk, key: str):
    await desk.look(0)
    await desk.press("v", "j", "v", key)
    assert (desk.names[:3], desk.cursor) == (["c", "a", "b"], at(1))
    assert desk.selected == {at(1), at(2)}
    await desk.look(3, "b0", 1)
    await desk.press(key)
    assert desk.layer(3, "b1", 0).name == "h"
    assert desk.cursor == at(3, "b1", 0)


@scene("stack.move-out")
async def move_out(desk: Desk, key: str):
    await desk.look(2, 0)
    await desk.press(key)
    assert (desk.names[2:4], desk.cursor) == (["c", "d"], at(3))
    await desk.press(key)
    assert desk.told[-1] == "There is no container around these layers."


@scene("stack.move-in")
async def move_in(desk: Desk, key: str):
    await desk.look(1)
    await desk.press(key)
    assert (desk.names[:2], desk.cursor) == (["a", "c"], at(1, 0))
    assert desk.layer(1, 0).name == "b"
    await desk.look(4)
    await desk.press(key)
    assert desk.told[-1] == "There is no container next to these layers."


@scene("stack.group")
async def group(desk: Desk, key: str):
    await desk.look(0)
    await desk.press("v", "j", "v", key)
    block = desk.layer(0)
    assert isinstance(block, Block)
    assert [one.name for one in block.layers] == ["a", "b"]
    assert (desk.cursor, len(desk.network.layers)) == (at(0), 5)


@scene("stack.ungroup")
async def ungroup(desk: Desk, key: str):
    await desk.look(2)
    await desk.press(key)
    assert desk.names == ["a", "b", "d", "e", "f", "i", "j"]
    assert (desk.cursor, desk.selected) == (at(2), {at(2), at(3)})
    await desk.look(0)
    await desk.press("escape", key)
    assert desk.told[-1] == "Only a block or a parallel can be ungrouped."


@scene("stack.residual")
async def residual(desk: Desk, key: str):
    await desk.look(2)
    await desk.press(key)
    found = desk.layer(2)
    assert isinstance(found, Parallel)
    assert found.merge == "add"
    assert [[one.name for one in branch] for branch in found.branches] == [["c"], []]
    assert desk.session.report.valid


@scene("stack.repeat")
async def repeat(desk: Desk, key: str):
    await desk.look(2)
    await desk.press(key)
    await desk.until(lambda: isinstance(desk.app.screen, AskText))
    await desk.press("backspace")
    await desk.type("0")
    await desk.press("enter")
    assert isinstance(desk.app.screen, AskText)
    await desk.press("backspace")
    await desk.type("3")
    await desk.press("enter")
    await desk.until(lambda: desk.app.screen is desk.editor)
    await desk.quiet()
    assert desk.layer(2).model_dump()["repeat"] == 3
    await desk.look(0)
    await desk.press(key)
    assert desk.told[-1] == "Only a block can be repeated: b makes one."


@scene("stack.branch")
async def branch(desk: Desk, key: str):
    await desk.look(3)
    await desk.press(key)
    assert len(desk.layer(3).branches) == 3
    await desk.look(3, "b2")
    await desk.press(key)
    assert len(desk.layer(3).branches) == 4
    await desk.look(3, "b1")
    await desk.press("d")
    await desk.look(0)
    await desk.press(key)
    assert desk.told[-1] == "Only a parallel has branches."
    assert len(desk.layer(3).branches) == 3


@scene("stack.copy")
async def copy(desk: Desk, key: str):
    await desk.look(0)
    await desk.press("v", "j", "v", key)
    layers = json.loads(desk.app.clipboard)
    assert [one["type"] for one in layers] == ["conv2d", "relu"]
    assert clipboard.kept() == desk.app.clipboard
    assert not desk.session.dirty
    assert desk.told[-1] == "Copied 2 layers."


@scene("stack.cut")
async def cut(desk: Desk, key: str):
    await desk.look(1)
    await desk.press(key)
    assert json.loads(clipboard.kept()) == [{"type": "relu", "name": "b"}]
    assert desk.names == ["a", "c", "f", "i", "j"]
    assert desk.session.history.undoes == "cut b"


@scene("stack.paste")
async def paste(desk: Desk, key: str):
    await desk.press(key)
    assert desk.told[-1] == "Nothing was copied yet: y copies."
    await desk.look(1)
    await desk.press("y")
    await desk.look(2, 0)
    await desk.press(key)
    assert desk.layer(2, 1).type == "relu"
    assert desk.cursor == at(2, 1)


@scene("stack.paste-before")
async def paste_before(desk: Desk, key: str):
    await desk.look(1)
    await desk.press("y")
    await desk.look(0)
    await desk.press(key)
    assert desk.layer(0).type == "relu"
    assert (desk.layer(1).name, desk.cursor) == ("a", at(0))


@pytest.mark.parametrize(("name", "key"), keys_of(Stack))
async def test_each_key_does_what_it_says(name, key):
    async with desk() as one:
        assert len(one.shown) == LINES
        await SCENES[name](one, key)


@pytest.mark.parametrize("size", [MEDIUM, NARROW])
@pytest.mark.parametrize("name", sorted(NAVIGATION))
async def test_the_ways_about_are_the_same_where_there_is_little_room(name, size):
    first = next(key for one, key in keys_of(Stack) if one == name)
    async with desk(size=size) as one:
        await SCENES[name](one, first)


def test_each_binding_of_the_stack_has_a_scene():
    assert set(SCENES) == ids_of(Stack)


# Keys that come faster than the document changes


async def at_once(desk: Desk, *keys: str):
    for one in keys:
        desk.app.post_message(key(one))
    await desk.until(lambda: not desk.app._message_queue.qsize())
    await desk.quiet()
    await desk.quiet()


async def test_a_layer_is_moved_as_often_as_the_key_is_pressed():
    async with desk() as one:
        await one.look(0)
        await at_once(one, "J", "J", "J")
        assert one.names == ["b", "c", "f", "a", "i", "j"]
        assert one.cursor == at(3)
        await at_once(one, "K", "K", "K")
        assert one.names == ["a", "b", "c", "f", "i", "j"]
        await at_once(one, *"uuuuuu")
        assert one.network == sample()


async def test_two_deletions_delete_two_neighbours():
    async with desk() as one:
        await one.look(1)
        await at_once(one, "d", "d")
        assert one.names == ["a", "f", "i", "j"]


async def test_fifty_steps_go_fifty_lines():
    async with desk(tall()) as one:
        await at_once(one, *("j" * 50))
        assert one.stack.line == 50
        assert one.cursor == at(49)
        await at_once(one, *("k" * 20), "space", "space", "d")
        assert one.stack.line == 30
        assert len(one.network.layers) == 198


async def test_what_follows_an_edit_at_once_is_about_what_it_made():
    async with desk() as one:
        await one.look(0)
        await at_once(one, "D", "J", "b", "D", "y", "p")
        assert [layer.type for layer in one.network.layers[:5]] == [
            "conv2d", "relu", "block", "block", "block"
        ]  # fmt: skip
        assert one.cursor == at(4)


# The mouse


async def click(desk: Desk, line: int, x: int = 20, **more):
    border = desk.stack.gutter.top
    await desk.pilot.click(desk.stack, offset=(x, line + border), **more)
    await desk.quiet()


async def test_a_click_goes_to_the_line():
    async with desk() as one:
        await click(one, 3)
        assert (one.cursor, one.focused) == (at(2), one.stack)
        await click(one, 30)
        assert one.cursor == at(2)


async def test_a_click_on_the_sign_folds():
    async with desk() as one:
        await click(one, 3, x=4)
        assert (len(one.shown), one.cursor) == (LINES - 2, at(2))
        await click(one, 3, x=4)
        assert len(one.shown) == LINES


async def test_a_double_click_edits():
    async with desk() as one:
        await click(one, 1, times=2)
        await one.until(lambda: one.field)
        assert (one.cursor, one.field) == (at(0), "out_channels")


async def test_shift_and_a_click_select_all_between():
    async with desk() as one:
        await click(one, 1)
        await click(one, 3, shift=True)
        assert one.selected == {at(0), at(1), at(2)}
        await click(one, 2, shift=True)
        assert one.selected == {at(0), at(1)}
        await click(one, 6)
        assert one.cursor == at(3)


async def test_the_wheel_scrolls_and_leaves_the_cursor():
    async with desk(tall()) as one:
        before = one.stack.scroll_offset.y
        where = {"x": 5, "y": 5, "delta_x": 0, "delta_y": 1, "button": 0}
        mods = {"shift": False, "meta": False, "ctrl": False}
        one.stack.post_message(
            events.MouseScrollDown(one.stack, **where, **mods, screen_x=5, screen_y=8)
        )
        await one.until(lambda: one.stack.scroll_offset.y > before)
        assert one.cursor == ()
        await click(one, 3)
        assert one.stack.line == one.stack.scroll_offset.y + 3


# Long stacks


async def test_of_ten_thousand_layers_only_the_visible_lines_are_drawn(monkeypatch):
    drawn = []
    render = Lines.render_line

    def counted(self, y):
        drawn.append(y)
        return render(self, y)

    monkeypatch.setattr(Lines, "render_line", counted)
    monkeypatch.setattr(previewing, "automatic", lambda report: False)
    layers = tuple(
        Conv2d(out_channels=4, kernel_size=1) if n % 2 else Relu()
        for n in range(10_000)
    )
    long = Network(name="long", input=(4, 4, 4), layers=layers)
    async with desk(long) as one:
        assert len(one.shown) == 10_001
        room = one.stack.size.height
        for keys in ("G", "k", "K", "d", "u", "D", "b", "B", "g", "pagedown"):
            drawn.clear()
            begun = time.process_time()
            await one.press(keys)
            took = time.process_time() - begun
            assert 0 < len(drawn) <= 8 * room, keys
            assert took < 5, keys
        assert one.network.layers[9_000] is layers[9_000]
        drawn.clear()
        await at_once(one, *("j" * 50))
        assert len(drawn) <= 52 * room


@pytest.mark.parametrize(("part", "cells"), [(0.0, 0), (0.04, 0), (0.5, 4), (1.0, 8)])
def test_a_share_is_a_bar_behind_the_number_and_changes_no_text(part, cells):
    column = columns.right(columns.Piece("1.33 M", "count"), 9)
    found = columns.shaded(column, part)
    assert "".join(piece.text for piece in found) == "   1.33 M"
    covered = [piece for piece in found if piece.style == "share"]
    assert sum(len(piece.text) for piece in covered) == cells
    assert found[0].style != "share"


def test_a_share_is_that_of_all_parameters_and_a_container_has_none():
    report = check(sample())
    shares = [columns.share(report, row) for row in report.rows]
    assert sum(shares) == pytest.approx(1)
    assert all(
        share == 0
        for share, row in zip(shares, report.rows, strict=True)
        if row.container
    )
    empty = check(Network(name="empty", input=(3, 8, 8), layers=(Relu(),)))
    assert columns.share(empty, empty.rows[0]) == 0
