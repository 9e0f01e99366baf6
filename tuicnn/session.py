"""One document being edited: its history, its file, and what differs between them.

It never knows a widget or an event loop.
"""

from __future__ import annotations

import os
from contextlib import suppress

from tuicnn import files, presets
from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code, Pointer
from tuicnn.core.edits import Become, Edit, EditRefused
from tuicnn.core.history import History
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.core.unreadable import with_unreadable
from tuicnn.errors import FileError
from tuicnn.files import WriteResult, recovery
from tuicnn.files.stamp import Stamp, stamp, unchanged
from tuicnn.interop.document import to_document_text

EMPTY = Network(name="untitled", input=(3, 32, 32), layers=())
"""What a new editor begins with."""


class ChangedOnDiskError(FileError):
    """The file is not what it was when it was read or saved last."""


class Session:
    """A document, as it is and as it was saved.

    Attributes:
        history: Its versions.
        report: What `check` says of the present one.
        path: Its file; None where it has none yet.
        label: What it is called in messages: a preset's name, a path.
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
        path = None if preset or found.path is None else os.path.abspath(found.path)
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
        self._set(self.history.do(edit))

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

    def _set(self, history: History) -> None:
        if history.network is not self.network:
            self._checked = check(history.network, self._checked)
            self.report = self._checked
            # Only what is read can be unreadable: nobody edits such a layer in.
            if self._unreadable:
                self.report = with_unreadable(self._checked)
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
        text = to_document_text(self.network)
        size = len(text.encode())
        if size > limits.FILE_BYTES:
            raise FileError(
                f"the document would have {size:,} bytes; {limits.FILE_BYTES:,} is the "
                "limit of what can be opened again"
            )
        again = read_text(text).network
        if again != self.network:
            raise FileError("the document would not be read as the same network")
        return text

    def save(self, path: str | None = None, overwrite: bool = False) -> WriteResult:
        """Write the document to its file, or to another, which becomes its file.

        Args:
            path: The other file.
            overwrite: Whether changes that others made to the file may be lost.

        Raises:
            ChangedOnDiskError: They would be.
            FileError: It cannot be written; the file is as it was.
        """
        target = self.path if path is None else os.path.abspath(path)
        if target is None:
            raise FileError("the document has no file yet", "save it under a name")
        data = self.text().encode()
        if target == self.path and not overwrite and self.changed_on_disk():
            raise ChangedOnDiskError(
                f"{files.shown(target)} was changed or removed by another program"
            )
        result = files.write_atomically(target, data)
        recovery.forget(self.path)
        self.path, self._label = target, os.path.basename(target)
        self._saved, self._stamp = self.network, stamp(target)
        return result

    def reload(self) -> None:
        """Read the file again, as an edit that can be undone.

        Raises:
            FileError: It cannot be read, or holds no network.
        """
        if self.path is None:
            raise FileError("the document has no file yet")
        fresh = Session.opened(self.path)
        self._unreadable = True
        self._set(self.history.settled().do(Become(fresh.network, "reload")))
        self._saved, self._stamp = self.network, fresh._stamp

    def keep(self) -> str:
        """Write what is not saved to a recovery file, and return its path.

        Raises:
            FileError: It cannot be written.
        """
        return recovery.keep(self.path, to_document_text(self.network).encode())

    def left_behind(self) -> Network | None:
        """Return what an earlier session of this could not save, if it differs.

        A document without a file is known by its name; an empty one takes any.
        """
        path = recovery.kept(self.path)
        if path is None:
            return None
        try:
            network = read_text(files.read_text(path)).network
        except FileError:
            return None
        if network is None or network == self.network:
            return None
        other = self.path is None and network.name != self.network.name
        return None if other and self.network is not EMPTY else network

    def restore(self) -> None:
        """Edit on with what an earlier session left behind, as an edit.

        Raises:
            EditRefused: It is gone.
        """
        network, path = self.left_behind(), recovery.kept(self.path)
        if network is None or path is None:
            raise EditRefused("there is nothing left to restore")
        self.do(Become(network, "restore what was not saved"))
        if self.path is None:
            recovery.adopt(path)

    def drop(self) -> None:
        """Remove what an earlier session left behind."""
        path = recovery.kept(self.path)
        if path is not None:
            with suppress(OSError):
                os.unlink(path)

    def forget(self) -> None:
        """Remove the recovery file: nothing is lost without it."""
        recovery.forget(self.path)
