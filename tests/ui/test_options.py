"""A list of options in any room: Textual's own fails where it has none."""

import pytest
from textual.app import App

from tuicnn.ui.options import Options


class Listing(App):
    CSS = "Options { width: 20; height: 4; }"

    def compose(self):
        yield Options(*map(str, range(30)))


@pytest.mark.parametrize(("width", "height"), [(0, 4), (2, 2), (20, 4)])
async def test_pages_of_a_squeezed_list_end_in_no_fault(width, height):
    app = Listing()
    async with app.run_test(size=(40, 12)) as pilot:
        options = app.query_one(Options)
        options.styles.width, options.styles.height = width, height
        await pilot.pause()
        for found in (("new",), map(str, range(9))):
            options.set_options(found)
            for key in ("pagedown", "pageup", "end", "pageup"):
                await pilot.press(key)
        await pilot.press("end")
        assert options.highlighted == 8


async def test_where_there_is_room_a_page_is_a_page():
    app = Listing()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.press("home", "pagedown")
        highlighted = app.query_one(Options).highlighted
        assert highlighted is not None and 1 < highlighted < 5
        await pilot.press("pageup")
        assert app.query_one(Options).highlighted == 0
