"""The editor: panes side by side, and what goes on between them.

It never knows how a pane draws, or how a document is saved.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Input, Static

from tuicnn.core import limits
from tuicnn.core.diagnostics import Diagnostic
from tuicnn.core.numerous import number_of
from tuicnn.session import Session
from tuicnn.ui import clipboard
from tuicnn.ui.altering import AlteringScreen
from tuicnn.ui.asking_why import WhyScreen
from tuicnn.ui.comparing import ComparingScreen
from tuicnn.ui.examining import ExaminingScreen
from tuicnn.ui.finding import FindingScreen
from tuicnn.ui.ordered import OrderedInput
from tuicnn.ui.outline import layer_pointer
from tuicnn.ui.widgets.activations import Activations
from tuicnn.ui.widgets.form import Form
from tuicnn.ui.widgets.inspector import Inspector
from tuicnn.ui.widgets.keys import Keys
from tuicnn.ui.widgets.lines import Lines
from tuicnn.ui.widgets.problems import Problems
from tuicnn.ui.widgets.stack import Stack
from tuicnn.ui.widgets.totals import Totals

_PANES = ("stack", "inspector", "problems", "preview")
_LEAST = (30, 8)
_INVITATION = (
    "An empty network: what enters leaves.\n\n"
    "a       add the first layer\n"
    "enter   change the input's shape\n"
    "ctrl+o  open a preset\n"
    "?       all keys"
)


class EditorScreen(
    WhyScreen, ExaminingScreen, ComparingScreen, FindingScreen, AlteringScreen
):
    CSS_PATH = ["styles/editor.tcss", "styles/activations.tcss"]  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it without ClassVar
        (0, "-narrow"),
        (60, "-medium"),
        (100, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u,ctrl+z", "undo", "Undo", id="edit.undo",
                tooltip="Take back the latest edit"),
        Binding("U,ctrl+y", "redo", "Redo", id="edit.redo", show=False,
                tooltip="Do again what was undone"),
        Binding("1", "pane('stack')", "Stack", id="pane.stack", show=False,
                tooltip="Go to the stack"),
        Binding("2", "pane('inspector')", "Layer", id="pane.layer", show=False,
                tooltip="Go to the fields and the explanation"),
        Binding("3", "pane('problems')", "Problems", id="pane.problems", show=False,
                tooltip="Go to the problems"),
        Binding("4", "pane('preview')", "Values", id="pane.preview", show=False,
                tooltip="Go to what the forward pass has seen"),
        Binding("right_square_bracket", "problem(1)", "Next problem",
                id="problem.next", show=False, tooltip="Go to the next problem"),
        Binding("left_square_bracket", "problem(-1)", "Previous problem",
                id="problem.previous", show=False,
                tooltip="Go to the problem before"),
        Binding("t", "layout", "Channels first or last", id="view.layout", show=False,
                tooltip="Write channels first, or last"),
        Binding("question_mark,f1", "help", "Help", id="app.help", key_display="?",
                tooltip="Show all keys of what has the focus"),
    ]  # fmt: skip

    def __init__(self, session: Session, note: str = "") -> None:
        super().__init__(session)
        self._note = note
        self._side = "inspector"
        # What the first focus sets: later, every widget would be styled twice.
        self.set_class(True, "-on-stack", "-side-inspector", update=False)

    def compose(self) -> ComposeResult:
        """Yield the totals, four panes, the search and the footer."""
        screen = EditorScreen
        yield Totals(id="totals").data_bind(
            screen.report, screen.baseline, screen.last, screen.dirty, screen.label
        )
        with Grid(id="panes"):
            yield Stack(id="stack").data_bind(
                screen.report,
                screen.cursor,
                screen.selected,
                screen.ticks,
                screen.baseline,
                screen.counterparts,
                screen.last,
            )
            yield Inspector(id="inspector").data_bind(
                screen.report,
                screen.cursor,
                screen.baseline,
                screen.counterparts,
                screen.last,
            )
            yield Problems(id="problems").data_bind(screen.report, screen.last)
            yield Activations(id="preview").data_bind(
                screen.passed, screen.path, screen.last
            )
        yield Static(_INVITATION, id="invitation", markup=False)
        yield OrderedInput(
            placeholder="find: name, type or setting", id="find", compact=True
        )
        yield Static("terminal too small", id="too-small", markup=False)
        yield Keys()
        yield Static("", id="message", markup=False)

    def on_mount(self) -> None:
        """Show the document, and give the stack the focus."""
        titles = ("1 stack", "2 layer", "3 problems", "4 values")
        for name, title in zip(_PANES, titles, strict=True):
            self.query_one(f"#{name}").border_title = Content(title)
        self.query_one(Activations).colour = not self.app.ansi_color
        self._show()
        self.action_pane("stack")
        self.offer_recovery()
        if self._note:
            self.tell(self._note, "warning")

    def network_changed(self) -> None:
        """Show whether there is anything to see."""
        super().network_changed()
        report = self.session.report
        self.set_class(not report.network.layers, "-empty")
        title = f"3 problems ({number_of(report)})"
        problems = self.query_one(Problems)
        problems.border_title = Content(title if report.diagnostics else "3 problems")

    def renew(self) -> None:
        """Forget folds and searches of the document before."""
        self.query_one(Stack).renew()
        self.query_one("#find", Input).value = ""

    # Panes

    def action_pane(self, name: str) -> None:
        """Go to a pane."""
        self.set_focus(self.query_one(f"#{name}"))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the pane that has the focus, where there is no room for all."""
        path = [event.widget, *event.widget.ancestors]
        name = next((one.id for one in path if one.id in _PANES), None)
        if name is None:
            return
        if name != "stack":
            self._side = name
        before = self.classes
        for one in _PANES:
            self.set_class(one == name, f"-on-{one}", update=False)
            self.set_class(one == self._side, f"-side-{one}", update=False)
        if self.classes != before:  # the styles of the whole screen, once
            self.update_node_styles()

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is no room for anything."""
        small = event.size.width < _LEAST[0] or event.size.height < _LEAST[1]
        if small and not self.has_class("-too-small"):
            self.set_focus(None)  # what nobody sees takes no keys
        elif not small and self.focused is None:
            self.action_pane("stack")
        self.set_class(small, "-too-small")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now; nothing can where nothing is seen."""
        if self.has_class("-too-small") and action not in ("quit", "save"):
            return False
        if action == "undo":
            return True if self.session.history.undoes else None
        if action == "redo":
            return True if self.session.history.redoes else None
        if action == "cancel":
            return self.computing
        return True

    # What panes ask for

    @on(Lines.Moved)
    def _moved(self, event: Lines.Moved) -> None:
        event.stop()
        try:
            self.session.settle()
            self.look(event.pointer, event.selected)
        finally:
            event.done.set()

    @on(Inspector.Left)
    @on(Problems.Left)
    def _left(self) -> None:
        self.session.settle()
        self.action_pane("stack")

    @on(Lines.Opened)
    async def _opened(self, event: Lines.Opened) -> None:
        event.stop()
        event.done.set()
        await self.query_one(Inspector).enter()

    @on(Stack.Asked)
    async def _asked(self, event: Stack.Asked) -> None:
        event.stop()
        try:
            await self._answer(event)
        finally:
            event.done.set()

    async def _answer(self, event: Stack.Asked) -> None:
        match event.what:
            case "add":
                await self.asking(self._add(event.at))
            case "edit":
                await self.query_one(Inspector).enter()
            case "repeat":
                await self.asking(self._repeat(event.at))
            case "copy":
                self._copy(event.layers)
            case "paste":
                own = clipboard.kept() or self.app.clipboard
                self._paste(event.at, own, limits.FILE_BYTES)
            case "find":
                self.find()

    def action_undo(self) -> None:
        """Take back the latest edit; before that, what a field does not take."""
        if self.query_one(Form).drop_draft():
            return
        self.query_one(Inspector).renew()
        label = self.session.undo()
        self._show()
        if label:
            self.tell(f"Undone: {label}.")

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.query_one(Inspector).renew()
        label = self.session.redo()
        self._show()
        if label:
            self.tell(f"Done again: {label}.")

    # Problems

    async def action_problem(self, step: int) -> None:
        """Go to the next problem, or to the one before."""
        report = self.session.report
        stack = self.query_one(Stack)
        if not report.diagnostics or stack.outline is None:
            self.tell("There are no problems.")
            return
        found = [layer_pointer(report, one) for one in report.diagnostics]
        here = found.index(self.cursor) if self.cursor in found else None
        ahead = len(found) if step < 0 else -1
        at = (ahead if here is None else here) + step
        while here is not None and 0 <= at < len(found) and found[at] == self.cursor:
            at += step
        self.look(found[at % len(found)])
        self.query_one(Problems).highlighted = at % len(found)

    @on(Problems.Chosen)
    async def _chosen_problem(self, event: Problems.Chosen) -> None:
        event.stop()
        await self._go_to(event.problem)

    async def _go_to(self, problem: Diagnostic) -> None:
        self.look(layer_pointer(self.session.report, problem))
        if problem.field:
            await self.query_one(Inspector).enter(problem.field)
        else:
            self.action_pane("stack")

    def action_layout(self) -> None:
        """Write channels first, or last."""
        self.last = not self.last
        self.tell(f"Channels {'last, as Keras' if self.last else 'first, as PyTorch'}.")

    # Help

    def action_help(self) -> None:
        """Show the keys of what has the focus, and of the screen."""
        from tuicnn.ui.dialogs.help import Help, sections

        self.app.push_screen(Help(sections(self)))
