"""One document being edited: its history, its file, and what differs between them.

It never knows a widget or an event loop.
"""

from __future__ import annotations

import os
from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from tuicnn import files, presets
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Pointer
from tuicnn.core.edits import Become, Edit
from tuicnn.core.history import History
from tuicnn.core.network import Network
from tuicnn.core.unreadable import with_unreadable
from tuicnn.errors import FileError
from tuicnn.files import WriteResult, recovery
from tuicnn.files.journal import Journal
from tuicnn.files.recovery import Header
from tuicnn.files.stamp import Stamp, stamp, unchanged
from tuicnn.saving import ChangedOnDiskError, Entry, Saving, Written, document_text

if TYPE_CHECKING:
    from tuicnn.recovering import Found, Left

__all__ = ["EMPTY", "ChangedOnDiskError", "Session"]

EMPTY = Network(name="untitled", input=(3, 32, 32), layers=())
"""What a new editor begins with."""


class Session:
    """A document, as it is and as it was saved.

    Attributes:
        history: Its versions.
        report: What `check` says of the present one.
        path: Its file; None where it has none yet.
        label: What it is called in messages: a preset's name, a path.
        guest: Whether its file is somebody else's: it is saved to another one.
        joining: Whether the latest edit goes on with the one before, as typing does.
    """

    def __init__(
        self, network: Network, path: str | None = None, label: str = ""
    ) -> None:
        self.history = History.of(network)
        self._checked = check(network)
        self.report = with_unreadable(self._checked)
        self._unreadable = self.report is not self._checked
        self.path = path
        self._label = label
        self._saved = network
        self._stamp: Stamp | None = None if path is None else stamp(path)
        self.guest = False
        self.joining = False
        self._typing: Hashable = None
        self._journal = Journal(path)
        self._revision = 0
        self._restored: dict[str, Network | None] = {}

    @classmethod
    def opened(cls, source: str) -> Session:
        """Return a session on a SOURCE: a preset's name, a path, or standard input.

        A preset has no file: it is saved under another name.

        Raises:
            FileError: It cannot be read, or holds no network; the message says where.
        """
        before = None if source == files.STDIN else stamp(source)
        found = presets.open_source(source)
        network, problems = found.reading.network, found.reading.problems
        # What is too large was not read to the end: saved, it would be lost.
        lost = [one for one in problems if one.code is Code.TOO_LARGE]
        if network is None or lost:
            first = (lost or problems)[0]
            where = "" if first.line is None else f" (line {first.line})"
            raise FileError(f"{found.label}{where}: {first.message}", first.hint)
        preset = found.path is not None and found.path == presets.preset_path(source)
        path = None if preset or found.path is None else files.absolute(found.path)
        session = cls(network, path, found.label)
        if path is not None:  # what changes while it is read has changed since
            session._stamp = before
        return session

    @property
    def network(self) -> Network:
        """The network as it is."""
        return self.history.network

    @property
    def label(self) -> str:
        """What it is called in messages: a preset, a file, or the network's name."""
        return self._label or self.network.name

    @property
    def dirty(self) -> bool:
        """Whether the network differs from the one that was saved."""
        return self.network is not self._saved and self.network != self._saved

    @property
    def saved(self) -> Network:
        """The network as it was read or saved last."""
        return self._saved

    def do(self, edit: Edit) -> None:
        """Edit the network.

        Raises:
            EditRefused: It cannot be done.
        """
        self._unreadable |= isinstance(edit, Become)
        typing = self._typing
        self._set(self.history.do(edit))
        # What is typed and taken back by hand is still one row of typing.
        self.joining = edit.key is not None and edit.key == typing
        self._typing = edit.key

    def undo(self) -> str:
        """Take back the latest edit; return what it was, or an empty text."""
        label = self.history.undoes
        self._set(self.history.undo())
        return label

    def redo(self) -> str:
        """Do again what was undone last; return what it was, or an empty text."""
        label = self.history.redoes
        self._set(self.history.redo())
        return label

    def look(self, cursor: Pointer, selected: tuple[Pointer, ...] = ()) -> None:
        """Note where the reader is, so that undo can go back there."""
        self.history = self.history.looking(cursor, selected)

    def settle(self) -> None:
        """End the row of edits that are undone as one."""
        self.history = self.history.settled()
        self._typing = None

    def _set(self, history: History) -> None:
        if history.network is not self.network:
            self._checked = check(history.network, self._checked)
            self.report = self._checked
            # Only what is read can be unreadable: nobody edits such a layer in.
            if self._unreadable:
                self.report = with_unreadable(self._checked)
            self.joining, self._typing = False, None
        self.history = history

    def changed_on_disk(self) -> bool:
        """Whether somebody else has changed, or removed, the file."""
        return self.path is not None and not unchanged(self.path, self._stamp)

    def text(self) -> str:
        """Return the document as it would be saved.

        Raises:
            FileError: It would be too large to be opened again, or would not be read
                as the same network.
        """
        return document_text(self.network)

    def saving(self, path: str | None = None, overwrite: bool = False) -> Saving:
        """Return what is to be written, so that it can be in a thread.

        Args:
            path: Another file, which becomes the document's.
            overwrite: Whether changes that others made to the file may be lost.

        Raises:
            FileError: The document has no file.
        """
        target = self.path if path is None else files.absolute(path)
        if target is None:
            raise FileError("the document has no file yet", "save it under a name")
        self._revision += 1
        guarded = target == self.path and not overwrite
        return Saving(target, self.network, self._revision, self._stamp, guarded)

    def saved_as(self, saving: Saving, written: Written) -> None:
        """Note that a version has been written; what came later is not saved."""
        if written.verified:
            self._journal.remove(saving.revision)
            self._forget_restored()
        if saving.target != self.path:
            if self._journal.file is not None:  # it holds something later
                self._restored[os.path.basename(self._journal.file)] = None
            self._journal = Journal(saving.target)
            self.path, self.guest = saving.target, False
        self._label = os.path.basename(saving.target)
        self._saved, self._stamp = saving.network, written.stamp

    def save(self, path: str | None = None, overwrite: bool = False) -> WriteResult:
        """Write the document to its file, or to another, which becomes its file.

        Raises:
            ChangedOnDiskError: Changes that others made to the file would be lost.
            FileError: It cannot be written; the file is as it was.
        """
        saving = self.saving(path, overwrite)
        written = saving.write()
        self.saved_as(saving, written)
        return written.result

    def reload(self, fresh: Session) -> None:
        """Take what its file holds now, as an edit that can be undone.

        Args:
            fresh: The file, opened once more.
        """
        self._unreadable = True
        self._set(self.history.settled().do(Become(fresh.network, "reload")))
        self._saved, self._stamp = self.network, fresh._stamp

    def entry(self) -> Entry:
        """Return what is to be kept of the present version."""
        self._revision += 1
        base = "" if self._stamp is None else self._stamp.digest.hex()
        header = Header(self.path, base, self._revision, restored=tuple(self._restored))
        return Entry(self._journal, header, self.network if self.dirty else None)

    def keep(self) -> str:
        """Write what is not saved to a recovery file, and return its path.

        Raises:
            FileError: It cannot be written.
        """
        return self.entry().write()

    def look_around(self) -> Found:
        """Return who else edits this document, and what was left of it.

        A document without a file is known by its name; an empty one takes any.
        """
        from tuicnn.recovering import look  # the first screen is there before

        found = look(self.path, self._journal.file)
        if self.path is not None:
            mine = [one for one in found.left if one.network != self.network]
        elif self.network is EMPTY:
            mine = list(found.left)
        else:
            name = self.network.name
            mine = [one for one in found.left if one.network.name == name]
        return replace(found, alive=found.alive if self.path else (), left=tuple(mine))

    def restore(self, left: Left) -> None:
        """Edit on with what an earlier session left behind, as an edit."""
        self.do(Become(left.network, "restore what was not saved"))
        names = (f"{left.kept.name}.json", *left.kept.header.restored)
        self._restored |= dict.fromkeys(names, self.network)

    def _forget_restored(self) -> None:
        """Remove recovery files that were restored, unless that was undone."""
        held = [one.network for one in (*self.history.past, self.history.present)]
        for name, network in list(self._restored.items()):
            if network is None or any(network is one for one in held):
                recovery.remove_restored((name,))
                del self._restored[name]

    def forget(self) -> None:
        """Remove the recovery file, and what was restored: nothing shall be kept."""
        self.release()
        recovery.remove_restored(tuple(self._restored))
        self._restored.clear()

    def release(self) -> None:
        """Remove the recovery file: the document is left, and nothing is unsaved."""
        self._revision += 1
        self._journal.remove(self._revision)
