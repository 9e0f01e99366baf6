"""A journal: the recovery file of one session, which follows what is being edited.

It never reads a recovery file, and never touches another session's.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from threading import Lock

from tuicnn.errors import FileError
from tuicnn.files.failures import failure
from tuicnn.files.recovery import UNNAMED, Header, folder, key_of, spelled
from tuicnn.files.writing import write_private


class Journal:
    """The recovery file of one session, which is written again and again.

    It may be written from any thread: what is older than what stands there is ignored.

    Attributes:
        file: Its path, once it is written.
    """

    def __init__(self, document: str | None) -> None:
        self._key = key_of(document)
        self._lock = Lock()
        self._latest = -1
        self.file: str | None = None

    def write(self, header: Header, document: str) -> str:
        """Write what is being edited, and return the file; empty if it is too old.

        Raises:
            FileError: It cannot be written; what stood there is as it was.
        """
        data = spelled(header, document).encode()
        with self._lock:
            if header.revision > self._latest:
                if self.file is None:
                    self.file = self._claimed(data)
                else:
                    write_private(self.file, data)
                self._latest = header.revision
            return self.file or ""

    def remove(self, revision: int) -> None:
        """Remove the file: what it holds is saved, or shall be lost.

        Args:
            revision: The latest of which that is true: a later one stays, and an
                earlier one, still on its way to the disk, is ignored.
        """
        with self._lock:
            if self._latest > revision:
                return
            self._latest = revision
            if self.file is not None:
                with suppress(OSError):
                    os.unlink(self.file)
                self.file = None

    def _claimed(self, data: bytes) -> str:
        """Write a file that no other session has."""
        place = _private_folder()
        first = os.path.join(place, f"{self._key}.json")
        if self._key != UNNAMED and not os.path.lexists(first):
            try:
                write_private(first, data, new=True)
                return first
            except FileError:
                if not os.path.lexists(first):
                    raise
        other = os.path.join(place, f"{self._key}-{os.urandom(4).hex()}.json")
        write_private(other, data, new=True)
        return other


def _private_folder() -> str:
    """Return the folder of recovery files, made where there is none."""
    place = folder()
    try:
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        with suppress(FileExistsError):
            os.mkdir(place, 0o700)
        status = os.lstat(place)
        if stat.S_ISDIR(status.st_mode) and status.st_mode & 0o077:
            with suppress(PermissionError):  # Some file systems have no modes.
                os.chmod(place, 0o700)
    except OSError as error:
        raise failure("write", place, error) from error
    return place
