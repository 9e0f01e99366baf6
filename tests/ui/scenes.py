"""Scenes of the editor: keys that lead to each, and its picture as SVG.

`python -m tests.ui.scenes [NAME…]` writes `screenshots/`; the scene tests compare.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from unittest.mock import patch

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerState

from tuicnn.session import EMPTY, Session
from tuicnn.ui.app import TuicnnApp
from tuicnn.ui.editor import EditorScreen
from tuicnn.ui.forwarding import automatic
from tuicnn.ui.widgets.activations import Activations
from tuicnn.ui.widgets.inspector import Inspector

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
WIDE = (120, 40)
_PATIENCE = 60
_TIME = "12 ms"
_FONTS = "ui-monospace, DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"


@dataclass(frozen=True)
class Scene:
    """A picture, and how to get there.

    Attributes:
        shows: What is to be seen, for README.
        source: What is opened; None: nothing.
        keys: Keys; a text to be typed begins with a quotation mark.
        size: Columns and rows.
        colour: Whether there is any.
    """

    shows: str
    source: str | None
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = WIDE
    colour: bool = True


TO_FC6 = ("slash", '"fc6', "enter", "escape")
TO_IN_FEATURES = ("enter", "up")

SCENES = {
    "empty": Scene("an empty network, which invites the first layer", None),
    "alexnet": Scene(
        "AlexNet with `fc6` selected: where its 9216 inputs come from",
        "alexnet",
        TO_FC6,
    ),
    "resnet50": Scene(
        "ResNet-50 with its stages folded, one of them open",
        "resnet50",
        (*["down"] * 5, "right", "right", "left"),
        (140, 44),
    ),
    "error": Scene(
        "a mistake, the reason, and the remedy that `f` applies",
        "alexnet",
        (*TO_FC6, *TO_IN_FEATURES, '"43264', "escape", "3", "down"),
    ),
    "add": Scene(
        "adding a layer: what it does, and what it would make of the map here",
        "lenet5",
        ("down", "down", "a", '"conv'),
    ),
    "values": Scene(
        "what the forward pass saw: statistics, histogram, feature maps",
        "lenet5",
        ("down", "4", "full_stop"),
    ),
    "compare": Scene(
        "compared with a baseline: AlexNet after `fc6` was halved",
        "alexnet",
        ("c", *TO_FC6, "enter", *["backspace"] * 4, '"2048', "escape"),
    ),
    "why": Scene(
        "why: 9216 walked up towards the input, one number after the other",
        "alexnet",
        ("slash", '"flatten', "enter", "escape", "w", "enter", "down") + ("enter",) * 3,
    ),
    "examine": Scene(
        "the sizes of alexnet-torchvision as formulas of any input",
        "alexnet-torchvision",
        ("e", "down", "down"),
    ),
    "help": Scene("help for what has the focus", "alexnet", ("question_mark",)),
    "small": Scene(
        "80×24: the stack, and the pane looked at last beside it",
        "alexnet",
        TO_FC6,
        (80, 24),
    ),
    "no-colour": Scene(
        "`NO_COLOR`: nothing is said by colour alone",
        "alexnet",
        (*TO_FC6, *TO_IN_FEATURES, '"43264', "escape"),
        colour=False,
    ),
}


async def picture(name: str) -> str:
    """Return a scene as SVG; the same text each time."""
    scene = SCENES[name]
    with quiet_place():
        # No colour at all takes the terminal's own theme, as `tuicnn` does it.
        with patch.dict(os.environ, {} if scene.colour else {"NO_COLOR": "1"}):
            theme = "textual-dark" if scene.colour else "ansi-dark"
            with patch.object(App.theme, "_default", theme):
                app = TuicnnApp(_session(scene.source))
        async with app.run_test(size=scene.size) as pilot:
            await play(pilot, *scene.keys)
            for entry in app.screen.query(Input):
                entry.cursor_blink = False
            app.clear_notifications()
            app.screen.remove_class("-telling")  # it would go by itself
            await settled(pilot)
            return _offline(app.export_screenshot(), name)


def _session(source: str | None) -> Session:
    return Session(EMPTY) if source is None else Session.opened(source)


@contextmanager
def quiet_place() -> Iterator[None]:
    """Run without files of the user's, and with a clock that always says the same."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as home:
        places = ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
        with (
            patch.dict(os.environ, dict.fromkeys(places, home)),
            patch("tuicnn.ui.verdict.time_of", lambda _: _TIME),
        ):
            os.environ.pop("NO_COLOR", None)
            os.chdir(home)
            try:
                yield
            finally:
                os.chdir(here)


async def play(pilot: Pilot[None], *keys: str) -> None:
    """Press keys as a person does who looks at what they do."""
    await settled(pilot)
    for key in keys:
        await pilot.press(*(key[1:] if key.startswith('"') else [key]))
        await settled(pilot)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing on the screen changes by itself any more."""
    until, before = monotonic() + _PATIENCE, ""
    while monotonic() < until:
        await pilot.pause(0.05)
        app = pilot.app
        assert isinstance(app, TuicnnApp)
        for inspector in app.screen.query(Inspector):
            await inspector.settle()
        now = "" if _busy(app) else app.export_screenshot(simplify=True)
        if now and now == before:
            return
        before = now
    raise TimeoutError("the screen never came to rest")


def _busy(app: TuicnnApp) -> bool:
    """Whether a worker runs, or a forward pass is still to come."""
    if any(
        one.state in (WorkerState.PENDING, WorkerState.RUNNING)
        for one in app.workers
        if one.group != "dialog"
    ):
        return True
    screen = app.screen
    if not isinstance(screen, EditorScreen) or not automatic(screen.session.report):
        return False
    passed = screen.passed
    if not screen.session.report.valid:
        return False
    if passed is None or passed.network != screen.session.network:
        return True
    pane = screen.query_one(Activations)
    asked = passed.asked or ""
    return pane.is_on_screen and passed.trace is not None and asked != screen.path


def _offline(svg: str, name: str) -> str:
    """Return a picture that looks alike everywhere: no font from the web, own ids."""
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", _FONTS)
    svg = re.sub(r"terminal-\d+", f"tuicnn-{name}", svg)
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def place(name: str) -> Path:
    """Return where the picture of a scene stands."""
    return SCREENSHOTS / f"{name}.svg"


def main() -> None:
    """Write the pictures that are named, or all."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SCENES:
        place(name).write_text(asyncio.run(picture(name)), "utf-8")


if __name__ == "__main__":
    main()
