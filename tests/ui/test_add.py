"""The dialog that adds a layer: what is typed, moved to and returned."""

from __future__ import annotations

from time import process_time

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tuicnn.core.addition import own_name
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.activation import Silu
from tuicnn.core.layers.conv import Conv1d, Conv2d, ConvTranspose2d
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.structure import Add, Concat, Parallel
from tuicnn.core.shapes import Shape
from tuicnn.core.starting import Earlier
from tuicnn.ui.dialogs.add import AddLayer, Choices

MAP = (64, 56, 56)
SIZES = [(1, 1), (10, 5), (30, 8), (80, 24), (120, 40)]

Answer = tuple[LayerSpec, ...] | None


class Asking(App[None]):
    """An app that asks what to add, and keeps the answer."""

    ENABLE_COMMAND_PALETTE = False  # so that ctrl+p is the dialog's

    def __init__(
        self, entering: Shape | None = MAP, earlier: Earlier = (), where: str = ""
    ) -> None:
        super().__init__()
        self.dialog = AddLayer(entering, earlier, where)
        self.answers: list[Answer] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


async def answer(app: Asking, *keys: str) -> Answer:
    """Press keys and return what the dialog answers."""
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert len(app.answers) == 1
    return app.answers[0]


def highlighted(app: Asking) -> str:
    """Return the name that is highlighted."""
    found = app.dialog._chosen
    assert found is not None
    return own_name(found.kind)


def text_on_screen(app: Asking) -> str:
    """Return all characters that are drawn."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type a text and let it take effect."""
    await pilot.press(*text)
    await pilot.pause()


async def test_dense_and_enter_give_a_linear_layer() -> None:
    assert await answer(Asking((3136,)), *"dense", "enter") == (
        Linear(out_features=128),
    )


async def test_swish_and_enter_give_silu() -> None:
    assert await answer(Asking(), *"swish", "enter") == (Silu(),)


async def test_enter_alone_gives_what_fits_the_map_first() -> None:
    assert await answer(Asking(), "enter") == (
        Conv2d(out_channels=128, kernel_size=3, padding=1),
    )


async def test_a_sequence_is_offered_the_convolution_of_its_rank() -> None:
    found = await answer(Asking((12, 100)), *"conv", "enter")
    assert found is not None
    assert isinstance(found[0], Conv1d)


async def test_a_layer_that_does_not_fit_is_returned_all_the_same() -> None:
    assert await answer(Asking(), *"fc", "enter") == (Linear(out_features=128),)


async def test_a_template_returns_all_its_layers() -> None:
    found = await answer(Asking(), *"residual", "enter")
    assert found is not None
    assert [layer.type for layer in found] == ["parallel", "relu"]
    assert isinstance(found[0], Parallel)


async def test_a_merge_names_an_earlier_layer() -> None:
    earlier = (("enc1", (32, 56, 56)), ("enc2", (64, 28, 28)), ("up", MAP))
    found = await answer(Asking(MAP, earlier), *"concat", "enter")
    assert found == (Concat(with_=("enc1",)),)


async def test_where_nothing_arrives_types_can_be_added_and_templates_not() -> None:
    app = Asking(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "bottleneck")
        await pilot.press("enter")
        assert app.answers == []
        assert "✗ A template is made to fit" in text_on_screen(app)
        app.dialog.query_one(Input).value = "swish"
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [(Silu(),)]


async def test_a_merge_with_nothing_above_it_says_so() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "add")
        assert "✗ No layer above" in text_on_screen(app)
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [(Add(with_=("earlier",)),)]


async def test_escape_returns_nothing() -> None:
    assert await answer(Asking(), *"conv", "escape") is None


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["down"], "conv_transpose2d"),
        (["ctrl+n", "ctrl+n"], "depthwise_conv2d"),
        (["down", "down", "up"], "conv_transpose2d"),
        (["ctrl+n", "ctrl+p"], "conv2d"),
        (["pagedown", "pageup"], "conv2d"),
    ],
)
async def test_keys_move_the_highlight_while_the_query_keeps_the_focus(
    keys: list[str], name: str
) -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert highlighted(app) == name
        assert isinstance(app.focused, Input)


async def test_pagedown_goes_a_page_down() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("pagedown")
        assert (app.dialog.query_one(Choices).highlighted or 0) > 4


async def test_arrows_choose_what_enter_returns() -> None:
    found = await answer(Asking(), *"conv", "down", "down", "enter")
    assert found is not None
    assert isinstance(found[0], ConvTranspose2d)


async def test_typing_goes_back_to_the_best_answer() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down", "down")
        await typed(pilot, "relu")
        assert highlighted(app) == "relu"


async def test_an_unknown_name_is_told_and_escape_clears_it() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "zzz[/x]")
        assert "No layer is called “zzz[/x]”; esc clears." in text_on_screen(app)
        await pilot.press("enter")
        await pilot.press("escape")
        await pilot.pause()
        assert app.answers == []
        assert app.dialog.query_one(Input).value == ""
        assert highlighted(app) == "conv2d"
        await pilot.press("escape")
        await pilot.pause()
    assert app.answers == [None]


async def test_a_place_is_never_markup_and_never_control() -> None:
    app = Asking(where="after [/x][b]\x1b]52;c;aGk=\x07")
    async with app.run_test(size=(80, 24)):
        shown = text_on_screen(app)
        assert "Add a layer after [/x][b]␛]52" in shown
        assert "\x1b" not in shown
        assert "\x07" not in shown


async def test_earlier_names_are_never_markup() -> None:
    app = Asking(MAP, (("[/x]", MAP),))
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "concat")
        assert "with [/x]" in text_on_screen(app)


async def test_each_entry_says_what_leaves_it_here() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "max pool")
        shown = text_on_screen(app)
        assert "→ 64×28×28" in shown
        assert "✗ max_pool1d takes a map" in shown


async def test_the_detail_says_what_an_entry_is_and_costs() -> None:
    app = Asking()
    async with app.run_test(size=(120, 40)) as pilot:
        await typed(pilot, "conv2d")
        shown = text_on_screen(app)
        for told in (
            "Slides filters over an image",
            "64×56×56 → 128×56×56",
            "73,856 parameters · 231 M MACs",
            "128 · 3×3 · padding 1",
            "Conv2D, convolution",
        ):
            assert told in shown


async def test_the_detail_of_a_template_lists_its_layers() -> None:
    app = Asking()
    async with app.run_test(size=(120, 40)) as pilot:
        await typed(pilot, "squeeze")
        await pilot.press(*["down"] * (highlighted(app) != "squeeze-and-excite"))
        await pilot.pause()
        shown = text_on_screen(app)
        for told in ("parallel  2 branches", "branch 0: what entered", "sigmoid"):
            assert told in shown


async def test_a_long_detail_can_be_scrolled_with_keys() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "inception")
        about = app.dialog.query_one("#about")
        await pilot.press("shift+down")
        await pilot.pause()
        assert about.scroll_y > 0
        await pilot.press("shift+up")
        await pilot.pause()
        assert about.scroll_y == 0


async def test_a_click_shows_an_entry_and_a_second_one_inserts_it() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "swish")
        await pilot.click("#choices", offset=(4, 1))
        assert highlighted(app) == "hardswish"
        assert app.answers == []
        await pilot.click("#choices", offset=(4, 1))
        await pilot.pause()
    assert app.answers[0] is not None
    assert app.answers[0][0].type == "hardswish"


async def test_the_buttons_answer_too() -> None:
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "swish")
        await pilot.click("#insert")
        await pilot.pause()
    assert app.answers == [(Silu(),)]
    app = Asking()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#cancel")
        await pilot.pause()
    assert app.answers == [None]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("entering", [MAP, None], ids=str)
async def test_it_stands_any_size(
    size: tuple[int, int], entering: Shape | None
) -> None:
    app = Asking(entering, where="after conv1")
    async with app.run_test(size=size) as pilot:
        query = app.dialog.query_one(Input)
        await pilot.press("down", "pagedown", "c", "down")
        for text in ("zzz", "residual", "swish"):
            query.value = text
            await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [(Silu(),)]


async def test_it_stands_every_change_of_size() -> None:
    app = Asking(where="after conv1")
    async with app.run_test(size=(120, 40)) as pilot:
        await typed(pilot, "bottleneck")
        for size in [*reversed(SIZES), *SIZES]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert highlighted(app) == "bottleneck"
        assert "conv2d  16 · 1×1 · no bias" in text_on_screen(app)


@pytest.mark.parametrize("size", [(30, 8), (80, 24), (120, 40)], ids=str)
async def test_what_leaves_can_be_read_at_any_usual_size(size: tuple[int, int]) -> None:
    app = Asking()
    async with app.run_test(size=size) as pilot:
        await typed(pilot, "conv_t")
        assert "→ 32×112×112" in text_on_screen(app)


async def test_a_keystroke_costs_little() -> None:
    app = Asking((48, 30, 30))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        taken = []
        for query in ("c", "co", "con", "", "p", "a", "s"):
            start = process_time()
            app.dialog._search(query)
            taken.append(process_time() - start)
        assert sorted(taken)[len(taken) // 2] < 0.05
        assert app.dialog.query_one("#text", Static).content
