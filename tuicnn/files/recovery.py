"""Recovery files: what is being edited, kept in the user's state folder.

They never stand beside the document, never replace it, and hold it as a text; a
session's `journal` writes them.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from platformdirs import user_state_path

from tuicnn.core.jsontext import JsonError, parse
from tuicnn.core.limits import FILE_BYTES
from tuicnn.errors import FileError
from tuicnn.files.failures import failure, shown
from tuicnn.files.process import Process, runs, this_process
from tuicnn.files.reading import read_bytes

FORMAT: Final = "tuicnn-recovery/1"
"""What a recovery file of this version begins with."""

BYTES: Final = FILE_BYTES + 2**16
"""Size of a recovery file: a document, and what is said of it."""

UNNAMED: Final = "unnamed"
"""What the recovery files of documents without a file begin with."""

_NAME: Final = re.compile(r"(?:[0-9a-f]{16}|unnamed)(?:-[0-9a-f]{8})?\.json")
_NEWER: Final = re.compile(r"tuicnn-recovery/[0-9]{1,9}")
_DOCUMENT: Final = '"document": '
_ASIDE: Final = ".aside"
_PUT: Final = re.compile(f"{_NAME.pattern}{re.escape(_ASIDE)}[0-9]*")
_MOST: Final = 1_000
"""Recovery files that are looked at."""


class NewerError(FileError):
    """A recovery file that a newer version has written."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a document that is being edited.

    Attributes:
        path: Its file, absolute; None where it has none yet.
        base: SHA-256 of the file as it was read or saved last; empty where there was
            none.
        revision: Counts the versions that one session keeps.
        process: Who edits it.
        time: When this was written, in seconds since the epoch: only to be shown.
        restored: Names of the recovery files whose content this one goes on with.
    """

    path: str | None
    base: str = ""
    revision: int = 0
    process: Process = field(default_factory=this_process)
    time: int = field(default_factory=lambda: int(time.time()))
    restored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A recovery file that was read.

    Attributes:
        file: Its path.
        document: The text of the document; empty where nothing was unsaved.
    """

    file: str
    header: Header
    document: str

    @property
    def name(self) -> str:
        """What it is called at the command line."""
        return os.path.basename(self.file).removesuffix(".json")

    @property
    def alive(self) -> bool:
        """Whether another process that still runs is editing the document."""
        process = self.header.process
        return process.pid != os.getpid() and runs(process)


def folder() -> str:
    """Return where recovery files stand.

    Raises:
        FileError: The user has no such place.
    """
    try:
        found = str(user_state_path("tuicnn") / "recovery")
    except RuntimeError:  # there is no home
        found = ""
    if not os.path.isabs(found):
        raise FileError("there is no home folder to keep anything in")
    return found


def key_of(document: str | None) -> str:
    """Return what the recovery files of a document begin with."""
    if document is None:
        return UNNAMED
    real = os.fsencode(os.path.realpath(document))
    return hashlib.sha256(real).hexdigest()[:16]


def spelled(header: Header, document: str) -> str:
    """Return the text of a recovery file: one JSON object, its header on one line."""
    entries: dict[str, object] = {"format": FORMAT, **asdict(header)}
    entries["process"] = header.process._asdict()
    if header.path is not None:  # a name may hold bytes that are no text
        entries["path"] = quote(os.fsencode(header.path))
    line = json.dumps(entries).removesuffix("}")
    return f"{line},\n{_DOCUMENT}{document.strip() or 'null'}}}\n"


def read(file: str) -> Kept:
    """Read a recovery file; a symbolic link is none.

    Raises:
        NewerError: A newer version has written it.
        FileError: It is damaged, or cannot be read.
    """
    data = read_bytes(file, BYTES, follow=False)
    try:
        line, _, rest = data.decode().partition("\n")
        entries = parse(line.removesuffix(",") + "}")
    except (UnicodeDecodeError, JsonError):
        entries, rest = None, ""
    if not isinstance(entries, dict):
        raise _damaged(file)
    found = entries.pop("format", None)
    if found != FORMAT and isinstance(found, str) and _NEWER.fullmatch(found):
        raise NewerError(f"{shown(file)} was written by a newer tuicnn")
    header = _header(entries)
    whole = rest.startswith(_DOCUMENT) and rest.endswith("}\n")
    if found != FORMAT or header is None or not whole:
        raise _damaged(file)
    document = rest.removeprefix(_DOCUMENT).removesuffix("}\n")
    return Kept(file, header, "" if document == "null" else document)


def every(document: str | None = None, *, unnamed: bool = False) -> Iterator[str]:
    """Yield the recovery files, the latest first.

    Args:
        document: Only those of this document.
        unnamed: Only those of documents without a file.
    """
    start = key_of(document) if document is not None or unnamed else ""
    found = []
    with suppress(OSError, FileError), os.scandir(folder()) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.name.startswith(start):
                with suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime_ns, entry.path))
    for _, path in sorted(found, reverse=True)[:_MOST]:
        yield path


def asides() -> list[str]:
    """Return the files that were put aside because they could not be read.

    Raises:
        FileError: The folder cannot be listed; one that is not there holds nothing.
    """
    place = folder()
    try:
        names = os.listdir(place)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise failure("read", place, error) from error
    return [os.path.join(place, one) for one in sorted(names) if _PUT.fullmatch(one)]


def damaged(error: FileError) -> bool:
    """Whether a file is to blame for not being read, and not the disk at this moment.

    A symbolic link is to blame: it has no business here.
    """
    cause = error.__cause__
    return not isinstance(cause, OSError) or cause.errno == errno.ELOOP


def put_aside(file: str) -> str:
    """Rename what cannot be read, so that it is in nobody's way; return its name."""
    for number in range(100):
        name = f"{file}{_ASIDE}{number or ''}"
        if not os.path.lexists(name):
            with suppress(OSError):
                os.rename(file, name)
                return name
    return file


def remove(file: str) -> None:
    """Remove a recovery file that nobody needs any more."""
    with suppress(OSError):
        os.unlink(file)


def remove_restored(names: tuple[str, ...]) -> None:
    """Remove the recovery files whose content has been saved, by name."""
    with suppress(FileError):
        for name in filter(_NAME.fullmatch, names):
            remove(os.path.join(folder(), name))


def _damaged(file: str) -> FileError:
    return FileError(f"{shown(file)} is no recovery file, or is damaged")


def _header(entries: Mapping[str, object]) -> Header | None:
    """Return a header if every entry is what it must be."""
    match entries:
        case {
            "path": None | str() as path,
            "base": str() as base,
            "revision": int() as revision,
            "process": {"pid": int() as pid, "boot": str() as boot,
                        "started": int() as started},
            "time": int() as moment,
            "restored": list() as restored,
        } if all(isinstance(one, str) for one in restored):  # fmt: skip
            where = None if path is None else os.fsdecode(unquote_to_bytes(path))
            if where is not None and (not os.path.isabs(where) or "\0" in where):
                return None
            process = Process(pid, boot, started)
            return Header(where, base, revision, process, moment, tuple(restored))
    return None
