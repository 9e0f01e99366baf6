"""Questions that users bring: the keys that README names lead to the answer."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen

from tests.answers import ANSWERS, Answer
from tests.ui.scenes import play, quiet_place
from tuicnn.session import EMPTY, Session
from tuicnn.ui.app import TuicnnApp

NAMES = {"/": "slash", "esc": "escape", "pgdn": "pagedown", "↑": "up", "↓": "down"}
EDGES = "│┏┃┌ ▁▂▃▄▅▆▇█"
"""What stands at the edges of a pane: its border, its scrollbar."""
PANES = ("totals", "stack", "inspector", "problems", "preview")


def seen(pilot: Pilot[None]) -> str:
    """Return what stands in each pane, spaces and line breaks told apart no longer."""
    screen = pilot.app.screen
    strips = screen._compositor.render_strips()
    if isinstance(screen, ModalScreen):
        parts = [strip.text for one in screen.query("#ways, #would") for strip in
                 [s.crop(one.region.x, one.region.right) for s in
                  strips[one.region.y : one.region.bottom]]]  # fmt: skip
        return " ".join(" ".join(parts).split())
    found = []
    for name in PANES:
        x, y, width, height = screen.query_one(f"#{name}").region
        rows = [strip.crop(x, x + width).text for strip in strips[y : y + height]]
        found.append(" ".join(row.strip(EDGES) for row in rows))
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: one.question)
async def test_the_keys_of_an_answer_lead_to_its_figures(answer: Answer) -> None:
    with quiet_place():
        session = Session.opened(answer.source) if answer.source else Session(EMPTY)
        app = TuicnnApp(session)
        async with app.run_test(size=(120, 40)) as pilot:
            await play(pilot)
            looked_at = [seen(pilot)]
            for key in answer.keys:
                await play(pilot, NAMES.get(key, key))
                looked_at.append(seen(pilot))
    text = "\n".join(looked_at)
    missing = [one for one in answer.figures if one not in text]
    assert not missing, looked_at[-1]
