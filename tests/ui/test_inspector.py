"""The inspector: what is typed, applied, kept as a draft, and said beside fields."""

from __future__ import annotations

import asyncio

import pytest

from tests.cases import CASES
from tests.ui.desk import Desk, desk, faulty, ids_of, key, keys_of, sample
from tuicnn.core.drafts import field_names
from tuicnn.core.edits import Remove
from tuicnn.core.layers import Conv2d, Flatten
from tuicnn.core.network import Network
from tuicnn.ui.widgets.choice import Choice
from tuicnn.ui.widgets.field import Entry, Field
from tuicnn.ui.widgets.inspector import Inspector

SCENES = {}


def scene(name):
    def register(function):
        SCENES[name] = function
        return function

    return register


def field(desk: Desk, name: str) -> Field:
    return next(one for one in desk.inspector.form.fields if one.field == name)


def complaint(desk: Desk, name: str) -> str:
    static = field(desk, name).query_one(".field-problem")
    return str(static.visual) if static.has_class("-shown") else ""


async def go(desk: Desk, *where: int | str, to: str = ""):
    """Look at a layer, and go to a field of it."""
    await desk.look(*where)
    await desk.inspector.enter(to)
    await desk.quiet()
    assert not to or desk.field == to


async def fill(desk: Desk, name: str, text: str):
    """Type a text in the place of what stands in a field."""
    await desk.inspector.enter(name)
    await desk.quiet()
    assert desk.field == name
    entry = desk.focused
    assert isinstance(entry, Entry)
    await desk.press("end", "ctrl+u")
    await desk.type(text)


def text(desk: Desk, name: str) -> str:
    return field(desk, name).query_one(Entry).value


# Each key


@scene("inspector.leave")
async def leave(desk: Desk, key: str):
    await go(desk, 0, to="stride")
    await desk.press(key)
    assert desk.focused is desk.stack


@scene("field.next")
async def following(desk: Desk, key: str):
    await go(desk, 0, to="out_channels")
    await desk.press(key)
    assert desk.field == "kernel_size"


@scene("field.previous")
async def preceding(desk: Desk, key: str):
    await go(desk, 0, to="kernel_size")
    await desk.press(key)
    assert desk.field == "out_channels"


async def test_what_is_typed_takes_the_place_of_what_a_field_held():
    async with desk() as one:
        await go(one, 0, to="out_channels")
        await one.press("1", "6", "tab", "5")
        await one.quiet()
        assert (one.layer(0).out_channels, one.layer(0).kernel_size) == (16, 5)
        await one.press("end", "1")  # but whoever moves in it goes on with it
        assert one.layer(0).kernel_size == 51


@scene("field.more")
async def more(desk: Desk, key: str):
    await go(desk, 0, to="out_channels")
    await desk.press(key, key)
    assert desk.layer(0).out_channels == 10
    assert len(desk.session.history.past) == 1


@scene("field.less")
async def less(desk: Desk, key: str):
    await go(desk, 0, to="out_channels")
    await desk.press(key)
    assert desk.layer(0).out_channels == 7


@scene("choice.next")
async def next_value(desk: Desk, key: str):
    await go(desk, 0, to="bias")
    before = desk.layer(0).bias
    await desk.press(key)
    assert desk.layer(0).bias is not before
    await desk.press(key)
    assert desk.layer(0).bias is before


@scene("choice.previous")
async def previous_value(desk: Desk, key: str):
    await go(desk, 3, to="merge")
    options = desk.focused.options
    await desk.press(key)
    assert desk.layer(3).merge == options[options.index("add") - 1]


@pytest.mark.parametrize(("name", "key"), keys_of(Inspector, Field, Entry, Choice))
async def test_each_key_does_what_it_says(name, key):
    async with desk() as one:
        await SCENES[name](one, key)


def test_each_binding_of_the_form_has_a_scene():
    assert set(SCENES) == ids_of(Inspector, Field, Entry, Choice)


# What is valid


async def test_what_is_valid_is_applied_as_it_is_typed():
    async with desk() as one:
        await go(one, 0, to="out_channels")
        await one.press("end")
        await one.type("4")
        assert one.layer(0).out_channels == 84
        await one.press("backspace", "backspace")
        assert one.layer(0).out_channels == 8  # nothing stands there: a draft
        assert complaint(one, "out_channels").startswith("✗ ")
        await one.type("5")
        assert one.layer(0).out_channels == 5
        assert complaint(one, "out_channels") == ""


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("5", 5),
        ("3x5", (3, 5)),
        ("3×5", (3, 5)),
        ("3, 5", (3, 5)),
        ("[3, 5]", (3, 5)),
    ],
)
async def test_a_size_is_typed_for_each_axis(typed, value):
    async with desk() as one:
        await go(one, 0)
        await fill(one, "kernel_size", typed)
        assert one.layer(0).kernel_size == value
        assert complaint(one, "kernel_size") == ""


@pytest.mark.parametrize(
    ("typed", "value"),
    [("same", "same"), ("2", 2), ("1, 2", (1, 2)), ("[[1,2],[0,0]]", ((1, 2), (0, 0)))],
)
async def test_a_padding_is_typed_in_each_way(typed, value):
    async with desk() as one:
        await go(one, 0)
        await fill(one, "padding", typed)
        assert one.layer(0).padding == value


async def test_plus_and_minus_count_each_number():
    async with desk() as one:
        await go(one, 0)
        await fill(one, "kernel_size", "3x5")
        await one.press("plus", "plus", "minus")
        assert one.layer(0).kernel_size == (4, 6)
        assert text(one, "kernel_size") == "4, 6"


async def test_a_minus_begins_a_number_where_that_may_be_negative():
    flat = Network(name="x", input=(3, 8, 8), layers=(Flatten(name="a"),))
    async with desk(flat) as one:
        await go(one, 0)
        await fill(one, "end_dim", "-1")
        assert text(one, "end_dim") == "-1"
        assert one.layer(0).end_dim == -1


async def test_typing_into_one_field_is_one_undo_and_undo_keeps_the_form():
    async with desk() as one:
        await go(one, 0, to="out_channels")
        await one.press("end")
        await one.type("12")
        assert one.layer(0).out_channels == 812
        await one.press("ctrl+z")
        assert one.network == sample()
        assert text(one, "out_channels") == "8"
        assert one.field == "out_channels"
        await one.press("ctrl+y")
        assert text(one, "out_channels") == "812"


async def test_what_is_typed_fast_is_what_stands_there():
    async with desk() as one:
        await go(one)
        await one.press("end")
        for name in ("backspace", "backspace", *"20x24"):
            one.app.post_message(key(name))
        for name in (*["backspace"] * 30, *"3x8x9"):
            one.app.post_message(key(name))
        await one.quiet()
        await one.until(lambda: one.network.input == (3, 8, 9))
        await one.quiet()
        assert text(one, "input") == "3x8x9"


async def test_a_click_is_not_taken_for_a_layer_that_has_come_in_the_place():
    async with desk() as one:
        await go(one, 0)
        bias = field(one, "bias").query_one(Choice)
        one.app.post_message(key("escape"))
        one.editor.do(Remove((("layers", 0),), "conv"))  # the form shows it still
        bias.action_step(1)
        await one.quiet()
        assert one.network.layers == sample().layers[1:]
        assert "changed meanwhile" in one.told[-1]


async def test_a_click_is_for_the_layer_that_the_form_shows():
    async with desk() as one:
        await go(one, 0)
        bias = field(one, "bias").query_one(Choice)
        one.editor.look(("layers", 1))  # the form shows the layer before still
        bias.action_step(1)
        await one.quiet()
        assert one.network.layers[0] == sample().layers[0].changed(bias=False)
        assert one.network.layers[1:] == sample().layers[1:]


async def test_what_is_typed_while_fields_are_mounted_is_for_the_old_ones(monkeypatch):
    async with desk() as one:
        await go(one)
        form, line = one.inspector.form, field(one, "title").query_one(Entry)
        mount = form.mount_all

        async def slowly(new):
            await mount(new)
            line.value = "A net"
            async with asyncio.timeout(30):
                while one.network.title != "A net":
                    await asyncio.sleep(0.001)

        monkeypatch.setattr(form, "mount_all", slowly)
        one.editor.look(("layers", 0))  # a convolution has more fields
        await one.quiet()
        assert one.network == sample().changed(title="A net")


async def test_a_blank_or_comma_at_the_end_of_what_is_typed_stays():
    async with desk() as one:
        await go(one)
        await fill(one, "title", "A ")
        await one.pilot.pause(0.1)
        await one.type("net")
        assert one.network.title == "A net"


# Drafts


async def test_a_draft_that_is_not_valid_is_never_in_the_document_and_never_lost():
    async with desk() as one:
        await go(one, 0)
        before = one.layer(0)
        await fill(one, "stride", "zero")
        assert one.layer(0) is before
        said = complaint(one, "stride")
        assert said.startswith("✗ ")
        await one.press("escape", "j")
        await go(one, 4)
        await go(one, 0)
        assert (text(one, "stride"), complaint(one, "stride")) == ("zero", said)
        assert one.layer(0) is before


async def test_a_draft_survives_edits_of_other_fields():
    async with desk() as one:
        await go(one, 0)
        await fill(one, "stride", "0")
        said = complaint(one, "stride")
        await fill(one, "out_channels", "12")
        assert one.layer(0).out_channels == 12
        assert (text(one, "stride"), complaint(one, "stride")) == ("0", said)
        await one.press("escape", "j")
        await go(one, 0)
        assert (text(one, "stride"), complaint(one, "stride")) == ("0", said)
        await fill(one, "stride", "2")
        assert one.layer(0).stride == 2
        assert complaint(one, "stride") == ""


async def test_a_draft_belongs_to_its_layer_wherever_that_goes():
    two = tuple(Conv2d(name=n, out_channels=4, kernel_size=3) for n in "ab")
    async with desk(Network(name="x", input=(3, 16, 16), layers=two)) as one:
        await go(one, 0)
        await fill(one, "stride", "x")
        await one.press("escape", "J")
        assert one.names == ["b", "a"]
        await go(one, 0)
        assert text(one, "stride") == "1"
        await go(one, 1)
        assert text(one, "stride") == "x"


async def test_a_name_that_is_taken_stays_a_draft():
    async with desk() as one:
        await go(one, 0)
        await fill(one, "name", "b")
        assert one.layer(0).name != "b"
        assert "b" in complaint(one, "name")
        await one.type("2")
        assert one.layer(0).name == "b2"
        assert complaint(one, "name") == ""


async def test_each_problem_stands_beside_its_field():
    async with desk(faulty()) as one:
        await go(one, 0)
        assert "3" in complaint(one, "in_channels")
        assert complaint(one, "out_channels") == ""
        await go(one, 2)
        assert "nobody" in complaint(one, "with_")
        await fill(one, "with_", "a, b")
        assert one.layer(2).with_ == ("a", "b")
        await go(one, 0)
        await fill(one, "in_channels", "")
        assert one.layer(0).in_channels is None
        assert complaint(one, "in_channels") == ""


# The input


@pytest.mark.parametrize("typed", ["3x20x24", "3, 20, 24", "[3,20,24]"])
async def test_the_input_is_typed_channels_first(typed):
    async with desk() as one:
        await go(one)
        await fill(one, "input", typed)
        assert one.network.input == (3, 20, 24)
        assert one.session.report.rows[0].output == (8, 20, 24)


async def test_the_input_is_typed_channels_last_where_that_is_how_it_is_written():
    async with desk() as one:
        await one.press("t")
        await go(one)
        assert text(one, "input") == "16, 16, 3"
        await fill(one, "input", "20x24x3")
        assert one.network.input == (3, 20, 24)
        await one.press("escape", "t")
        await one.quiet()
        assert text(one, "input") == "3, 20, 24"


@pytest.mark.parametrize("typed", ["", "3, 0, 4", "x", "3.5", "1,2,3,4,5,6", "-3"])
async def test_a_shape_that_is_none_stays_a_draft(typed):
    async with desk() as one:
        await go(one)
        await fill(one, "input", typed)
        assert all(side > 0 for side in one.network.input)
        assert one.network.input != ()
        assert complaint(one, "input").startswith("✗ ")
        await go(one, 0)
        await go(one)
        assert text(one, "input") == typed
        assert complaint(one, "input").startswith("✗ ")


async def test_texts_of_the_network_are_typed_and_undone():
    async with desk() as one:
        await go(one)
        await fill(one, "title", "A [/x] net")
        assert one.network.title == "A [/x] net"
        await fill(one, "title", "")
        assert one.network.title is None
        await fill(one, "name", "")
        assert one.network.name
        assert complaint(one, "name")


# Every type

TYPES = {case.layer.type: case for case in reversed(CASES)}


@pytest.mark.parametrize("kind", sorted(TYPES))
async def test_each_type_has_a_form_with_all_its_fields(kind):
    layer = TYPES[kind].layer
    entering = TYPES[kind].entering
    async with desk(Network(name="x", input=entering, layers=(layer,))) as one:
        await one.look(0)
        shown = [form.field for form in one.inspector.form.fields]
        assert shown == list(field_names(layer))
        for form in one.inspector.form.fields:
            assert one.inspector.form.entries[form.field].help
        # Each value, typed again as it is shown, is the same.
        for form in one.inspector.form.fields:
            for entry in form.query(Entry):
                shown_text = entry.value
                edit = one.inspector.form._edit(
                    one.inspector.form.entries[form.field], shown_text, _missing()
                )
                if shown_text:
                    assert not isinstance(edit, str), (form.field, edit)
                    assert edit.apply(one.network).network == one.network


def _missing():
    from tuicnn.core.drafts import MISSING

    return MISSING
