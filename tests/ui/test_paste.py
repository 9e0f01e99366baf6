"""Pasting into every field, and copying out: a bounded length, and no controls."""

from __future__ import annotations

import time

import pytest
from textual import events
from textual.app import App
from textual.widgets import Input

from tests.ui.desk import desk, sample
from tuicnn.core import limits
from tuicnn.core.layers import Relu
from tuicnn.core.network import Network
from tuicnn.session import Session
from tuicnn.ui import clipboard
from tuicnn.ui.ordered import OrderedInput
from tuicnn.ui.pasted import one_line_of

MEBIBYTE = "x" * 2**20
LINES = "y\x1b[31m\x9b\u202e\n" * 10**5
DIALOGS = {
    "find": ("slash",),
    "add": ("a",),
    "open": ("ctrl+o",),
    "save": ("S",),
    "compare": ("C",),
    "repeat": ("j", "j", "j", "r"),
    "reach": ("s",),
    "field": ("j", "enter"),
    "export": ("ctrl+e",),
}


@pytest.mark.parametrize(
    ("text", "room", "taken", "told"),
    [
        ("abc", None, "abc", ""),
        ("", None, "", ""),
        ("\n", 3, "", ""),
        ("\r\n\nabc\n", 3, "abc", ""),
        ("abc", 2, "ab", "2 characters were taken, more do not fit"),
        ("abc", 0, "", "0 characters were taken"),
        ("abc", -9, "", "0 characters were taken"),
        ("a\x1b[1m\u202eb", 9, "a[1mb", "2 control characters were left out"),
        ("a\nb", 9, "a", "only its first line was taken"),
        ("a\x85b", 9, "a", "only its first line was taken"),
    ],
)
def test_of_a_paste_a_printable_line_is_taken_and_the_rest_is_told(
    text, room, taken, told
):
    found = one_line_of(text, room)
    assert found.text == taken
    assert told in found.remark
    assert bool(found.remark) == bool(told)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_paste_is_as_long_as_the_limit(more):
    length = limits.PASTE + more
    found = one_line_of("x" * length)
    assert len(found.text) == min(length, limits.PASTE)
    assert bool(found.remark) == (more > 0)
    layer = '{"type": "relu"}'
    layers = clipboard.layers_in(layer.ljust(length))
    assert isinstance(layers, str) == (more > 0)


class Lines(App):
    """Two lines: one of a bounded length, one without."""

    def compose(self):
        yield OrderedInput("abcdef", max_length=10, id="short", select_on_focus=False)
        yield OrderedInput(id="long")


async def test_a_paste_that_does_not_fit_is_cut_and_not_dropped():
    app = Lines()
    async with app.run_test() as pilot:
        line = app.query_one("#short", Input)
        line.focus()
        line.cursor_position = 3
        line.post_message(events.Paste("1234567"))
        await pilot.pause()
        assert line.value == "abc1234def"
        assert "4 characters were taken" in [*app._notifications][-1].message
        line.selection = type(line.selection)(8, 2)
        line.post_message(events.Paste(f"[/x]{MEBIBYTE}"))
        await pilot.pause()
        assert line.value == "ab[/x]xxef"
        app.copy_to_clipboard("\nQ\nR")
        line.value = ""
        line.action_paste()
        assert line.value == "Q"
        long = app.query_one("#long", Input)
        long.post_message(events.Paste(MEBIBYTE))
        await pilot.pause()
        assert len(long.value) == limits.PASTE


@pytest.mark.parametrize(
    ("name", "text"), [*((name, MEBIBYTE) for name in DIALOGS), ("field", LINES)]
)
async def test_a_mebibyte_goes_into_no_field_whole_and_the_next_key_is_soon(name, text):
    async with desk(sample()) as one:
        await one.press(*DIALOGS[name])
        line = one.focused
        assert isinstance(line, Input), line
        started = time.process_time()
        line.post_message(events.Paste(text))
        await one.press("z")
        assert time.process_time() - started < 2
        assert len(line.value) <= limits.PASTE + 9
        assert line.value.isprintable()
        told = [notice.message for notice in one.app._notifications]
        assert any("Pasted" in message for message in told)


async def test_a_mebibyte_is_no_layer():
    async with desk(sample()) as one:
        before = one.network
        one.stack.post_message(events.Paste(MEBIBYTE))
        await one.quiet()
        assert one.network == before
        assert any("more than 65,536 characters" in text for text in one.told)


@pytest.mark.parametrize(("more", "given"), [(-1, True), (0, True), (1, False)])
async def test_the_terminal_is_given_no_more_than_the_limit(monkeypatch, more, given):
    async with desk(sample()) as one:
        written = []
        monkeypatch.setattr(one.app._driver, "write", written.append)
        one.app.copy_to_clipboard("x" * (limits.PASTE + more))
        await one.quiet()
        assert any("\x1b]52" in text for text in written) == given
        assert len(one.app.clipboard) == limits.PASTE + more
        told = [notice.message for notice in one.app._notifications]
        assert bool(told) != given


async def test_many_layers_are_copied_within_the_program():
    layers = tuple(Relu(name=f"relu_number_{n}") for n in range(2_000))
    network = Network(name="long", input=(3, 8, 8), layers=layers)
    assert len(clipboard.spelled(layers)) > limits.PASTE
    async with desk(Session(network)) as one:
        await one.press("j", "v", "G", "y", "p")
        await one.until(lambda: len(one.network.layers) == 4_000)
        assert not any("Not pasted" in text for text in one.told)
