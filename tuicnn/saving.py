"""Versions on their way to the disk: as values, so that a thread can write them.

They never change a session: it is told what came of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from tuicnn import files
from tuicnn.core import limits
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.errors import FileError
from tuicnn.files import WriteResult
from tuicnn.files.journal import Journal
from tuicnn.files.recovery import Header
from tuicnn.files.stamp import Stamp, stamp, unchanged
from tuicnn.interop.document import to_document_text


class ChangedOnDiskError(FileError):
    """The file is not what it was when it was read or saved last."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A version that is to be kept: it can be written in any thread."""

    journal: Journal
    header: Header
    network: Network | None
    """None where nothing is unsaved: then only the header is written."""

    def write(self) -> str:
        """Write it, and return the recovery file.

        Raises:
            FileError: It cannot be written; what stood there is as it was.
        """
        text = "" if self.network is None else to_document_text(self.network)
        return self.journal.write(self.header, text)


class Written(NamedTuple):
    """What came of a version that was saved.

    Attributes:
        verified: Whether the file has been read again, and holds that version.
    """

    result: WriteResult
    stamp: Stamp
    verified: bool


@dataclass(frozen=True, slots=True)
class Saving:
    """A version that is to be saved: it can be written in any thread.

    Attributes:
        before: What its file is expected to be.
        guarded: Whether nothing else may be overwritten.
    """

    target: str
    network: Network
    revision: int
    before: Stamp | None
    guarded: bool

    def write(self) -> Written:
        """Write the document, and read it again.

        Raises:
            ChangedOnDiskError: Changes that others made to the file would be lost.
            FileError: It cannot be written; the file is as it was.
        """
        data = document_text(self.network).encode()
        self._check()
        result = files.write_atomically(
            self.target, data, backup=True, check=self._check
        )
        digest = hashlib.sha256(data).digest()
        now = stamp(self.target)
        if now is not None and now.digest == digest:
            return Written(result, now, True)
        # Somebody was faster: what stands there now is not ours, and is to be noticed.
        return Written(result, Stamp((0, 0, 0, 0), digest), False)

    def _check(self) -> None:
        if self.guarded and not unchanged(self.target, self.before):
            raise ChangedOnDiskError(
                f"{files.shown(self.target)} was changed or removed by another program"
            )


def document_text(network: Network) -> str:
    """Return a network as a document that can be opened again.

    Raises:
        FileError: It would be too large, or would not be read as the same network.
    """
    text = to_document_text(network)
    size = len(text.encode())
    if size > limits.FILE_BYTES:
        raise FileError(
            f"the document would have {size:,} bytes; {limits.FILE_BYTES:,} is the "
            "limit of what can be opened again"
        )
    if read_text(text).network != network:
        raise FileError("the document would not be read as the same network")
    return text
