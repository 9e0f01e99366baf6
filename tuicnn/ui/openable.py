"""What can be opened: presets, recent files and folders, and a glance at each.

It never keeps what it reads, and reads no document but the one that is looked at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Final, Literal, NamedTuple

from tuicnn.core.check import check
from tuicnn.core.reading import read_text as read_document
from tuicnn.core.report import Report
from tuicnn.errors import FileError
from tuicnn.files import read_text, shown
from tuicnn.files.failures import failure
from tuicnn.presets import names, preset_path
from tuicnn.ui.diagram import described

_BYTES: Final = 2 * 2**20
"""Size up to which a document is described before it is opened."""


_SCANNED: Final = 20_000
"""Entries of a folder that are looked at."""


class Entry(NamedTuple):
    """A line of the list.

    Attributes:
        source: A preset's name, or an absolute path.
        label: What it is called.
        note: What stands dimly behind that.
    """

    kind: Literal["preset", "file", "folder"]
    source: str
    label: str
    note: str = ""


class Listing(NamedTuple):
    """The entries of a folder, the way up first, and why it could not be read."""

    entries: Sequence[Entry] = ()
    problem: str = ""


class Glance(NamedTuple):
    """What was seen of an entry: a report, or why there is none."""

    report: Report | None
    message: str = ""
    hint: str = ""


def presets_with(query: str) -> list[Entry]:
    """Return the presets that hold every word of a query, in their name first."""
    words = query.casefold().split()
    every = _preset_words().items()
    found = [name for name, text in every if all(word in text for word in words)]
    found.sort(key=lambda name: not all(word in name for word in words))
    return [Entry("preset", name, name) for name in found]


@cache
def _preset_words() -> dict[str, str]:
    """Return name, title and description of each preset, for the search."""
    return {name: " ".join(_texts(name)).casefold() for name in names()}


def _texts(name: str) -> Iterator[str]:
    yield name
    try:
        document = json.loads(read_text(preset_path(name) or name))
        yield from (str(document.get(key, "")) for key in ("title", "description"))
    except (FileError, ValueError, AttributeError, RecursionError):
        return  # it is listed all the same, and its description says what is wrong


def recent_with(query: str, recent: Sequence[str]) -> list[Entry]:
    """Return the recent files whose path holds every word of a query."""
    words = query.casefold().split()
    return [
        Entry(
            "file",
            path,
            shown(os.path.basename(path)),
            shortened(os.path.dirname(path)),
        )
        for path in recent
        if all(word in path.casefold() for word in words)
    ]


def listing_of(folder: str) -> Listing:
    """Return the folders and JSON files in a folder, without the hidden ones."""
    above = os.path.dirname(folder)
    up = [] if above == folder else [Entry("folder", above, "..")]
    try:
        with os.scandir(folder) as entries:
            found = [_found(entry) for entry in islice(entries, _SCANNED)]
    except (OSError, ValueError) as error:
        return Listing(up, failure("read", folder, error).message)
    listed = [entry for entry in found if entry is not None]
    listed.sort(key=lambda entry: (entry.kind != "folder", entry.label.casefold()))
    return Listing(up + listed)


def _found(entry: os.DirEntry[str]) -> Entry | None:
    if entry.name.startswith("."):
        return None
    try:
        folder = entry.is_dir()
    except OSError:
        folder = False
    if folder:
        return folder_entry(entry.path)
    if entry.name.lower().endswith(".json"):
        return Entry("file", entry.path, shown(entry.name))
    return None


def folder_entry(path: str) -> Entry:
    """Return the entry of a folder."""
    return Entry("folder", path, f"{shown(os.path.basename(path))}/")


def shortened(path: str) -> str:
    """Return a folder's path as people write it: ~/nets."""
    home = os.path.expanduser("~").rstrip("/")
    if home and (path == home or path.startswith(f"{home}/")):
        path = "~" + path[len(home) :]
    return shown(path)


def glance_at(entry: Entry) -> Glance:
    """Read an entry and check the network in it."""
    if entry.kind == "folder":
        return Glance(None, shortened(entry.source), "enter goes into this folder")
    try:
        text = read_text(preset_path(entry.source) or entry.source, _BYTES)
    except FileError as error:
        return Glance(None, error.message, error.hint)
    reading = read_document(text)
    if reading.network is None:
        problem = reading.problems[0]
        where = f"line {problem.line}: " if problem.line else ""
        return Glance(None, f"{where}{problem.message}", problem.hint)
    report = check(reading.network).of_text(text, reading.problems, reading.more)
    described(report, 80, 24)  # now, and not when it is drawn
    return Glance(report)
