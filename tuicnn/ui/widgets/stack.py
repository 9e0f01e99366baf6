"""The stack of layers, with everything a person does to it.

It never changes the document: it posts edits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits import (
    Duplicate,
    Edit,
    EditRefused,
    Move,
    Remove,
    Replace,
    Ungroup,
    Wrap,
    neighbours,
)
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.structure import Parallel
from tuicnn.core.tree import TOP, layer_at
from tuicnn.ui.request import Request
from tuicnn.ui.steps import above, below, inwards, outwards
from tuicnn.ui.widgets.lines import Lines


class Stack(Lines):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", id="stack.add", tooltip="Add a layer after this"),
        Binding("i", "insert", "Insert", id="stack.insert", show=False,
                tooltip="Insert a layer before this one"),
        Binding("enter", "edit", "Edit", id="stack.edit",
                tooltip="Edit the fields of this layer"),
        Binding("d,delete", "delete", "Delete", id="stack.delete",
                tooltip="Delete the layer, or the selected ones"),
        Binding("D", "duplicate", "Duplicate", id="stack.duplicate", show=False,
                tooltip="Put a copy behind"),
        Binding("K,alt+up", "move('up')", "Move up", id="stack.move-up", show=False,
                tooltip="Move before the layer above, or into the branch above"),
        Binding("J,alt+down", "move('down')", "Move down", id="stack.move-down",
                show=False, tooltip="Move behind the layer below, or a branch on"),
        Binding("less_than_sign,alt+left", "move('out')", "Move out",
                id="stack.move-out", show=False,
                tooltip="Move out of the container, behind it"),
        Binding("greater_than_sign,alt+right", "move('in')", "Move in",
                id="stack.move-in", show=False,
                tooltip="Move into the container above"),
        Binding("b", "group", "Group", id="stack.group", show=False,
                tooltip="Put the selected layers into a block"),
        Binding("B", "ungroup", "Ungroup", id="stack.ungroup", show=False,
                tooltip="Put a container's layers in its place"),
        Binding("R", "residual", "Residual", id="stack.residual", show=False,
                tooltip="Add the input of the selected layers to their output"),
        Binding("r", "repeat", "Repeat", id="stack.repeat", show=False,
                tooltip="Set how often a block stands in a row"),
        Binding("plus", "branch", "Add a branch", id="stack.branch", show=False,
                tooltip="Give a parallel one more branch"),
        Binding("y", "copy('copy')", "Copy", id="stack.copy", show=False,
                tooltip="Copy the layers as JSON to the clipboard"),
        Binding("x", "copy('cut')", "Cut", id="stack.cut", show=False,
                tooltip="Cut the layers to the clipboard"),
        Binding("p", "paste(1)", "Paste", id="stack.paste", show=False,
                tooltip="Paste layers after this one"),
        Binding("P", "paste(0)", "Paste before", id="stack.paste-before", show=False,
                tooltip="Paste layers before this one"),
        Binding("slash", "find", "Find", id="stack.find", show=False,
                tooltip="Show only the layers that hold a text"),
    ]  # fmt: skip

    @dataclass
    class Edited(Request):
        """An edit is wanted."""

        pane: Stack
        edit: Edit

    @dataclass
    class Asked(Request):
        """Something is wanted that needs a question, or another widget."""

        pane: Stack
        what: str
        at: Pointer
        layers: tuple[LayerSpec, ...] = ()

    @dataclass
    class Refused(Message):
        """What was asked for cannot be done here."""

        pane: Stack
        why: str

    async def _edit(self, edit: Edit) -> None:
        self._anchor = None
        await self.Edited(self, edit).settled_by(self)

    def _refuse(self, why: str) -> None:
        self.post_message(self.Refused(self, why))

    def place(self, after: bool) -> Pointer:
        """Return where a new layer goes."""
        line = self.looked_at
        if line.row is None:
            return (*(line.pointer or TOP), 0)
        index = line.pointer[-1]
        assert isinstance(index, int)
        return (*line.pointer[:-1], index + after)

    async def action_add(self) -> None:
        """Ask for a layer that goes behind this one."""
        await self.Asked(self, "add", self.place(after=True)).settled_by(self)

    async def action_insert(self) -> None:
        """Ask for a layer that goes before this one."""
        await self.Asked(self, "add", self.place(after=False)).settled_by(self)

    async def action_edit(self) -> None:
        """Go to the fields of this layer."""
        await self.Asked(self, "edit", self.cursor).settled_by(self)

    async def action_delete(self) -> None:
        """Delete the chosen layers, or a branch."""
        line = self.looked_at
        if line.kind == "branch" and not self.selected:
            await self._change_branches(line.pointer[:-2], remove=line.pointer[-1])
        elif self.chosen:
            await self._edit(Remove(self.chosen, self._what()))
        else:
            self._refuse("there is no layer on this line to delete")

    async def action_duplicate(self) -> None:
        """Put a copy of the chosen layers behind them."""
        if self.chosen:
            await self._edit(Duplicate(self.chosen, self._what()))
        else:
            self._refuse("there is no layer on this line to duplicate")

    async def action_move(self, where: str) -> None:
        """Move the chosen layers up, down, out of a container or into one."""
        if self.report is None or not self.chosen:
            self._refuse("there is no layer on this line to move")
            return
        find = {"up": above, "down": below, "out": outwards, "in": inwards}[where]
        try:
            parent, first, stop = neighbours(self.chosen)
            target = find(self.report.network, parent, first, stop)
        except EditRefused as refused:
            self._refuse(str(refused))
            return
        await self._edit(Move(self.chosen, target, self._what()))

    async def action_group(self) -> None:
        """Put the chosen layers into a block."""
        await self._wrap(residual=False)

    async def action_residual(self) -> None:
        """Add the input of the chosen layers to their output."""
        await self._wrap(residual=True)

    async def _wrap(self, residual: bool) -> None:
        if self.chosen:
            await self._edit(Wrap(self.chosen, self._what(), residual))
        else:
            self._refuse("there is no layer on this line to group")

    async def action_ungroup(self) -> None:
        """Put a container's layers in its place."""
        line = self.looked_at
        if line.row is not None and line.row.container:
            await self._edit(Ungroup(line.pointer, line.row.name))
        else:
            self._refuse("only a block or a parallel can be ungrouped")

    async def action_repeat(self) -> None:
        """Ask how often a block stands in a row."""
        await self.Asked(self, "repeat", self.looked_at.pointer).settled_by(self)

    async def action_branch(self) -> None:
        """Give the parallel one more branch."""
        line = self.looked_at
        pointer = line.pointer[:-2] if line.kind == "branch" else line.pointer
        await self._change_branches(pointer)

    async def _change_branches(
        self, pointer: Pointer, remove: str | int | None = None
    ) -> None:
        layer = None if self.report is None else layer_at(self.report.network, pointer)
        if not isinstance(layer, Parallel):
            self._refuse("only a parallel has branches")
            return
        branches = list(layer.branches)
        if remove is None:
            branches.append(())
        elif len(branches) == 1:
            self._refuse("a parallel needs one branch at least; delete it instead")
            return
        else:
            del branches[int(remove)]
        verb = "add a branch" if remove is None else f"delete branch {remove}"
        new = layer.changed(branches=tuple(branches))
        await self._edit(Replace(pointer, (new,), verb))

    async def action_copy(self, verb: str) -> None:
        """Copy or cut the chosen layers."""
        if self.report is None or not self.chosen:
            self._refuse(f"there is no layer on this line to {verb}")
            return
        found = [layer_at(self.report.network, one) for one in self.chosen]
        layers = tuple(one for one in found if one is not None)
        await self.Asked(self, "copy", self.cursor, layers).settled_by(self)
        if verb == "cut":
            await self._edit(Remove(self.chosen, self._what(), "cut"))

    async def action_paste(self, after: int) -> None:
        """Paste layers here."""
        await self.Asked(self, "paste", self.place(bool(after))).settled_by(self)

    async def action_find(self) -> None:
        """Ask for a text."""
        await self.Asked(self, "find", self.cursor).settled_by(self)
