"""Altering: what panes edit, and what is added, repeated, copied and pasted.

It never changes a network: edits do.
"""

from __future__ import annotations

from textual import events, on

from tuicnn.core import limits
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.drafts import MISSING
from tuicnn.core.edits import Insert
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Block
from tuicnn.core.tree import layer_at
from tuicnn.errors import FileError
from tuicnn.session import Session
from tuicnn.ui import clipboard
from tuicnn.ui.arriving import arriving, where
from tuicnn.ui.forms import layer_edit, layer_form
from tuicnn.ui.proposing import ProposingScreen
from tuicnn.ui.widgets.form import Form
from tuicnn.ui.widgets.stack import Stack


class AlteringScreen(ProposingScreen):
    @on(Stack.Edited)
    def _edited(self, event: Stack.Edited) -> None:
        event.stop()
        try:
            self.do(event.edit)
        finally:
            event.done.set()

    @on(Form.Edited)
    def _field_edited(self, event: Form.Edited) -> None:
        event.stop()
        self.do_typed(event.edit, event.shown)

    @on(Stack.Refused)
    def _refused(self, event: Stack.Refused) -> None:
        event.stop()
        self.tell(f"{event.why[:1].upper()}{event.why[1:]}.", "warning")

    async def _add(self, at: Pointer) -> None:
        """Ask for a layer, and insert it."""
        from tuicnn.ui.dialogs.add import AddLayer  # the first screen is there before

        report = self.session.report
        entering, earlier = arriving(report, at)
        layers = await self.app.push_screen_wait(
            AddLayer(entering, earlier, where(report, at), self.last)
        )
        if layers and self.do(Insert(at, layers, "add")):
            # Behind all of them: what is added next follows.
            self.look((*at[:-1], int(at[-1]) + len(layers) - 1))

    async def _repeat(self, at: Pointer) -> None:
        """Ask how often a block stands in a row."""
        from tuicnn.ui.dialogs.ask import AskText

        block = layer_at(self.session.network, at)
        if not isinstance(block, Block):
            self.tell("Only a block can be repeated: b makes one.", "warning")
            return
        entry = next(one for one in layer_form(block, None) if one.field == "repeat")

        def wrong(text: str) -> str:
            found = layer_edit(block, at, entry, text, MISSING)
            return found if isinstance(found, str) else ""

        answer = await self.app.push_screen_wait(
            AskText("How often does the block stand in a row?", entry.text, check=wrong)
        )
        if answer is not None:
            edit = layer_edit(block, at, entry, answer, MISSING)
            if not isinstance(edit, str):
                self.do(edit)

    # The clipboard

    def _copy(self, layers: tuple[LayerSpec, ...]) -> None:
        text = clipboard.spelled(layers)
        self.app.copy_to_clipboard(text)
        try:
            clipboard.keep(text)
        except FileError as error:
            self.tell(f"{error.message}.", "warning")
        count = len(layers)
        self.tell(f"Copied {count} layer{'' if count == 1 else 's'}.")

    def _paste(self, at: Pointer, text: str, most: int = limits.PASTE) -> None:
        if not text.strip():
            self.tell("Nothing was copied yet: y copies.", "warning")
            return
        layers = clipboard.layers_in(text, most)
        if isinstance(layers, str):
            self.tell(f"Not pasted: {layers}", "warning")
        else:
            self.do(Insert(at, layers, "paste"))

    def on_paste(self, event: events.Paste) -> None:
        """Paste layers that the terminal hands over."""
        stack = self.query_one(Stack)
        if self.focused is stack:
            event.stop()
            self._paste(stack.place(after=True), event.text)

    async def _saved(self, session: Session, path: str | None, overwrite: bool) -> bool:
        done = await super()._saved(session, path, overwrite)
        drafts = self.query_one(Form).drafts
        if done and drafts:
            what = "field is" if drafts == 1 else "fields are"
            self.tell(f"Saved, but {drafts} {what} not valid and not in it.", "warning")
        return done
