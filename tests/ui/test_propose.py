"""Proposals: fixes, ways to a shape or a budget, conversions; shown, and taken."""

from __future__ import annotations

import pytest
from textual.widgets import Button, OptionList, Static

from tests.documents import preset_report, report_of_text, text_of
from tests.ui.desk import Desk, at, desk, key, keys_of
from tuicnn.core.explain.proposal import consequence_lines
from tuicnn.core.network import Network
from tuicnn.core.proposal import consequence
from tuicnn.core.reading import read_text
from tuicnn.core.shapes import spell
from tuicnn.session import EMPTY
from tuicnn.ui.dialogs.ask import Line
from tuicnn.ui.dialogs.propose import ProposeDialog
from tuicnn.ui.offers import (
    conversions_offered,
    first_fixes,
    fixes_offered,
    told_of,
    ways_offered,
)

SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]


def preset(name: str) -> Network:
    return preset_report(name).network


def broken() -> Network:
    """Return a network whose linear layer states what does not arrive."""
    layers = [
        {"type": "conv2d", "name": "conv1", "out_channels": 4, "kernel_size": 3},
        {"type": "flatten"},
        {"type": "linear", "name": "fc", "in_features": 7, "out_features": 2},
    ]
    network = read_text(text_of((1, 8, 8), *layers)).network
    assert network is not None
    return network


def dialog(one: Desk) -> ProposeDialog:
    found = one.app.screen
    assert isinstance(found, ProposeDialog)
    return found


def said(one: Desk) -> str:
    return str(dialog(one).query_one("#would", Static).content)


def offered(one: Desk) -> int:
    return dialog(one).query_one("#ways", OptionList).option_count


async def opened(one: Desk, name: str) -> None:
    """Press the key of a dialog, and wait for what it offers first."""
    await one.press(name)
    await one.until(lambda: isinstance(one.app.screen, ProposeDialog))
    await one.until(lambda: said(one))


async def asked(one: Desk, text: str) -> None:
    """Type what is wanted, and wait for the first answer and what it would change."""
    await opened(one, "s")
    await one.type(text)
    await one.until(lambda: offered(one), f"nothing is offered for {text}")
    title = dialog(one)._offers.ways[0].title
    await one.until(lambda: said(one).replace("\n", " ").startswith(title[:20]))


async def test_all_fixes_of_a_problem_are_shown_with_what_they_change() -> None:
    async with desk(broken()) as one:
        await one.press("3")
        await opened(one, "F")
        await one.until(lambda: "no error is left" in said(one))
        assert "set in_features to 144" in said(one)
        assert "no more error, fc: in-features-mismatch" in said(one)
        assert offered(one) == len(
            fixes_offered(one.session.report, one.problems.problem).ways
        )
        await one.press("enter")
        assert one.session.report.valid
        assert one.layer(2).in_features == 144
        await one.press("u")
        assert one.network == broken()


async def test_a_digit_takes_a_fix() -> None:
    async with desk(broken()) as one:
        await opened(one, "F")
        await one.until(lambda: offered(one) > 1)
        title = dialog(one)._offers.ways[1].title
        await one.press("2")
        assert one.session.history.undoes == title
        assert one.session.report.valid


async def test_a_digit_beyond_the_fixes_takes_none() -> None:
    async with desk(broken()) as one:
        await opened(one, "F")
        await one.until(lambda: offered(one))
        await one.press("9")
        assert isinstance(one.app.screen, ProposeDialog)
        assert one.network == broken()


async def test_fixes_are_of_the_layer_under_the_cursor() -> None:
    async with desk(broken()) as one:
        await one.look(2)
        await opened(one, "F")
        assert "in-features-mismatch" in str(
            dialog(one).query_one("#propose").border_title
        )


async def test_without_problems_there_is_nothing_to_fix() -> None:
    network = read_text(text_of((1, 4, 4), {"type": "relu"})).network
    async with desk(network) as one:
        await one.press("F")
        assert one.told[-1] == "There are no problems."


async def test_the_ways_to_a_shape_are_offered_as_it_is_typed() -> None:
    async with desk(preset("image-to-map")) as one:
        await asked(one, "1x100x50")
        assert "1×100×50 would leave the network" in said(one)
        titles = [way.title for way in dialog(one)._offers.ways]
        assert any("conv_transpose2d" in title for title in titles)
        assert any("unflatten" in title for title in titles)
        await one.press("enter")
        assert spell(one.session.report.output) == "1×100×50"
        await one.press("u")
        assert one.network == preset("image-to-map")


async def test_each_proposal_shows_its_own_consequences() -> None:
    async with desk(preset("image-to-map")) as one:
        await asked(one, "1x100x50")
        first = said(one)
        await one.press("down")
        await one.until(lambda: said(one) != first)
        second = dialog(one)._offers.ways[1]
        assert said(one).split("\n")[0].startswith(second.title[:20])
        await one.press("up")
        assert said(one) == first


async def test_a_layer_in_the_middle_is_reached() -> None:
    async with desk(preset("alexnet")) as one:
        await one.look(0)
        await asked(one, "_x54x54")
        report = one.session.report
        way = dialog(one)._offers.ways[0]
        await one.press("enter")
        assert one.session.history.undoes == way.title
        assert one.session.report is not report
        row = one.session.report.at(at(0))
        assert row.output == (96, 54, 54)


async def test_a_budget_is_met() -> None:
    async with desk(preset("lasagne-mnist")) as one:
        await asked(one, "parameters 100,000")
        await one.press("enter")
        assert one.session.report.totals.parameters <= 100_000
        assert one.session.report.valid


async def test_a_decoder_is_appended() -> None:
    async with desk(preset("conv-autoencoder")) as one:
        before = one.session.report
        await asked(one, "mirror")
        await one.press("enter")
        assert one.session.report.totals.layers > before.totals.layers
        assert one.session.report.output == before.network.input


async def test_a_text_that_means_nothing_says_what_can_be_typed() -> None:
    async with desk(preset("alexnet")) as one:
        await opened(one, "s")
        assert "halve" in said(one) or "size of" in said(one)
        await one.type("gibberish")
        await one.until(lambda: dialog(one).has_class("-invalid"))
        assert dialog(one).query_one("#take", Button).disabled
        await one.press("enter")
        assert isinstance(one.app.screen, ProposeDialog)
        await one.press("escape")
        assert one.network == preset("alexnet")


async def test_enter_takes_nothing_that_was_offered_for_an_earlier_text() -> None:
    async with desk(preset("image-to-map")) as one:
        await asked(one, "1x100x50")
        one.app.post_message(key("backspace"))
        one.app.post_message(key("enter"))
        await one.quiet()
        assert one.network == preset("image-to-map")
        assert dialog(one).query_one(Line).value == "1x100x5"


async def test_a_linear_head_becomes_convolutions() -> None:
    async with desk(preset("fully-connected")) as one:
        name = next(
            row.path for row in one.session.report.rows if row.layer.type == "linear"
        )
        await one.look(one.session.report.row(name).pointer[1])
        await opened(one, "V")
        await one.until(lambda: offered(one))
        await one.press("enter")
        assert one.session.report.valid
        kinds = [layer.type for layer in one.network.layers]
        assert kinds.count("linear") < 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["s", "F", "V"])
async def test_every_size_shows_proposals(name: str, size: tuple[int, int]) -> None:
    async with desk(broken(), size=size) as one:
        one.editor.set_focus(one.stack)
        one.app.post_message(key(name))
        await one.quiet()
        await one.pilot.resize_terminal(80, 24)
        await one.pilot.resize_terminal(*size)
        await one.press("down", "pagedown", "up", "escape")
        assert one.network == broken()


@pytest.mark.parametrize("name", ["s", "V"])
async def test_an_empty_network_is_no_trouble(name: str) -> None:
    async with desk(EMPTY) as one:
        await opened(one, name)
        await one.press("enter", "escape")
        assert one.network == EMPTY


async def test_the_problems_tell_what_f_would_do() -> None:
    async with desk(broken()) as one:
        await one.until(lambda: one.problems.remedies)
        report = one.session.report
        assert one.problems.remedies == first_fixes(report, 10**6)
        text = str(one.problems.get_option_at_index(0).prompt)
        assert "f: set in_features to 144" in text


def test_what_a_proposal_changes_is_told_in_words() -> None:
    report = preset_report("image-to-map")
    offers = ways_offered(report, None, "1x100x50")
    way = offers.ways[0]
    lines = told_of(report, way)
    assert lines[0] == way.title
    for line in consequence_lines(consequence(report, way.edit)):
        assert f"  {line}" in lines


def test_what_is_reached_already_is_no_wish() -> None:
    report = preset_report("image-to-map")
    assert ways_offered(report, None, spell(report.output)).told == (
        "4×19×9 leaves here already.",
    )
    assert not ways_offered(report, None, "parameters 10M").ways


@pytest.mark.parametrize(
    ("text", "most"),
    [("macs <= 1.5M", 1_500_000), ("memory under 100 KiB", 102_400)],
)
def test_budgets_are_written_as_people_write_them(text: str, most: int) -> None:
    report = preset_report("lasagne-mnist")
    offers = ways_offered(report, None, text)
    assert offers.ways
    for way in offers.ways:
        totals = consequence(report, way.edit).after.totals
        assert min(totals.macs, totals.activation_bytes) <= most


def test_a_layer_that_cannot_be_converted_says_what_can() -> None:
    report = report_of_text(text_of((1, 4, 4), {"type": "relu"}))
    assert (
        "Nothing can be written otherwise" in conversions_offered(report, None).told[0]
    )


KEYS = keys_of(ProposeDialog)


@pytest.mark.parametrize(("name", "pressed"), KEYS)
async def test_each_key_does_what_it_says(name: str, pressed: str) -> None:
    async with desk(preset("image-to-map"), size=(60, 9)) as one:
        await asked(one, "1x100x50")
        ways = dialog(one).query_one("#ways", OptionList)
        scroll = dialog(one).query_one("#told")
        if name == "propose.previous":
            ways.highlighted = 2
        await one.quiet()
        before = ways.highlighted
        scroll.scroll_to(y=2 if name == "propose.read-back" else 0, animate=False)
        await one.quiet()
        await one.press(pressed)
        if name == "propose.cancel":
            assert one.network == preset("image-to-map")
        elif name == "propose.take":
            assert one.network != preset("image-to-map")
        elif name in ("propose.next", "propose.previous"):
            step = 1 if name == "propose.next" else -1
            assert ways.highlighted == before + step
        else:
            assert (scroll.scroll_y > 0) is (name == "propose.read-on")
