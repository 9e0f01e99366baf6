"""The editor's speed: from a key to the painted screen, start, memory.

    python -m tests.benchmarks.editor [keys] [start] [memory]

Keys are sent to an app without a terminal, the preview off; a time ends when the screen
has been painted with what the key changed. The settled time includes the inspector's
form and explanation, which follow once the cursor rests. Start is the first screen of
`tuicnn alexnet` in a pseudo-terminal beside a process that imports `textual.app`.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import tracemalloc
from time import perf_counter
from typing import TYPE_CHECKING

from tests.documents import preset_text
from tuicnn.core.edits import Replace
from tuicnn.core.layers import layer_types
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.session import Session
from tuicnn.ui.app import TuicnnApp
from tuicnn.ui.run import collect_seldom
from tuicnn.ui.widgets.inspector import Inspector
from tuicnn.ui.widgets.stack import Stack

if TYPE_CHECKING:
    from textual.events import Event

KEYS = 120
EDITS = 10_000


def main() -> None:
    collect_seldom()  # as the editor does
    wanted = sys.argv[1:] or ["keys", "start", "memory"]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("STATE", "CONFIG"):
            os.environ[f"XDG_{name}_HOME"] = folder
        if "keys" in wanted:
            for name, network in (("resnet152", preset()), ("10,000 layers", long())):
                asyncio.run(keys(name, network))
        if "start" in wanted:
            start()
        if "memory" in wanted:
            asyncio.run(memory())


def preset(name: str = "resnet152") -> Network:
    network = read_text(preset_text(name)).network
    assert network is not None
    return network


def long(count: int = 10_000) -> Network:
    kinds = layer_types()
    conv = kinds["conv2d"](out_channels=8, kernel_size=3, padding=1)
    pair = [conv, kinds["relu"]()]
    layers = tuple(pair[number % 2].model_copy() for number in range(count))
    return Network(name="long", input=(8, 16, 16), layers=layers)


class Painted:
    """When the screen was painted last."""

    def __init__(self, app: TuicnnApp) -> None:
        self.at, self.event = 0.0, asyncio.Event()
        display = app._display

        def watched(screen: object, renderable: object) -> None:
            display(screen, renderable)
            self.at = perf_counter()
            self.event.set()

        app._display = watched

    async def after(self, happened) -> float:
        """Return when the first screen was painted for which something holds."""
        while True:
            await asyncio.wait_for(self.event.wait(), 10)
            self.event.clear()
            if happened():
                return self.at


async def keys(name: str, network: Network) -> None:
    app = TuicnnApp(Session(network))
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.network_changed = lambda: None  # the preview is off
        painted = Painted(app)
        stack, screen = app.screen.query_one(Stack), app.screen
        await stack.action_toggle_folds()  # a long preset is folded at first
        count = len(stack.outline.lines)
        times = []
        for number in range(KEYS):
            key = "j" if number < KEYS // 2 else "k"
            before, started = stack.cursor, perf_counter()
            app.post_message(key_event(key, key))
            ended = await painted.after(lambda before=before: stack.cursor != before)
            times.append(ended - started)
            await asyncio.sleep(0.03)  # as a held key repeats
        tell(f"{name}: cursor, {count:,} lines", times)
        middle = next(
            pointer
            for pointer in list(stack.outline.places)[count // 2 :]
            if pointer
            and stack.outline.lines[stack.outline.places[pointer]].row
            and "conv"
            in stack.outline.lines[stack.outline.places[pointer]].row.layer.type
        )
        screen.look(middle)
        await pilot.pause(0.3)
        await screen.query_one(Inspector).enter("stride")
        await pilot.pause(0.2)
        times, settled = [], []
        for number in range(KEYS // 2):
            key, character = ("plus", "+") if number % 2 == 0 else ("minus", "-")
            before, started = screen.report, perf_counter()
            app.post_message(key_event(key, character))
            ended = await painted.after(
                lambda before=before: stack.report is not before
            )
            times.append(ended - started)
            await pilot.pause(0.12)
            settled.append(painted.at - started)
        tell(f"{name}: a field in the middle", times)
        tell(f"{name}: the same, all settled", settled)


def key_event(key: str, character: str) -> Event:
    from textual.events import Key  # `tuicnn.ui` says first how often Textual paints

    return Key(key, character)


def tell(what: str, times: list[float]) -> None:
    ordered = sorted(1000 * one for one in times)
    high = ordered[int(0.95 * len(ordered))]
    median = statistics.median(ordered)
    print(f"{what:48} median {median:6.1f} ms   95 % {high:6.1f} ms", flush=True)


def start() -> None:
    bare = os.environ | {"TERM": "xterm-256color"}
    bare.pop("PYTHONDONTWRITEBYTECODE", None)
    ours, theirs = [], []
    for _ in range(8):
        ours.append(first_screen(bare))
        began = perf_counter()
        command = [sys.executable, "-c", "import textual.app"]
        subprocess.run(command, env=bare, check=True)
        theirs.append(perf_counter() - began)
    mine, other = statistics.median(ours[1:]), statistics.median(theirs[1:])
    print(
        f"first screen {1000 * mine:.0f} ms, importing textual.app "
        f"{1000 * other:.0f} ms, ratio {mine / other:.2f}"
    )


def first_screen(environment: dict[str, str]) -> float:
    """Return the seconds until the stack of AlexNet stands on a terminal."""
    began = perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.environ.clear()
        os.environ.update(environment)
        os.execvp(sys.executable, [sys.executable, "-m", "tuicnn", "alexnet"])
    seen = b""
    while b"conv2d" not in seen and select.select([terminal], [], [], 10)[0]:
        seen += os.read(terminal, 65536)
    found = perf_counter() - began
    os.write(terminal, b"q")
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass
    os.waitpid(child, 0)
    os.close(terminal)
    return found


async def memory() -> None:
    app = TuicnnApp(Session(preset("resnet50")))
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.network_changed = lambda: None
        screen = app.screen
        layer = screen.session.network.layers[0]

        def edit(number: int) -> None:
            new = layer.changed(out_channels=64 + number % 2)
            screen.do(Replace(("layers", 0), (new,), "set out_channels"))

        for number in range(200):
            edit(number)
        await pilot.pause()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(EDITS):
            edit(number)
            if number % 100 == 0:
                await pilot.pause()
        await pilot.pause(0.3)
        grown = tracemalloc.get_traced_memory()[0] - before
    print(f"memory after {EDITS:,} edits: {grown / 2**20:+.1f} MiB")


if __name__ == "__main__":
    main()
