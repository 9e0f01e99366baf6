"""Examine: studies of the whole network, each found once and read at any size."""

from __future__ import annotations

import threading

import pytest
from textual.widgets import OptionList, Static

from tests.documents import preset_report, report_of_text, text_of
from tests.ui.desk import Desk, desk, key, keys_of
from tuicnn.core.network import Network
from tuicnn.session import EMPTY
from tuicnn.ui import previewing
from tuicnn.ui.dialogs import examine
from tuicnn.ui.dialogs.examine import Examine
from tuicnn.ui.pages import laid
from tuicnn.ui.studies import STUDIES, Study
from tuicnn.ui.widgets.reading import Reading

ALEXNET = preset_report("alexnet-torchvision")
SIZES = [(1, 1), (10, 5), (30, 8), (40, 16), (80, 24), (120, 40)]
TITLES = [one.title for one in STUDIES]

SAYS = {
    "Valid inputs": ("The smallest input is 3×63×63.", "pool5 sets the least"),
    "Pixel ledger": ("conv1  height and width     224    2 + 2",),
    "Sizes as formulas": ("pool5    ⌊(H − 63)/32⌋ + 1", "H ≥ 63 (pool5 asks for it)"),
    "Shares of the cost": ("37,752,832   61.8 %", "= 61,100,840"),
    "In frameworks": ("nn.Conv2d(3, 64, 11, stride=4, padding=2)", "leaves 55×55×64"),
    "Counts elsewhere": ("714,188,480 MACs", "thop 0.1.1", "fvcore"),
}
"""What stands in each study of alexnet-torchvision, with its first layer."""


def network(*layers: dict[str, object]) -> Network:
    return report_of_text(text_of((1, 8, 8), *layers)).network


BROKEN = network(
    {"type": "conv2d", "name": "wide", "out_channels": 4, "kernel_size": 30},
    {"type": "relu", "name": "below"},
)
DEEP = network(*({"type": "relu"} for _ in range(10_000)))


@pytest.fixture(autouse=True)
def _no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the forward pass behind the dialog: nothing here asks for it."""
    monkeypatch.setattr(previewing, "automatic", lambda _: False)


def dialog(one: Desk) -> Examine:
    found = one.app.screen
    assert isinstance(found, Examine)
    return found


def reading(one: Desk) -> Reading:
    return dialog(one).query_one(Reading)


def said(one: Desk) -> str:
    return "\n".join(line.plain for line in reading(one).lines)


def meaning(one: Desk) -> str:
    return str(dialog(one).query_one("#meaning", Static).content)


def shown(one: Desk) -> str:
    """Return what is drawn of the text."""
    pane = reading(one)
    height = pane.scrollable_content_region.height
    return "\n".join(pane.render_line(y).text.rstrip() for y in range(height))


async def examined(one: Desk, title: str) -> None:
    """Open the dialog, and wait for a study."""
    await one.press("e")
    await turned(one, title)


async def turned(one: Desk, title: str) -> None:
    """Turn to a study, and wait for it."""
    number = TITLES.index(title)
    dialog(one).query_one(OptionList).highlighted = number
    await one.until(lambda: meaning(one) == STUDIES[number].meaning)
    await one.until(lambda: said(one) not in ("", "…"))


@pytest.mark.parametrize("title", TITLES)
async def test_each_study_says_what_it_found(title: str) -> None:
    async with desk(ALEXNET.network) as one:
        await one.look(0)
        await examined(one, title)
        for text in SAYS[title]:
            assert text in said(one)
        assert meaning(one) == STUDIES[TITLES.index(title)].meaning
        assert one.network == ALEXNET.network


async def test_the_dialog_lists_all_studies() -> None:
    async with desk(ALEXNET.network) as one:
        await one.press("e")
        listed = dialog(one).query_one(OptionList).options
        assert [str(option.prompt) for option in listed] == TITLES == list(SAYS)


async def test_at_the_input_the_whole_network_is_spelled() -> None:
    async with desk(ALEXNET.network) as one:
        await one.look()
        await examined(one, "In frameworks")
        assert "nn.Linear(9216, 4096)" in said(one)
        assert "helper.make_node('Conv'" in said(one)


async def test_each_study_of_an_empty_network_is_told_in_words() -> None:
    async with desk(EMPTY) as one:
        await one.press("e")
        for title in TITLES:
            await turned(one, title)
            assert len(said(one)) > 20


async def test_an_empty_network_has_no_layer_to_write() -> None:
    async with desk(EMPTY) as one:
        await examined(one, "In frameworks")
        assert said(one) == "The network is empty: there is no layer to write."


async def test_each_study_of_a_broken_network_names_the_layer_to_blame() -> None:
    async with desk(BROKEN) as one:
        await one.look(1)  # nothing arrives there
        await one.press("e")
        for title in TITLES:
            await turned(one, title)
            assert "wide" in said(one)


async def test_a_layer_that_nothing_reaches_is_told_which_error_is_above() -> None:
    async with desk(BROKEN) as one:
        await one.look(1)
        await examined(one, "In frameworks")
        assert said(one).startswith("below · relu\n? → ?")
        assert "There is nothing to spell, because of an error:" in said(one)


async def test_ten_thousand_layers_are_drawn_line_by_line() -> None:
    async with desk(DEEP) as one:
        await one.look()
        await examined(one, "In frameworks")
        pane = reading(one)
        assert pane.virtual_size.height == len(pane.lines) > 40_000
        await one.press("end")
        assert "relu_10000" in shown(one)
        await one.press("home")
        assert pane.scroll_y == 0


async def test_a_study_is_found_once_and_beside_the_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, enough = [], threading.Event()

    def slow(*_: object) -> list[str]:
        begun.append(threading.current_thread())
        enough.wait(20)
        return ["found after all"]

    studies = (Study("Slow", "It takes its time.", slow), *STUDIES[1:])
    monkeypatch.setattr(examine, "STUDIES", studies)
    async with desk(ALEXNET.network) as one:
        await one.press("e")
        assert said(one) == "…"
        await one.press("down")
        await one.until(lambda: "conv1" in said(one))
        await one.press("up")
        assert said(one) == "…"
        enough.set()
        await one.until(lambda: said(one) == "found after all")
        await one.press("down", "up")
        await one.until(lambda: said(one) == "found after all")
    assert len(begun) == 1
    assert begun[0] is not threading.main_thread()


async def test_what_is_found_too_late_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enough = threading.Event()

    def slow(*_: object) -> list[str]:
        enough.wait(20)
        return ["found too late"]

    monkeypatch.setattr(examine, "STUDIES", (Study("Slow", "Slowly.", slow),))
    async with desk(ALEXNET.network) as one:
        await one.press("e", "escape")
        enough.set()
        await one.quiet()
        assert one.app.screen is one.editor


async def test_the_study_that_was_read_is_shown_again() -> None:
    async with desk(ALEXNET.network) as one:
        await examined(one, "Shares of the cost")
        await one.press("escape", "down", "e")
        assert dialog(one).query_one(OptionList).highlighted == 3


async def test_keys_typed_ahead_go_to_the_dialog() -> None:
    async with desk(ALEXNET.network) as one:
        for name in ("e", "down", "down", "d", "escape", "e"):
            one.app.post_message(key(name))
        await one.until(lambda: isinstance(one.app.screen, Examine))
        await one.quiet()
        assert dialog(one).query_one(OptionList).highlighted == 2
        assert one.network == ALEXNET.network


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_every_study(size: tuple[int, int]) -> None:
    async with desk(BROKEN, size=size) as one:
        one.editor.set_focus(one.stack)
        one.app.post_message(key("e"))
        await one.quiet()
        await one.press("pagedown", "right", "left", "pageup", *["down"] * 6)
        await one.pilot.resize_terminal(80, 24)
        await one.pilot.resize_terminal(*size)
        await one.press("escape")
        assert one.network == BROKEN


async def test_lines_fit_and_are_laid_anew_after_a_resize() -> None:
    async with desk(ALEXNET.network, size=(60, 24)) as one:
        await examined(one, "Valid inputs")
        narrow = said(one)
        widths = [line.cell_length for line in reading(one).lines]
        assert max(widths) <= reading(one).scrollable_content_region.width
        await one.pilot.resize_terminal(120, 40)
        await one.until(lambda: said(one) != narrow)
        assert said(one).split() == narrow.split()


async def test_a_wide_table_stays_whole_and_is_read_to_the_side() -> None:
    async with desk(ALEXNET.network, size=(40, 24)) as one:
        await examined(one, "Pixel ledger")
        await one.until(lambda: "Left out" not in shown(one))
        assert "Enters" in shown(one)
        await one.press(*["right"] * 6)
        assert "Left out" in shown(one)
        await one.press(*["left"] * 6)
        assert shown(one).startswith("alexnet-torchvision: what")


def test_sentences_are_broken_and_rows_are_not() -> None:
    row = "conv1  height and width  224  2 + 2"
    lines = laid(["Some words that do not fit in it", "", row], 20)
    assert [line.plain for line in lines] == [
        "Some words that do",
        "not fit in it",
        "",
        row,
    ]


def test_bars_are_no_table() -> None:
    share = "  37,752,832   61.8 %  ████████████          fc6"
    assert max(line.cell_length for line in laid([share], 30)) <= 30


def test_control_characters_are_pictures() -> None:
    assert [line.plain for line in laid(["a\x1b[31m"], 80)] == ["a␛[31m"]


@pytest.mark.parametrize(("name", "pressed"), keys_of(Examine))
async def test_each_key_does_what_it_says(name: str, pressed: str) -> None:
    async with desk(ALEXNET.network, size=(50, 16)) as one:
        await examined(one, "Pixel ledger")
        pane, studies = reading(one), dialog(one).query_one(OptionList)
        back = name in ("examine.read-back", "examine.beginning", "examine.left")
        left, top = (8, 5) if back else (0, 0)
        await one.until(lambda: pane.max_scroll_x >= left and pane.max_scroll_y >= top)
        pane.scroll_to(left, top, animate=False, immediate=True)
        await one.quiet()
        left, top = pane.scroll_offset
        await one.press(pressed)
        match name.removeprefix("examine."):
            case "next":
                assert studies.highlighted == 2
            case "previous":
                assert studies.highlighted == 0
            case "read-on" | "end":
                assert pane.scroll_offset.y > top
            case "read-back" | "beginning":
                assert pane.scroll_offset.y < top
            case "right":
                assert pane.scroll_offset.x > left
            case "left":
                assert pane.scroll_offset.x < left
            case _:
                assert one.app.screen is one.editor


async def test_a_click_chooses_a_study() -> None:
    async with desk(ALEXNET.network) as one:
        await one.press("e")
        await one.pilot.click(OptionList, offset=(2, 3))
        await one.until(lambda: "61.8 %" in said(one))
