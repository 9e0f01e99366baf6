"""Recovery files: what was being edited, kept in the user's state folder.

They never stand beside the document, and never replace it.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress

from platformdirs import user_state_path

from tuicnn.files.failures import failure
from tuicnn.files.writing import write_atomically


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
    """Return the recovery file that an earlier crash left; None where there is none."""
    path = recovery_path(document)
    return path if document is not None and os.path.isfile(path) else None
