"""What an ended session left behind: found, understood, and brought back.

It never removes what somebody may still need, and never knows a screen.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Final

from tuicnn import files
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.errors import FileError
from tuicnn.files import WriteResult, recovery
from tuicnn.files.recovery import Kept
from tuicnn.files.stamp import stamp

_MOST: Final = 20
"""Recovery files of one document that are read."""


@dataclass(frozen=True, slots=True)
class Left:
    """A document that an ended session could not save.

    Attributes:
        changed: Whether its file is another one than when that session read it.
    """

    kept: Kept
    network: Network
    changed: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a document, besides its file.

    Attributes:
        alive: Who else is editing it now.
        left: What ended sessions left behind, the latest first.
        warnings: What could not be read, a line each.
    """

    alive: tuple[Kept, ...] = ()
    left: tuple[Left, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """All that there is of any document.

    Attributes:
        entries: What can be read, and what ended sessions left; None where a session
            goes on.
        warnings: What could not be read, and why, a line each.
    """

    entries: tuple[tuple[Kept, Left | None], ...] = ()
    warnings: tuple[str, ...] = ()


def look(document: str | None, own: str | None = None) -> Found:
    """Look for what belongs to a document, and clear away what holds nothing.

    What cannot be read is put aside, with a warning; what a newer version has written
    stays where it is.

    Args:
        document: Its file; None for documents that have none.
        own: A recovery file that is not looked at.
    """
    alive: list[Kept] = []
    left: list[Left] = []
    warnings: list[str] = []
    paths = [one for one in recovery.every(document, unnamed=True) if one != own]
    for path in paths[:_MOST]:
        try:
            kept = recovery.read(path)
            if kept.alive:
                alive.append(kept)
            elif (one := understood(kept)) is not None:
                left.append(one)
            else:
                recovery.remove(path)
        except recovery.NewerError as error:
            warnings.append(error.message)
        except FileError as error:
            warning = error.message
            if recovery.damaged(error):
                aside = recovery.put_aside(path)
                warning += f"; it is kept as {files.shown(aside)}"
            warnings.append(warning)
    return Found(tuple(alive), tuple(left), tuple(warnings))


def understood(kept: Kept) -> Left | None:
    """Return the network in a recovery file; None where nothing was unsaved.

    Raises:
        FileError: What it holds is no network.
    """
    if not kept.document:
        return None
    network = read_text(kept.document).network
    if network is None:
        raise FileError(f"{files.shown(kept.file)} holds no network")
    path = kept.header.path
    now = None if path is None else stamp(path)
    if now is not None and network == _network_in(path):
        return None
    digest = "" if now is None else now.digest.hex()
    return Left(kept, network, path is not None and digest != kept.header.base)


def _network_in(path: str | None) -> Network | None:
    try:
        return None if path is None else read_text(files.read_text(path)).network
    except FileError:
        return None


def survey() -> Survey:
    """Look at all recovery files, and change none of them."""
    found: list[tuple[Kept, Left | None]] = []
    warnings: list[str] = []
    for path in recovery.every():
        try:
            kept = recovery.read(path)
            left = None if kept.alive else understood(kept)
        except FileError as error:
            warnings.append(error.message)
            continue
        if left is not None or kept.alive:
            found.append((kept, left))
    try:
        asides = recovery.asides()
    except FileError as error:
        warnings.append(error.message)
    else:
        shown = map(files.shown, asides)
        warnings += [f"{one} could not be read, and was put aside" for one in shown]
    return Survey(tuple(found), tuple(warnings))


def restore(left: Left, path: str | None = None, force: bool = False) -> WriteResult:
    """Write what was left behind to a file, and remove it once it stands there.

    The version before of that file is kept as `.bak`.

    Args:
        left: What to write.
        path: Where to; None: to its own file.
        force: Whether its own file is overwritten, too, where that has changed since.

    Raises:
        FileError: It cannot be written; what was left behind is kept.
    """
    target = left.kept.header.path if path is None else files.absolute(path)
    if target is None:
        raise FileError("the document has no file yet", "name one: -o FILE")

    def check() -> None:
        if not force and is_own(left, target):
            _require_unchanged(target, left.kept.header.base)

    data = f"{left.kept.document}\n".encode()
    result = files.write_atomically(target, data, backup=True, check=check)
    now = stamp(result.path)
    if now is None or now.digest != hashlib.sha256(data).digest():
        raise FileError(f"{files.shown(target)} was changed while it was written")
    recovery.remove(left.kept.file)
    recovery.remove_restored(left.kept.header.restored)
    return result


def is_own(left: Left, path: str) -> bool:
    """Whether a path leads to the file that was being edited."""
    own = left.kept.header.path
    return own is not None and os.path.realpath(own) == os.path.realpath(path)


def _require_unchanged(path: str, base: str) -> None:
    """Refuse to lose what was written since.

    Raises:
        FileError: The file is not what the session that ended had read.
    """
    now = stamp(path)
    if now is None and not os.path.exists(path):
        found, what = "", "removed"
    else:
        found, what = "unreadable" if now is None else now.digest.hex(), "changed"
    if found != base:
        raise FileError(
            f"{files.shown(path)} was {what} since",
            "name another file: -o FILE; --force writes this one",
        )
