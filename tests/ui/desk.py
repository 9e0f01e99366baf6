"""A person at the editor: presses keys, and looks at the document and at the state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.widget import Widget

from tests.ui.waiting import until, waiting
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import Add, Block, Conv2d, Flatten, Linear, Parallel, Relu
from tuicnn.core.network import Network
from tuicnn.core.tree import every, layer_at
from tuicnn.session import Session
from tuicnn.ui.app import TuicnnApp, declared
from tuicnn.ui.editor import EditorScreen
from tuicnn.ui.widgets.activations import Activations
from tuicnn.ui.widgets.inspector import Inspector
from tuicnn.ui.widgets.problems import Problems
from tuicnn.ui.widgets.stack import Stack

WIDE, MEDIUM, NARROW = (120, 40), (80, 24), (50, 20)


def at(*path: int | str) -> Pointer:
    """Return a pointer: `at(2, 0)` is layer 0 in block 2, `at(3, "b1", 0)` in a branch.

    A trailing "layers" or "b1" names a list.
    """
    found: list[int | str] = ["layers"]
    for before, step in zip((None, *path), path, strict=False):
        if isinstance(step, int):
            found += ["layers"] if isinstance(before, int) else []
            found.append(step)
        elif step == "layers":
            found.append("layers")
        else:
            found += ["branches", int(step[1:])]
    return tuple(found)


def sample() -> Network:
    """Return a network with a bit of everything.

    input 3×16×16 · a: conv · b: relu · c: block of d: conv, e: relu ·
    f: parallel of [g: conv, h: relu] and nothing · i: flatten · j: linear
    """
    return Network(
        name="sample",
        input=(3, 16, 16),
        layers=(
            Conv2d(name="a", out_channels=8, kernel_size=3, padding=1),
            Relu(name="b"),
            Block(
                name="c",
                layers=(
                    Conv2d(name="d", out_channels=8, kernel_size=3, padding=1),
                    Relu(name="e"),
                ),
            ),
            Parallel(
                name="f",
                merge="add",
                branches=(
                    (
                        Conv2d(name="g", out_channels=8, kernel_size=3, padding=1),
                        Relu(name="h"),
                    ),
                    (),
                ),
            ),
            Flatten(name="i"),
            Linear(name="j", out_features=10),
        ),
    )


def faulty() -> Network:
    """Return a network with an error in each of two fields."""
    return Network(
        name="faulty",
        input=(3, 16, 16),
        layers=(
            Conv2d(name="a", in_channels=5, out_channels=8, kernel_size=3),
            Relu(name="b"),
            Add(name="c", **{"with": ("nobody",)}),
            Relu(name="d"),
        ),
    )


def key(name: str) -> events.Key:
    """Return what a terminal makes of a key that is named as a binding names it."""
    special = {"plus": "+", "minus": "-", "slash": "/"}
    character = special.get(name) or key_to_character(name)
    return events.Key(name, character)


class Desk:
    """An editor that is open, and somebody before it."""

    def __init__(self, app: TuicnnApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot
        self.told: list[str] = []

    @property
    def editor(self) -> EditorScreen:
        found = [one for one in self.app.screen_stack if isinstance(one, EditorScreen)]
        return found[-1]

    @property
    def session(self) -> Session:
        return self.editor.session

    @property
    def network(self) -> Network:
        return self.session.network

    @property
    def cursor(self) -> Pointer:
        assert self.editor.cursor == self.session.history.present.cursor
        return self.editor.cursor

    @property
    def selected(self) -> set[Pointer]:
        return set(self.editor.selected)

    @property
    def stack(self) -> Stack:
        return self.editor.query_one(Stack)

    @property
    def inspector(self) -> Inspector:
        return self.editor.query_one(Inspector)

    @property
    def problems(self) -> Problems:
        return self.editor.query_one(Problems)

    @property
    def values(self) -> Activations:
        return self.editor.query_one(Activations)

    @property
    def focused(self) -> Widget | None:
        return self.app.screen.focused

    @property
    def names(self) -> list[str | None]:
        """Names of the layers of the top list."""
        return [one.name for one in self.network.layers]

    @property
    def shown(self) -> list[Pointer]:
        """Pointers of the stack's lines."""
        assert self.stack.outline is not None
        return [one.pointer for one in self.stack.outline.lines]

    @property
    def field(self) -> str:
        """Name of the field that has the focus; empty for none."""
        focused = self.focused
        around = [] if focused is None else focused.ancestors
        return next((one.field for one in around if hasattr(one, "field")), "")

    def layer(self, *path: int | str) -> LayerSpec:
        found = layer_at(self.network, at(*path))
        assert found is not None
        return found

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until everything is as they make it."""
        for one in keys:
            self.app.post_message(key(one))
            await self.quiet()

    async def type(self, text: str) -> None:
        """Type a text, character by character."""
        for one in text:
            self.app.post_message(events.Key(one, one))
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until all that is under way is done, the form included."""
        calm = 0
        while calm < 3 and self.app.is_running:
            await self.pilot.pause(0)
            calm = 0 if waiting(self.app) else calm + 1
            if calm == 2 and self.app.is_running and self.inspector.unsettled:
                await self.inspector.settle()
                calm = 0

    async def look(self, *path: int | str) -> None:
        """Put the cursor somewhere."""
        self.editor.look(at(*path) if path else ())
        await self.quiet()
        assert self.stack.line == self.shown.index(at(*path) if path else ())

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait until something is true."""
        await until(self.pilot, true, what)


@asynccontextmanager
async def desk(
    network: Network | Session | None = None, size: tuple[int, int] = WIDE
) -> AsyncIterator[Desk]:
    """Open the editor, and leave it however it was left."""
    session = network if isinstance(network, Session) else Session(network or sample())
    app = TuicnnApp(session)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        found = Desk(app, pilot)
        editor = found.editor
        tell = editor.tell

        def listen(text: str, severity: str = "information") -> None:
            found.told.append(text)
            tell(text, severity)

        editor.tell = listen
        await found.quiet()
        yield found


def keys_of(*kinds: type[DOMNode]) -> list[tuple[str, str]]:
    """Return id and key of every binding of some classes, each key for itself."""
    found = dict.fromkeys(
        (one.id or f"{kind.__name__}: {one.key} has no id", one.key)
        for kind in kinds
        for one in declared(kind)
    )
    return list(found)


def ids_of(*kinds: type[DOMNode]) -> set[str]:
    """Return the id of every binding of some classes."""
    return {name for name, _ in keys_of(*kinds)}


def names_within(network: Network) -> list[str]:
    """Return the names of all layers that have one."""
    return [layer.name or "" for _, layer in every(network)]
