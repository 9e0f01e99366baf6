"""Why: the numbers of a layer, each walked up to the input by keys."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Static

from tests.documents import preset_report, report_of_text, text_of
from tests.ui.desk import Desk, at, desk, faulty, key, keys_of, sample
from tests.ui.waiting import until
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.layers import Conv2d, Relu
from tuicnn.core.network import Network
from tuicnn.core.report import INPUT, Report
from tuicnn.core.why import NETWORK, Number, why
from tuicnn.session import EMPTY
from tuicnn.ui.dialogs.why import WhyDialog
from tuicnn.ui.tracing import (
    Link,
    link_lines,
    link_said,
    links_behind,
    links_of,
    nothing_said,
    walked,
)
from tuicnn.ui.widgets.numbers import Numbers

SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]
LONG = ("squeezenet1-1", "unet", "resnet18") * bool(os.environ.get("TUICNN_LONG"))
PRESETS = ("alexnet-grouped", "same-conv-25x64", "lasagne-mnist", *LONG)


def deep(count: int) -> Network:
    """Return a stack of layers that keep the size."""
    pair = (Conv2d(out_channels=4, kernel_size=3, padding=1), Relu())
    layers = tuple(pair[at % 2].model_copy() for at in range(count))
    return Network(name="deep", input=(3, 16, 16), layers=layers)


class Asking(App[None]):
    """An app that asks why, and keeps the answers."""

    def __init__(self, report: Report, pointer: Pointer = ()) -> None:
        super().__init__()
        self.dialog = WhyDialog(report, pointer)
        self.answers: list[Pointer | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


class Walk:
    """The dialog alone, and somebody before it."""

    def __init__(self, app: Asking, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.dialog = app, pilot, app.dialog

    @property
    def numbers(self) -> Numbers:
        return self.dialog.query_one(Numbers)

    @property
    def pane(self) -> VerticalScroll:
        return self.dialog.query_one("#told", VerticalScroll)

    def text(self, name: str) -> str:
        return str(self.dialog.query_one(f"#{name}", Static).content)

    @property
    def path(self) -> str:
        return self.text("walked")

    @property
    def listed(self) -> list[tuple[str, str, str]]:
        """Letter, value and words of each number of the list."""
        shown = self.numbers
        return [
            (entry.letter, entry.value, shown._said(number)[0])
            for number, entry in enumerate(shown._entries)
        ]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def choose(self, words: str) -> None:
        """Go to the first number whose letter or words are these, by keys."""
        found = [
            number
            for number, (letter, _, said) in enumerate(self.listed)
            if words == letter or said.startswith(words)
        ]
        assert found, f"no {words} among {self.listed}"
        await self.press("home", *["down"] * found[0])

    async def told(self, words: str = "") -> None:
        """Wait until the number that is looked at is explained."""
        value = self.path.rpartition(" ")[2]

        def told() -> bool:
            said = self.text("because")
            return said.startswith(value) and words in said

        await until(self.pilot, told, f"{value} {words} is not told")


@asynccontextmanager
async def walk(
    report: Report, path: str = "", size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Walk]:
    """Ask why, about a layer by its path, or about the network."""
    row = report.row(path) if path else None
    app = Asking(report, () if row is None else row.pointer)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        found = Walk(app, pilot)
        await found.told()
        yield found


async def test_9216_is_walked_up_to_the_227_of_the_input() -> None:
    async with walk(preset_report("alexnet"), "flatten") as one:
        assert ("", "9,216", "output features") in one.listed
        await one.choose("output features")
        await one.told("C·H·W\n  = 256·6·6\n  = 9,216")
        for letter, value, made in (
            ("H", "6", "⌊(13 − 3) / 2⌋ + 1"),
            ("i", "13", "⌊(27 − 3) / 2⌋ + 1"),
            ("i", "27", "⌊(55 − 3) / 2⌋ + 1"),
            ("i", "55", "⌊(227 − 11) / 4⌋ + 1"),
        ):
            await one.press("enter")
            await one.choose(letter)
            assert one.path.endswith(f"← {value}")
            await one.press("enter")
            assert one.text("about").startswith(f"{value} = {made}: height")
            await one.press("backspace")
        await one.press("enter")
        await one.choose("i")
        assert one.path == "9,216 ← 6 ← 13 ← 27 ← 55 ← 227"
        await one.told("The chain ends here: the input.")
        await one.press("enter")
        assert one.path == "9,216 ← 6 ← 13 ← 27 ← 55 ← 227"


async def test_217706_parameters_are_walked_down_to_the_weights_of_conv1() -> None:
    async with walk(preset_report("lasagne-mnist")) as one:
        await one.choose("parameters")
        await one.told("832 + 9248 + 205056 + 2570")
        await one.press("enter")
        assert [(letter, value) for letter, value, _ in one.listed] == [
            ("conv1", "832"),
            ("conv2", "9,248"),
            ("fc1", "205,056"),
            ("fc2", "2,570"),
        ]
        await one.told("= 800 + 32")
        await one.press("enter")
        assert [value for _, value, _ in one.listed] == ["800", "32"]
        await one.press("enter")
        assert [value for _, value, _ in one.listed] == ["32", "1", "5", "5"]
        await one.told("The chain ends here: a choice (field out_channels).")
        assert one.path == "217,706 ← 832 ← 800 ← 32"


async def test_back_shows_the_list_and_the_number_before() -> None:
    async with walk(preset_report("lasagne-mnist")) as one:
        await one.choose("parameters")
        await one.press("enter", "down", "down", "enter", "left")
        assert one.path == "217,706 ← 205,056"
        await one.press("backspace")
        assert one.path == "217,706"
        before = one.listed
        await one.press("backspace")
        assert one.listed == before


async def test_a_click_looks_at_a_number_and_a_second_one_walks_on() -> None:
    async with walk(preset_report("lasagne-mnist")) as one:
        for offset, path in (
            ((6, 1), "217,706"),
            ((6, 1), "217,706 ← 832"),
            ((6, 9), "217,706 ← 832"),
        ):
            await one.pilot.click("#numbers", offset=offset)
            await one.pilot.pause()
            assert one.path == path


async def test_the_words_of_two_thousand_terms_are_made_when_they_are_seen() -> None:
    async with walk(check(deep(4_000))) as one:
        await one.choose("MACs")
        await one.press("enter", "end")
        assert "= a sum of 2,000 terms: MACs" in one.text("about")
        shown = one.numbers
        assert len(shown._entries) == 2_000
        assert 0 < len(shown._words) < 100
        assert shown.at == 1_999
        await one.press("ctrl+u")
        assert 1_900 < shown.at < 1_999
        await one.press("g")
        assert one.app.answers[0][1] > 3_800


async def opened(one: Desk) -> WhyDialog:
    """Press the key of the editor, and wait for the dialog's first answer."""
    await one.press("w")
    found = one.app.screen
    assert isinstance(found, WhyDialog)
    await one.until(lambda: str(found.query_one("#because", Static).content))
    return found


async def test_the_layer_that_made_a_number_is_gone_to() -> None:
    async with desk(sample()) as one:
        await one.look(4)
        found = await opened(one)
        assert found.query_one("#why").border_title == "Why · i"
        await one.press("enter", "g")
        assert one.cursor == at(3, "b0", 0)
        await opened(one)
        await one.press("escape")
        assert one.cursor == at(3, "b0", 0)


async def test_the_input_is_gone_to_where_a_number_is_its() -> None:
    async with desk(sample()) as one:
        await one.look(0)
        await opened(one)
        await one.press("down", "enter", "g")
        assert one.cursor == ()


async def test_an_unreached_layer_says_why_it_has_none() -> None:
    async with desk(faulty()) as one:
        await one.look(0)
        found = await opened(one)
        said = str(found.query_one("#because", Static).content)
        assert "a cannot be computed" in said
        assert "in_channels is 5, but 3 arrive." in said
        await one.press("enter", "g", "down", "end", "backspace", "escape")
        assert one.app.screen is one.editor
        await one.look(1)
        found = await opened(one)
        said = str(found.query_one("#because", Static).content)
        assert "Nothing arrives at b" in said
        assert "a: in_channels is 5, but 3 arrive." in said


async def test_an_empty_network_has_its_input() -> None:
    async with desk(EMPTY) as one:
        await opened(one)
        await one.press("end", "enter", "g")
        assert one.app.screen is one.editor
        assert one.cursor == ()


async def test_keys_that_come_early_walk_all_the_same() -> None:
    async with desk(sample()) as one:
        for name in ("w", "down", "enter", "enter"):
            one.app.post_message(key(name))
        await one.quiet()
        found = one.app.screen
        assert isinstance(found, WhyDialog)
        assert str(found.query_one("#walked", Static).content) == "21,882 ← 224 ← 216"
        assert one.network == sample()


async def test_a_container_has_numbers_and_a_branch_those_of_its_container() -> None:
    report = check(sample())
    for pointer, path in ((at(2), "c"), (at(3, "b1"), "f")):
        app = Asking(report, pointer)
        async with app.run_test() as pilot:
            await pilot.pause()
            one = Walk(app, pilot)
            await one.told()
            assert app.dialog.query_one("#why").border_title == f"Why · {path}"
            assert ("", "584", "parameters") in one.listed


def test_a_walk_through_thousands_of_layers_is_made_in_steps() -> None:
    report = check(deep(3_000))
    number = Number(2_999, "output height")
    passed = 0
    for _ in range(20):
        found = why(report, number)
        assert found is not None
        began = time.process_time()
        link = links_behind(report, found)[0]
        assert time.process_time() - began < 2
        passed += len(link.kept)
        number = link.number
        if number.place == INPUT:
            break
    assert number == Number(INPUT, "output height")
    assert 2_900 < passed < 3_000


def every_link(report: Report) -> list[Link]:
    """Return each number of a report's lists, and what each is made from."""
    found = [
        link for row in (None, *report.rows) for link in links_of(report, row)
    ]  # fmt: skip
    behind = [why(report, link.number) for link in found]
    return found + [
        link for one in behind if one is not None for link in links_behind(report, one)
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_each_number_that_is_listed_has_the_value_of_its_why(name: str) -> None:
    report = preset_report(name)
    for link in every_link(report):
        found = why(report, link.number)
        assert found is not None
        assert Fraction(found.value) == Fraction(link.value), link
        words, ends = link_said(report, link)
        assert words
        assert not ends or not found.parents
        assert all(len(line) <= 80 for line in link_lines(report, link)), link


def test_layers_that_keep_a_size_are_passed_over_and_named() -> None:
    report = preset_report("alexnet")
    pool5 = report.row("pool5")
    assert pool5 is not None
    found = why(report, Number(pool5.index, "output height"))
    assert found is not None
    link = links_behind(report, found)[0]
    assert report.rows[link.number.place].path == "pool2"
    lines = "\n".join(link_lines(report, link))
    assert "relu_5, conv5, relu_4, conv4, relu_3 and 1 more keep it as it is." in lines


def test_a_long_walk_shows_its_end() -> None:
    assert walked([9216, 6, 13], 80) == "9,216 ← 6 ← 13"
    assert walked([9216, 6, 13], 12) == "… ← 6 ← 13"
    assert walked([9216], 1) == "9,216"
    assert walked([], 10) == ""


def test_what_is_not_there_is_told_with_the_error_that_stands_above() -> None:
    report = check(faulty())
    assert nothing_said(report, report.rows[0])[0] == "a cannot be computed"
    assert nothing_said(report, report.rows[2])[0] == "c cannot be computed"
    assert nothing_said(report, report.rows[3])[0] == "Nothing arrives at d"


def test_the_network_has_totals_and_the_input_sizes() -> None:
    places = {link.number.place for link in links_of(preset_report("lenet5"), None)}
    assert places == {NETWORK, INPUT}


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_is_drawn_with_any_text(size: tuple[int, int]) -> None:
    report = report_of_text(
        text_of(
            (3, 8, 8),
            {"type": "conv2d", "name": "[/x] 画", "out_channels": 2, "kernel_size": 3},
            {"type": "relu", "name": "[bold"},
        )
    )
    async with walk(report, "[bold", size) as one:
        for name in ("down", "enter", "enter", "pagedown", "left", "end", "right"):
            await one.press(name)
            strips = one.app.screen._compositor.render_strips()
            assert all(segment.text.isprintable() for row in strips for segment in row)
        await one.pilot.resize_terminal(80, 24)
        await one.pilot.resize_terminal(*size)
        await one.press("escape")
        assert one.app.answers == [None]


KEYS = keys_of(WhyDialog, Numbers)


@pytest.mark.parametrize(("name", "pressed"), KEYS)
async def test_each_key_does_what_it_says(name: str, pressed: str) -> None:
    async with walk(preset_report("lasagne-mnist"), "conv2", (80, 18)) as one:
        await one.choose("weights per filter")
        if name in ("why.back", "why.go"):
            await one.press("enter")
        await one.told()
        if name == "why.read-back":
            await one.press("pagedown")
        path, line, down = one.path, one.numbers.at, one.pane.scroll_y
        await one.press(pressed)
        assert done(one, name, path, line, down), f"{name}: {pressed}"


def done(one: Walk, name: str, path: str, line: int, down: float) -> bool:
    """Return whether a key did what it says, from a path, a line and a scroll on."""
    if name in ("why.go", "why.cancel"):
        return one.app.answers == [at(0) if name == "why.go" else None]
    now, last = one.numbers.at, len(one.numbers._entries) - 1
    return {
        "why.into": one.path.startswith(f"{path} ← "),
        "why.back": one.path == path.rpartition(" ← ")[0],
        "why.read-on": one.pane.scroll_y > down,
        "why.read-back": one.pane.scroll_y < down,
        "numbers.down": now == line + 1,
        "numbers.up": now == line - 1,
        "numbers.page-down": now > line + 1,
        "numbers.page-up": now < line - 1,
        "numbers.first": now == 0 < line,
        "numbers.last": now == last > line,
    }[name]
