"""Recovery files: what was being edited, kept in the user's state folder.

They never stand beside the document, and never replace it.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from typing import Final

from platformdirs import user_state_path

from tuicnn.files.failures import failure
from tuicnn.files.writing import write_atomically

_UNNAMED: Final = re.compile(r"unnamed-([0-9]{1,10})\.json")


def recovery_path(document: str | None) -> str:
    """Return the recovery file of a document; of one without a file, this process's."""
    key = f"unnamed-{os.getpid()}"
    if document is not None:
        real = os.fsencode(os.path.realpath(document))
        key = hashlib.sha256(real).hexdigest()[:16]
    return str(user_state_path("tuicnn") / "recovery" / f"{key}.json")


def keep(document: str | None, data: bytes) -> str:
    """Write what is being edited to its recovery file, and return that file.

    Raises:
        FileError: It cannot be written.
    """
    path = recovery_path(document)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    except OSError as error:
        raise failure("write", path, error) from error
    write_atomically(path, data)
    with suppress(OSError):
        os.chmod(path, 0o600)
    return path


def forget(document: str | None) -> None:
    """Remove the recovery file of a document, if there is one."""
    with suppress(OSError):
        os.unlink(recovery_path(document))


def kept(document: str | None) -> str | None:
    """Return the recovery file that an earlier crash left; None where there is none.

    Args:
        document: The file that was edited; None for what had no file: the latest that
            a process which has ended left behind.
    """
    if document is None:
        return _orphan()
    path = recovery_path(document)
    return path if os.path.isfile(path) else None


def adopt(path: str) -> None:
    """Make what another process left behind, without a file, this process's own."""
    with suppress(OSError):
        os.replace(path, recovery_path(None))


def _orphan() -> str | None:
    found = []
    with suppress(OSError), os.scandir(os.path.dirname(recovery_path(None))) as entries:
        for entry in entries:
            number = _UNNAMED.fullmatch(entry.name)
            if number and not _runs(int(number[1])):
                found.append((entry.stat(follow_symlinks=False).st_mtime, entry.path))
    return max(found)[1] if found else None


def _runs(process: int) -> bool:
    """Whether a process is there; one that we may not look at is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
