"""The preview pane: what it says, draws, and asks for."""

import dataclasses
import threading
from pathlib import Path

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

import tuicnn.ui
from tests.preview.networks import network, preset
from tests.ui.waiting import until
from tuicnn.core.check import check
from tuicnn.core.network import Network
from tuicnn.ui.forwarding import run_pass
from tuicnn.ui.histogram import tally
from tuicnn.ui.passed import Kept, Passed
from tuicnn.ui.widgets.activations import Activations
from tuicnn.ui.widgets.facts import Facts
from tuicnn.ui.widgets.heat import HeatMap
from tuicnn.ui.widgets.histogram import Histogram

_LONGER = 0.2
"""Seconds after which the pane would have asked for what it must not ask for."""

STYLES = Path(tuicnn.ui.__path__[0]) / "styles" / "activations.tcss"


class Pane(App[None]):
    CSS_PATH = STYLES

    def __init__(self, passed: Passed | None = None, path: str = "") -> None:
        super().__init__()
        self.passed, self.path = passed, path
        self.wanted: list[str] = []

    def compose(self) -> ComposeResult:
        pane = Activations()
        pane.path, pane.passed = self.path, self.passed
        yield pane

    def on_activations_wanted(self, event: Activations.Wanted) -> None:
        assert event.control is self.pane
        self.wanted.append(event.path)

    @property
    def pane(self) -> Activations:
        return self.query_one(Activations)

    def said(self, name: str) -> str:
        found = self.query_one(f"#{name}", Static)
        return str(found.content) if found.display else ""

    def drawn(self, kind: type[HeatMap | Histogram | Facts]) -> str:
        widget = self.query_one(kind)
        lines = [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]
        return "\n".join(lines)


def made(net: Network, path: str) -> Passed:
    return run_pass(check(net), threading.Event(), keep=path)


def lenet(path: str = "conv1") -> Pane:
    return Pane(made(preset("lenet5"), path), path)


def first(name: str) -> str:
    return check(preset(name)).rows[0].path


CONV = first("lenet5")


async def test_an_empty_pane_says_how_to_fill_it():
    app = Pane()
    async with app.run_test(size=(50, 14)):
        assert "Press f5" in app.said("state")
        assert not app.query_one("#body").display
        app.pane.note = "press f5 to run: 15.5 G MACs"
        assert (app.said("state"), app.said("note")) == ("", app.pane.note)


async def test_a_confirmed_pass_is_told_with_its_time():
    app = lenet(CONV)
    async with app.run_test(size=(80, 24)):
        assert app.said("state").startswith("✓ confirmed 12 of 12 layers · ")
        assert app.said("state").endswith(" ms")
        assert app.said("layer").startswith(f"✓ {CONV} ")


async def test_a_layer_s_numbers_are_those_of_the_trace():
    app = lenet(CONV)
    async with app.run_test(size=(80, 24)):
        seen = app.passed.confirmation(CONV).seen
        text = app.drawn(Facts)
        assert f"mean {seen.mean:.4g}".replace("-", "−") in text.replace("  ", " ")
        assert f"{seen.parameter_count:,}" in text
        assert "finite all" in text
        assert "0" in app.drawn(Histogram).splitlines()[-1]


async def test_a_disagreement_names_both_values_and_whose_fault_it_is():
    report = check(preset("lenet5"))
    rows = list(report.rows)
    rows[1] = rows[1]._replace(output=(9, 9, 9))
    wrong = dataclasses.replace(report, rows=tuple(rows))
    app = Pane(run_pass(wrong, threading.Event()), rows[1].path)
    async with app.run_test(size=(80, 24)):
        assert app.said("state").startswith("✗ 1 row disagrees: ")
        assert "predicted 9×9×9, observed 6×" in app.said("state")
        assert "error of tuicnn" in app.said("state")
        assert app.said("layer").startswith("✗ ")


async def test_a_failure_is_told():
    net = network([{"type": "conv2d", "out_channels": 1, "kernel_size": 9}], [1, 5, 5])
    app = Pane(made(net, "conv2d_1"), "conv2d_1")
    async with app.run_test(size=(80, 24)):
        assert app.said("state") == "! The network has 1 error: it comes first."
        assert not app.query_one("#body").display


async def test_a_network_without_layers_is_no_failure():
    app = Pane(made(network([], [1, 5, 5]), ""))
    async with app.run_test(size=(80, 24)):
        assert app.said("state").startswith("No layers yet")


async def test_values_that_are_not_finite_are_told():
    net = network([{"type": "linear", "name": "fc", "out_features": 2}], [2])
    passed = made(net, "fc")
    seen = dataclasses.replace(passed.trace.rows[0], nans=3, infinities=1)
    passed = dataclasses.replace(
        passed,
        trace=dataclasses.replace(passed.trace, rows=(seen,)),
        confirmations=(dataclasses.replace(passed.confirmations[0], seen=seen),),
    )
    app = Pane(passed, "fc")
    async with app.run_test(size=(80, 24)):
        assert app.said("state").endswith("\n! first NaN or ∞ in fc")
        assert "! 3 NaN · 1 ∞" in app.drawn(Facts)


async def test_a_running_pass_shows_its_share_and_how_to_stop():
    app = lenet(CONV)
    async with app.run_test(size=(80, 24)):
        assert app.said("progress") == ""
        app.pane.busy, app.pane.busy_with = 0.5, "[conv]"
        assert app.said("progress") == "████████░░░░░░░░  50 % [conv] · esc cancels"
        app.pane.busy = None
        assert app.said("progress") == ""


@pytest.mark.parametrize(
    ("key", "start", "place"),
    [
        ("full_stop", 2, 3),
        ("comma", 2, 1),
        ("greater_than_sign", 3, 13),
        ("less_than_sign", 15, 5),
        ("home", 9, 0),
        ("end", 0, 15),
        ("comma", 0, 0),
        ("full_stop", 15, 15),
        ("greater_than_sign", 9, 15),
    ],
)
async def test_keys_step_through_channels(key, start, place):
    net = network([{"type": "conv2d", "out_channels": 16, "kernel_size": 3}], [1, 9, 9])
    app = Pane(made(net, "conv2d_1"), "conv2d_1")
    async with app.run_test(size=(60, 20)) as pilot:
        app.pane.focus()
        app.pane.channel = start
        await pilot.press(key)
        assert app.pane.channel == place
        assert app.said("caption") == f"channel {place + 1} of 16"
        values = app.query_one(HeatMap).values
        assert np.array_equal(values, app.pane.kept.values[place])


async def test_arrows_can_be_clicked():
    app = lenet(CONV)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.click("#next")
        assert app.pane.channel == 1
        await pilot.click("#previous")
        assert app.pane.channel == 0


async def test_another_layer_starts_at_its_first_channel_and_is_asked_for_once():
    app = lenet(CONV)
    async with app.run_test(size=(60, 20)) as pilot:
        app.pane.channel = 3
        paths = [one.path for one in app.passed.confirmations]
        for path in paths[1:4]:
            app.pane.path = path
        assert app.pane.channel == 0
        await until(pilot, lambda: app.wanted)
        assert app.said("caption") == "Its values come with the next pass."
        app.pane.passed = made(preset("lenet5"), paths[3])
        await until(pilot, lambda: app.said("caption").startswith("channel 1 of "))
        await pilot.pause(_LONGER)
        assert app.wanted == [paths[3]]


async def test_nothing_is_asked_for_while_a_pass_runs_or_nobody_looks():
    app = lenet(CONV)
    async with app.run_test(size=(60, 20)) as pilot:
        other = app.passed.confirmations[2].path
        app.pane.busy = 0.1
        app.pane.path = other
        await pilot.pause(_LONGER)
        assert app.wanted == []
        app.pane.display = False
        app.pane.busy = None
        await pilot.pause(_LONGER)
        assert app.wanted == []
        app.pane.display = True
        await until(pilot, lambda: app.wanted)
        assert app.wanted == [other]


async def test_nothing_is_asked_for_without_a_layer():
    app = lenet(CONV)
    async with app.run_test(size=(60, 20)) as pilot:
        app.pane.path = ""
        await until(pilot, lambda: app.said("layer").startswith("Select a layer to "))
        await pilot.pause(_LONGER)
        assert app.wanted == []


async def test_a_vector_shows_the_chosen_value():
    path = check(preset("lenet5")).rows[-1].path
    app = lenet(path)
    async with app.run_test(size=(80, 20)) as pilot:
        app.pane.focus()
        await pilot.press("full_stop")
        value = f"{app.pane.kept.values[1]:.8g}".replace("-", "−")
        assert app.said("caption") == f"value 2 of 10: {value}"
        assert "▲" in app.drawn(HeatMap)


async def test_a_volume_shows_its_middle_slice_and_says_so():
    path = first("conv3d-video")
    values = np.zeros((2, 5, 4, 4), np.float32)
    values[:, 2] = 1
    passed = made(preset("conv3d-video"), path)
    kept = Kept(path, values.shape, values, (1, 1, 1, 1), tally(values))
    app = Pane(dataclasses.replace(passed, kept=kept), path)
    async with app.run_test(size=(80, 24)):
        assert "all 1 · middle slice" in app.drawn(HeatMap)


async def test_what_was_left_out_is_told():
    path = first("lenet5")
    values = np.zeros((3, 4, 4), np.float32)
    kept = Kept(path, (6, 8, 8), values, (2, 2, 2), tally(values))
    app = Pane(dataclasses.replace(lenet(path).passed, kept=kept), path)
    async with app.run_test(size=(80, 24)):
        assert app.said("caption") == "channel 2 of 6"
        assert "drawn 1 in 8" in " ".join(app.drawn(Facts).split())


async def test_why_a_layer_was_not_kept_is_told():
    passed = dataclasses.replace(lenet(CONV).passed, kept=None, note="Too much.")
    app = Pane(passed, CONV)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.said("caption") == "Too much."
        await pilot.pause(_LONGER)
        assert app.wanted == []


async def test_without_colour_a_map_is_drawn_in_shades(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = lenet(CONV)
    async with app.run_test(size=(80, 24)):
        assert "▀" not in app.drawn(HeatMap)
        assert "▓" in app.drawn(HeatMap)
        app.pane.colour = True
        assert "▀" in app.drawn(HeatMap)


async def test_names_are_never_markup():
    net = network([{"type": "relu", "name": "[@click=quit]a[b]"}], [1, 4, 4])
    path = check(net).rows[0].path
    app = Pane(made(net, path), path)
    async with app.run_test(size=(80, 24)):
        app.pane.note = "[/nothing]"
        app.pane.busy, app.pane.busy_with = 0.1, path
        assert path in app.said("layer")


async def test_no_size_crashes():
    app = lenet(CONV)
    sizes = [(1, 1), (2, 40), (5, 3), (36, 20), (80, 10), (46, 23), (200, 60), (1, 60)]
    async with app.run_test(size=(200, 60)) as pilot:
        app.pane.busy, app.pane.note = 0.4, "note"
        for colour in (True, False):
            app.pane.colour = colour
            for size in sizes:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                app.export_screenshot()


async def test_channels_cannot_be_stepped_where_there_is_no_map():
    app = Pane()
    async with app.run_test(size=(60, 20)) as pilot:
        app.pane.focus()
        await pilot.press("full_stop", "end", "greater_than_sign")
        assert app.pane.channel == 0
        assert app.pane.check_action("channel", (1,)) is None


def test_every_binding_has_an_id_and_a_tooltip():
    for binding in Activations.BINDINGS:
        assert binding.id.startswith("preview.")
        assert binding.tooltip
