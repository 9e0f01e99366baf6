"""Questions: answered by key, arrow, tab and mouse."""

import pytest
from textual import events
from textual.app import App
from textual.widgets import Button, Static

from tests.ui.waiting import until
from tuicnn.ui.dialogs.ask import LONGEST, Ask, AskText, Line, visible

SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]
HOSTILE = "[/x] [@click=app.quit]a[/] \x1b[31m \x07 \x9b \u202e [bold"
CHOICES = [
    ("s", "save", "Save"),
    ("d", "discard", "Discard changes"),
    ("escape", "cancel", "Cancel"),
]


class Asking(App):
    """An app that asks one question and keeps the answers."""

    def __init__(self, dialog):
        super().__init__()
        self.dialog = dialog
        self.answers = []

    def on_mount(self):
        self.push_screen(self.dialog, self.answers.append)


async def answer(dialog, *keys, size=(80, 24)):
    app = Asking(dialog)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert len(app.answers) == 1
        return app.answers[0]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["s"], "save"),
        (["d"], "discard"),
        (["escape"], None),
        (["enter"], "save"),
        (["right", "enter"], "discard"),
        (["tab", "tab", "enter"], "cancel"),
        (["left", "enter"], "cancel"),
        (["down", "up", "enter"], "save"),
        (["shift+tab", "enter"], "cancel"),
    ],
)
async def test_a_choice_is_made_by_keys(keys, expected):
    assert await answer(Ask("Save?", CHOICES), *keys) == expected


@pytest.mark.parametrize("key", ["D", "question_mark", "left", "f2", "1"])
async def test_any_key_can_stand_for_a_choice_of_one_question_alone(key):
    before = dict(Ask("Go on?", CHOICES)._bindings)
    choices = [("y", "yes", "Yes"), ("?" if len(key) > 2 else key, "it", "It")]
    if len(key) > 2 and key != "question_mark":
        choices[1] = (key, "it", "It")
    assert await answer(Ask("Go on?", choices), key) == "it"
    assert dict(Ask("Go on?", CHOICES)._bindings) == before


async def test_a_choice_is_made_by_mouse():
    app = Asking(Ask("Save?", CHOICES))
    async with app.run_test() as pilot:
        await pilot.click("#choice-1")
        await pilot.pause()
    assert app.answers == ["discard"]


async def test_the_key_of_a_choice_is_shown():
    async with Asking(Ask("Go on?", [("y", "yes", "OK")])).run_test() as pilot:
        assert str(pilot.app.screen.query_one(Button).label).split() == ["OK", "y"]


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_questions_and_takes_an_answer(size):
    ask = Ask(HOSTILE, [("s", "save", HOSTILE), *CHOICES[1:]], f"{HOSTILE}\n" * 50)
    assert await answer(ask, "pagedown", "pageup", "d", size=size) == "discard"
    text = AskText(HOSTILE, HOSTILE, HOSTILE, lambda _: "")
    assert await answer(text, "enter", size=size) == HOSTILE


async def test_texts_are_never_markup_nor_controls():
    app = Asking(Ask(HOSTILE, [("s", "save", HOSTILE)], HOSTILE))
    async with app.run_test() as pilot:
        for static in pilot.app.screen.query(Static):
            shown = str(static.visual)
            assert "[/x] [@click=app.quit]a[/]" in shown
            assert shown.isprintable()
    assert visible("a\nb\tc").plain == "a\nb␉c"


async def test_the_line_draws_pictures_of_control_characters():
    app = Asking(AskText("Name", "a\x1b]52;c;x\x07\n\r\tz"))
    async with app.run_test() as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        drawn = "".join(segment.text for strip in strips for segment in strip)
        assert drawn.isprintable()
        assert "a␛]52;c;x␇" in drawn
        assert app.screen.query_one(Line).value == "a\x1b]52;c;x\x07\n\r\tz"


@pytest.mark.parametrize(
    ("pasted", "taken"),
    [
        ("conv", "conv"),
        ("\n\n  conv1\nconv2", "conv1"),
        ("a\x1b[31mb", "a[31mb"),
        ("", ""),
        ("\n", ""),
        ("x" * 10**6, "x" * LONGEST),
    ],
)
async def test_a_paste_is_one_line_of_a_sensible_length(pasted, taken):
    app = Asking(AskText("Name"))
    async with app.run_test() as pilot:
        app.screen.query_one(Line).post_message(events.Paste(pasted))
        await pilot.pause()
        assert app.screen.query_one(Line).value == taken


def no_dots(text):
    return "a name holds no “.” [/x]" if "." in text else ""


async def test_a_text_is_returned_when_nothing_is_wrong_with_it():
    assert await answer(AskText("Name", "old"), *"new", "enter") == "new"
    assert await answer(AskText("Name", "old"), "end", "2", "enter") == "old2"
    assert await answer(AskText("Name", "old"), "x", "escape") is None


async def test_a_wrong_text_is_not_returned_and_says_why():
    app = Asking(AskText("Name", "a.b", check=no_dots))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert "✗ a name holds no “.” [/x]" in str(
            app.screen.query_one("#wrong", Static).visual
        )
        assert not app.answers
        assert app.screen.query_one("#ok", Button).disabled
        await pilot.press(*"ab", "enter")
        await pilot.pause()
    assert app.answers == ["ab"]


async def test_keys_that_come_after_the_answer_do_not_answer_again():
    app = Asking(AskText("Name", "net"))
    async with app.run_test() as pilot:
        await pilot.pause()
        for key in ("enter", "enter", "escape"):
            app.post_message(events.Key(key, None))
        await until(pilot, lambda: app.answers)
        await pilot.pause()
        assert app.answers == ["net"]
        assert app.screen is app.screen_stack[0]


@pytest.mark.parametrize(("button", "expected"), [("#ok", "net"), ("#cancel", None)])
async def test_a_text_is_answered_by_mouse(button, expected):
    app = Asking(AskText("Name", "net"))
    async with app.run_test() as pilot:
        await pilot.click(button)
        await pilot.pause()
    assert app.answers == [expected]
