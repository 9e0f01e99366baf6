"""Paste an error: which layer it is about, and the way there."""

from __future__ import annotations

import time

import pytest
from textual import events
from textual.widgets import Static

from tests.documents import report_of_text, text_of
from tests.ui.desk import Desk, at, desk, key, keys_of
from tuicnn.core.network import Network
from tuicnn.session import EMPTY
from tuicnn.ui.dialogs.error import MOST, ErrorDialog, ErrorLine, joined
from tuicnn.ui.widgets.reading import Reading

SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]
MESSAGE = "mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)"
UNKNOWN = "No module named torch"


def fitting(**more: object) -> Network:
    """Return a network whose linear layer meets 1568 numbers."""
    layers: list[dict[str, object]] = [
        {"type": "conv2d", "name": "conv", "out_channels": 32, "kernel_size": 2},
        {"type": "relu", "name": "relu"},
        {"type": "flatten", "name": "flat"},
        {"type": "linear", "name": "head", "out_features": 10, **more},
    ]
    return report_of_text(text_of((1, 8, 8), *layers)).network


def dialog(one: Desk) -> ErrorDialog:
    found = one.app.screen
    assert isinstance(found, ErrorDialog)
    return found


def value(one: Desk) -> str:
    return dialog(one).query_one(ErrorLine).value


def said(one: Desk) -> str:
    return "\n".join(one.plain for one in dialog(one).query_one(Reading).lines)


def left_out(one: Desk) -> str:
    return str(dialog(one).query_one("#left-out", Static).content)


async def pasted(one: Desk, text: str, told: str = "What it means") -> None:
    """Open the dialog, paste a text, and wait for what it means."""
    await one.press("E")
    await one.until(lambda: "Paste a shape error" in said(one))
    one.app.post_message(events.Paste(text))
    await one.until(lambda: told in said(one), f"{told} is not told")
    await one.quiet()


async def test_a_message_names_its_layer_and_enter_goes_there() -> None:
    async with desk(fitting(in_features=1050)) as one:
        await pasted(one, MESSAGE)
        assert "head · linear 10" in said(one)
        assert "1568 numbers arrive" in said(one)
        assert "The batch had 2 samples" in said(one)
        assert "fix: set in_features to 1568" in said(one)
        assert dialog(one).query_one("#error").border_subtitle == "enter goes to head"
        await one.press("enter")
        assert one.app.screen is one.editor
        assert one.cursor == at(3)
        assert one.network == fitting(in_features=1050)


async def test_a_network_without_the_error_is_told_so() -> None:
    async with desk(fitting()) as one:
        await pasted(one, MESSAGE)
        assert "Here the network has no such error" in said(one).replace("\n", " ")
        await one.press("enter")
        assert one.cursor == at(3)


async def test_a_message_that_is_typed_is_read_as_it_grows() -> None:
    async with desk(fitting()) as one:
        await one.press("E")
        await one.type(MESSAGE)
        await one.until(lambda: "head" in said(one))
        assert value(one) == MESSAGE


async def test_enter_typed_right_behind_a_paste_still_goes_there() -> None:
    async with desk(fitting()) as one:
        await one.press("E")
        for event in (events.Paste(MESSAGE), key("enter")):
            one.app.post_message(event)
        await one.until(lambda: one.cursor == at(3))
        assert one.app.screen is one.editor


async def test_a_traceback_of_many_lines_is_one_message() -> None:
    lines = (
        "Traceback (most recent call last):\n\tFile 'a.py', line 3\r\n\nRuntimeError:"
    )
    async with desk(fitting()) as one:
        await pasted(one, f"{lines} {MESSAGE}\n")
        assert value(one).endswith(f"line 3 RuntimeError: {MESSAGE}")
        assert not left_out(one)
        assert one.app.screen is not one.editor


async def test_another_paste_takes_the_place_of_the_first() -> None:
    async with desk(fitting()) as one:
        await pasted(one, f"\x1b[31m{MESSAGE}")
        assert left_out(one) == "1 control character was left out."
        one.app.post_message(events.Paste(UNKNOWN))
        await one.until(lambda: "This is no shape error" in said(one))
        assert value(one) == UNKNOWN
        assert not left_out(one)
        assert dialog(one).query_one("#error").border_subtitle == ""


async def test_what_names_no_layer_leads_nowhere() -> None:
    async with desk(fitting()) as one:
        await pasted(one, UNKNOWN, "This is no shape error")
        await one.press("enter")
        assert dialog(one).is_current
        await one.press("escape")
        assert one.cursor == ()


async def test_a_long_paste_is_cut_at_its_beginning() -> None:
    async with desk(fitting()) as one:
        await pasted(one, "x" * MOST + MESSAGE)
        assert len(value(one)) == MOST
        cut = f"The first {len(MESSAGE)} characters were cut off: it was too long."
        assert left_out(one) == cut
        begun = time.process_time()
        await one.press("space", "backspace", "home", "end")
        assert time.process_time() - begun < 5
        await one.press("enter")
        assert one.cursor == at(3)


def test_only_what_can_be_shown_is_taken() -> None:
    assert joined("a\x00b\x9b c\u202ed") == (
        "ab cd",
        "3 control characters were left out.",
    )
    assert joined("\x1b]0;title\x07\x1b[1;31mred\x1b[0m \x1b") == (
        "red",
        "4 control characters were left out.",
    )
    assert joined("a\n\tb  c") == ("a b c", "")
    assert joined("x" * (MOST + 1))[1].startswith("The first 1 character was cut off")


def test_a_hostile_paste_is_read_at_once() -> None:
    begun = time.process_time()
    for text in ("\x1b]" * 10**6, "\x1b[" * 10**6, "\n" * 10**7, "\ud800" * 10**6):
        taken, _ = joined(text)
        assert taken.isprintable()
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("given", [fitting(in_features=3), EMPTY])
async def test_every_size_takes_an_error(given: Network, size: tuple[int, int]) -> None:
    async with desk(given, size=size) as one:
        one.editor.set_focus(one.stack)
        one.app.post_message(key("E"))
        await one.quiet()
        if one.app.screen is not one.editor:
            one.app.post_message(events.Paste(MESSAGE))
            await one.until(lambda: "What it means" in said(one))
        await one.pilot.resize_terminal(80, 24)
        await one.pilot.resize_terminal(*size)
        await one.press("pagedown", "pageup", "escape")
        assert one.network == given


async def test_an_empty_network_has_no_such_layer() -> None:
    async with desk(EMPTY) as one:
        await pasted(one, MESSAGE, "No layer of")
        await one.press("enter")
        assert dialog(one).is_current


async def test_ten_thousand_layers_are_no_trouble() -> None:
    layers = [{"type": "relu"}] * 10_000
    text = text_of((4, 8, 8), *layers, {"type": "conv2d", "out_channels": 2,
                                        "kernel_size": 3, "name": "last"})  # fmt: skip
    async with desk(report_of_text(text).network) as one:
        message = (
            "Given groups=1, weight of size [2, 5, 3, 3], expected input[1, 4, 8, 8] "
            "to have 5 channels, but got 4 channels instead"
        )
        await pasted(one, message)
        assert "last · conv2d 2" in said(one)
        await one.press("enter")
        assert one.cursor == at(10_000)


@pytest.mark.parametrize(("name", "pressed"), keys_of(ErrorDialog))
async def test_each_key_does_what_it_says(name: str, pressed: str) -> None:
    async with desk(fitting(in_features=1050), size=(60, 16)) as one:
        await pasted(one, MESSAGE)
        reading = dialog(one).query_one(Reading)
        reading.scroll_to(y=4 if name == "error.read-back" else 0, animate=False)
        await one.quiet()
        top = reading.scroll_offset.y
        await one.press(pressed)
        match name.removeprefix("error."):
            case "go":
                assert one.cursor == at(3)
            case "cancel":
                assert one.app.screen is one.editor
                assert one.cursor == ()
            case "read-on":
                assert reading.scroll_offset.y > top
            case _:
                assert reading.scroll_offset.y < top
